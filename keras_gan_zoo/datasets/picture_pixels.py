"""The one reader of picture files, for training and for scores alike.

How a file becomes pixels is decided here and nowhere else.
"""

import numpy as np
from PIL import Image, ImageOps

from keras_gan_zoo.datasets import picture_headers
from keras_gan_zoo.integers import check_integer

# How pictures are resized, as it stands in the names of scores.
RESIZER = "square-lanczos"

# Of red, green and blue in grey, as in Pillow: ITU-R BT.601.
_LUMINANCE = np.array([0.299, 0.587, 0.114], "float32")


def check_size(image_size):
    """Returns `(height, width)`, or `None` for pictures as they are.

    Args:
        image_size: Integer, pair of integers or `None`.

    Raises:
        ValueError: If it is none of these, or not positive.
    """
    if image_size is None:
        return None
    if isinstance(image_size, (tuple, list)) and len(image_size) == 2:
        height, width = image_size
    else:
        height = width = image_size
    return (
        check_integer("image_size", height, 1),
        check_integer("image_size", width, 1),
    )


def read_picture(file, channels, image_size=None, deep=False):
    """Reads one picture file.

    Photographs are turned upright. Without alpha, transparent parts become
    white. With it, colours are straight (not multiplied by alpha), and that of
    what is fully transparent is white.

    Args:
        file: Path of the picture.
        channels: 1 for grey, 3 for colour or 4 for colour and alpha.
        image_size: Integer, or height and width of the result. The largest
            centred part of that shape is resized (Lanczos, of colours
            multiplied by alpha). `None` for the whole picture as it is.
        deep: Whether to give 16 bits a channel, in which what has 8 is exact
            too: 255 becomes 65,535. Otherwise channels of 16 bits keep their
            upper 8.

    Returns:
        Array, uint8 in [0, 255], or, if deep, uint16 in [0, 65535], of shape
        `(height, width, channels)`.

    Raises:
        ValueError: If the file can't be read as a picture. The message names
            the file.
    """
    return _finished(_opened(file, channels, deep), image_size, deep)


def read_halves(file, channels, image_size=None, deep=False):
    """Reads the left and the right half of a picture file.

    Arguments and errors as of `read_picture`, except that the size is that of
    each half. Halves are cut apart before they are resized, so that neither
    bleeds into the other.

    Returns:
        Array of shape `(2, height, width, channels)`.
    """
    planes = _opened(file, channels, deep)
    width, height = planes[0].size
    middle = width // 2
    return np.stack(
        [
            _finished([plane.crop(box) for plane in planes], image_size, deep)
            for box in [(0, 0, middle, height), (middle, 0, width, height)]
        ]
    )


def _opened(file, channels, deep):
    """Returns a picture as one image of 8 bits, or as images of floats.

    There is one for each channel of the latter, in [0, 1], and colours are
    multiplied by alpha.
    """
    try:
        with Image.open(file) as image:
            picture_headers.require_kind(image)
            if channels == 4 or (deep and picture_headers.is_deep(image)):
                return _float_planes(image, file, channels)
            return [_flat(image, channels)]
    # Each format fails in its own way: OSError, SyntaxError, EOFError ...
    except Exception as error:
        problem = picture_headers.problem(file, error)
        raise ValueError(
            f"Expected a readable picture. Received: {problem}. "
            "Replace the file or remove it from the folder."
        ) from error


def _flat(image, channels):
    """Returns an image of 8 bits, on white."""
    _shorten_key(image)
    ImageOps.exif_transpose(image, in_place=True)
    image = _eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB" if channels == 3 else "L")


def _float_planes(image, file, channels):
    colours, opacity = _colours_and_opacity(image, file)
    if channels == 1 and colours.shape[-1] == 3:
        colours = colours @ _LUMINANCE[:, np.newaxis]
    elif channels > 1:
        colours = np.broadcast_to(colours, (*colours.shape[:2], 3))
    if channels == 4:
        values = np.concatenate([colours * opacity, opacity], axis=-1)
    else:
        values = colours * opacity + (1 - opacity)
    # Of some formats it is known only now, when the pixels have been read.
    turned = image.getexif().get(picture_headers.ORIENTATION, 1)
    planes = []
    for channel in range(channels):
        plane = Image.fromarray(np.ascontiguousarray(values[..., channel]))
        plane.getexif()[picture_headers.ORIENTATION] = turned
        planes.append(ImageOps.exif_transpose(plane))
    return planes


