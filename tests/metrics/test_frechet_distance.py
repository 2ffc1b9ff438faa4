import pathlib
import tracemalloc

import numpy as np
import pytest

from keras_gan_zoo.metrics import (
    FeatureStatistics,
    feature_statistics,
    frechet_distance,
)


def gaussian(mean, variances):
    return FeatureStatistics(
        np.array(mean, "float64"), np.diag(np.array(variances, "float64")), None
    )


def correlated(samples, dimensions, seed=0):
    rng = np.random.default_rng(seed)
    mix = rng.normal(size=(dimensions, dimensions))
    return rng.normal(size=(samples, dimensions)) @ mix + rng.normal()


def rotation(dimensions):
    return np.linalg.qr(np.random.normal(size=(dimensions, dimensions)))[0]


def test_equal_features_are_at_distance_zero():
    features = correlated(500, 20)
    assert frechet_distance(features, features) < 1e-9


def test_exact_moments_in_four_dimensions():
    # 5 of the means, and (1 - 2)^2 + 0 + (3 - 1)^2 + (4 - 1)^2 of the spread.
    distance = frechet_distance(
        gaussian([0, 0, 0, 0], [1, 4, 9, 16]),
        gaussian([1, 2, 0, 0], [4, 4, 1, 1]),
    )
    assert type(distance) is float
    np.testing.assert_allclose(distance, 19.0, rtol=1e-12)


def test_samples_of_exact_moments():
    # Of mean 1 and variance 2 with the divisor N - 1, and of 4 and 8.
    distance = frechet_distance([[0.0], [2.0]], [[2.0], [6.0]])
    expected = 3.0**2 + (np.sqrt(8) - np.sqrt(2)) ** 2
    np.testing.assert_allclose(distance, expected, rtol=1e-12)


def test_in_one_dimension_means_and_deviations_differ():
    first, second = np.random.normal(2, 3, (400, 1)), np.random.normal(
        -1, 0.5, (300, 1)
    )
    shift = first.mean() - second.mean()
    spread = first.std(ddof=1) - second.std(ddof=1)
    np.testing.assert_allclose(
        frechet_distance(first, second), shift**2 + spread**2, rtol=1e-10
    )


def test_is_symmetric():
    first, second = correlated(300, 12, 1), correlated(200, 12, 2)
    np.testing.assert_allclose(
        frechet_distance(first, second),
        frechet_distance(second, first),
        rtol=1e-10,
    )


def test_a_common_rotation_and_shift_changes_nothing():
    first, second = correlated(300, 12, 1), correlated(200, 12, 2)
    turn, shift = rotation(12), np.random.normal(size=12)
    np.testing.assert_allclose(
        frechet_distance(first @ turn + shift, second @ turn + shift),
        frechet_distance(first, second),
        rtol=1e-9,
    )


def test_scales_by_the_square():
    first, second = correlated(300, 12, 1), correlated(200, 12, 2)
    np.testing.assert_allclose(
        frechet_distance(3 * first, 3 * second),
        9 * frechet_distance(first, second),
        rtol=1e-9,
    )


def test_a_pure_shift_costs_its_square():
    features, shift = correlated(300, 12), np.random.normal(size=12)
    np.testing.assert_allclose(
        frechet_distance(features, features + shift),
        np.sum(shift**2),
        rtol=1e-9,
    )


def test_a_wider_spread_costs_a_share_of_the_variance():
    features = correlated(300, 12)
    features -= features.mean(axis=0)
    variance = features.var(axis=0, ddof=1).sum()
    np.testing.assert_allclose(
        frechet_distance(features, 1.5 * features),
        0.25 * variance,
        rtol=1e-9,
    )


def test_covariances_that_do_not_commute():
    # Of 2 x 2 matrices, the trace of the root is of trace and determinant.
    first, second = np.array([[2.0, 1.0], [1.0, 3.0]]), np.diag([5.0, 0.5])
    product = first @ second
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    np.testing.assert_allclose(
        frechet_distance(
            FeatureStatistics(np.zeros(2), first, None),
            FeatureStatistics(np.zeros(2), second, None),
        ),
        np.trace(first) + np.trace(second) - 2 * root,
        rtol=1e-12,
    )


def test_constant_features_have_no_spread():
    first, second = correlated(300, 12, 1), correlated(200, 12, 2)
    without = frechet_distance(first[:, 1:], second[:, 1:])
    first[:, 0], second[:, 0] = 5.0, 7.0
    np.testing.assert_allclose(
        frechet_distance(first, second), without + 4.0, rtol=1e-9
    )
    assert frechet_distance(np.ones((9, 3)), np.ones((5, 3))) == 0.0


def test_fewer_samples_than_dimensions_are_exact():
    first, second = correlated(20, 100, 1), correlated(30, 100, 2)
    centered = [
        (x - x.mean(axis=0)) / np.sqrt(len(x) - 1) for x in (first, second)
    ]
    # Another way to the trace of the root, without covariances.
    overlap = np.linalg.svd(centered[0] @ centered[1].T, compute_uv=False).sum()
    expected = (
        np.sum((first.mean(axis=0) - second.mean(axis=0)) ** 2)
        + sum(np.sum(x**2) for x in centered)
        - 2 * overlap
    )
    np.testing.assert_allclose(
        frechet_distance(first, second), expected, rtol=1e-9
    )
    scale = np.sum(centered[0] ** 2)
    assert 0.0 <= frechet_distance(first, first) < 1e-9 * scale


