"""From the signs of several examinations to the names of failures.

The bounds were set by experiment: what healthy games showed, over thousands
of steps of each row of `recipes/ring_of_gaussians.py` and hundreds of each
other recipe, and what broken ones did.
"""

from keras_gan_zoo.callbacks import failures

# A beginning is no failure: an untrained generator makes everything alike,
# and players who don't know each other swing. Healthy games needed 500.
GRACE_STEPS = 1000

# What a failure must have shown in a row, and not have shown to be over.
PERSISTENCE = 5

# So many examinations tell swings from drift, and are remembered.
MEMORY = 11

# Distances of samples over those of the data. Healthy: above 0.5, and 0.4 to
# the nearest, once the beginning is over. Collapsed: below 0.03.
_ALIKE = 0.1

# Healthy discriminators with batch normalization are always right too, with
# signals above 0.06; of those who had won, it went below 1e-5.
_ALWAYS_RIGHT = 0.999
_VANISHED = 1e-3

# Factor between two examinations in the distance of samples, and deviations
# between two in the mean of all scores. Healthy games did either up and down
# once in ten at most; with learning rates 100 times theirs, two to five times.
_JUMP = 2.0
_SWINGS = 2

# Samples so much further apart than real ones have run away. Healthy: below 2.
_FAR = 10.0

# A critic under a penalty has 1, a discriminator had up to 6; without its
# penalty, a critic went beyond 1,000.
_STEEP = 100.0


def _collapsed(signs):
    return (
        signs["sample_distance"] < _ALIKE
        or signs["nearest_sample_distance"] < _ALIKE
    )


def _says_collapsed(signs):
    return (
        f"Generated samples are {_number(signs['sample_distance'])} times as "
        "far from each other as real ones, and "
        f"{_number(signs['nearest_sample_distance'])} times as far from their "
        f"nearest neighbors. Below {_ALIKE}, they all look alike."
    )


def _vanished(signs):
    return signs["score_order"] >= _ALWAYS_RIGHT and any(
        value < _VANISHED
        for name, value in signs.items()
        if name.endswith("_signal")
    )


def _says_vanished(signs):
    shares = ", ".join(
        f"{_number(value)} for the {name.removesuffix('_signal')}"
        for name, value in signs.items()
        if name.endswith("_signal")
    )
    return (
        "A real sample scores higher than a generated one in "
        f"{signs['score_order']:.1%} of all pairs, and of the scores' gradient "
        f"the losses pass on {shares}. Below {_VANISHED}, nothing is learned."
    )


def _ran_away(signs):
    return signs["sample_distance"] > _FAR


def _says_ran_away(signs):
    return (
        f"Generated samples are {_number(signs['sample_distance'])} times as "
        "far from each other as real ones: they have run away from the data."
    )


def _steep(signs):
    return signs["critic_slope"] > _STEEP


def _says_steep(signs):
    return (
        "From real to generated samples, the scores fall by "
        f"{_number(signs['critic_slope'])} for each unit of distance. A "
        f"critic under a penalty has a slope of 1; above {_STEEP:.0f}, the "
        "penalty fails."
    )


# Failures that each examination shows while they last.
_LASTING = [
    (failures.MODE_COLLAPSE, _collapsed, _says_collapsed),
    (failures.STRONG_DISCRIMINATOR, _vanished, _says_vanished),
    (failures.OSCILLATION, _ran_away, _says_ran_away),
    (failures.PENALTY_BLOW_UP, _steep, _says_steep),
]


def _swings(examinations):
    """Returns evidence that a game swings, or `None`."""
    pairs = list(zip(examinations, examinations[1:]))
    spreads = [_spread(after) / _spread(before) for before, after in pairs]
    shifts = [
        (_level(after) - _level(before)) / max(after["score_deviation"], 1e-6)
        for before, after in pairs
    ]
    for what, ups, downs in [
        (
            f"the distance between samples grew and shrank by {_JUMP:.0f} "
            "times and more",
            [spread > _JUMP for spread in spreads],
            [spread < 1.0 / _JUMP for spread in spreads],
        ),
        (
            f"the mean score rose and fell by {_JUMP:.0f} deviations and more",
            [shift > _JUMP for shift in shifts],
            [shift < -_JUMP for shift in shifts],
        ),
    ]:
        if min(sum(ups), sum(downs)) >= _SWINGS:
            return (
                f"From one examination to the next, {what}: {sum(ups)} times "
                f"up and {sum(downs)} times down in the last {len(pairs)}."
            )
    return None


def _spread(signs):
    # What has collapsed doesn't swing, whatever its last digits do.
    return max(signs["sample_distance"], 0.1 * _ALIKE)


def _level(signs):
    return 0.5 * (signs["real_score"] + signs["fake_score"])


def _number(value):
    return f"{value:.3g}"


def diagnose(examinations):
    """Returns the failures that the last examinations show.

    Args:
        examinations: List of dictionaries, the signs of each and its `step`,
            the latest last.

    Returns:
        Dictionary from names of failures to the evidence, a sentence.
    """
    found = {}
    last = examinations[-1]
    if not last["finite"]:
        found[failures.NAN] = "A weight or a sample is NaN or infinite."
    judged = [e for e in examinations if e["step"] > GRACE_STEPS]
    for failure, shown, evidence in _LASTING:
        if len(judged) >= PERSISTENCE and all(
            shown(examination) for examination in judged[-PERSISTENCE:]
        ):
            found[failure] = evidence(last)
    evidence = _swings(judged)
    if evidence:
        found[failures.OSCILLATION] = evidence
    return found


def is_healthy(examination):
    """Tells whether one examination shows no sign of a failure.

    Early in training some show, so its first steps don't count as healthy.
    """
    return bool(examination["finite"]) and not any(
        shown(examination) for _, shown, _ in _LASTING
    )
