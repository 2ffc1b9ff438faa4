import keras
import numpy as np
import pytest

from keras_gan_zoo.datasets import (
    gaussian_grid,
    gaussian_ring,
    grid_centers,
    ring_centers,
)


def nearest(points, centers):
    """The number of the nearest center, and the distance to it as vector."""
    offsets = points[:, np.newaxis] - centers
    modes = np.linalg.norm(offsets, axis=-1).argmin(axis=1)
    return modes, points - centers[modes]


@pytest.mark.parametrize(
    "dataset, centers, stddev",
    [
        (gaussian_ring(20_000), ring_centers(), 0.02),
        (
            gaussian_ring(20_000, num_modes=5, radius=2.0, stddev=0.1),
            ring_centers(5, 2.0),
            0.1,
        ),
        (gaussian_grid(50_000), grid_centers(), 0.05),
    ],
)
def test_modes_are_equally_likely_gaussians(dataset, centers, stddev):
    points = next(iter(dataset)).numpy()
    modes, offsets = nearest(points, centers)
    counts = np.bincount(modes, minlength=len(centers))
    expected = len(points) / len(centers)
    # Five standard deviations of a binomial count: a doubled mode is at 50.
    assert abs(counts - expected).max() < 5 * np.sqrt(expected)
    for mode in range(len(centers)):
        own = offsets[modes == mode]
        error = stddev / np.sqrt(len(own))
        np.testing.assert_allclose(own.mean(axis=0), 0, atol=5 * error)
        np.testing.assert_allclose(own.std(axis=0), stddev, rtol=0.1)
    # The two directions are independent.
    assert abs(np.corrcoef(offsets.T)[0, 1]) < 5 / np.sqrt(len(points))


def test_ring_has_eight_distinct_centers_on_the_circle():
    centers = ring_centers()
    assert centers.shape == (8, 2) and centers.dtype == "float32"
    np.testing.assert_allclose(np.linalg.norm(centers, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(centers[0], [1, 0], atol=1e-6)
    np.testing.assert_allclose(centers[2], [0, 1], atol=1e-6)
    steps = np.linalg.norm(centers - np.roll(centers, 1, axis=0), axis=1)
    np.testing.assert_allclose(steps, 2 * np.sin(np.pi / 8), rtol=1e-6)


def test_grid_is_that_of_pacgan():
    centers = grid_centers()
    assert centers.shape == (25, 2) and centers.dtype == "float32"
    ticks = {-4, -2, 0, 2, 4}
    assert {*map(tuple, centers)} == {(x, y) for x in ticks for y in ticks}


@pytest.mark.parametrize("points_of", [gaussian_ring, gaussian_grid])
def test_a_batch_is_a_function_of_seed_and_step(points_of):
    def batches(steps, **options):
        return np.stack([*points_of(16, **options).take(steps)])

    whole = batches(6)
    assert whole.shape == (6, 16, 2) and whole.dtype == "float32"
    assert points_of(16).element_spec.shape == (16, 2)
    assert len(np.unique(whole)) == whole.size
    centers = ring_centers() if points_of is gaussian_ring else grid_centers()
    modes = [tuple(nearest(points, centers)[0]) for points in whole]
    assert len({*modes}) == 6
    keras.utils.set_random_seed(9)
    np.testing.assert_array_equal(batches(3, start_step=3), whole[3:])
    assert not np.isin(batches(6, seed=1), whole).any()


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(batch_size=0), "`batch_size` must be an integer of at least 1"),
        (dict(num_modes=0), "`num_modes` must be .*Received: num_modes=0"),
        (dict(stddev=-1.0), "`stddev` must be .*Received: stddev=-1.0"),
        (dict(seed=-1), "Received: seed=-1"),
        (dict(start_step=None), "Received: start_step=None"),
    ],
)
def test_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        gaussian_ring(**{"batch_size": 4, **options})


def test_r1_skipping_is_beginning_later():
    ring = gaussian_ring(4)
    far = next(iter(ring.skip(10**9)))
    expected = next(iter(gaussian_ring(4, start_step=10**9)))
    np.testing.assert_array_equal(far, expected)
