"""Sequences of vectors, time from left to right."""

import numpy as np

from keras_gan_zoo.drawings.colors import heat


def roll(values, limits, height, width):
    """Draws a sequence: a column for each step, a row for each feature.

    Args:
        values: Array `(length, features)`. The first feature is at the bottom.
        limits: Tuple of the values that are dark and bright.
        height: Integer, pixels.
        width: Integer, pixels.

    Returns:
        Array of bytes `(height, width, 3)`.
    """
    low, high = limits
    unit = (values.T[::-1] - low) / (high - low or 1.0)
    rows = np.arange(height) * len(unit) // height
    columns = np.arange(width) * unit.shape[1] // width
    return heat(unit[rows][:, columns])
