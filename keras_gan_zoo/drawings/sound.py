"""Sound: its waveform and its spectrogram."""

import numpy as np

from keras_gan_zoo.drawings.colors import heat

_INK = np.array([31, 95, 168], "float32")
_GROUND = 255.0
_DECIBELS = 70.0  # From the loudest to black.


def waveform(values, height, width):
    """Draws a waveform: from the least to the largest value in each column.

    Args:
        values: Array `(length,)` in [-1, 1].
        height: Integer, pixels from -1 to 1.
        width: Integer, pixels.

    Returns:
        Array of bytes `(height, width, 3)`.
    """
    # Neighbours share a value, so that the line has no gaps.
    edges = np.linspace(0, len(values) - 1, width + 1)
    grid = np.arange(len(values))
    ends = np.interp(edges, grid, values)
    parts = [
        np.concatenate([values[int(np.ceil(a)) : int(b) + 1], ends[i : i + 2]])
        for i, (a, b) in enumerate(zip(edges, edges[1:]))
    ]
    high = np.array([part.max() for part in parts])
    low = np.array([part.min() for part in parts])
    middle = (height - 1) / 2
    top, bottom = middle * (1 - high) - 0.5, middle * (1 - low) + 0.5
    rows = np.arange(height)[:, None]
    covered = np.minimum(rows + 0.5, bottom) - np.maximum(rows - 0.5, top)
    covered = np.clip(covered, 0.0, 1.0)[..., None]
    return np.rint(_INK * covered + _GROUND * (1 - covered)).astype("uint8")


def spectrogram(values, height, width):
    """Draws how loud each frequency is when, in decibels.

    Args:
        values: Array `(length,)`.
        height: Integer, pixels from no frequency to half of the sampling rate.
        width: Integer, pixels.

    Returns:
        Array of bytes `(height, width, 3)`. The loudest is bright, and what is
        70 dB below it is black.
    """
    size = int(min(4 * height, 2 ** np.floor(np.log2(max(len(values) / 4, 8)))))
    # Silence before and after it would be heard as a click.
    padded = np.pad(values, size // 2, "reflect")
    starts = np.linspace(0, len(values) - 1, width).astype(int)
    frames = padded[starts[:, None] + np.arange(size)] * np.hanning(size)
    power = np.abs(np.fft.rfft(frames)) ** 2
    loudness = 10.0 * np.log10(power / max(power.max(), 1e-12) + 1e-12)
    # The first row is the highest frequency.
    rows = np.linspace(power.shape[1] - 1, 0, height)
    bins = np.arange(power.shape[1])
    seen = np.stack([np.interp(rows, bins, frame) for frame in loudness], 1)
    return heat(1.0 + seen / _DECIBELS)
