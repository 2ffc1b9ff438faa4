"""Which entries stand for all others where the base classes are tested.

The mechanics of training (compilation, precision, replicas, kills, files) are
the base classes' affair, so not every entry has to prove each of them. Those
that do have between them whatever could break one: each family, each trait, and
each pair of traits that some entry has; see `traits.py`. `make test` runs the
representatives, `make test-all` every mechanic on every entry.
"""

import pytest

from tests.models import zoo

# The fewest that have all; `python -m tests.models.traits` finds them anew.
COVER = [
    "ACGAN",
    "BiGAN_with_parts",
    "CycleGAN",
    "DCGAN",
    "EBGAN",
    "GAN_of_parts",
    "ProGAN",
    "ThreeDGAN",
    "VAE",
    "WGAN",
    "WGANGP",
]

REPRESENTATIVES = {
    "callbacks of learning rates": COVER,
    "doctor": COVER,
    "export to files": COVER,
    "fresh process": COVER,
    "half precision": COVER,
    "kills": COVER,
    "replicas": COVER,
    "workers": COVER,
    "XLA": COVER,
}

# What doesn't hold yet, with the reason. A test fails once it does.
OPEN = {
    ("XLA", "ProGAN"): "gradients of branches reshape by shapes that XLA "
    "doesn't take for constants",
}


def on_representatives(mechanic):
    """Parametrizes a test by `name`: what an entry traces, one worker runs."""
    return pytest.mark.parametrize(
        "name",
        [
            pytest.param(
                name,
                marks=[
                    pytest.mark.xdist_group(name),
                    *_of_all_entries(name, mechanic),
                ],
            )
            for name in zoo.ZOO
        ],
    )


def on_all_representatives_at_once(mechanic):
    """Parametrizes a test by `names`: a process that starts serves them all."""
    chosen = REPRESENTATIVES[mechanic]
    others = [name for name in zoo.ZOO if name not in chosen]
    return pytest.mark.parametrize(
        "names",
        [
            pytest.param(chosen, id="representatives"),
            pytest.param(others, id="others", marks=pytest.mark.slow),
        ],
    )


def require(model, *methods):
    """Skips the test of a mechanic that a model doesn't have."""
    for method in methods:
        if not hasattr(model, method):
            pytest.skip(f"{type(model).__name__} has no `{method}`.")


def _of_all_entries(name, mechanic):
    is_chosen = name in REPRESENTATIVES[mechanic]
    marks = [] if is_chosen else [pytest.mark.slow]
    if (mechanic, name) in OPEN:
        reason = OPEN[mechanic, name]
        marks.append(pytest.mark.xfail(strict=True, reason=reason))
    return marks