def test_the_bias_falls_by_the_number_of_samples():
    # Of N(0, I_64): 2.17 of 1,000 samples and .441 of 5,000.
    distances = [
        frechet_distance(
            np.random.normal(size=(number, 64)),
            np.random.normal(size=(number, 64)),
        )
        for number in (1000, 5000)
    ]
    np.testing.assert_allclose(distances, [2.17, 0.441], rtol=0.1)


@pytest.mark.parametrize("samples", [50, 9000])  # One part, and three.
def test_statistics_are_those_of_numpy_in_float64(samples):
    # The mean is 1,000 deviations, which float32 would not survive.
    features = (1000 + correlated(samples, 6)).astype("float32")
    mean, covariance, number = feature_statistics(features)
    assert mean.dtype == covariance.dtype == "float64" and number == samples
    exact = features.astype("float64")
    np.testing.assert_allclose(mean, exact.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(
        covariance, np.cov(exact, rowvar=False), rtol=1e-9
    )


def test_features_are_not_copied_as_a_whole():
    features = np.zeros((100_000, 64), "float32")
    tracemalloc.start()
    feature_statistics(features)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Of 51 MB in float64; a part of 4,096 takes 2.1 MB.
    assert peak < 8e6


def test_features_and_statistics_mix():
    first, second = correlated(300, 12, 1), correlated(200, 12, 2)
    assert frechet_distance(
        feature_statistics(first), second
    ) == frechet_distance(first, second)


@pytest.mark.parametrize("name", ["cifar.npz", "cifar", "cifar.stats"])
def test_a_file_gives_back_the_statistics(tmp_path, name):
    statistics = feature_statistics(correlated(50, 6))
    statistics.save(tmp_path / name)
    loaded = FeatureStatistics.load(str(tmp_path / name))
    np.testing.assert_array_equal(loaded.mean, statistics.mean)
    np.testing.assert_array_equal(loaded.covariance, statistics.covariance)
    assert loaded.num_samples == 50 and type(loaded.num_samples) is int
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_official_files_load_without_a_number(tmp_path):
    statistics = feature_statistics(correlated(50, 6))
    path = tmp_path / "official.npz"
    np.savez(
        path,
        mu=statistics.mean.astype("float32"),
        sigma=statistics.covariance,
    )
    loaded = FeatureStatistics.load(path)
    assert loaded.num_samples is None
    assert loaded.mean.dtype == "float64"
    np.testing.assert_allclose(loaded.mean, statistics.mean, rtol=1e-6)
    loaded.save(tmp_path / "again.npz")
    again = FeatureStatistics.load(tmp_path / "again.npz")
    assert again.num_samples is None


@pytest.mark.parametrize(
    "arrays",
    [
        {"mu": np.zeros(3)},
        {"mean": np.zeros(3), "covariance": np.eye(3)},
        {"mu": np.zeros(3), "sigma": np.eye(4)},
        {"mu": np.zeros((3, 1)), "sigma": np.eye(3)},
        {"mu": np.full(3, np.nan), "sigma": np.eye(3)},
        {"mu": np.zeros(3), "sigma": np.triu(np.ones((3, 3)))},
        {"mu": np.zeros(3), "sigma": -np.eye(3)},
        {"mu": np.array(["a"] * 3), "sigma": np.eye(3)},
        {"mu": np.zeros(3), "sigma": np.eye(3), "num_samples": 1},
        {"mu": np.zeros(3), "sigma": np.eye(3), "num_samples": [5, 6]},
    ],
    ids=str,
)
def test_other_files_are_refused(tmp_path, arrays):
    path = tmp_path / "other.npz"
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match="`mu` of shape.*`sigma`.*Received"):
        FeatureStatistics.load(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 half"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "other.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="other.npz. Received.*anew"):
        FeatureStatistics.load(path)


def test_half_a_file_is_refused(tmp_path):
    path = tmp_path / "half.npz"
    feature_statistics(correlated(50, 6)).save(path)
    content = bytearray(path.read_bytes())
    content[150:180] = bytes(30)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="half.npz. Received.*CRC"):
        FeatureStatistics.load(path)


class Trap:
    """What pickle makes a file of when it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return pathlib.Path.touch, (self.path,)


def test_a_file_is_not_run(tmp_path):
    path, sprung = tmp_path / "trap.npz", tmp_path / "sprung"
    np.savez(path, mu=np.array([Trap(sprung)]), sigma=np.eye(1))
    with pytest.raises(ValueError, match="holds objects, which can run"):
        FeatureStatistics.load(path)
    assert not sprung.exists()


def test_a_file_that_is_missing_is_said_to_be(tmp_path):
    with pytest.raises(FileNotFoundError):
        FeatureStatistics.load(tmp_path / "none.npz")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_features_that_are_not_finite_are_refused(value):
    features = correlated(30, 3)
    features[4, 1] = value
    with pytest.raises(ValueError, match="must be finite"):
        frechet_distance(correlated(30, 3), features)
    statistics = FeatureStatistics(features[4], np.eye(3), None)
    with pytest.raises(ValueError, match="must be finite"):
        frechet_distance(correlated(30, 3), statistics)


def test_one_sample_is_refused():
    with pytest.raises(ValueError, match="at least two.*1 sample"):
        frechet_distance(correlated(30, 3), np.ones((1, 3)))


def test_other_spaces_are_refused():
    with pytest.raises(ValueError, match="Received: 3 and 4"):
        frechet_distance(np.ones((9, 3)), np.ones((9, 4)))
