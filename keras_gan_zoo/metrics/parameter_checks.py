"""What the metrics ask of their options."""

import math
import numbers

import numpy as np

from keras_gan_zoo.integers import check_integer


def require_integers(least, **options):
    """Raises a `ValueError` unless options are integers, at least `least`.

    Args:
        least: Integer.
        **options: The options by name.
    """
    for name, value in options.items():
        check_integer(name, value, least)


def require_positive(**options):
    """Raises a `ValueError` unless options are numbers, finite and above 0."""
    for name, value in options.items():
        if (
            not isinstance(value, numbers.Real)
            or isinstance(value, bool)
            or not 0.0 < value < math.inf
        ):
            raise ValueError(
                f"`{name}` must be a finite number above 0. Received: "
                f"{name}={value!r}."
            )


def random_generator(seed):
    """Returns the `numpy.random.Generator` of a seed.

    Args:
        seed: Integer, at least 0, or a generator, which is returned.

    Raises:
        ValueError: If it is neither. `None`, which NumPy takes for another
            seed each time, would make numbers that nobody can get again.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    require_integers(0, seed=seed)
    return np.random.default_rng(int(seed))
