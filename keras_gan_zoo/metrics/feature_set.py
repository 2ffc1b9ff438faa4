"""Sets of images as scores see them."""

import functools
import hashlib

import numpy as np

from keras_gan_zoo import files
from keras_gan_zoo.metrics import cache as cache_file
from keras_gan_zoo.metrics.feature_pass import extract_features, images_sha256
from keras_gan_zoo.metrics.frechet_distance import (
    FeatureStatistics,
    feature_statistics,
)


class FeatureSet:
    """Images, and what a network sees in them, computed when asked for.

    Args:
        network: `FeatureNetwork`; `None` for scores of pixels.
        images: Array of bytes `(number, height, width, channels)`, or one of
            `keras_gan_zoo.metrics.image_sources`.
        name: String, short: it appears in the names of scores that compare
            with this set.
        seed: Integer of the images, if they are generated, and of what scores
            draw.
        batch_size: Integer, images for the network in one go.
        cache: `pathlib.Path` of the folder for features and statistics, or
            `None` to keep nothing on disk.
        progress: Function, see `extract_features`.

    Attributes:
        resizer: String, how the images were resized as they were read; `None`
            if they weren't.
    """

    def __init__(
        self,
        network,
        images,
        name,
        seed=0,
        batch_size=100,
        cache=None,
        progress=None,
    ):
        self.network = network
        self.images = images
        self.name = name
        self.resizer = getattr(images, "resizer", None)
        self.seed = seed
        self._batch_size = batch_size
        self._cache = cache
        self._progress = progress

    def __len__(self):
        return len(self.images)

    @functools.cached_property
    def sha256(self):
        """Digest of the images' bytes."""
        return images_sha256(self.images)

    @property
    def features(self):
        """Array, float32, of shape `(images, dimensions)`."""
        return self._seen.features

    @property
    def probabilities(self):
        """Array, float32, of shape `(images, classes)`."""
        return self._seen.probabilities

    @functools.cached_property
    def _seen(self):
        return extract_features(
            self.network,
            self.images,
            self._batch_size,
            self._cache / "features" if self._cache else None,
            self._progress,
        )

    @functools.cached_property
    def statistics(self):
        """`FeatureStatistics`, from disk if they were computed before."""
        if not self._cache:
            return feature_statistics(self.features)
        network = self.network
        key = f"{network.sha256} {network.resizer} {self.sha256}"
        folder = self._cache / "statistics" / network.label
        path = folder / f"{hashlib.sha256(key.encode()).hexdigest()}.npz"
        found = cache_file.read(path)
        if found is not None:
            number = int(found.pop("num_samples"))
            return FeatureStatistics(**found, num_samples=number)
        statistics = feature_statistics(self.features)
        files.make_folder(folder)
        cache_file.write(path, statistics._asdict())
        return statistics


class StatisticsSet:
    """Mean and covariance of features, where the images are elsewhere.

    Args:
        network: `FeatureNetwork` the statistics are of.
        statistics: `FeatureStatistics`.
        name: String, as of `FeatureSet`.
    """

    def __init__(self, network, statistics, name):
        self.network = network
        self.statistics = statistics
        self.name = name
        sha256 = hashlib.sha256(np.ascontiguousarray(statistics.mean))
        sha256.update(np.ascontiguousarray(statistics.covariance))
        self.sha256 = sha256.hexdigest()

    def __len__(self):
        return self.statistics.num_samples or 0

    @property
    def features(self):
        raise ValueError(
            "Expected images to compare with. Received: stored statistics, "
            "which are enough for the Fréchet Inception Distance only. Score "
            "against the images themselves."
        )

    images = features
