"""Solids of cubes, seen from above and from the side."""

import math

import numpy as np
from PIL import Image, ImageDraw

_SHARPER = 3  # Drawn so many times as large, and made smaller at the end.
# Of the faces on top, on the left and on the right.
_COLORS = np.array([[236, 201, 140], [196, 128, 74], [142, 84, 58]], "float32")
_GROUND = "white"
# Of the floor and of the walls behind, which are faces of the grid.
_ROOM = ((230, 230, 235), (239, 239, 243), (246, 246, 249))
_SHADE = 0.45  # How much darker a face in a corner is than a free one.


def solid(occupied, size):
    """Draws the occupied cells of a grid as cubes, in parallel projection.

    Behind them are the floor and two walls of the grid.

    Args:
        occupied: Array of booleans `(depth, height, width)`. The first slice
            is in front on the left, the first row at the top.
        size: Integer, height and width in pixels.

    Returns:
        Array of bytes `(size, size, 3)`.
    """
    image = Image.new("RGB", (size * _SHARPER, size * _SHARPER), _GROUND)
    draw = ImageDraw.Draw(image)
    depth, height, width = occupied.shape
    # A cube is 2 * cos(30 degrees) wide and 2 high.
    across, down = math.cos(math.pi / 6), 0.5
    scale = 0.94 * min(
        1 / (across * (depth + width)), 1 / (down * (depth + width) + height)
    )
    scale *= size * _SHARPER

    # In units of edges: to the right along the width, to the left along the
    # depth towards the eye, up.
    steps = scale * np.array([[across, down], [-across, down], [0.0, -1.0]])
    center = np.array([width, depth, height]) / 2 @ steps
    start = size * _SHARPER / 2 - center
    for walls, color in zip(_WALLS * [width, depth, height], _ROOM):
        draw.polygon((walls @ steps + start).ravel().tolist(), color)

    cells, sides, shades = _visible(occupied)
    # From what is far away to what is near. Faces of one cube don't overlap.
    order = np.argsort(cells.sum(axis=1), kind="stable")
    corners = _CORNERS[sides[order]] + cells[order][:, None]
    places = (corners @ steps + start).reshape(len(order), 8)
    colors = np.rint(_COLORS[sides] * shades[:, None]).astype(int)[order]
    for place, color in zip(places.tolist(), colors.tolist()):
        draw.polygon(place, tuple(color))
    image = image.resize((size, size), Image.Resampling.BOX)
    return np.asarray(image)


# Corners of the faces of the cube from 0 to 1, by width, depth and height: on
# top, of the greatest depth (left), of the greatest width (right).
_CORNERS = np.array(
    [
        [[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]],
        [[0, 1, 0], [1, 1, 0], [1, 1, 1], [0, 1, 1]],
        [[1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 1]],
    ]
)

# Likewise of the room: the floor, of the least depth, of the least width.
_WALLS = np.array(
    [
        [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]],
        [[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]],
        [[0, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]],
    ]
)


def _visible(occupied):
    """Returns the faces that the eye may see.

    Returns:
        Their cells by width, depth and height, `(faces, 3)`; which of three
        sides they are, `(faces,)`; and their brightness, `(faces,)`.
    """
    # The first slice is in front, the first row on top.
    grid = occupied[::-1, ::-1].transpose(2, 0, 1)
    grid = np.pad(grid, 2)
    cells, sides, shades = [], [], []
    for side, axis in enumerate([2, 1, 0]):  # Top, left, right.
        before = np.roll(grid, -1, axis)
        found = np.argwhere(grid & ~before)
        free = found + np.eye(3, dtype=int)[axis]
        # Light comes from all around: what stands near takes some away.
        near = np.mean(
            [grid[tuple((free + offset).T)] for offset in _around(axis)],
            axis=0,
        )
        cells.append(found - 2)
        sides.append(np.full(len(found), side))
        shades.append(1.0 - _SHADE * near)
    return tuple(map(np.concatenate, (cells, sides, shades)))


def _around(axis):
    """Returns the steps to the eight cells around one, across an axis."""
    steps = np.stack(np.meshgrid(*[[-1, 0, 1]] * 3), axis=-1).reshape(-1, 3)
    return steps[(steps[:, axis] == 0) & steps.any(axis=1)]
