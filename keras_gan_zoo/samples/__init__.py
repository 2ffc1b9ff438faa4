"""Kinds of samples: what a game is played for.

A kind checks the data that a model learns from, draws samples for people to
look at, and says how they are served. A model finds its own from the shape of
its samples, unless it is told by `kind=`.
"""

from keras_gan_zoo.samples.images import Images
from keras_gan_zoo.samples.kind import Kind
from keras_gan_zoo.samples.piano_rolls import PianoRolls
from keras_gan_zoo.samples.points import Points
from keras_gan_zoo.samples.sequences import Sequences
from keras_gan_zoo.samples.tables import Tables
from keras_gan_zoo.samples.tokens import Tokens
from keras_gan_zoo.samples.volumes import Volumes
from keras_gan_zoo.samples.waveforms import Waveforms

_BY_RANK = {2: Points, 3: Sequences, 4: Images}
_BY_NAME = {
    kind.name: kind
    for kind in (
        Images,
        PianoRolls,
        Points,
        Sequences,
        Tables,
        Tokens,
        Volumes,
        Waveforms,
    )
}


def kind_of(shape):
    """Returns the kind of samples that have a shape, where nobody says.

    Args:
        shape: Shape of a batch, or `None` if it isn't known.

    Returns:
        `Points` of rank 2, `Sequences` of rank 3, `Images` of rank 4, `Volumes`
        of rank 5 with one channel, and `Kind` of others, which are any arrays.
        If it isn't known, `Images`.
    """
    if shape is None:
        return Images()
    if len(shape) == 5 and shape[-1] == 1:
        return Volumes()
    return _BY_RANK.get(len(shape), Kind)()


def kind_of_facts(facts):
    """Returns the kind that told of itself by `Kind.facts()`.

    Args:
        facts: Dictionary.

    Returns:
        `Kind`, or `None` of a name that isn't one of this package.

    Raises:
        ValueError: If the arguments aren't those of the kind.
    """
    if facts["name"] not in _BY_NAME:
        return None
    config = {k: v for k, v in facts.items() if k not in ("name", "suffix")}
    try:
        return _BY_NAME[facts["name"]].from_config(config)
    except TypeError as error:
        raise ValueError(
            f"Expected the arguments of {facts['name']}. Received: {config}, "
            f"but {error}. Export the model anew."
        ) from error


def require_kind(kind):
    """Raises a `ValueError` unless an argument is a kind of samples."""
    if not isinstance(kind, Kind):
        raise ValueError(
            "`kind` must be an object of `keras_gan_zoo.samples`. Received: "
            f"kind={kind!r}. Pass one such as `samples.Images()`, or leave it "
            "out."
        )
