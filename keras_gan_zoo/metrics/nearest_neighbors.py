"""Nearest training samples, to tell new samples from memorized ones.

The two-sample test of Revisiting Classifier Two-Sample Tests, section 2
Lopez-Paz and Oquab, 2017
https://arxiv.org/abs/1610.06545
"""

from typing import NamedTuple

import numpy as np

from keras_gan_zoo.metrics.feature_checks import require_features
from keras_gan_zoo.metrics.neighbors import (
    nearest,
    nearest_others,
    require_neighbors,
)
from keras_gan_zoo.metrics.parameter_checks import require_integers


class NearestNeighbors(NamedTuple):
    """What `nearest_neighbors` returns.

    `indices` and `distances` have the shape `(generated, k)`: which training
    samples are the nearest to each generated one, the nearest first, and how
    far away they are. An exact copy is at distance 0.

    The other two compare the distances of the nearest ones with those of the
    held-out samples, and are None without them. `median_ratio` is the
    generated samples' median by the held-out samples': about 1 for new
    samples of the data's distribution, well below 1 for memorized ones.
    `ks_statistic` is the largest difference of the two distribution
    functions, of Kolmogorov and Smirnov, in [0, 1].
    """

    indices: np.ndarray
    distances: np.ndarray
    median_ratio: float | None
    ks_statistic: float | None


class OneNearestNeighborAccuracy(NamedTuple):
    """What `one_nearest_neighbor_accuracy` returns, all in [0, 1].

    `accuracy` is of all samples, `real` of the real and `generated` of the
    generated ones.
    """

    accuracy: float
    real: float
    generated: float


def nearest_neighbors(generated, training, held_out=None, k=1):
    """Finds the training samples that are nearest to generated ones.

    Distances of pixels miss copies that are shifted or mirrored. Features of
    a classifier find most of them, and so do pixels if the shifted and
    mirrored images are among the training samples.

    Args:
        generated: Array of shape `(samples, dimensions)`, features or
            flattened images.
        training: Array of shape `(samples, dimensions)`.
        held_out: Array of shape `(samples, dimensions)` of data that the
            generator was not trained on, or None.
        k: Integer, training samples to find for each generated one.

    Returns:
        A `NearestNeighbors`.

    Raises:
        ValueError: If the shapes don't fit, values aren't finite, there are
            fewer than k training samples, or most held-out samples are
            training samples.
    """
    generated, training = np.asarray(generated), np.asarray(training)
    require_features(generated, training)
    require_integers(1, k=k)
    if k > len(training):
        raise ValueError(
            "`k` must be at most the number of training samples. Received: "
            f"k={k}, {len(training)} training samples."
        )
    indices, distances = nearest(generated, training, k)
    if held_out is None:
        return NearestNeighbors(indices, distances, None, None)
    held_out = np.asarray(held_out)
    require_features(held_out, training)
    expected = nearest(held_out, training, 1)[1][:, 0]
    if np.median(expected) == 0.0:
        raise ValueError(
            "Held-out samples must not be training samples. Received: "
            f"{np.mean(expected == 0.0):.0%} of them are. Take them from the "
            "test set."
        )
    ratio = np.median(distances[:, 0]) / np.median(expected)
    return NearestNeighbors(
        indices,
        distances,
        float(ratio),
        _ks_statistic(distances[:, 0], expected),
    )


def one_nearest_neighbor_accuracy(real, generated):
    """Measures how well the nearest other sample tells real from generated.

    Each sample is taken for what its nearest neighbor is, among all others of
    both sets. If both have the same distribution, half of that is right. Above
    a half, the sets can be told apart; below it, generated samples are copies
    of the real ones. If a real and a generated neighbor are exactly as near,
    that counts as half a sample.

    Args:
        real: Array of shape `(samples, dimensions)`.
        generated: Array of the same shape.

    Returns:
        A `OneNearestNeighborAccuracy`.

    Raises:
        ValueError: If the shapes differ, there are fewer than two samples of
            each, or values aren't finite.
    """
    real, generated = np.asarray(real), np.asarray(generated)
    require_features(real, generated)
    if len(real) != len(generated):
        raise ValueError(
            "There must be as many real samples as generated ones, or half "
            f"isn't what chance makes. Received: {len(real)} and "
            f"{len(generated)} samples. Leave out samples of the larger set."
        )
    require_neighbors(1, real, generated)
    of_real = _accuracy(real, generated)
    of_generated = _accuracy(generated, real)
    return OneNearestNeighborAccuracy(
        accuracy=(of_real + of_generated) / 2,
        real=of_real,
        generated=of_generated,
    )


def nearest_neighbor_sheet(generated, training, indices, padding=2):
    """Returns one picture of generated images beside their nearest ones.

    Each row is a generated image, a wider gap, and its nearest training
    images in order, on white.

    Args:
        generated: Array of shape `(images, height, width, channels)`, uint8,
            with 1 or 3 channels.
        training: Array of images of the same size, uint8.
        indices: Array of shape `(images, k)`, as of `nearest_neighbors`.
        padding: Integer, pixels between two images. The wider gap is twice as
            wide.

    Returns:
        Array, uint8, of shape `(images * (height + padding) - padding,
        (k + 1) * (width + padding), channels)`.

    Raises:
        ValueError: If the images aren't uint8 or differ in size, or the
            indices don't fit.
    """
    generated, training = np.asarray(generated), np.asarray(training)
    indices = np.asarray(indices)
    require_integers(0, padding=padding)
    _require_sheet(generated, training, indices)
    number, height, width, channels = generated.shape
    columns = 1 + indices.shape[1]
    cells = np.full(
        (number, height + padding, columns, width + padding, channels),
        255,
        dtype="uint8",
    )
    cells[:, :height, 0, :width] = generated
    # Flush with the right border, so that what is left free is beside the
    # generated image.
    neighbors = training[indices].swapaxes(1, 2)
    cells[:, :height, 1:, padding:] = neighbors
    picture = cells.reshape(
        (number * (height + padding), columns * (width + padding), channels)
    )
    return picture[: -padding or None]


def _ks_statistic(first, second):
    places = np.concatenate([first, second])
    shares = [
        np.searchsorted(np.sort(values), places, side="right") / len(values)
        for values in (first, second)
    ]
    return float(np.abs(shares[0] - shares[1]).max())


def _accuracy(samples, others):
    own = nearest_others(samples, 1)[1]
    foreign = nearest(samples, others, 1)[1]
    return float(np.mean((own < foreign) + 0.5 * (own == foreign)))


def _require_sheet(generated, training, indices):
    if (
        generated.ndim != 4
        or generated.shape[-1] not in (1, 3)
        or generated.shape[1:] != training.shape[1:]
        or generated.dtype != np.uint8
        or training.dtype != np.uint8
    ):
        raise ValueError(
            "Images must be two arrays of shape (images, height, width, "
            "channels), uint8, with 1 or 3 channels, of the same size. "
            f"Received: {generated.dtype} of shape {generated.shape} and "
            f"{training.dtype} of shape {training.shape}. Images in [-1, 1] "
            "become so by `keras_gan_zoo.images.to_uint8(images)`."
        )
    if (
        indices.ndim != 2
        or len(indices) != len(generated)
        or indices.dtype.kind not in "iu"
        or not 0 <= indices.min(initial=0)
        or not indices.max(initial=0) < len(training)
    ):
        raise ValueError(
            "Indices must be integers of shape (images, k), each of a "
            f"training image. Received: {indices.dtype} of shape "
            f"{indices.shape} for {len(generated)} generated and "
            f"{len(training)} training images. Take them from "
            "`nearest_neighbors(...).indices`."
        )
