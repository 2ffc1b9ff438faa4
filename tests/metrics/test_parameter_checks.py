"""Every metric refuses options that mean nothing, in one way."""

import math

import numpy as np
import pytest

from keras_gan_zoo import metrics

POINTS = np.random.default_rng(0).normal(size=(20, 3))
LATENTS = POINTS, POINTS[::-1]
IMAGES = np.zeros((4, 16, 16, 1), "uint8")


def path_length(**options):
    return metrics.perceptual_path_length(
        np.tanh, lambda a, b: np.sum((a - b) ** 2, axis=1), LATENTS, **options
    )


def sheet(**options):
    return metrics.nearest_neighbor_sheet(
        IMAGES, IMAGES, np.zeros((4, 1), int), **options
    )


def of(function, *arrays):
    return lambda **options: function(*arrays, **options)


kid = of(metrics.kernel_inception_distance, POINTS, POINTS)
inception = of(metrics.inception_score, np.full((20, 2), 0.5))
prdc = of(metrics.precision_recall, POINTS, POINTS)
density = of(metrics.density_coverage, POINTS, POINTS)
neighbors = of(metrics.nearest_neighbors, POINTS, POINTS)
modes = of(metrics.mode_coverage, POINTS, POINTS)
stacked = of(metrics.stacked_mode_coverage, np.zeros((5, 3), int))
swd = of(metrics.sliced_wasserstein_distance, IMAGES, IMAGES)
pairs = of(metrics.same_class_pairs, [0, 0, 1, 1])


@pytest.mark.parametrize(
    "function, name, least",
    [
        (kid, "num_subsets", 1),
        (kid, "subset_size", 2),
        (inception, "splits", 1),
        (prdc, "k", 1),
        (density, "k", 1),
        (neighbors, "k", 1),
        (stacked, "num_classes", 1),
        (pairs, "num_pairs_per_class", 1),
        (metrics.random_pairs, "num_images", 2),
        (path_length, "batch_size", 1),
        (sheet, "padding", 0),
    ],
)
def test_numbers_of_things_are_integers(function, name, least):
    for value in (least - 1, -7, 2.5, math.nan, None, "3"):
        with pytest.raises(
            ValueError, match=f"at least {least}. Received: {name}={value!r}"
        ):
            function(**{name: value})


@pytest.mark.parametrize(
    "function, name",
    [(modes, "stddev"), (modes, "reach"), (path_length, "epsilon")],
)
def test_lengths_are_positive_numbers(function, name):
    options = {"stddev": 1.0} if name == "reach" else {}
    for value in (0, -1.0, math.nan, math.inf, None, True, "3"):
        with pytest.raises(ValueError, match=f"above 0.*{name}={value!r}"):
            function(**{**options, name: value})


@pytest.mark.parametrize("value", [0.5, -0.1, math.nan])
def test_less_than_all_paths_are_left_out(value):
    with pytest.raises(ValueError, match=f"less than 0.5.*trim={value}"):
        path_length(trim=value)


@pytest.mark.parametrize("seed", [-1, 1.5, None, "3"])
@pytest.mark.parametrize("function", [kid, swd, pairs, path_length])
def test_numbers_can_be_had_again(function, seed):
    options = {"subset_size": 5} if function is kid else {}
    with pytest.raises(ValueError, match=f"at least 0.*seed={seed!r}"):
        function(seed=seed, **options)


@pytest.mark.parametrize("scale", [1e39, -1e100, 1e300])
@pytest.mark.parametrize(
    "function",
    [
        lambda a, b: metrics.kernel_inception_distance(a, b, subset_size=9),
        metrics.precision_recall,
        metrics.density_coverage,
        metrics.frechet_distance,
        metrics.nearest_neighbors,
        metrics.one_nearest_neighbor_accuracy,
    ],
)
def test_features_beyond_float32_are_refused(function, scale):
    with pytest.raises(ValueError, match="within the range of float32"):
        function(POINTS, POINTS[::-1] * scale)


@pytest.mark.parametrize("scale", [1e30, 1e38])
def test_features_of_float32_have_finite_scores(scale):
    real, other = np.tanh(POINTS), np.tanh(POINTS[::-1] + 0.5)
    huge = real * scale, other * scale
    for function in (metrics.precision_recall, metrics.density_coverage):
        assert function(*huge) == function(real, other)
    distance = metrics.frechet_distance(*huge) / scale**2
    expected = metrics.frechet_distance(real, other)
    np.testing.assert_allclose(distance, expected, rtol=1e-6)
    assert np.isfinite(
        metrics.kernel_inception_distance(*huge, subset_size=9)
    ).all()


def test_statistics_whose_distance_overflows_are_refused():
    statistics = metrics.FeatureStatistics(np.full(3, 1e200), np.eye(3), None)
    with pytest.raises(ValueError, match="must fit into float64"):
        metrics.frechet_distance(statistics, np.zeros((9, 3)))
