"""Kernel distance of features: Demystifying MMD GANs, section 4.

Bińkowski, Sutherland, Arbel and Gretton, 2018
https://arxiv.org/abs/1801.01401
"""

import numpy as np

from keras_gan_zoo.metrics.feature_checks import require_features


def kernel_inception_distance(
    real, generated, num_subsets=50, subset_size=1000, seed=0
):
    """Returns the kernel distance of features, its mean and its deviation.

    It is the squared maximum mean discrepancy under the kernel
    `(x.y / dimensions + 1)^3`, without bias: its expectation doesn't depend
    on the number of samples, and is 0 where the distributions are the same,
    so an estimate may be below 0. Only of the pool_3 features of the
    Inception network of 2015 is it the KID of the papers, which often print
    it times 1,000.

    Args:
        real: Array of shape `(samples, dimensions)`.
        generated: Array of shape `(samples, dimensions)`.
        num_subsets: Integer, number of pairs of subsets that are compared.
        subset_size: Integer, samples in a subset. They are drawn without
            replacement.
        seed: Integer, or a `numpy.random.Generator` to draw from.

    Returns:
        Pair of floats: the mean over the pairs of subsets and its standard
        deviation (of the population, as in the paper's code).

    Raises:
        ValueError: If there are fewer samples than a subset takes, or values
            aren't finite.
    """
    real, generated = np.asarray(real), np.asarray(generated)
    require_features(real, generated)
    fewest = min(len(real), len(generated))
    if num_subsets < 1 or not 2 <= subset_size <= fewest:
        raise ValueError(
            "There must be at least one subset, of 2 samples up to as many as "
            f"each set has. Received: num_subsets={num_subsets}, "
            f"subset_size={subset_size}, {len(real)} real and "
            f"{len(generated)} generated samples. Take more samples, or pass "
            f"a smaller `subset_size`, such as {fewest}."
        )
    rng = np.random.default_rng(seed)
    distances = [
        _squared_discrepancy(
            _subset(real, subset_size, rng),
            _subset(generated, subset_size, rng),
        )
        for _ in range(num_subsets)
    ]
    return float(np.mean(distances)), float(np.std(distances))


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
