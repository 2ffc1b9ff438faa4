import numpy as np
import pytest

from keras_gan_zoo.metrics import density_coverage, precision_recall


def by_loops(real, generated, k):
    """The definition, by all distances."""
    balls, covered = 0, 0
    for center in real:
        radius = np.sort(np.linalg.norm(real - center, axis=1))[k]
        inside = np.linalg.norm(generated - center, axis=1) < radius
        balls += inside.sum()
        covered += inside.any()
    return balls / (k * len(generated)), covered / len(real)


@pytest.mark.parametrize("k", [1, 5, 20])
def test_the_definition(k):
    real = np.random.normal(size=(60, 3))
    generated = np.random.normal(0.8, 0.7, size=(50, 3))
    scores = density_coverage(real, generated, k)
    np.testing.assert_allclose(scores, by_loops(real, generated, k))
    assert [type(score) for score in scores] == [float, float]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("dimensions", [2, 64, 512])
def test_identical_sets_have_both(k, dtype, dimensions):
    # Each ball holds its center and k - 1 others: its border is the k-th.
    features = 1e3 + np.random.normal(size=(100, dimensions))
    features = features.astype(dtype)
    assert density_coverage(features, features[::-1], k) == (1.0, 1.0)


def test_far_sets_have_neither():
    real = np.random.normal(size=(100, 16))
    assert density_coverage(real, real + 1e3) == (0.0, 0.0)


def test_the_border_is_outside():
    # Real balls of k = 1 go to 1 on both sides, from -1 to 2, without both.
    real = [[0.0], [1.0]]
    assert density_coverage(real, [[2.0], [-1.0]], k=1) == (0.0, 0.0)
    # At 1 it is in the ball around 1 and on the border of that around 0.
    assert density_coverage(real, [[1.0]], k=1) == (1.0, 0.5)


def test_copies_among_the_real_ones_have_empty_balls():
    real = np.ones((9, 2))
    assert density_coverage(real, real) == (0.0, 0.0)


def test_the_same_distribution_has_the_values_of_theory():
    scores = [
        density_coverage(*np.random.normal(size=(2, 400, 16))) for _ in range(5)
    ]
    density, coverage = np.mean(scores, axis=0)
    np.testing.assert_allclose(density, 1.0, atol=0.06)
    np.testing.assert_allclose(coverage, 1 - 2**-5, atol=0.01)


def test_an_outlier_lifts_recall_and_precision_but_not_coverage():
    real = np.random.normal(size=(100, 4))
    generated = np.random.normal(30.0, 1.0, size=(100, 4))
    assert density_coverage(real, generated) == (0.0, 0.0)
    real[0] = 30.0
    density, coverage = density_coverage(real, generated)
    assert coverage == 1 / 100
    assert density == 1 / 5
    assert precision_recall(real, generated).precision == 1.0


def test_density_exceeds_one_where_generated_samples_crowd():
    # Between 0 and 1, within the balls of both.
    real = [[-1.0], [0.0], [1.0]]
    scores = density_coverage(real, [[0.4], [0.5], [0.6]], k=1)
    np.testing.assert_allclose(scores, (2.0, 2 / 3))


def test_a_collapse_is_dense_and_covers_little():
    real = np.random.normal(size=(50, 16))
    collapsed = np.tile(real[7], (50, 1))
    density, coverage = density_coverage(real, collapsed, k=3)
    assert density > 1 / 3
    # The balls that hold the point; each holds it 50 times.
    np.testing.assert_allclose(coverage, 3 * density / 50)
    assert coverage <= 0.3


def test_fewer_real_samples_than_neighbors_are_refused():
    # Generated samples need no neighbors of their own.
    density_coverage(np.random.normal(size=(9, 2)), np.zeros((1, 2)))
    with pytest.raises(ValueError, match="k=5, 5 samples.*Take more"):
        density_coverage(np.zeros((5, 2)), np.zeros((9, 2)))


def test_features_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="must be finite"):
        density_coverage(np.full((9, 2), np.inf), np.zeros((9, 2)))
