import time
import tracemalloc

import numpy as np
import pytest

from keras_gan_zoo.metrics import neighbors
from keras_gan_zoo.metrics.neighbors import (
    distance_tiles,
    nearest,
    nearest_others,
    require_neighbors,
)


@pytest.fixture(params=[2048, 7], ids=["one tile", "many tiles"])
def tile(request, monkeypatch):
    monkeypatch.setattr(neighbors, "TILE", request.param)


def pairwise(first, second):
    first, second = first.astype("float64"), second.astype("float64")
    return np.linalg.norm(first[:, None] - second, axis=-1)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint8"])
def test_the_nearest_are_those_of_all_distances(tile, dtype):
    queries = (50 * np.random.rand(30, 4)).astype(dtype)
    references = (50 * np.random.rand(45, 4)).astype(dtype)
    distances = pairwise(queries, references)
    indices, found = nearest(queries, references, 3)
    np.testing.assert_array_equal(found, np.sort(distances, axis=1)[:, :3])
    np.testing.assert_array_equal(
        found, np.take_along_axis(distances, indices, axis=1)
    )


def test_the_nearest_others_leave_out_oneself(tile):
    features = np.random.normal(size=(45, 4))
    distances = pairwise(features, features)
    np.fill_diagonal(distances, np.inf)
    indices, found = nearest_others(features, 3)
    np.testing.assert_array_equal(found, np.sort(distances, axis=1)[:, :3])
    np.testing.assert_array_equal(indices, np.argsort(distances, axis=1)[:, :3])


def test_small_sets_have_as_many_neighbors_as_there_are(tile):
    features = np.array([[0.0], [1.0], [3.0]])
    indices, distances = nearest_others(features, 2)
    np.testing.assert_array_equal(indices, [[1, 2], [0, 2], [1, 0]])
    np.testing.assert_array_equal(distances, [[1, 3], [1, 2], [2, 3]])
    indices, distances = nearest(features[:1], features, 3)
    np.testing.assert_array_equal(indices, [[0, 1, 2]])
    np.testing.assert_array_equal(distances, [[0, 1, 3]])


def test_a_copy_is_a_neighbor_and_oneself_is_not(tile):
    features = np.random.normal(size=(20, 6)).astype("float32")
    features[13] = features[4]
    indices, distances = nearest_others(features, 2)
    assert indices[13, 0] == 4 and indices[4, 0] == 13
    assert distances[13, 0] == distances[4, 0] == 0.0
    assert (distances[[13, 4], 1] > 0.0).all()
    others = np.delete(np.arange(20), [4, 13])
    assert (distances[others] > 0.0).all()


def test_all_copies_are_at_distance_zero(tile):
    features = np.full((30, 5), 1 / 3, "float32")
    indices, distances = nearest_others(features, 4)
    np.testing.assert_array_equal(distances, 0.0)
    assert (indices != np.arange(30)[:, None]).all()
    for row in indices:
        assert len(set(row)) == 4


@pytest.mark.parametrize("shift", [0.0, 1e3, 1e6])
def test_digits_survive_where_norms_are_large(tile, shift):
    # Two groups far apart, so centering alone leaves large norms.
    features = np.random.normal(size=(40, 16)) + shift
    features[20:] += 1e4
    features[7] = features[3]
    features[8] = features[3] + 1e-9
    for samples in (features, features.astype("float32")):
        distances = pairwise(samples, samples)
        found = nearest(samples, samples, 1)[1]
        np.testing.assert_array_equal(found, 0.0)
        np.fill_diagonal(distances, np.inf)
        found = nearest_others(samples, 2)[1]
        np.testing.assert_array_equal(found, np.sort(distances, 1)[:, :2])


def test_the_nearest_of_near_copies_is_found(tile):
    # Nearer to each other than the expansion can tell of norms of 1e3.
    features = 1e3 * np.random.normal(size=(30, 64))
    query = features[5].copy()
    features[6:9] = query + 1e-7 * np.arange(1, 4)[:, None]
    indices, distances = nearest(query[None], features[::-1], 2)
    np.testing.assert_array_equal(indices, [[24, 23]])
    assert distances[0, 0] == 0.0


@pytest.mark.parametrize("dimensions", [1, 3, 64, 2048])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_the_slack_covers_the_error_of_tiles(tile, dimensions, scale):
    first = scale * np.random.normal(size=(20, dimensions)) + 50.0
    second = np.vstack([first[:10], first[:5] + 1e-9, first[5:] + scale])
    exact = pairwise(first, second) ** 2
    seen = np.zeros(exact.shape, int)
    for rows, columns, squared, slack in distance_tiles(first, second):
        assert squared.dtype == slack.dtype == "float64"
        assert (abs(squared - exact[rows, columns]) <= slack).all()
        # A shift that all have in common costs nothing.
        spread = np.vstack([first, second]) - first.mean(axis=0)
        spread = np.sum(spread**2, axis=1).max()
        assert slack.max() <= 3e-12 * spread
        seen[rows, columns] += 1
    assert (seen == 1).all()


def test_memory_is_that_of_a_few_tiles(monkeypatch):
    monkeypatch.setattr(neighbors, "TILE", 64)
    features = np.random.normal(size=(1920, 64)).astype("float32")
    tracemalloc.start()
    nearest_others(features, 1)
    nearest(features, features, 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # What is kept of each sample: squared distances and indices, and at the
    # end distances, their order and where there are any.
    kept = len(features) * (1 + neighbors.SPARE) * 5 * 8
    # A tile or a side of it in float64. At full size, of 2,048 x 2,048, it is
    # 34 MB, and 8 of them are 0.3 GB. All distances would be 900 of them here,
    # and all features in float64 30.
    tile = 64 * 64 * 8
    assert peak < 8 * tile + kept


@pytest.mark.slow
def test_twenty_thousand_inception_features_in_minutes():
    features = np.random.default_rng(0).normal(size=(20_000, 2048))
    features = features.astype("float32")
    tracemalloc.start()
    begin = time.monotonic()
    _, radii = nearest_others(features, 5)
    indices, distances = nearest(features[::-1], features, 1)
    seconds = time.monotonic() - begin
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (distances == 0.0).all() and (radii > 0.0).all()
    np.testing.assert_array_equal(indices[:, 0], np.arange(20_000)[::-1])
    assert peak < 1e9
    assert seconds < 600


@pytest.mark.parametrize("k", [9, 10])
def test_more_neighbors_than_there_are_others_are_refused(k):
    with pytest.raises(ValueError, match=f"k={k}, 9 samples.*smaller k"):
        require_neighbors(k, np.zeros((20, 2)), np.zeros((9, 2)))
