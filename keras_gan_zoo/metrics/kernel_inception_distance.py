"""Kernel distance of features: Demystifying MMD GANs, section 4.

Bińkowski, Sutherland, Arbel and Gretton, 2018
https://arxiv.org/abs/1801.01401
"""

import math

import numpy as np

from keras_gan_zoo.metrics.feature_checks import require_features
from keras_gan_zoo.metrics.parameter_checks import (
    random_generator,
    require_integers,
)


def kernel_inception_distance(
    real, generated, num_subsets=50, subset_size=1000, seed=0
):
    """Returns the kernel distance of features, its mean and its deviation.

    It is the squared maximum mean discrepancy under the kernel
    `(x.y / dimensions + 1)^3`, without bias: its expectation doesn't depend
    on the number of samples, and is 0 where the distributions are the same,
    so an estimate may be below 0. It is the KID of papers, which often
    print it times 1,000, only with the pool_3 features of the Inception network
    of 2015.

    Args:
        real: Array of shape `(samples, dimensions)`.
        generated: Array of shape `(samples, dimensions)`.
        num_subsets: Integer, number of pairs of subsets that are compared.
        subset_size: Integer, samples in a subset. They are drawn without
            replacement.
        seed: Integer, or a `numpy.random.Generator` to draw from.

    Returns:
        Pair of floats: the mean over the pairs of subsets and its standard
        deviation (of the population, as in the paper's code), which is 0
        where there is only one pair of subsets to draw.

    Raises:
        ValueError: If there are fewer samples than a subset takes, or values
            aren't finite or beyond float32.
    """
    real, generated = np.asarray(real), np.asarray(generated)
    require_features(real, generated)
    require_subsets(num_subsets, subset_size, real, generated)
    rng = random_generator(seed)
    if is_whole(subset_size, real, generated):
        num_subsets = 1  # In another order, the same but for rounding.
    distances = [
        _squared_discrepancy(
            _subset(real, subset_size, rng),
            _subset(generated, subset_size, rng),
        )
        for _ in range(num_subsets)
    ]
    # Of the sixth power of huge features, no square would fit into float64.
    # A power of two leaves all digits as they are.
    scale = 2.0 ** math.frexp(max(map(abs, distances)))[1]
    deviation = scale * np.std(np.divide(distances, scale))
    return float(np.mean(distances)), float(deviation)


def require_subsets(num_subsets, subset_size, real, generated):
    """Raises a `ValueError` unless such subsets can be drawn of two sets."""
    require_integers(1, num_subsets=num_subsets)
    require_integers(2, subset_size=subset_size)
    fewest = min(len(real), len(generated))
    if subset_size > fewest:
        raise ValueError(
            "A subset is drawn without replacement, so it has at most as many "
            f"samples as each set. Received: subset_size={subset_size}, "
            f"{len(real)} real and {len(generated)} generated samples. Take "
            "more samples, or pass a smaller `subset_size` (on a command "
            f"line, `--subset-size`), such as {fewest}."
        )


def is_whole(subset_size, real, generated):
    """Tells whether a subset is all there is, of both sets."""
    return subset_size == len(real) == len(generated)


def _subset(features, size, rng):
    # Only here in float64: the difference is that of large numbers.
    chosen = rng.choice(len(features), size, replace=False)
    return features[chosen].astype("float64")


def _squared_discrepancy(real, generated):
    across = _kernel(real, generated).mean()
    return _mean_of_others(real) + _mean_of_others(generated) - 2.0 * across


def _mean_of_others(features):
    # A sample's kernel with itself is what would bias the estimate.
    values = _kernel(features, features)
    size = len(features)
    return (values.sum() - values.trace()) / (size * (size - 1))


def _kernel(first, second):
    values = first @ second.T / first.shape[1] + 1.0
    # Many times faster than `values ** 3`.
    return values * values * values
