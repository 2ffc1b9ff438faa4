"""Fréchet distance of features: GANs Trained by a Two Time-Scale Update Rule
Converge to a Local Nash Equilibrium, section 4 and equation (6).

Heusel, Ramsauer, Unterthiner, Nessler and Hochreiter, 2017
https://arxiv.org/abs/1706.08500
"""

import math
import pathlib
from typing import NamedTuple

import numpy as np

from keras_gan_zoo import saved_files
from keras_gan_zoo.files import written_aside
from keras_gan_zoo.metrics.feature_checks import require_features

# Samples that are converted to float64 at a time: 64 MiB of 2,048 dimensions.
CHUNK = 4096


class FeatureStatistics(NamedTuple):
    """What `frechet_distance` needs to know of a set of features.

    `mean` has the shape `(dimensions,)`, `covariance` the shape `(dimensions,
    dimensions)`, with the divisor N - 1, both in float64. `num_samples` is
    the number N of samples, or None where a file doesn't tell it.
    """

    mean: np.ndarray
    covariance: np.ndarray
    num_samples: int | None

    def save(self, path):
        """Writes the statistics to a file, which is whole or not there.

        The arrays have the names of the files that came with the paper's
        code, `mu` and `sigma`, so that other tools can read them as well. The
        third one is `num_samples`.

        Args:
            path: String or path of an .npz file. One that exists is replaced.
        """
        arrays = {"mu": self.mean, "sigma": self.covariance}
        if self.num_samples is not None:
            arrays["num_samples"] = self.num_samples
        with written_aside(pathlib.Path(path)) as aside:
            # A file, since by name NumPy would add a suffix that is missing.
            with open(aside, "wb") as file:
                np.savez(file, **arrays)

    @classmethod
    def load(cls, path):
        """Returns the statistics of a file, checked.

        Args:
            path: String or path of an .npz file, either of `save()` or with
                the arrays `mu` and `sigma`, as other tools write them.

        Returns:
            A `FeatureStatistics`, in float64.

        Raises:
            ValueError: If the file holds no such arrays.
            FileNotFoundError: If there is no such file.
        """
        arrays = saved_files.load_npz(path)
        try:
            statistics = cls(
                mean=np.asarray(arrays["mu"], "float64"),
                covariance=np.asarray(arrays["sigma"], "float64"),
                num_samples=(
                    int(arrays["num_samples"])
                    if "num_samples" in arrays
                    else None
                ),
            )
            _require_statistics(statistics)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                "Statistics of features must be an .npz file with the arrays "
                "`mu` of shape (dimensions,) and `sigma` of shape "
                "(dimensions, dimensions), and possibly `num_samples`. "
                f"Received: {str(path)!r}, but: {error}. Write it anew by "
                "`feature_statistics(features).save(path)`."
            ) from error
        return statistics


def feature_statistics(features):
    """Returns the mean and the covariance of features, in float64.

    Args:
        features: Array of shape `(samples, dimensions)`, of any real dtype.
            It is converted part by part: of 50,000 x 2,048 float32 no copy is
            made as a whole.

    Returns:
        A `FeatureStatistics`.

    Raises:
        ValueError: If there are fewer than two samples, or values aren't
            finite.
    """
    features = np.asarray(features)
    require_features(features)
    number, dimensions = features.shape
    if number < 2:
        raise ValueError(
            "A covariance takes at least two samples. Received: "
            f"{number} sample. Take more samples."
        )
    mean = np.zeros(dimensions)
    for chunk in _chunks(features):
        mean += chunk.sum(axis=0)
    mean /= number
    # In a second pass, since the moments about 0 lose digits where the mean
    # is large.
    covariance = np.zeros((dimensions, dimensions))
    for chunk in _chunks(features):
        chunk -= mean
        covariance += chunk.T @ chunk
    covariance /= number - 1
    return FeatureStatistics(mean, covariance, number)


