"""How many modes of a known mixture a generator found, and how evenly.

The counting of VEEGAN, Srivastava et al. 2017
https://arxiv.org/abs/1705.07761
"""

from typing import NamedTuple

import numpy as np


class ModeCoverage(NamedTuple):
    """What `mode_coverage` returns.

    `modes` is the number of modes that are nearest to a high-quality sample,
    `high_quality` the share of samples within reach of a mode, in [0, 1], and
    `reverse_kl` the divergence in nats of the samples' histogram over nearest
    modes from the uniform one. A mode that only a stray sample reaches counts
    in `modes`, and not in `reverse_kl`.
    """

    modes: int
    high_quality: float
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
        ValueError: If the arrays' shapes don't fit.
    """
    samples, centers = np.asarray(samples), np.asarray(centers)
    if (
        samples.ndim != 2
        or centers.ndim != 2
        or samples.shape[1] != centers.shape[1]
        or not len(samples)
    ):
        raise ValueError(
            "Samples and centers must be points of the same space, of shapes "
            "(samples, dimensions) and (modes, dimensions). Received: "
            f"samples of shape {samples.shape}, centers of shape "
            f"{centers.shape}."
        )
    distances = np.linalg.norm(samples[:, None] - centers, axis=-1)
    nearest = distances.argmin(axis=1)
    near = distances.min(axis=1) < reach * stddev
    shares = np.bincount(nearest, minlength=len(centers)) / len(samples)
    shares = shares[shares > 0]
    return ModeCoverage(
        modes=len(np.unique(nearest[near])),
        high_quality=float(near.mean()),
        reverse_kl=float(np.sum(shares * np.log(shares * len(centers)))),
    )
