import numpy as np
import pytest

from keras_gan_zoo.metrics import precision_recall


def by_loops(real, generated, k):
    """The definition, by all distances."""

    def share_within(samples, centers):
        within = np.zeros(len(samples), bool)
        for center in centers:
            # The nearest is itself, at index 0.
            radius = np.sort(np.linalg.norm(centers - center, axis=1))[k]
            within |= np.linalg.norm(samples - center, axis=1) <= radius
        return within.mean()

    return share_within(generated, real), share_within(real, generated)


@pytest.mark.parametrize("k", [1, 3, 20])
def test_the_definition(k):
    real = np.random.normal(size=(60, 3))
    generated = np.random.normal(0.8, 0.7, size=(50, 3))
    scores = precision_recall(real, generated, k)
    np.testing.assert_allclose(scores, by_loops(real, generated, k))
    assert [type(score) for score in scores] == [float, float]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("k", [1, 3])
def test_identical_sets_have_both(k, dtype):
    features = (1e3 + np.random.normal(size=(100, 16))).astype(dtype)
    assert precision_recall(features, features[::-1], k) == (1.0, 1.0)


def test_far_sets_have_neither():
    real = np.random.normal(size=(100, 16))
    assert precision_recall(real, real + 1e3) == (0.0, 0.0)


def test_a_collapse_has_precision_and_no_recall():
    real = np.random.normal(size=(50, 16))
    collapsed = np.tile(real[7], (50, 1))
    assert precision_recall(real, collapsed) == (1.0, 1 / 50)


def test_one_point_for_all_is_within_itself():
    assert precision_recall(np.ones((9, 2)), np.ones((7, 2))) == (1.0, 1.0)


def test_the_border_is_inside():
    # Real balls of k = 1 go to 1 on both sides: -1 to 2, and 9 to 12.
    real = [[0.0], [1.0], [10.0], [11.0]]
    generated = [[2.0], [-1.0], [12.001], [5.0]]
    assert precision_recall(real, generated, k=1).precision == 0.5


def test_oneself_is_no_neighbor():
    # Counted as its own first neighbor, each real sample had a ball of 0.
    real = np.arange(10.0)[:, None]
    assert precision_recall(real, real + 0.5, k=1) == (1.0, 1.0)


def test_swapped_sets_swap_scores():
    real = np.random.normal(size=(60, 3))
    generated = np.random.normal(0.8, 0.7, size=(50, 3))
    scores = precision_recall(real, generated)
    assert scores == precision_recall(generated, real)[::-1]
    assert scores[0] != scores[1]


def test_both_grow_with_k():
    real = np.random.normal(size=(40, 8))
    generated = np.random.normal(1.5, 1, size=(40, 8))
    scores = np.array(
        [precision_recall(real, generated, k) for k in range(1, 40)]
    )
    assert (np.diff(scores, axis=0) >= 0.0).all()
    assert (scores[0] < scores[-1]).all()


@pytest.mark.parametrize("k, expected", [(3, 0.78), (5, 0.868)])
def test_the_same_distribution_does_not_reach_one(k, expected):
    scores = [
        precision_recall(*np.random.normal(size=(2, 400, 16)), k)
        for _ in range(5)
    ]
    np.testing.assert_allclose(np.mean(scores, axis=0), expected, atol=0.03)


@pytest.mark.parametrize("sizes", [(3, 9), (9, 3)])
def test_fewer_samples_than_neighbors_are_refused(sizes):
    with pytest.raises(ValueError, match="k=3, 3 samples.*Take more"):
        precision_recall(np.zeros((sizes[0], 2)), np.zeros((sizes[1], 2)))


def test_features_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="must be finite"):
        precision_recall(np.zeros((9, 2)), np.full((9, 2), np.nan))