def frechet_distance(real, generated):
    """Returns the squared Fréchet distance of two Gaussians fit to features.

    It is `|m1 - m2|^2 + Tr(S1 + S2 - 2 (S1 S2)^(1/2))` for the means `m` and
    the covariances `S`: 0 where they agree, else positive, and symmetric.

    It is the FID of papers only with the pool_3 features of the Inception
    network of 2015, and distances can be compared only if they share the
    extractor and both numbers of samples: the estimate is too high, by about
    the inverse of the number of samples. Papers take 50,000 or 10,000. Sets
    with fewer samples than dimensions are allowed, but their distance is far
    too high.

    Args:
        real: Array of shape `(samples, dimensions)`, or a
            `FeatureStatistics`.
        generated: The same of the generated samples.

    Returns:
        Float, at least 0, in squared units of the features.

    Raises:
        ValueError: If the features aren't finite, are too large, have fewer
            than two samples, or are of different spaces.
    """
    real, generated = _statistics_of(real), _statistics_of(generated)
    if len(real.mean) != len(generated.mean):
        raise ValueError(
            "Real and generated features must have the same number of "
            f"dimensions. Received: {len(real.mean)} and "
            f"{len(generated.mean)}. Take them from the same extractor."
        )
    with np.errstate(over="ignore"):
        distance = _distance(real, generated)
    if not math.isfinite(distance):
        raise ValueError(
            "The distance must fit into float64. Received: means and "
            "covariances so large that it doesn't. Divide all features by the "
            "same number."
        )
    return distance


def _distance(real, generated):
    # With the symmetric roots R of the covariances S, the trace of
    # (R1 S2 R1)^(1/2) is the sum of the singular values of R1 R2. Taken so,
    # no root is taken of a product's rounding errors, of which it would make
    # 1e-8 in each direction without variance.
    product = _root(real.covariance) @ _root(generated.covariance)
    overlap = np.linalg.svd(product, compute_uv=False).sum()
    shift = np.sum(np.square(real.mean - generated.mean))
    spread = np.trace(real.covariance) + np.trace(generated.covariance)
    # What rounding makes of 0 may be just below it.
    return float(max(shift + spread - 2.0 * overlap, 0.0))


def _chunks(features):
    for start in range(0, len(features), CHUNK):
        yield features[start : start + CHUNK].astype("float64")


def _statistics_of(features):
    if isinstance(features, FeatureStatistics):
        _require_statistics(features)
        return features
    return feature_statistics(features)


def _require_statistics(statistics):
    mean, covariance, number = statistics
    dimensions = mean.size
    if mean.shape != (dimensions,) or covariance.shape != (
        dimensions,
        dimensions,
    ):
        raise ValueError(
            "A mean and a covariance must have the shapes (dimensions,) and "
            f"(dimensions, dimensions). Received: {mean.shape} and "
            f"{covariance.shape}."
        )
    if not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
        raise ValueError(
            "A mean and a covariance must be finite. Received: NaN or "
            "infinity. Compute them anew of finite features."
        )
    # Wide enough for a covariance that was saved in float32.
    tolerance = 1e-5 * abs(covariance).max(initial=0.0)
    if not (
        np.allclose(covariance, covariance.T, rtol=0.0, atol=tolerance)
        and (covariance.diagonal() >= -tolerance).all()
    ):
        raise ValueError(
            "A covariance must be symmetric, with a diagonal that isn't "
            "negative. Received: another matrix. Compute it by "
            "`feature_statistics(features)`."
        )
    if number is not None and number < 2:
        raise ValueError(
            "A covariance takes at least two samples. Received: "
            f"num_samples={number}."
        )


def _root(covariance):
    values, vectors = np.linalg.eigh(covariance)
    # Where there is no variance, rounding leaves a little, of either sign,
    # whose root is no longer little.
    rounding = len(values) * np.finfo("float64").eps * abs(values).max()
    values[values < rounding] = 0.0
    return (vectors * np.sqrt(values)) @ vectors.T
