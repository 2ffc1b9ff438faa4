"""Pictures and animations as files."""

import pathlib

import numpy as np
from PIL import Image

from keras_gan_zoo.files import written_aside


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


def _as_image(picture):
    picture = np.asarray(picture)
    return Image.fromarray(
        picture[..., 0] if picture.shape[-1] == 1 else picture
    )
