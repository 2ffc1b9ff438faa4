"""From images to scores with names: one class, one metric, one protocol.

Callbacks and the command measure by these and nothing else, so that both give
the same number for the same images.
"""

import numpy as np

from keras_gan_zoo.metrics.density_coverage import density_coverage
from keras_gan_zoo.metrics.frechet_distance import frechet_distance
from keras_gan_zoo.metrics.inception_score import inception_score
from keras_gan_zoo.metrics.kernel_inception_distance import (
    kernel_inception_distance,
)
from keras_gan_zoo.metrics.multiscale_ssim import multiscale_ssim, num_scales
from keras_gan_zoo.metrics.precision_recall import precision_recall
from keras_gan_zoo.metrics.score import Protocol, Score
from keras_gan_zoo.metrics.sliced_wasserstein_distance import (
    sliced_wasserstein_distance,
)

MIN_FID_SAMPLES = 10_000


class Scoring:
    """Base of all: a metric with its settings.

    What a metric draws, it draws by the seed of the generated images.

    Attributes:
        deviates: Whether its scores have a deviation.
        higher_is_better: Whether a higher score is the better one.
    """

    deviates = False
    higher_is_better = False

    def prepare(self, reference):
        """Computes, once, what the metric needs to know of the real images."""

    def protocols(self, generated, reference):
        """Returns the `Protocol` of each score, before anything is computed.

        Args:
            generated: `FeatureSet` of the generator's images.
            reference: `FeatureSet` of real images, or `None` for metrics that
                don't compare.

        Raises:
            ValueError: If the sets don't allow for the metric.
        """
        raise NotImplementedError

    def scores(self, generated, reference):
        """Returns the `Score` of each protocol, in the same order."""
        protocols = self.protocols(generated, reference)
        values = self._values(generated, reference)
        return [
            Score(value, protocol, deviation)
            for protocol, (value, deviation) in zip(protocols, values)
        ]

    def _values(self, generated, reference):
        raise NotImplementedError


def _seen(metric, generated, reference=None, **options):
    """Returns the protocol of a metric of features."""
    network = generated.network
    if reference is not None:
        options.update(
            reference=reference.name,
            reference_sha256=reference.sha256,
            reference_size=len(reference) or None,
        )
    return Protocol(
        metric,
        len(generated),
        network=network.label,
        network_sha256=network.sha256,
        resizer=network.resizer,
        seed=generated.seed,
        **options,
    )


class FID(Scoring):
    """Fréchet Inception Distance.

    Args:
        allow_few_samples: Whether to score fewer than 10,000 generated images.
            The distance is too large by about c/N for N images, so that small
            sets look bad; KID has no such bias.
    """

    def __init__(self, allow_few_samples=False):
        self.allow_few_samples = allow_few_samples

    def protocols(self, generated, reference):
        few = len(generated) < MIN_FID_SAMPLES
        if few and not self.allow_few_samples:
            raise ValueError(
                f"FID takes at least {MIN_FID_SAMPLES:,} generated images, "
                "since fewer make it larger, whatever the generator. Received: "
                f"{len(generated):,}. Score more, take KID, which has no such "
                "bias, or allow it by `allow_few_samples=True` (on a command "
                "line, `--allow-few-samples`)."
            )
        return [_seen("fid", generated, reference)]

    def prepare(self, reference):
        reference.statistics

    def _values(self, generated, reference):
        distance = frechet_distance(reference.statistics, generated.statistics)
        return [(distance, None)]


class KID(Scoring):
    """Kernel Inception Distance, with its deviation over the subsets.

    Args:
        subsets: Integer, number of subsets.
        subset_size: Integer, images in each.
    """

    deviates = True

    def __init__(self, subsets=50, subset_size=1000):
        self.subsets = subsets
        self.subset_size = subset_size

    def protocols(self, generated, reference):
        return [
            _seen(
                "kid",
                generated,
                reference,
                parameters={
                    "subsets": self.subsets,
                    "subset_size": self.subset_size,
                },
            )
        ]

    def prepare(self, reference):
        reference.features

    def _values(self, generated, reference):
        return [
            kernel_inception_distance(
                reference.features,
                generated.features,
                self.subsets,
                self.subset_size,
                generated.seed,
            )
        ]


