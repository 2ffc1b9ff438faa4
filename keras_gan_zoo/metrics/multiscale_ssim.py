"""Multiscale structural similarity, and pairs to take it of.

Multi-Scale Structural Similarity for Image Quality Assessment, section 3
Wang, Simoncelli and Bovik, 2003
https://www.cns.nyu.edu/pub/eero/wang03b.pdf

Conditional Image Synthesis With Auxiliary Classifier GANs, section 4.2
Odena, Olah and Shlens, 2017
https://arxiv.org/abs/1610.09585
"""

from typing import NamedTuple

import numpy as np

from keras_gan_zoo.metrics.parameter_checks import (
    random_generator,
    require_integers,
)

# Of the first paper: exponents of the scales, the finest first, and the
# constants that keep quotients of small numbers quiet.
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
C1 = (0.01 * 255) ** 2
C2 = (0.03 * 255) ** 2

# The window, in pixels. On an image that is smaller, both shrink alike.
WINDOW_SIZE = 11
WINDOW_DEVIATION = 1.5

# Shorter side of the coarsest scale, below which windows see next to nothing.
SMALLEST_SIDE = 4

# Numbers in the images that are compared at a time.
CHUNK = 2**20


class MultiscaleSSIM(NamedTuple):
    """What `multiscale_ssim` returns.

    `value` is the mean over pairs, in [0, 1], and `scales` the number of
    scales that were compared, which belongs beside any value of fewer than 5.
    """

    value: float
    scales: int


def multiscale_ssim(first, second):
    """Returns how similar the images of pairs are, on average.

    Equal images have 1, unrelated noise about 0. Between images of one class
    it tells diversity: a generator that repeats itself is well above the
    data's own value, which is needed to judge it. Odena et al. take 100 pairs
    of each class (see `same_class_pairs`), Karras et al. 2018 10,000 pairs
    regardless of class (see `random_pairs`). Images that come class by class,
    as in folders and files, must not be paired as they come.

    There are 5 scales, each of half the size of the last. Images with a side
    below 64 pixels have fewer, so that the coarsest keeps 4 pixels: 4 scales
    of 32 x 32 pixels, 3 of 28 x 28. The weights of those are divided by their
    sum, and values don't compare with ones of 5 scales.

    Args:
        first: Array of shape `(pairs, height, width, channels)`, uint8.
        second: Array of the same shape, uint8.

    Returns:
        A `MultiscaleSSIM`.

    Raises:
        ValueError: If the arrays are no images of at least 4 pixels a side,
            or of different shapes.
    """
    first, second = np.asarray(first), np.asarray(second)
    require_image_pairs(first, second)
    scales = num_scales(first.shape[1:3])
    weights = np.array(WEIGHTS[:scales])
    if scales < len(WEIGHTS):
        weights /= weights.sum()
    pairs = max(1, CHUNK // first[0].size)
    similarities = [
        _similarity(
            first[start : start + pairs].astype("float64"),
            second[start : start + pairs].astype("float64"),
            weights,
        )
        for start in range(0, len(first), pairs)
    ]
    return MultiscaleSSIM(float(np.concatenate(similarities).mean()), scales)


def num_scales(image_size):
    """Returns the number of scales that images of a size are compared at.

    Args:
        image_size: Pair `(height, width)`, in pixels.
    """
    side = min(image_size)
    scales = 1
    while scales < len(WEIGHTS) and side >> scales >= SMALLEST_SIDE:
        scales += 1
    return scales


def random_pairs(num_images, seed=0):
    """Draws pairs of images, whatever their class, so that each is in one.

    Args:
        num_images: Integer, at least 2. Of an odd number one is left out.
        seed: Integer, or a `numpy.random.Generator` to draw from.

    Returns:
        Pair of arrays of indices of shape `(num_images // 2,)`:
        `images[first]` and `images[second]` are the arguments of
        `multiscale_ssim`.

    Raises:
        ValueError: If there are fewer than two images.
    """
    require_integers(2, num_images=num_images)
    order = random_generator(seed).permutation(num_images)
    half = num_images // 2
    return order[:half], order[half : 2 * half]


def same_class_pairs(labels, num_pairs_per_class=100, seed=0):
    """Draws pairs of different images of the same class.

    Args:
        labels: Array of shape `(images,)`, the class of each image.
        num_pairs_per_class: Integer. The same pair may be drawn again.
        seed: Integer, or a `numpy.random.Generator` to draw from.

    Returns:
        Pair of arrays of indices of shape `(classes * num_pairs_per_class,)`,
        class by class in the order of labels: `images[first]` and
        `images[second]` are the arguments of `multiscale_ssim`.

    Raises:
        ValueError: If the labels aren't one for each image, a class has only
            one image, or no pairs are asked for.
    """
    labels = np.asarray(labels)
    require_integers(1, num_pairs_per_class=num_pairs_per_class)
    if labels.ndim != 1 or not len(labels):
        raise ValueError(
            "Pairs take labels of shape (images,). Received: labels of shape "
            f"{labels.shape}. Take the argmax of labels that are one-hot."
        )
    rng = random_generator(seed)
    first, second = [], []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) < 2:
            raise ValueError(
                "Each class must have at least two images. Received: one of "
                f"class {label}. Take more images or leave that class out."
            )
        one = rng.integers(len(members), size=num_pairs_per_class)
        # Any step but one all the way around leads to another image.
        step = rng.integers(1, len(members), size=num_pairs_per_class)
        first.append(members[one])
        second.append(members[(one + step) % len(members)])
    return np.concatenate(first), np.concatenate(second)


