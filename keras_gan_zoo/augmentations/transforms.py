"""Changes of images: functions of the images and of numbers for each.

They take images of shape `(batch, height, width, channels)`, and give first and
second derivatives with respect to them, inside of `tf.cond` under XLA too.
"""

import keras
import tensorflow as tf


def as_images(samples):
    """Returns images as a tensor.

    Raises:
        ValueError: If samples aren't images that can be changed.
    """
    images = tf.convert_to_tensor(samples)
    if (
        images.shape.rank != 4
        or None in images.shape[1:]
        or not images.dtype.is_floating
    ):
        raise ValueError(
            "Images must be of shape `(batch, height, width, channels)`, all "
            "but the batch size known, and floating-point numbers in [-1, 1]. "
            f"Received: {images.dtype.name} of shape {images.shape}. Reshape "
            "or scale them, or use `InstanceNoise`, which takes samples of any "
            "shape."
        )
    return images


def require_share(name, value):
    """Raises a `ValueError` unless an argument is in [0, 1]."""
    if not 0 <= value <= 1:
        raise ValueError(
            f"`{name}` is a share of a side of the image, so it must be in "
            f"[0, 1]. Received: {name}={value}. Use 0 to leave it out."
        )


def on_colors(change, images):
    """Changes all channels but an alpha channel.

    Args:
        change: Function of colors of shape `(batch, height, width, channels)`,
            in float32 or float64.
        images: Tensor. Of 2 or 4 channels, the last is alpha and stays as it
            is.

    Returns:
        Tensor of the shape and type of `images`.
    """
    has_alpha = images.shape[-1] in (2, 4)
    colors = images[..., :-1] if has_alpha else images
    # Sums over an image overflow in float16.
    dtype = keras.backend.result_type(images.dtype.name, "float32")
    changed = tf.cast(change(tf.cast(colors, dtype)), images.dtype)
    if not has_alpha:
        return changed
    return tf.concat([changed, images[..., -1:]], axis=-1)


def brightness(colors, shifts):
    """Adds a number to each image, one of `shifts` of shape `(batch,)`."""
    return colors + _for_pixels(shifts, colors)


def saturation(colors, factors):
    """Multiplies each pixel's distance from its gray, the mean of its channels.

    A factor of 0 makes images gray, and 1 leaves them as they are.

    Args:
        colors: Tensor.
        factors: Tensor of shape `(batch,)`.
    """
    gray = tf.reduce_mean(colors, axis=-1, keepdims=True)
    return gray + (colors - gray) * _for_pixels(factors, colors)


def contrast(colors, factors):
    """Multiplies the distance from the mean of all pixels and channels.

    Args:
        colors: Tensor.
        factors: Tensor of shape `(batch,)`.
    """
    mean = tf.reduce_mean(colors, axis=(1, 2, 3), keepdims=True)
    return mean + (colors - mean) * _for_pixels(factors, colors)


def flip(images, flipped):
    """Mirrors some images, left to right: booleans of shape `(batch,)`."""
    mirrored = tf.reverse(images, axis=[2])
    return tf.where(flipped[:, None, None, None], mirrored, images)


def translate(images, rows, columns, reflect=False):
    """Moves images by whole pixels.

    Args:
        images: Tensor.
        rows: Integer tensor of shape `(batch,)`, how far down.
        columns: Integer tensor of shape `(batch,)`, how far to the right.
        reflect: Boolean, whether what comes in is the image mirrored at its
            outermost pixels, which are not repeated; otherwise it is zeros.
    """
    height, width = images.shape[1:3]
    row = tf.range(height) - rows[:, None]
    column = tf.range(width) - columns[:, None]
    inside = _both(
        (row >= 0) & (row < height), (column >= 0) & (column < width)
    )
    bounded = _reflected if reflect else _clipped
    shape = tf.concat([tf.shape(images)[:1], [height, width]], axis=0)
    # `tf.gather` along an axis transposes, which fails in `tf.cond` under XLA.
    positions = tf.stack(
        [
            tf.broadcast_to(bounded(row, height)[:, :, None], shape),
            tf.broadcast_to(bounded(column, width)[:, None, :], shape),
        ],
        axis=-1,
    )
    moved = tf.gather_nd(images, positions, batch_dims=1)
    if reflect:
        return moved
    return tf.where(inside, moved, tf.zeros_like(moved))


def cut_out(images, rows, columns, height, width):
    """Sets a rectangle of each image to zero, or what is inside of the image.

    Args:
        images: Tensor.
        rows: Integer tensor of shape `(batch,)`, the rectangle's first row.
        columns: Integer tensor of shape `(batch,)`, its first column.
        height: Integer, number of its rows.
        width: Integer, number of its columns.
    """
    row = tf.range(images.shape[1]) - rows[:, None]
    column = tf.range(images.shape[2]) - columns[:, None]
    hole = _both((row >= 0) & (row < height), (column >= 0) & (column < width))
    return tf.where(hole, tf.zeros_like(images), images)


def whole_shifts(images, units, share):
    """Returns integers for the axes of height and width.

    They are up to `share` of the side, up or down, with equal chances.

    Args:
        images: Tensor.
        units: Pair of tensors of shape `(batch,)`, drawn from U[0, 1).
        share: Float in [0, 1].
    """
    shifts = []
    for size, unit in zip(images.shape[1:3], units):
        most = rounded(size * share)
        shifts.append(below(2 * most + 1, unit) - most)
    return shifts


def below(number, units):
    """Makes integers from 0 to `number - 1` of numbers of U[0, 1)."""
    return tf.cast(number * units, tf.int32)


def rounded(number):
    """Returns the nearest integer, and of two the greater one."""
    return int(number + 0.5)


def _for_pixels(numbers, colors):
    return tf.cast(numbers, colors.dtype)[:, None, None, None]


def _both(rows, columns):
    """Returns where both are true, of shape `(batch, height, width, 1)`."""
    return rows[:, :, None, None] & columns[:, None, :, None]


def _clipped(index, size):
    return tf.clip_by_value(index, 0, size - 1)


def _reflected(index, size):
    if size == 1:
        return tf.zeros_like(index)
    index %= 2 * size - 2
    return tf.minimum(index, 2 * size - 2 - index)