class IS(Scoring):
    """Inception Score, with its deviation over the splits.

    Args:
        splits: Integer.
    """

    deviates = True
    higher_is_better = True

    def __init__(self, splits=10):
        self.splits = splits

    def protocols(self, generated, reference=None):
        network = generated.network
        if network.num_classes is None:
            raise ValueError(
                "The Inception Score takes a network with classes. Received: "
                f"{network.label} without any. The classes of Inception are in "
                "its original archive only, see `python -m keras_gan_zoo"
                ".metrics fetch inception_2015`; where that can't be reached, "
                "score by a small classifier, under its own name."
            )
        if len(generated) < self.splits:
            raise ValueError(
                "The Inception Score takes at least one image for each split. "
                f"Received: {len(generated)} images, splits={self.splits}."
            )
        return [_seen("is", generated, parameters={"splits": self.splits})]

    def _values(self, generated, reference):
        # Those of a folder may come class by class; each split must see all.
        rng = np.random.default_rng(generated.seed)
        order = rng.permutation(len(generated))
        return [inception_score(generated.probabilities[order], self.splits)]


class PRDC(Scoring):
    """Precision, recall, density and coverage: four scores.

    Args:
        k: Integer, neighbour whose distance is the radius of the balls of
            precision and recall.
        density_k: The same for density and coverage.
    """

    def __init__(self, k=3, density_k=5):
        self.k = k
        self.density_k = density_k

    def protocols(self, generated, reference):
        return [
            _seen(metric, generated, reference, parameters={"k": k})
            for metric, k in (
                ("precision", self.k),
                ("recall", self.k),
                ("density", self.density_k),
                ("coverage", self.density_k),
            )
        ]

    def _values(self, generated, reference):
        sets = reference.features, generated.features
        values = (
            *precision_recall(*sets, self.k),
            *density_coverage(*sets, self.density_k),
        )
        return [(value, None) for value in values]


class SWD(Scoring):
    """Sliced Wasserstein distance of patches, times 1,000, mean of levels.

    It compares with as many real images, chosen at random.
    """

    def protocols(self, generated, reference):
        return [
            Protocol(
                "swd",
                len(generated),
                reference=reference.name,
                reference_sha256=reference.sha256,
                reference_size=len(reference),
                seed=generated.seed,
            )
        ]

    def _values(self, generated, reference):
        if len(reference) < len(generated):
            raise ValueError(
                "The sliced Wasserstein distance compares as many real images "
                f"as generated ones. Received: {len(generated):,} generated, "
                f"{len(reference):,} real. Score fewer."
            )
        rng = np.random.default_rng(generated.seed)
        chosen = rng.permutation(len(reference))[: len(generated)]
        real = np.asarray(reference.images[:])[np.sort(chosen)]
        result = sliced_wasserstein_distance(
            real, np.asarray(generated.images[:]), generated.seed
        )
        return [(result.mean, None)]


class MSSSIM(Scoring):
    """Multi-scale similarity of generated images with each other, in pairs.

    It is high where a generator makes one image over and over; compare it
    with that of real images.
    """

    def protocols(self, generated, reference=None):
        scales = num_scales(generated.images[:1].shape[1:3])
        return [
            Protocol(
                "ms-ssim",
                len(generated),
                parameters={"scales": scales},
                seed=generated.seed,
            )
        ]

    def _values(self, generated, reference):
        images = np.asarray(generated.images[:])
        pairs = len(images) // 2 * 2
        result = multiscale_ssim(images[0:pairs:2], images[1:pairs:2])
        return [(result.value, None)]
