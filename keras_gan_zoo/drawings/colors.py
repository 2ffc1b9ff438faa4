"""Colours for values."""

import numpy as np

# From dark to bright, evenly for the eye and in print without colours.
_HEAT = np.array(
    [
        [10, 10, 30],
        [46, 30, 94],
        [108, 36, 120],
        [176, 50, 104],
        [230, 92, 62],
        [250, 160, 50],
        [252, 232, 150],
    ],
    "float32",
)


def heat(values):
    """Returns the colours of values in [0, 1], bytes `(..., 3)`."""
    place = np.clip(values, 0.0, 1.0) * (len(_HEAT) - 1)
    below = np.minimum(place.astype(int), len(_HEAT) - 2)
    part = (place - below)[..., None]
    color = _HEAT[below] * (1.0 - part) + _HEAT[below + 1] * part
    return np.rint(color).astype("uint8")
