"""Text in letters that are all of one width."""

import textwrap

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_SIZE = 13  # Of the letters, in pixels.
ADVANCE = 8  # From one letter to the next.
LEADING = 16  # From one line to the next.
_MARGIN = 4
_FRAME = 225


def page(lines, height, width, bold=()):
    """Sets lines of text, letter under letter.

    Args:
        lines: List of strings. What has no place is cut.
        height: Integer, lines of the page.
        width: Integer, letters of a line.
        bold: Numbers of lines that are darker, as headings are.

    Returns:
        Array of bytes `(height * 16 + 8, width * 8 + 8, 1)`, black on white.
    """
    size = (width * ADVANCE + 2 * _MARGIN, height * LEADING + 2 * _MARGIN)
    image = Image.new("L", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, size[0] - 1, size[1] - 1], outline=_FRAME)
    # The one font that Pillow brings is proportional: each letter is set by
    # itself, in the middle of its place.
    font = ImageFont.load_default(size=_SIZE)
    for row, line in enumerate(lines[:height]):
        for column, letter in enumerate(line[:width]):
            place = (
                _MARGIN + (column + 0.5) * ADVANCE,
                _MARGIN + (row + 0.78) * LEADING,
            )
            shade = 0 if row in bold else 60
            draw.text(place, letter, shade, font, anchor="ms")
    return np.asarray(image)[..., None]


def wrapped(text, width):
    """Returns the lines of a text, broken at spaces, `width` letters at most.

    Spaces at the end of a text are left out.
    """
    lines = []
    for line in text.rstrip().split("\n"):
        lines += textwrap.wrap(line, width, replace_whitespace=False) or [""]
    return lines
