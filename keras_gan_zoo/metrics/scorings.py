"""From images to scores with names: one class, one metric, one protocol.

Callbacks and the command measure by these and nothing else, so that both give
the same number for the same images.
"""

import numpy as np

from keras_gan_zoo.metrics.density_coverage import density_coverage
from keras_gan_zoo.metrics.frechet_distance import frechet_distance
from keras_gan_zoo.metrics.inception_score import inception_score
from keras_gan_zoo.metrics.kernel_inception_distance import (
    is_whole,
    kernel_inception_distance,
    require_subsets,
)
from keras_gan_zoo.metrics.multiscale_ssim import (
    multiscale_ssim,
    num_scales,
    random_pairs,
    require_image_pairs,
    same_class_pairs,
)
from keras_gan_zoo.metrics.neighbors import require_neighbors
from keras_gan_zoo.metrics.parameter_checks import require_integers
from keras_gan_zoo.metrics.precision_recall import precision_recall
from keras_gan_zoo.metrics.score import Protocol, Score
from keras_gan_zoo.metrics.sliced_wasserstein_distance import (
    require_image_sets,
    sliced_wasserstein_distance,
)

MIN_FID_SAMPLES = 10_000
PAPERS_SUBSET_SIZE = 1000


class Scoring:
    """Base of all: a metric with its settings.

    What a metric draws, it draws by the seed of the generated images.

    Attributes:
        higher_is_better: Whether a higher score is the better one.
    """

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


def _resizers(network, *sets):
    """Returns how images were resized, on their way to pixels or features.

    Args:
        network: `FeatureNetwork`, or `None` for a metric of pixels.
        *sets: `FeatureSet`s, or `None` for one that isn't there.
    """
    ways = [getattr(each, "resizer", None) for each in (*sets, network)]
    return "|".join(dict.fromkeys(filter(None, ways))) or None


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
        resizer=_resizers(network, generated, reference),
        seed=generated.seed,
        **options,
    )


class FID(Scoring):
    """Fréchet Inception Distance.

    Args:
        allow_few_samples: Whether to score fewer than 10,000 generated images.
            The distance is too large by about c/N for N images, so small sets
            look bad; KID has no such bias.
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
        if len(generated) < 2 or len(reference) == 1:
            raise ValueError(
                "A covariance takes at least two images. Received: "
                f"{len(generated)} generated, {len(reference)} real. Take "
                "more."
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
        subset_size: Integer, images in each; `None` for the papers' 1,000, or
            for all of the smaller set if it has fewer. The name has it if it
            isn't 1,000. The mean doesn't depend on it, the deviation does.
    """

    def __init__(self, subsets=50, subset_size=None):
        self.subsets = subsets
        self.subset_size = subset_size

    def _size(self, generated, reference):
        if self.subset_size is not None:
            return self.subset_size
        return min(PAPERS_SUBSET_SIZE, len(generated), len(reference))

    def protocols(self, generated, reference):
        reference.images  # Raises where there are stored statistics only.
        size = self._size(generated, reference)
        require_subsets(self.subsets, size, reference, generated)
        usual = size == PAPERS_SUBSET_SIZE
        return [
            _seen(
                "kid",
                generated,
                reference,
                variant=None if usual else f"subsets-of-{size}",
                parameters={"subsets": self.subsets, "subset_size": size},
            )
        ]

    def prepare(self, reference):
        reference.features

    def _values(self, generated, reference):
        size = self._size(generated, reference)
        mean, deviation = kernel_inception_distance(
            reference.features,
            generated.features,
            self.subsets,
            size,
            generated.seed,
        )
        if self.subsets == 1 or is_whole(size, reference, generated):
            deviation = None  # Of one value, there is none.
        return [(mean, deviation)]


class IS(Scoring):
    """Inception Score, with its deviation over the splits.

    Args:
        splits: Integer.
    """

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
        require_integers(1, splits=self.splits)
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
        mean, deviation = inception_score(
            generated.probabilities[order], self.splits
        )
        return [(mean, deviation if self.splits > 1 else None)]


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
        reference.images  # Raises where there are stored statistics only.
        require_neighbors(self.k, reference, generated)
        require_neighbors(self.density_k, reference)
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
        require_image_sets(reference.images[:1], generated.images[:1])
        if len(reference) < len(generated):
            raise ValueError(
                "The sliced Wasserstein distance compares as many real images "
                f"as generated ones. Received: {len(generated):,} generated, "
                f"{len(reference):,} real. Score fewer (on a command line, "
                f"`--num {len(reference)}`)."
            )
        return [
            Protocol(
                "swd",
                len(generated),
                resizer=_resizers(None, generated, reference),
                reference=reference.name,
                reference_sha256=reference.sha256,
                reference_size=len(reference),
                seed=generated.seed,
            )
        ]

    def _values(self, generated, reference):
        rng = np.random.default_rng(generated.seed)
        chosen = rng.permutation(len(reference))[: len(generated)]
        real = np.asarray(reference.images[:])[np.sort(chosen)]
        result = sliced_wasserstein_distance(
            real, np.asarray(generated.images[:]), generated.seed
        )
        return [(result.mean, None)]


class MSSSIM(Scoring):
    """Multi-scale similarity of generated images with each other, in pairs.

    It is high if a generator makes one image over and over; compare it with
    that of real images, measured in the same way.

    Args:
        labels: Array of shape `(images,)`, the class of each image: then pairs
            are of one class, as in the paper. `None` for pairs of all images,
            each in one pair.
        pairs_per_class: Integer, how many pairs of each class are drawn.
    """

    def __init__(self, labels=None, pairs_per_class=100):
        self.labels = labels
        self.pairs_per_class = pairs_per_class

    def _pairs(self, generated):
        """Returns the indices of the pairs' images, two arrays."""
        number = len(generated)
        if self.labels is None:
            if number < 2:
                raise ValueError(
                    "The multi-scale similarity is that of pairs of images. "
                    f"Received: {number}. Score at least 2."
                )
            return random_pairs(number, generated.seed)
        if len(self.labels) != number:
            raise ValueError(
                "`labels` must be one for each generated image. Received: "
                f"{len(self.labels)} labels, {number} images."
            )
        return same_class_pairs(
            self.labels, self.pairs_per_class, generated.seed
        )

    def protocols(self, generated, reference=None):
        pairs, _ = self._pairs(generated)
        image = generated.images[:1]
        require_image_pairs(image, image)
        of_all = self.labels is None
        return [
            Protocol(
                "ms-ssim",
                len(generated),
                resizer=_resizers(None, generated),
                variant="pairs-of-all" if of_all else "pairs-within-classes",
                parameters={
                    "scales": num_scales(image.shape[1:3]),
                    "pairs": len(pairs),
                },
                seed=generated.seed,
            )
        ]

    def _values(self, generated, reference):
        images = np.asarray(generated.images[:])
        first, second = self._pairs(generated)
        result = multiscale_ssim(images[first], images[second])
        return [(result.value, None)]
