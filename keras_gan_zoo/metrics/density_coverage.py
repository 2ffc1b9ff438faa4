"""Density and coverage of features: Reliable Fidelity and Diversity Metrics
for Generative Models, section 3.

Naeem, Oh, Uh, Choi and Yoo, 2020
https://arxiv.org/abs/2002.09797
"""

from typing import NamedTuple

import numpy as np

from keras_gan_zoo.metrics.feature_checks import require_features
from keras_gan_zoo.metrics.neighbors import (
    distance_tiles,
    nearest_others,
    require_neighbors,
)


class DensityCoverage(NamedTuple):
    """What `density_coverage` returns.

    `density` is the mean number of real samples' balls that hold a generated
    sample, divided by k: at least 0, and above 1 where generated samples
    crowd. `coverage` is the share of real samples whose ball holds a
    generated one, in [0, 1].
    """

    density: float
    coverage: float


def density_coverage(real, generated, k=5):
    """Measures how densely and evenly features fill the real ones' balls.

    The ball around a real sample goes as far as its k-th nearest neighbor
    among the real ones, itself not counted, and without that border. For many
    samples of the same distribution, as many of both, density is 1 and
    coverage `1 - 2 ** -k`, 0.969 for k = 5. A real outlier has a large ball,
    but counts only once. Scores can be compared only if they share the
    extractor, k and both numbers of samples.

    Args:
        real: Array of shape `(samples, dimensions)`.
        generated: Array of shape `(samples, dimensions)`.
        k: Integer, number of neighbors within a ball.

    Returns:
        A `DensityCoverage`.

    Raises:
        ValueError: If there are no more than k real samples, or values aren't
            finite.
    """
    real, generated = np.asarray(real), np.asarray(generated)
    require_features(real, generated)
    require_neighbors(k, real)
    radii = nearest_others(real, k)[1][:, -1:]
    balls = 0
    covered = np.zeros(len(real), bool)
    for rows, _, squared, slack in distance_tiles(real, generated):
        # The border doesn't count, so it is moved inwards by what is
        # uncertain: a copy of the k-th neighbor lies on it.
        squared += slack
        inside = squared < radii[rows] ** 2
        balls += np.count_nonzero(inside)
        covered[rows] |= inside.any(axis=1)
    return DensityCoverage(
        density=float(balls / (k * len(generated))),
        coverage=float(covered.mean()),
    )
