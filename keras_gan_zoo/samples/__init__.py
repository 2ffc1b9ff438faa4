"""Kinds of samples: what a game is played for.

A kind checks the data that a model learns from, draws samples for people to
look at, and says how they are served. A model finds its own from the shape of
its samples, unless it is told by `kind=`.
"""

from keras_gan_zoo.samples.images import Images
from keras_gan_zoo.samples.kind import Kind


def kind_of(shape):
    """Returns the kind of samples that have a shape, where nobody says.

    Args:
        shape: Shape of a batch, or `None` if it isn't known.
    """
    if shape is None or len(shape) == 4:
        return Images()
    return Kind()


def require_kind(kind):
    """Raises a `ValueError` unless an argument is a kind of samples."""
    if not isinstance(kind, Kind):
        raise ValueError(
            "`kind` must be an object of `keras_gan_zoo.samples`. Received: "
            f"kind={kind!r}. Pass one such as `samples.Images()`, or leave it "
            "out."
        )
