"""Precision and recall of features: Improved Precision and Recall Metric for
Assessing Generative Models, section 3.

Kynkäänniemi, Karras, Laine, Lehtinen and Aila, 2019
https://arxiv.org/abs/1904.06991
"""

from typing import NamedTuple

import numpy as np

from keras_gan_zoo.metrics.feature_checks import require_features
from keras_gan_zoo.metrics.neighbors import (
    distance_tiles,
    nearest_others,
    require_neighbors,
)


class PrecisionRecall(NamedTuple):
    """What `precision_recall` returns, both in [0, 1].

    `precision` is the share of generated samples within the real ones'
    manifold, `recall` the share of real samples within the generated ones'.
    """

    precision: float
    recall: float


def precision_recall(real, generated, k=3):
    """Measures how much of one set of features lies within the other.

    A set's manifold is the union of balls around its samples, each as far as
    the sample's k-th nearest neighbor in the set, itself not counted, and
    with that border. Two sets of the same distribution don't reach 1: 400
    samples of a Gaussian in 16 dimensions have a precision and a recall of
    about 0.78. Both grow with k, and depend on the number of samples and on
    the extractor: the paper takes 50,000 of each, k = 3 and the second fully
    connected layer of VGG-16.

    Args:
        real: Array of shape `(samples, dimensions)`.
        generated: Array of shape `(samples, dimensions)`.
        k: Integer, number of neighbors within a ball.

    Returns:
        A `PrecisionRecall`.

    Raises:
        ValueError: If a set has no more than k samples, or values aren't
            finite.
    """
    real, generated = np.asarray(real), np.asarray(generated)
    require_features(real, generated)
    require_neighbors(k, real, generated)
    real_radii = nearest_others(real, k)[1][:, -1:]
    generated_radii = nearest_others(generated, k)[1][:, -1]
    precise = np.zeros(len(generated), bool)
    recalled = np.zeros(len(real), bool)
    for rows, columns, squared, slack in distance_tiles(real, generated):
        # The border counts, so it is moved outwards by what is uncertain.
        squared -= slack
        inside = squared <= real_radii[rows] ** 2
        precise[columns] |= inside.any(axis=0)
        inside = squared <= generated_radii[columns] ** 2
        recalled[rows] |= inside.any(axis=1)
    return PrecisionRecall(float(precise.mean()), float(recalled.mean()))
