import numpy as np
import pytest

from keras_gan_zoo.metrics import kernel_inception_distance


def by_loops(first, second):
    """The definition, pair by pair."""

    def kernel(x, y):
        return (sum(a * b for a, b in zip(x, y)) / len(x) + 1) ** 3

    def others(samples):
        return np.mean(
            [
                kernel(x, y)
                for i, x in enumerate(samples)
                for j, y in enumerate(samples)
                if i != j
            ]
        )

    across = np.mean([kernel(x, y) for x in first for y in second])
    return others(first) + others(second) - 2 * across


def test_the_definition():
    first, second = np.random.normal(size=(7, 4)), np.random.normal(
        1, 2, size=(7, 4)
    )
    mean, deviation = kernel_inception_distance(
        first, second, num_subsets=3, subset_size=7
    )
    np.testing.assert_allclose(mean, by_loops(first, second), rtol=1e-12)
    np.testing.assert_allclose(deviation, 0.0, atol=1e-12)
    assert type(mean) is float and type(deviation) is float


def test_constant_sets():
    # Kernels of 1, 8 and 1: 1 + 8 - 2.
    mean, _ = kernel_inception_distance(
        np.zeros((20, 5)), np.ones((20, 5)), subset_size=20
    )
    np.testing.assert_allclose(mean, 7.0, rtol=1e-12)


def test_a_shift_by_one_deviation():
    # With raw moments M, (M3p - M3q)^2 + 3 (M2p - M2q)^2 + 3 (M1p - M1q)^2
    # is 16 + 3 + 3 of N(0, 1) and N(1, 1).
    mean, deviation = kernel_inception_distance(
        np.random.normal(0, 1, (100_000, 1)),
        np.random.normal(1, 1, (100_000, 1)),
    )
    standard_error = deviation / np.sqrt(50)
    assert standard_error < 0.8
    assert abs(mean - 22.0) < 4 * standard_error


def test_the_same_distribution_has_zero_on_the_average():
    mean, deviation = kernel_inception_distance(
        np.random.normal(size=(50_000, 8)),
        np.random.normal(size=(50_000, 8)),
        subset_size=500,
    )
    assert abs(mean) < 4 * deviation / np.sqrt(50) < 0.01


@pytest.mark.parametrize("size", [3, 100])
def test_the_size_of_subsets_does_not_matter(size):
    # Of N(0, 1) and N(1, 1) the distance is 22. Kernels of samples with
    # themselves would add several of that in subsets of 3.
    mean, deviation = kernel_inception_distance(
        np.random.normal(0, 1, (50_000, 1)),
        np.random.normal(1, 1, (50_000, 1)),
        num_subsets=60_000 // size,
        subset_size=size,
    )
    standard_error = deviation / np.sqrt(60_000 // size)
    assert standard_error < 1.0
    assert abs(mean - 22.0) < 4 * standard_error


def test_is_symmetric():
    first, second = np.random.normal(size=(60, 4)), np.random.normal(
        1, 1, size=(60, 4)
    )
    there, _ = kernel_inception_distance(first, second, 1, subset_size=60)
    back, _ = kernel_inception_distance(second, first, 1, subset_size=60)
    np.testing.assert_allclose(there, back, rtol=1e-12)


def test_subsets_are_drawn_without_replacement():
    # Of all samples there is only one subset, so nothing deviates.
    features = np.random.normal(size=(40, 3))
    _, deviation = kernel_inception_distance(
        features, np.random.normal(size=(40, 3)), subset_size=40
    )
    assert deviation < 1e-12


def test_the_seed_decides():
    first, second = np.random.normal(size=(90, 4)), np.random.normal(
        size=(80, 4)
    )

    def distance(seed):
        return kernel_inception_distance(
            first, second, num_subsets=5, subset_size=20, seed=seed
        )

    assert distance(3) == distance(3) == distance(np.random.default_rng(3))
    assert distance(3) != distance(4)


def test_float32_features_are_compared_in_float64():
    first = np.random.normal(size=(100, 64)).astype("float32")
    second = np.random.normal(size=(100, 64)).astype("float32")
    assert kernel_inception_distance(
        first, second, subset_size=50
    ) == kernel_inception_distance(
        first.astype("float64"), second.astype("float64"), subset_size=50
    )


@pytest.mark.parametrize("samples", [(999, 2000), (2000, 999)])
def test_fewer_samples_than_a_subset_are_refused(samples):
    with pytest.raises(ValueError, match="smaller `subset_size`.*999"):
        kernel_inception_distance(
            np.zeros((samples[0], 2)), np.zeros((samples[1], 2))
        )


def test_features_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="must be finite"):
        kernel_inception_distance(
            np.full((1000, 2), np.nan), np.zeros((1000, 2))
        )