def _colours_and_opacity(image, file):
    """Returns float32 in [0, 1], `(height, width, 1 or 3)` and `(..., 1)`."""
    key = image.info.get("transparency")
    if picture_headers.is_sixteen_bit_grey(image):
        values, top = np.asarray(image)[..., np.newaxis], 65535
    elif picture_headers.has_sixteen_bit_channels(image):
        values, top = _sixteen_bits(image, file), 65535
    else:
        values, top = np.asarray(image.convert("RGBA")), 255
        key = None  # It has become alpha.
    colours, opacity = values, np.ones_like(values[..., :1], "float32")
    if values.shape[-1] in (2, 4):
        colours = values[..., :-1]
        opacity = values[..., -1:] / np.float32(top)
    elif key is not None:
        is_key = np.all(values == key, axis=-1, keepdims=True)
        opacity = np.where(is_key, np.float32(0), np.float32(1))
    return colours / np.float32(top), opacity


def _sixteen_bits(image, file):
    """Returns the pixels of a PNG with several channels of 16 bits."""
    import tensorflow as tf  # Pillow reads 8 of them.

    mode = picture_headers.raw_mode(image).partition(";")[0]
    image.load()  # With EXIF, and to see that the file is whole.
    with tf.device("CPU"), open(file, "rb") as content:
        channels = 3 if mode == "RGB" else 4
        pixels = tf.io.decode_png(content.read(), channels, tf.uint16).numpy()
    return pixels[..., [0, 3]] if mode == "LA" else pixels


def _finished(planes, image_size, deep):
    """Returns the pixels of images, brought to a size."""
    size = check_size(image_size)
    if size is not None:
        box = _centred_box(planes[0].size, size)
        # Cropped before they are resized: `ImageOps.fit` lets the filter see
        # what it cuts off, which then bleeds into the border.
        planes = [
            plane.crop(box).resize(size[::-1], Image.Resampling.LANCZOS)
            for plane in planes
        ]
    if planes[0].mode in ("L", "RGB"):
        pixels = np.asarray(planes[0])
        pixels = pixels.reshape(*pixels.shape[:2], -1)
        return pixels * np.uint16(257) if deep else pixels
    values = np.stack([np.asarray(plane) for plane in planes], axis=-1)
    top, dtype = (65535, "uint16") if deep else (255, "uint8")
    values = np.clip(values, 0, 1)  # The filter overshoots at edges.
    if len(planes) == 4:
        seen = np.rint(values[..., 3:] * top) > 0
        opacity = np.where(seen, values[..., 3:], 1)
        straight = np.clip(values[..., :3] / opacity, 0, 1)
        values[..., :3] = np.where(seen, straight, 1)
    return np.rint(values * top).astype(dtype)


def _centred_box(size, shape):
    """Returns the largest centred part of a size that has a shape.

    Args:
        size: Pair `(width, height)`.
        shape: Pair `(height, width)`, of which the ratio counts.

    Returns:
        Tuple `(left, top, right, bottom)`.
    """
    width, height = size
    if width * shape[0] > height * shape[1]:
        width = max(1, round(height * shape[1] / shape[0]))
    else:
        height = max(1, round(width * shape[0] / shape[1]))
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return left, top, left + width, top + height


def _eight_bits(image):
    """Returns an image without the lower 8 bits of 16, if it has so many.

    It does to grey what Pillow does to colour.
    """
    if not picture_headers.is_sixteen_bit_grey(image):
        return image
    values = np.asarray(image).astype("int32")
    pixels = np.clip(values >> 8, 0, 255).astype("uint8")
    transparent = image.info.get("transparency")
    if transparent is None:
        return Image.fromarray(pixels)
    alpha = np.where(values == transparent, 0, 255).astype("uint8")
    return Image.merge("LA", [Image.fromarray(p) for p in (pixels, alpha)])


def _shorten_key(image):
    """Gives the colour that is transparent the bits that pixels will have."""
    key = image.info.get("transparency")
    if isinstance(key, tuple) and picture_headers.raw_mode(image) == "RGB;16B":
        image.info["transparency"] = tuple(value >> 8 for value in key)