def require_image_pairs(first, second):
    """Raises a `ValueError` unless two arrays are pairs of images."""
    if (
        first.ndim != 4
        or min(first.shape[1:3]) < SMALLEST_SIDE
        or 0 in first.shape
        or first.shape != second.shape
    ):
        raise ValueError(
            "Pairs must be two arrays of images of the same shape (pairs, "
            "height, width, channels), with sides of at least "
            f"{SMALLEST_SIDE} pixels. Received: shapes {first.shape} and "
            f"{second.shape}."
        )
    if first.dtype != np.uint8 or second.dtype != np.uint8:
        raise ValueError(
            "Images must be uint8, from 0 to 255. Received: dtypes "
            f"{first.dtype} and {second.dtype}. Images in [-1, 1] become so "
            "by `keras_gan_zoo.images.to_uint8(images)`."
        )


def _similarity(first, second, weights):
    """Returns the similarity of each pair, an array of shape `(pairs,)`."""
    product = 1.0
    for scale, weight in enumerate(weights, start=1):
        contrast, full = _ssim(first, second)
        # Luminance counts on the last scale only. Below 0, which is no
        # likeness either, there is no power.
        factor = full if scale == len(weights) else contrast
        product = product * np.maximum(factor, 0.0) ** weight
        first, second = _halved(first), _halved(second)
    return product


def _ssim(first, second):
    """Returns the mean of contrast and structure, and of all three terms."""
    window = _window(min(WINDOW_SIZE, *first.shape[1:3]))
    first_mean = _filtered(first, window)
    second_mean = _filtered(second, window)
    variances = (
        _filtered(first**2, window)
        - first_mean**2
        + _filtered(second**2, window)
        - second_mean**2
    )
    covariance = _filtered(first * second, window) - first_mean * second_mean
    contrast = (2.0 * covariance + C2) / (variances + C2)
    luminance = (2.0 * first_mean * second_mean + C1) / (
        first_mean**2 + second_mean**2 + C1
    )
    axes = (1, 2, 3)
    return contrast.mean(axis=axes), (luminance * contrast).mean(axis=axes)


def _window(size):
    """Returns the weights of a Gaussian window along one axis."""
    deviation = WINDOW_DEVIATION * size / WINDOW_SIZE
    places = np.arange(size) - (size - 1) / 2
    window = np.exp(-0.5 * (places / deviation) ** 2)
    return window / window.sum()


def _filtered(images, window):
    """Returns means under the window where it lies wholly on the image."""
    height, width = np.array(images.shape[1:3]) - len(window) + 1
    rows = sum(w * images[:, i : i + height] for i, w in enumerate(window))
    return sum(w * rows[:, :, i : i + width] for i, w in enumerate(window))


def _halved(images):
    """Returns the means of squares of four pixels."""
    _, height, width, _ = images.shape
    # The last pixel of an odd side is a square's half, so it counts twice.
    images = np.pad(
        images,
        ((0, 0), (0, height % 2), (0, width % 2), (0, 0)),
        mode="edge",
    )
    rows = (images[:, ::2] + images[:, 1::2]) / 2
    return (rows[:, :, ::2] + rows[:, :, 1::2]) / 2
