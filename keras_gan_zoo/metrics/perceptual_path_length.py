"""Perceptual path length: A Style-Based Generator Architecture for Generative
Adversarial Networks, section 4.1.

Karras, Laine and Aila, 2019
https://arxiv.org/abs/1812.04948
"""

from typing import NamedTuple

import numpy as np

from keras_gan_zoo.latents import spherical_interpolation
from keras_gan_zoo.metrics.parameter_checks import (
    random_generator,
    require_integers,
    require_positive,
)


class PerceptualPathLength(NamedTuple):
    """What `perceptual_path_length` returns, in distance per squared step.

    `mean` and `stddev` are of the paths without the shortest and the longest
    ones, as in the paper's code, `untrimmed_mean` is of all. Since a few
    paths are far longer than most, `mean` is the smaller one.
    """

    mean: float
    untrimmed_mean: float
    stddev: float


def perceptual_path_length(
    generator,
    distance,
    latents,
    interpolate=spherical_interpolation,
    full_path=True,
    epsilon=1e-4,
    trim=0.01,
    batch_size=64,
    seed=0,
):
    """Measures how much images change along paths through latent space.

    It is the mean of `distance(g(t), g(t + epsilon)) / epsilon ** 2` over
    paths between pairs of latents, where `g(t)` is the image at position `t`.
    The paper takes LPIPS of VGG-16 for a distance, 100,000 paths, great
    circles between inputs of the generator and straight lines between styles.
    Lengths can be compared only if they share all of these and samples are made
    without truncation.

    The division by `epsilon ** 2` fits distances that are squares of a norm,
    as LPIPS is and a sum of squared differences. It makes rounding errors
    large: where a distance is the difference of large float32 numbers, take
    an `epsilon` of 1e-2.

    Great circles here keep to the ends' norms (see
    `keras_gan_zoo.latents.spherical_interpolation`); for a generator that
    normalizes its latents, that is the paper's path.

    Args:
        generator: Callable from latents of shape `(batch, ..., dimensions)`,
            in the dtype of `latents`, to images. It must be deterministic:
            noise of its own must be the same in each call.
        distance: Callable from two batches of images to an array of shape
            `(batch,)`, not negative.
        latents: Pair of arrays of floats of the same shape `(paths, ...,
            dimensions)`, the paths' ends.
        interpolate: Callable from starts, ends and positions of shape
            `(batch, ...)` to latents, such as
            `keras_gan_zoo.latents.linear_interpolation`.
        full_path: Boolean, whether positions are uniform in [0, 1). If false,
            all are 0, at the paths' starts.
        epsilon: Float, length of the step along a path of length 1.
        trim: Float, share of the paths that is left out on each side.
        batch_size: Integer, paths at a time.
        seed: Integer, or a `numpy.random.Generator` that draws positions.

    Returns:
        A `PerceptualPathLength`.

    Raises:
        ValueError: If the latents are no pair of arrays of the same shape, an
            option is out of its range, or a distance isn't one number for
            each pair of images, finite and not negative.
    """
    start, end = _require_pair(latents)
    require_positive(epsilon=epsilon)
    require_integers(1, batch_size=batch_size)
    if not 0.0 <= trim < 0.5:
        raise ValueError(
            "`trim` is left out on each side, so it must be at least 0 and "
            f"less than 0.5. Received: trim={trim}."
        )
    positions = np.zeros(len(start))
    if full_path:
        positions = random_generator(seed).uniform(size=len(start))
    # One position for each path, whatever axes a latent has.
    positions = positions.reshape((-1,) + (1,) * (start.ndim - 2))
    lengths = []
    for first in range(0, len(start), batch_size):
        part = slice(first, first + batch_size)
        ends, position = (start[part], end[part]), positions[part]
        here = generator(interpolate(*ends, position))
        there = generator(interpolate(*ends, position + epsilon))
        distances = np.asarray(distance(here, there), "float64")
        _require_distances(distances, len(position))
        lengths.append(distances / epsilon**2)
    lengths = np.concatenate(lengths)
    # Of the values themselves, so that those at the limits are kept.
    low = np.quantile(lengths, trim, method="lower")
    high = np.quantile(lengths, 1.0 - trim, method="higher")
    kept = lengths[(low <= lengths) & (lengths <= high)]
    return PerceptualPathLength(
        mean=float(kept.mean()),
        untrimmed_mean=float(lengths.mean()),
        stddev=float(kept.std()),
    )


def _require_pair(latents):
    shapes = [np.shape(ends) for ends in latents]
    if len(shapes) != 2 or shapes[0] != shapes[1] or len(shapes[0]) < 2:
        raise ValueError(
            "Latents must be a pair of arrays of the same shape (paths, ..., "
            f"dimensions), the paths' ends. Received: shapes {shapes[:3]}. "
            "Split one array into `(latents[0::2], latents[1::2])`."
        )
    if not shapes[0][0]:
        raise ValueError(
            f"There must be at least one path. Received: shape {shapes[0]}."
        )
    return [np.asarray(ends) for ends in latents]


def _require_distances(distances, number):
    if distances.shape != (number,):
        raise ValueError(
            "`distance` must return one number for each pair of images, of "
            f"shape ({number},). Received: shape {distances.shape}. Reduce "
            "all axes but the first."
        )
    # Written so that NaN fails it.
    if not (np.isfinite(distances) & (distances >= 0.0)).all():
        raise ValueError(
            "Distances must be finite and not negative. Received: values "
            f"from {distances.min()} to {distances.max()}. Check whether the "
            "images are finite."
        )
