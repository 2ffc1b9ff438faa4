"""How many modes of a known mixture a generator found, and how evenly.

The counting of VEEGAN, Srivastava et al. 2017
https://arxiv.org/abs/1705.07761

The divergence of high-quality samples: PacGAN, Lin et al. 2018, section 4.1
https://arxiv.org/abs/1712.04086

The modes of stacked digits: Unrolled Generative Adversarial Networks,
section 3.3.1, Metz et al. 2017
https://arxiv.org/abs/1611.02163
"""

import math
from typing import NamedTuple

import numpy as np

from keras_gan_zoo.metrics.feature_checks import require_features
from keras_gan_zoo.metrics.parameter_checks import (
    require_integers,
    require_positive,
)


class ModeCoverage(NamedTuple):
    """What `mode_coverage` returns.

    `modes` is the number of modes that are nearest to a high-quality sample,
    and `high_quality` the share of samples within reach of a mode, in [0, 1].
    `reverse_kl` is the divergence in nats of the histogram over nearest modes,
    of all samples, from the uniform one, and `high_quality_reverse_kl` that
    of the high-quality samples only, as in PacGAN: NaN if there are none. A
    mode that only a stray sample reaches counts in `modes`, and hardly in the
    divergences.
    """

    modes: int
    high_quality: float
    reverse_kl: float
    high_quality_reverse_kl: float


class StackedModeCoverage(NamedTuple):
    """What `stacked_mode_coverage` returns.

    `modes` is the number of modes that some sample is of, and `reverse_kl`
    the divergence in nats of the samples' histogram over modes from the
    uniform one. Modes without a sample add nothing to it.
    """

    modes: int
    reverse_kl: float


def mode_coverage(samples, centers, stddev, reach=3.0):
    """Compares samples with the modes of a mixture of equal Gaussians.

    A perfect sampler in two dimensions has a `high_quality` of 0.989.

    Args:
        samples: Array of shape `(samples, dimensions)`.
        centers: Array of shape `(modes, dimensions)`.
        stddev: Float, standard deviation of each Gaussian in each dimension.
        reach: Float, Euclidean distance in standard deviations up to which a
            sample is of high quality.

    Returns:
        A `ModeCoverage`.

    Raises:
        ValueError: If the arrays' shapes don't fit, a number isn't finite, or
            `stddev` or `reach` isn't above 0.
    """
    samples, centers = np.asarray(samples), np.asarray(centers)
    require_positive(stddev=stddev, reach=reach)
    if (
        samples.ndim != 2
        or centers.ndim != 2
        or samples.shape[1] != centers.shape[1]
        or 0 in samples.shape
        or not len(centers)
    ):
        raise ValueError(
            "Samples and centers must be points of the same space, of shapes "
            "(samples, dimensions) and (modes, dimensions). Received: "
            f"samples of shape {samples.shape}, centers of shape "
            f"{centers.shape}."
        )
    require_features(samples, centers)
    differences = samples[:, None].astype("float64") - centers
    distances = np.linalg.norm(differences, axis=-1)
    nearest = distances.argmin(axis=1)
    near = distances.min(axis=1) < reach * stddev
    return ModeCoverage(
        modes=len(np.unique(nearest[near])),
        high_quality=float(near.mean()),
        reverse_kl=_reverse_kl(nearest, len(centers)),
        high_quality_reverse_kl=_reverse_kl(nearest[near], len(centers)),
    )


def stacked_mode_coverage(labels, num_classes=10):
    """Counts the modes of images that are stacks of independent ones.

    Three random digits, one in each color channel, make stacked MNIST with
    its 1,000 modes. A classifier of single digits says what each channel
    shows. Papers count 26,000 samples (VEEGAN, PacGAN) or 25,600 (Unrolled
    GAN). A perfect sampler doesn't reach a divergence of 0: of 26,000 samples
    it has 0.019, about `(modes - 1) / (2 * samples)`.

    Args:
        labels: Array of integers of shape `(samples, channels)`, the class of
            each channel, from 0 to `num_classes - 1`.
        num_classes: Integer, classes of a channel. There are
            `num_classes ** channels` modes.

    Returns:
        A `StackedModeCoverage`.

    Raises:
        ValueError: If the labels aren't like that.
    """
    labels = np.asarray(labels)
    require_integers(1, num_classes=num_classes)
    if (
        labels.ndim != 2
        or 0 in labels.shape
        or labels.dtype.kind not in "iu"
        or labels.min() < 0
        or labels.max() >= num_classes
    ):
        raise ValueError(
            "Labels must be integers of shape (samples, channels), from 0 to "
            f"{num_classes - 1}. Received: {labels.dtype} of shape "
            f"{labels.shape}, up to {labels.max(initial=0)}. Take the argmax "
            "of predictions over classes."
        )
    num_modes = num_classes ** labels.shape[1]
    codes = np.ravel_multi_index(labels.T, (num_classes,) * labels.shape[1])
    return StackedModeCoverage(
        modes=len(np.unique(codes)), reverse_kl=_reverse_kl(codes, num_modes)
    )


def _reverse_kl(modes, num_modes):
    """Returns the divergence of samples' modes from uniform ones, in nats."""
    if not len(modes):
        return math.nan
    _, counts = np.unique(modes, return_counts=True)
    shares = counts / counts.sum()
    return float(np.sum(shares * np.log(shares * num_modes)))
