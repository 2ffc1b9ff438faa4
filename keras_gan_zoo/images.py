"""Images as the models have them, in [-1, 1], and as the world has them.

Whatever leaves the zoo goes through these functions, so that the pixels that
are saved, scored and served are the same ones.
"""

import numpy as np

# TensorFlow takes seconds to import. What needs it imports it, so that clients
# of a server, which have pixels only, don't wait for it.


def to_uint8(images):
    """Returns images as bytes: -1 becomes 0, 0 becomes 128, 1 becomes 255.

    Args:
        images: Array or tensor of floats in [-1, 1], of any shape. Values
            beyond are clipped.

    Returns:
        Numpy array, uint8, of the same shape.

    Raises:
        ValueError: If the images are integers or hold NaN.
    """
    images = np.asarray(images)
    if images.dtype.kind in "iub":
        raise ValueError(
            "Images must be floats in [-1, 1] to be made bytes. Received: "
            f"dtype {images.dtype}. Scale them by `from_uint8(images)` if they "
            "are bytes already."
        )
    images = images.astype("float32")
    unit = np.clip(images, -1.0, 1.0) * np.float32(0.5) + np.float32(0.5)
    return unit_to_uint8(unit)


def unit_to_uint8(images):
    """Returns float32 images in [0, 1], as they are served, as bytes.

    `unit_to_uint8(to_unit(images))` is `to_uint8(images)`.

    Raises:
        ValueError: If the images hold NaN.
    """
    images = np.asarray(images)
    if np.isnan(images).any():
        raise ValueError(
            "Images must be numbers to be made bytes. Received: "
            f"{np.isnan(images).mean():.0%} NaN. If a model made them, its "
            "training has diverged: go back to an earlier checkpoint and "
            "lower the learning rates."
        )
    # Halves go to the even neighbor, as in TensorFlow: 127.5 becomes 128.
    return np.rint(images * np.float32(255)).astype("uint8")


def from_uint8(images):
    """Returns bytes as a numpy array of float32 in [-1, 1]."""
    return images.astype("float32") / 127.5 - 1.0


def to_unit(images):
    """Returns images in [-1, 1] as a float32 tensor in [0, 1], clipped.

    It consists of TensorFlow operations, for what is served. Times 255 and
    rounded, the result is `to_uint8(images)`.
    """
    import tensorflow as tf

    return tf.clip_by_value(tf.cast(images, tf.float32), -1.0, 1.0) * 0.5 + 0.5


def to_png(images):
    """Returns a PNG of each image in [0, 1], for what is served.

    Args:
        images: Tensor of shape `(number, height, width, channels)`, float32
            from `to_unit`, with 1 to 4 channels.

    Returns:
        Tensor of strings, of shape `(number,)`. They hold the bytes of
        `unit_to_uint8(images)`.
    """
    import tensorflow as tf

    pixels = tf.cast(tf.round(images * 255.0), tf.uint8)
    return tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)


def to_visible(images):
    """Returns bytes as people can see them: with 1 or 3 channels.

    Args:
        images: Array, uint8, of shape `(number, height, width, channels)`.
            A second or fourth channel is alpha, not premultiplied: the images
            are laid on a ground of grey and white squares. Of more channels,
            the first three are shown.
    """
    channels = images.shape[-1]
    if channels not in (2, 4):
        return images if channels == 1 else images[..., :3]
    rows, columns = np.indices(images.shape[1:3]) // 4
    ground = np.where((rows + columns) % 2, 204, 255)[..., None]
    alpha = images[..., -1:] / np.float32(255)
    seen = alpha * images[..., :-1] + (1 - alpha) * ground
    return np.rint(seen).astype("uint8")


def require_rank(images):
    """Raises a `ValueError` unless `images` has the rank of images.

    Args:
        images: Anything; see `require_images`.
    """
    shape = getattr(images, "shape", None)
    if shape is None or len(shape) != 4:
        raise ValueError(
            "Images must be one array of shape (batch, height, width, "
            f"channels). Received: {_described(images)}."
        )


def require_images(images):
    """Raises a `ValueError` unless `images` is a batch of images.

    Args:
        images: Anything; an array or tensor (symbolic ones included) of shape
            `(batch, height, width, channels)` with 1 or 3 channels passes.
    """
    shape = getattr(images, "shape", None)
    if shape is None or len(shape) != 4 or shape[-1] not in (1, 3):
        raise ValueError(
            "Images must be one array of shape (batch, height, width, "
            "channels) with 1 or 3 channels. Received: "
            f"{_described(images)}. Models of other samples can't be pictured "
            "or scored as images: leave that step out for them."
        )


def grid(images, columns, padding=2):
    """Returns one picture of many, in rows of `columns`, on white.

    Args:
        images: Array or tensor of shape `(number, height, width, channels)`
            in [-1, 1], with 1 or 3 channels.
        columns: Integer, images in a row. The last row may be shorter.
        padding: Integer, pixels between two images.

    Returns:
        Numpy array, uint8, of shape `(rows * (height + padding) - padding,
        columns * (width + padding) - padding, channels)`.

    Raises:
        ValueError: If `images` isn't a batch of at least one image, or
            `columns` isn't positive.
    """
    require_images(images)
    return uint8_grid(to_uint8(images), columns, padding)


def uint8_grid(images, columns, padding=2):
    """Returns the `grid` of images that are bytes already."""
    require_images(images)
    number, height, width, channels = images.shape
    if number < 1 or columns < 1:
        raise ValueError(
            "A grid takes at least one image and one column. Received: "
            f"{number} images, columns={columns}."
        )
    rows = -(-number // columns)
    cells = np.full(
        (rows * columns, height + padding, width + padding, channels),
        255,
        dtype="uint8",
    )
    cells[:number, :height, :width] = images
    cells = cells.reshape((rows, columns, *cells.shape[1:])).swapaxes(1, 2)
    picture = cells.reshape(
        (rows * (height + padding), columns * (width + padding), channels)
    )
    return picture[: -padding or None, : -padding or None]


def _described(images):
    shape = getattr(images, "shape", None)
    return type(images).__name__ if shape is None else tuple(shape)
