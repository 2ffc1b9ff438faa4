"""Sliced Wasserstein distance of patches: Progressive Growing of GANs for
Improved Quality, Stability, and Variation, section 5.

Karras, Aila, Laine and Lehtinen, 2018
https://arxiv.org/abs/1710.10196
"""

from typing import NamedTuple

import numpy as np

from keras_gan_zoo.metrics.parameter_checks import random_generator

# The protocol of the paper and its code.
PATCH_SIZE = 7
PATCHES_PER_IMAGE = 128
DIRECTIONS = 512
COARSEST = 16

# Images whose pyramids, and directions whose projections, are held at a time.
IMAGE_CHUNK = 64
DIRECTION_CHUNK = 16

# Of the binomial filter, along each axis.
TAPS = np.array([1, 4, 6, 4, 1], "float32") / 16


class SlicedWassersteinDistance(NamedTuple):
    """What `sliced_wasserstein_distance` returns, times 1,000.

    `mean` is the average of `levels`, which maps the height of each level of
    the pyramid in pixels to the distance there, the finest level first.
    """

    mean: float
    levels: dict


def sliced_wasserstein_distance(real, generated, seed=0):
    """Compares sets of images by the patches of their Laplacian pyramids.

    On each level, 128 patches of 7 x 7 pixels are taken at random places of
    each image, the same ones in both sets. Each set's patches are normalized
    by their own mean and deviation of each channel, so brightness and
    contrast of a whole set don't count. The distance is the mean one of
    values in order, along 512 random directions.

    Levels go from the full size by halves down to 16 pixels, as far as sides
    are even: 64, 32 and 16, but of 28 x 28 pixels there is only the full
    size, as the half is below 16. Such a single level holds the images
    themselves. Sets of the same distribution don't reach 0 but a value that
    falls by the root of the number of images, so scores compare only at equal
    numbers. The paper takes 16,384 images, which need 3 GiB of memory.

    Args:
        real: Array of shape `(images, height, width, channels)`, uint8, with
            1 channel, which is tiled to 3, or 3.
        generated: Array of the same shape, uint8.
        seed: Integer, or a `numpy.random.Generator` to draw from.

    Returns:
        A `SlicedWassersteinDistance`.

    Raises:
        ValueError: If the arrays are no images or of different shapes.
    """
    real, generated = np.asarray(real), np.asarray(generated)
    require_image_sets(real, generated)
    if len(real) != len(generated):
        raise ValueError(
            "Values are compared in order, so there must be as many real "
            f"images as generated ones. Received: {len(real)} real and "
            f"{len(generated)} generated images. Leave out some of the larger "
            "set, chosen at random."
        )
    rng = random_generator(seed)
    levels = {}
    for level, (height, width) in enumerate(_level_sizes(real.shape[1:3])):
        corners = rng.integers(
            (height - PATCH_SIZE + 1, width - PATCH_SIZE + 1),
            size=(len(real), PATCHES_PER_IMAGE, 2),
        )
        directions = rng.standard_normal(
            (3 * PATCH_SIZE**2, DIRECTIONS), dtype="float32"
        )
        directions /= np.linalg.norm(directions, axis=0)
        distance = sliced_distance(
            normalized(_patches(real, level, corners)),
            normalized(_patches(generated, level, corners)),
            directions,
        )
        levels[height] = 1000.0 * distance
    return SlicedWassersteinDistance(
        mean=float(np.mean(list(levels.values()))), levels=levels
    )


def laplacian_pyramid(images):
    """Splits images into levels of detail, the finest first.

    Each level but the last is what halving the size takes away; the last one
    is what is left. From the last one, `upsampled` plus the next finer level
    gives back the images.

    Args:
        images: Array of shape `(images, height, width, channels)`, float32.

    Returns:
        List of arrays of shape `(images, level height, level width,
        channels)`.
    """
    levels = []
    for _ in _level_sizes(images.shape[1:3])[1:]:
        smaller = _blurred(images, TAPS)[:, ::2, ::2]
        levels.append(images - upsampled(smaller))
        images = smaller
    return [*levels, images]


def upsampled(images):
    """Returns images of twice the height and width, smooth between pixels."""
    number, height, width, channels = images.shape
    larger = np.zeros((number, 2 * height, 2 * width, channels), "float32")
    larger[:, ::2, ::2] = images
    # Twice the taps along each axis, as every other pixel is 0.
    return _blurred(larger, 2 * TAPS)


