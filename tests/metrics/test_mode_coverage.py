import numpy as np
import pytest

from keras_gan_zoo.datasets import ring_centers
from keras_gan_zoo.metrics import mode_coverage


def test_even_samples_at_the_centers_are_perfect():
    centers = ring_centers()
    coverage = mode_coverage(np.repeat(centers, 10, axis=0), centers, 0.02)
    assert coverage == (8, 1.0, 0.0)


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
