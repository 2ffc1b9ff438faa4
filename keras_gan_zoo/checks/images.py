"""Checks of the values of images."""

import warnings

import keras
import numpy as np

# Dequantization noise may carry a pixel slightly beyond 1.
_TOLERANCE = 1 / 64

# Images of black in [0, 1] come as near to 0 as this, pale ones in [-1, 1] do
# not, as a rule.
_BLACK = 1 / 128

# Fewer may be of one colour by chance.
_ENOUGH_IMAGES = 4

# So many values tell on which grid all are.
_VALUES_OF_A_GRID = 2**20


def check_images(images):
    """Raises a `ValueError` unless images are floats in [-1, 1].

    Args:
        images: Images of shape `(batch, height, width, channels)`.
    """
    remedy = "Scale them by `tf.cast(images, tf.float32) / 127.5 - 1.0`."
    values = keras.ops.convert_to_numpy(images)
    low, high = values.min(), values.max()
    received = f"Received: dtype {values.dtype}, values from {low} to {high}."
    if not keras.backend.is_float_dtype(values.dtype.name):
        raise ValueError(
            f"Images must be floats in [-1, 1]. {received} {remedy}"
        )
    if not np.isfinite([low, high]).all():
        raise ValueError(
            f"Images must be finite. {received} Remove or fix the images that "
            "hold NaN or infinity."
        )
    if low < -1 - _TOLERANCE or high > 1 + _TOLERANCE:
        raise ValueError(f"Images must be in [-1, 1]. {received} {remedy}")
    if low >= 0 and high > 0:
        _check_zero(values, received)


def _check_zero(images, received):
    """Looks whether images whose values are in [0, 1] have 0 for black.

    Pale ones may have such values in [-1, 1], where 0 is grey.
    """
    values = images.reshape(-1)
    values = values[:: max(1, values.size // _VALUES_OF_A_GRID)]
    levels = 255.0 * values.astype("float64")
    # Of 256 levels in [-1, 1] those above 0 are odd multiples of 1/255; in
    # [0, 1] half of them are even ones. What is less exact than float16 can't
    # tell.
    error = {"float64": 1e-3, "float32": 1e-3, "float16": 0.25}
    whole = np.round(levels)
    if (np.abs(levels - whole) <= error.get(images.dtype.name, 0.0)).all():
        if (whole % 2 == 1).all():
            return
        certain = True
    else:
        certain = values.min() < _BLACK and len(images) >= _ENOUGH_IMAGES
    if certain:
        raise ValueError(
            f"Images must be in [-1, 1], but these are all in [0, 1]. "
            f"{received} Scale them by `images * 2.0 - 1.0`."
        )
    warnings.warn(
        "Images must be in [-1, 1], where 0 is grey, but these are all in "
        "[0, 1]. If they aren't as pale as that, scale them by "
        "`images * 2.0 - 1.0`."
    )