def normalized(patches):
    """Gives patches mean 0 and deviation 1 in each channel, in place.

    Args:
        patches: Array of shape `(patches, height, width, channels)`, float32.

    Returns:
        The same array.
    """
    for channel in range(patches.shape[-1]):
        values = patches[..., channel]
        # Summed in float64: they are hundreds of millions.
        values -= values.mean(dtype="float64").astype("float32")
        deviation = np.sqrt(np.mean(np.square(values), dtype="float64"))
        # A set without detail is 0, and stays so.
        if deviation > 0.0:
            values /= deviation.astype("float32")
    return patches


def sliced_distance(real, generated, directions):
    """Returns the mean distance of values in order, along directions.

    Args:
        real: Array of shape `(patches, ...)`, float32.
        generated: Array of the same shape.
        directions: Array of shape `(numbers in a patch, directions)`, of
            columns of norm 1.

    Returns:
        Float, at least 0, in units of the patches.
    """
    real = real.reshape((len(real), -1))
    generated = generated.reshape((len(generated), -1))
    distances = []
    for start in range(0, directions.shape[1], DIRECTION_CHUNK):
        part = directions[:, start : start + DIRECTION_CHUNK]
        # Sorted in rows, where a direction's values lie side by side.
        first = np.sort(part.T @ real.T, axis=1)
        second = np.sort(part.T @ generated.T, axis=1)
        first -= second
        distances.extend(np.abs(first).mean(axis=1, dtype="float64"))
    return float(np.mean(distances))


def require_image_sets(real, generated):
    """Raises a `ValueError` unless two arrays are images of one size."""
    if (
        real.ndim != 4
        or real.shape[-1] not in (1, 3)
        or min(real.shape[1:3]) < PATCH_SIZE
        or min(len(real), len(generated)) < 1
        or real.shape[1:] != generated.shape[1:]
    ):
        raise ValueError(
            "Both sets must be images of one height, width and number of "
            f"channels, with sides of at least {PATCH_SIZE} pixels and 1 or 3 "
            "channels, in arrays of shape (images, height, width, channels). "
            f"Received: real images of shape {real.shape}, generated ones of "
            f"shape {generated.shape}. Bring both to one size and to color or "
            "grey, such as by `np.repeat(grey, 3, axis=-1)`."
        )
    if real.dtype != np.uint8 or generated.dtype != np.uint8:
        raise ValueError(
            "Images must be uint8, from 0 to 255. Received: dtypes "
            f"{real.dtype} and {generated.dtype}. Images in [-1, 1] become so "
            "by `keras_gan_zoo.images.to_uint8(images)`."
        )


def _level_sizes(size):
    """Returns the height and width of each level, the finest first."""
    sizes = [tuple(size)]
    while not any(side % 2 or side // 2 < COARSEST for side in sizes[-1]):
        sizes.append(tuple(side // 2 for side in sizes[-1]))
    return sizes


def _patches(images, level, corners):
    number, count, _ = corners.shape
    patches = np.empty(
        (number, count, PATCH_SIZE, PATCH_SIZE, 3), dtype="float32"
    )
    for start in range(0, number, IMAGE_CHUNK):
        part = slice(start, start + IMAGE_CHUNK)
        # A grey image becomes three equal channels here.
        detail = laplacian_pyramid(images[part].astype("float32"))[level]
        windows = np.lib.stride_tricks.sliding_window_view(
            detail, (PATCH_SIZE, PATCH_SIZE), axis=(1, 2)
        )
        image = np.arange(len(detail))[:, None]
        top, left = corners[part, :, 0], corners[part, :, 1]
        patches[part] = np.moveaxis(windows[image, top, left], 2, -1)
    return patches.reshape((number * count, PATCH_SIZE, PATCH_SIZE, 3))


def _blurred(images, taps):
    height, width = images.shape[1:3]
    # Mirrored, without the pixel on the border itself twice.
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="reflect")
    rows = sum(tap * padded[:, i : i + height] for i, tap in enumerate(taps))
    return sum(tap * rows[:, :, i : i + width] for i, tap in enumerate(taps))
