"""Every model, small: the entries that the models' own test files declare."""

import importlib
import pathlib
import re

from keras_gan_zoo import models

FOLDER = pathlib.Path(__file__).parent


def find_entries():
    """Returns the `ENTRIES` of all test files of models, by name."""
    found = {}
    for path in sorted(FOLDER.rglob("test_*.py")):
        # Most files declare none, and some of those import this one.
        if not re.search(r"^ENTRIES = ", path.read_text(), re.MULTILINE):
            continue
        parts = path.relative_to(FOLDER).with_suffix("").parts
        module = importlib.import_module(".".join(["tests.models", *parts]))
        twice = found.keys() & module.ENTRIES.keys()
        if twice:
            raise ValueError(f"Entries are declared twice: {sorted(twice)}.")
        found.update(module.ENTRIES)
    return found


def concrete_models():
    """Returns the model classes that can be trained, by name.

    They say themselves who moves when, but for `ConditionalGAN`, whose moves
    are those of `GAN`. What else does not is a base of others.
    """
    found = {name: getattr(models, name) for name in models.__all__}
    del found["AdversarialModel"]
    return {
        name: model
        for name, model in found.items()
        if "train_step" in vars(model) or name == "ConditionalGAN"
    }


ZOO = find_entries()
