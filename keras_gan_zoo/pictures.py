"""Pictures and animations as files."""

import pathlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from keras_gan_zoo.files import written_aside

# Of files that hold a picture.
SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"}

_LETTERS = 11  # Their size, in pixels.
_LONGEST = 20  # Letters of a name.


def write_picture(picture, path):
    """Writes one picture, such as one of `images.grid`.

    Args:
        picture: Array of bytes, of shape `(height, width, channels)` with 1
            or 3 channels.
        path: String or path of the file, whose suffix tells its format. It
            is replaced.

    Raises:
        OSError: If it can't be written.
    """
    with written_aside(pathlib.Path(path)) as aside:
        _as_image(picture).save(aside)


def write_animation(pictures, path, milliseconds):
    """Writes pictures as an animation that starts over at its end.

    Args:
        pictures: List of arrays as of `write_picture`, or of Pillow's images.
            They are resized to the size of the last one: a model that grows
            has had smaller ones.
        path: String or path of the file, which ends in `.gif`. It is
            replaced.
        milliseconds: Integer, for how long to show each picture, or list of
            an integer for each.

    Raises:
        OSError: If it can't be written.
    """
    frames = [_as_image(picture).convert("RGB") for picture in pictures]
    size = frames[-1].size
    first, *others = [
        frame.resize(size, Image.Resampling.NEAREST) for frame in frames
    ]
    with written_aside(pathlib.Path(path)) as aside:
        first.save(
            aside,
            save_all=True,
            append_images=others,
            duration=milliseconds,
            loop=0,
        )


def beside_names(picture, names, row_height, padding=2):
    """Returns a grid of samples with a name to the left of each row.

    Args:
        picture: Array of bytes `(height, width, channels)` from `images.grid`.
        names: List of strings, the first for the first row. Long ones are cut.
        row_height: Integer, height of a sample. Of rows that are too low for
            letters the picture is returned as it is.
        padding: Integer, pixels between two samples.

    Returns:
        Array of bytes of the same height and channels.
    """
    if row_height < _LETTERS:
        return picture
    font = ImageFont.load_default(size=_LETTERS)
    names = [
        name if len(name) <= _LONGEST else name[: _LONGEST - 3] + "..."
        for name in names
    ]
    width = max(int(font.getlength(name)) + 1 for name in names) + 2 * padding
    margin = Image.new("L", (width, len(picture)), "white")
    draw = ImageDraw.Draw(margin)
    for row, name in enumerate(names):
        middle = row * (row_height + padding) + row_height / 2
        place = width - 2 * padding, middle
        draw.text(place, name, fill="black", font=font, anchor="rm")
    margin = np.asarray(margin)[..., None]
    margin = np.repeat(margin, picture.shape[-1], axis=-1)
    return np.concatenate([margin, picture], axis=1)


def _as_image(picture):
    picture = np.asarray(picture)
    return Image.fromarray(
        picture[..., 0] if picture.shape[-1] == 1 else picture
    )
