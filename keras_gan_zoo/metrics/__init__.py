"""Scores of samples, as pure functions of arrays."""

from keras_gan_zoo.metrics.density_coverage import (
    DensityCoverage,
    density_coverage,
)
from keras_gan_zoo.metrics.frechet_distance import (
    FeatureStatistics,
    feature_statistics,
    frechet_distance,
)
from keras_gan_zoo.metrics.inception_score import (
    inception_score,
    require_probabilities,
)
from keras_gan_zoo.metrics.kernel_inception_distance import (
    kernel_inception_distance,
)
from keras_gan_zoo.metrics.mode_coverage import (
    ModeCoverage,
    StackedModeCoverage,
    mode_coverage,
    stacked_mode_coverage,
)
from keras_gan_zoo.metrics.multiscale_ssim import (
    MultiscaleSSIM,
    multiscale_ssim,
    random_pairs,
    same_class_pairs,
)
from keras_gan_zoo.metrics.nearest_neighbors import (
    NearestNeighbors,
    OneNearestNeighborAccuracy,
    nearest_neighbor_sheet,
    nearest_neighbors,
    one_nearest_neighbor_accuracy,
)
from keras_gan_zoo.metrics.perceptual_path_length import (
    PerceptualPathLength,
    perceptual_path_length,
)
from keras_gan_zoo.metrics.precision_recall import (
    PrecisionRecall,
    precision_recall,
)
from keras_gan_zoo.metrics.score import Protocol, Score
from keras_gan_zoo.metrics.sliced_wasserstein_distance import (
    SlicedWassersteinDistance,
    sliced_wasserstein_distance,
)

__all__ = [
    "DensityCoverage",
    "FeatureStatistics",
    "ModeCoverage",
    "MultiscaleSSIM",
    "NearestNeighbors",
    "OneNearestNeighborAccuracy",
    "PerceptualPathLength",
    "PrecisionRecall",
    "Protocol",
    "Score",
    "SlicedWassersteinDistance",
    "StackedModeCoverage",
    "density_coverage",
    "feature_statistics",
    "frechet_distance",
    "inception_score",
    "kernel_inception_distance",
    "mode_coverage",
    "multiscale_ssim",
    "nearest_neighbor_sheet",
    "nearest_neighbors",
    "one_nearest_neighbor_accuracy",
    "perceptual_path_length",
    "precision_recall",
    "random_pairs",
    "require_probabilities",
    "same_class_pairs",
    "sliced_wasserstein_distance",
    "stacked_mode_coverage",
]
