"""Points in the plane, or on a line."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_INK = np.array([31, 95, 168], "float32")
_FAINT = (226, 226, 226)
_GREY = (120, 120, 120)
_RADIUS = 1.6  # Of a dot, in pixels.
_OPACITY = 0.55
_BINS = 48


def range_of(points):
    """Returns the range that holds points, with a margin: `(2, 2)`.

    Both axes have the same scale, so that what is round looks round.

    Args:
        points: Array `(number, 2)`, at least one.

    Returns:
        Array of the lowest and the highest coordinates.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    half = 0.55 * (high - low).max() or 1.0
    middle = (low + high) / 2
    return np.stack([middle - half, middle + half])


def scatter(points, limits, size):
    """Draws a dot for each point; where they crowd it is darker.

    Args:
        points: Array `(number, 2)`. Those beyond the limits aren't seen.
        limits: Array `(2, 2)`, as from `range_of`.
        size: Integer, height and width in pixels.

    Returns:
        Array of bytes `(size, size, 3)`.
    """
    panel = _panel(limits, size, both=True)
    places = (points - limits[0]) / (limits[1] - limits[0]) * size
    places[:, 1] = size - places[:, 1]
    return _inked(panel, _transparency(places, size))


def histogram(values, limits, size):
    """Draws how many values there are where on a line.

    Args:
        values: Array `(number,)`.
        limits: Array `(2, 2)`, whose first column counts.
        size: Integer, height and width in pixels.

    Returns:
        Array of bytes `(size, size, 3)`.
    """
    panel = _panel(limits, size, both=False)
    counts, _ = np.histogram(values, _BINS, (limits[0, 0], limits[1, 0]))
    heights = 0.88 * size * counts / max(counts.max(), 1)
    columns = np.arange(size) * _BINS // size
    rows = size - np.arange(size)[:, None]
    covered = np.clip(heights[columns] - rows + 1, 0.0, 1.0)
    return _inked(panel, 1.0 - 0.8 * covered)


def _transparency(places, size):
    """Returns how much of the ground is seen through all dots."""
    seen = np.ones((size, size), "float32")
    near = np.arange(-2, 3)
    rows, columns = np.meshgrid(near, near, indexing="ij")
    corner = np.floor(places).astype(int)
    for row, column in zip(rows.ravel(), columns.ravel()):
        x, y = corner[:, 0] + column, corner[:, 1] + row
        distance = np.hypot(x + 0.5 - places[:, 0], y + 0.5 - places[:, 1])
        covered = np.clip(_RADIUS + 0.5 - distance, 0.0, 1.0)
        inside = (x >= 0) & (x < size) & (y >= 0) & (y < size)
        through = 1.0 - _OPACITY * covered[inside]
        np.multiply.at(seen, (y[inside], x[inside]), through)
    return seen


def _inked(panel, seen):
    seen = seen[..., None]
    return np.rint(panel * seen + _INK * (1.0 - seen)).astype("uint8")


def _panel(limits, size, both):
    """Returns an empty panel with lines at round coordinates."""
    image = Image.new("RGB", (size, size), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=9)
    (left, bottom), (right, top) = limits
    for tick in _ticks(left, right):
        x = (tick - left) / (right - left) * size
        draw.line([(x, 0), (x, size)], _FAINT)
        # Bars stand at the bottom.
        place, anchor = (
            ((x + 2, size - 3), "ls") if both else ((x + 2, 3), "lt")
        )
        draw.text(place, f"{tick:g}", _GREY, font, anchor=anchor)
    if both:
        for tick in _ticks(bottom, top):
            y = size - (tick - bottom) / (top - bottom) * size
            draw.line([(0, y), (size, y)], _FAINT)
            draw.text((3, y - 2), f"{tick:g}", _GREY, font, anchor="ls")
    draw.rectangle([0, 0, size - 1, size - 1], outline=_GREY)
    return np.asarray(image).astype("float32")


def _ticks(low, high):
    """Returns some two to four round numbers within a range."""
    step = 10.0 ** np.floor(np.log10((high - low) / 2.0))
    for factor in (1.0, 2.0, 5.0, 10.0):
        first = np.ceil(low / (step * factor)) * step * factor
        ticks = np.arange(first, high, step * factor)
        if len(ticks) <= 4:
            break
    margin = 0.12 * (high - low)  # Where labels of both axes would meet.
    return [t + 0.0 for t in ticks if low + margin < t < high - margin / 2]
