import numpy as np
import pytest

from keras_gan_zoo.datasets import ring_centers
from keras_gan_zoo.metrics import mode_coverage, stacked_mode_coverage


def test_even_samples_at_the_centers_are_perfect():
    centers = ring_centers()
    coverage = mode_coverage(np.repeat(centers, 10, axis=0), centers, 0.02)
    assert coverage == (8, 1.0, 0.0, 0.0)


def test_one_mode_costs_the_logarithm_of_all():
    centers = ring_centers()
    coverage = mode_coverage(np.tile(centers[3], (10, 1)), centers, 0.02)
    assert coverage.modes == 1
    np.testing.assert_allclose(coverage.reverse_kl, np.log(8))


def test_a_missing_mode_costs_log_8_over_7():
    centers = ring_centers()
    coverage = mode_coverage(np.repeat(centers[:7], 10, axis=0), centers, 0.02)
    assert coverage.modes == 7
    np.testing.assert_allclose(coverage.reverse_kl, np.log(8 / 7))


def test_quality_ends_at_three_standard_deviations():
    centers = ring_centers()
    outwards = centers / np.linalg.norm(centers, axis=1, keepdims=True)
    inside = mode_coverage(centers + 2.9 * 0.02 * outwards, centers, 0.02)
    outside = mode_coverage(centers + 3.1 * 0.02 * outwards, centers, 0.02)
    assert inside[:2] == (8, 1.0)
    assert outside[:2] == (0, 0.0)
    np.testing.assert_allclose(outside.reverse_kl, 0.0, atol=1e-12)
    assert np.isnan(outside.high_quality_reverse_kl)


def test_divergences_are_of_all_samples_and_of_those_of_high_quality():
    # All modes have as many samples, but those of four are off by 5 of 0.02.
    centers = ring_centers()
    samples = np.repeat(centers, 10, axis=0)
    samples[40:] *= 1.1
    coverage = mode_coverage(samples, centers, 0.02)
    assert coverage[:2] == (4, 0.5)
    np.testing.assert_allclose(coverage.reverse_kl, 0.0, atol=1e-12)
    np.testing.assert_allclose(coverage.high_quality_reverse_kl, np.log(2))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["samples", "centers"])
def test_points_that_are_not_finite_are_refused(name, value):
    arrays = {"samples": np.zeros((5, 2)), "centers": ring_centers()}
    arrays[name][2, 1] = value
    with pytest.raises(ValueError, match="must be finite"):
        mode_coverage(**arrays, stddev=0.02)


def test_a_perfect_sampler_is_within_reach_as_often_as_theory_says():
    rng = np.random.default_rng(0)
    centers = ring_centers()
    modes = rng.integers(0, 8, 100_000)
    points = centers[modes] + 0.02 * rng.normal(size=(100_000, 2))
    coverage = mode_coverage(points, centers, 0.02)
    np.testing.assert_allclose(
        coverage.high_quality, 1 - np.exp(-4.5), atol=0.002
    )


@pytest.mark.parametrize("shape", [(5,), (5, 3), (0, 2)])
def test_other_spaces_are_refused(shape):
    with pytest.raises(ValueError, match="points of the same space"):
        mode_coverage(np.zeros(shape), ring_centers(), 0.02)


def test_all_at_one_center_have_the_divergence_of_eight_modes():
    centers = ring_centers()
    coverage = mode_coverage(np.tile(centers[0], (2500, 1)), centers, 0.01)
    assert coverage[:2] == (1, 1.0)
    np.testing.assert_allclose(coverage.reverse_kl, 2.0794, atol=5e-5)


def test_all_between_the_modes_are_of_none():
    coverage = mode_coverage(np.zeros((100, 2)), ring_centers(), 0.01)
    assert coverage[:2] == (0, 0.0)


def test_samples_at_four_deviations_fill_the_histogram_but_no_mode():
    # Counters of the nearest mode alone say 8 of 8 here.
    samples = ring_centers() + [0.04, 0.0]
    coverage = mode_coverage(samples, ring_centers(), 0.01)
    assert coverage[:2] == (0, 0.0)
    np.testing.assert_allclose(coverage.reverse_kl, 0.0, atol=1e-12)


def test_reach_is_of_both_axes_together():
    # Within 3 deviations along each axis, and at 4 of both.
    samples = ring_centers() + 0.028 * np.ones(2)
    assert mode_coverage(samples, ring_centers(), 0.01).modes == 0


def test_a_perfect_ring_of_papers_size():
    rng = np.random.default_rng(0)
    centers = ring_centers()
    points = centers[rng.integers(0, 8, 2500)]
    points = points + 0.01 * rng.normal(size=(2500, 2))
    coverage = mode_coverage(points, centers, 0.01)
    assert coverage.modes == 8
    np.testing.assert_allclose(coverage.high_quality, 0.9889, atol=0.006)
    assert coverage.reverse_kl < 0.005


def test_each_stacked_mode_once_is_perfect():
    labels = np.indices((10, 10, 10)).reshape((3, -1)).T
    coverage = stacked_mode_coverage(labels)
    assert coverage.modes == 1000 and type(coverage.modes) is int
    np.testing.assert_allclose(coverage.reverse_kl, 0.0, atol=1e-12)


def test_one_stacked_mode_costs_the_logarithm_of_all():
    coverage = stacked_mode_coverage(np.tile([3, 0, 9], (50, 1)))
    assert coverage.modes == 1
    np.testing.assert_allclose(coverage.reverse_kl, np.log(1000))


def test_the_order_of_channels_makes_modes():
    labels = [[1, 2, 3], [3, 2, 1], [2, 1, 3], [2, 1, 3]]
    coverage = stacked_mode_coverage(labels)
    assert coverage.modes == 3
    shares = np.array([0.25, 0.25, 0.5])
    np.testing.assert_allclose(
        coverage.reverse_kl, np.sum(shares * np.log(1000 * shares))
    )


def test_a_perfect_sampler_of_stacked_digits_has_the_floor_of_papers_size():
    labels = np.random.default_rng(0).integers(0, 10, (26_000, 3))
    coverage = stacked_mode_coverage(labels)
    assert coverage.modes == 1000
    np.testing.assert_allclose(coverage.reverse_kl, 0.0191, atol=0.002)


def test_stacks_of_other_classes_and_channels():
    coverage = stacked_mode_coverage([[0, 3], [1, 0]], num_classes=4)
    assert coverage.modes == 2
    np.testing.assert_allclose(coverage.reverse_kl, np.log(8))


@pytest.mark.parametrize(
    "labels",
    [
        np.zeros(5, int),
        np.zeros((5, 3)),
        np.zeros((0, 3), int),
        [[0, 1, 10]],
        [[0, -1, 1]],
    ],
)
def test_what_are_no_labels_of_channels_is_refused(labels):
    with pytest.raises(ValueError, match="from 0 to 9. Received.*argmax"):
        stacked_mode_coverage(labels)
