import tracemalloc

import numpy as np
import pytest

from keras_gan_zoo.metrics import sliced_wasserstein_distance
from keras_gan_zoo.metrics.sliced_wasserstein_distance import (
    laplacian_pyramid,
    normalized,
    sliced_distance,
    upsampled,
)


def noise(number, size, channels=3, high=256):
    shape = (number, size, size, channels)
    return np.random.randint(0, high, shape, dtype="uint8")


def test_equal_sets_are_at_distance_zero():
    images = noise(4, 32)
    scores = sliced_wasserstein_distance(images, images)
    assert scores.mean == 0.0
    assert scores.levels == {32: 0.0, 16: 0.0}


def test_brightness_and_contrast_of_a_set_do_not_count():
    # Normalized jointly, these two would be far apart.
    images = noise(16, 32, high=50)
    distance = sliced_wasserstein_distance(images, 5 * images + 3)
    assert 0.0 <= distance.mean < 1e-3


def test_each_set_is_normalized_by_itself():
    patches = np.random.normal(3.0, 2.0, (400, 7, 7, 3)).astype("float32")
    directions = np.eye(147, 20, dtype="float32")
    distance = sliced_distance(
        normalized(patches.copy()), normalized(5 * patches + 3), directions
    )
    np.testing.assert_allclose(distance, 0.0, atol=1e-6)


def test_each_channel_is_normalized_by_itself():
    patches = np.random.normal(size=(50, 7, 7, 3)).astype("float32")
    patches *= [1.0, 10.0, 100.0]
    patches += [3.0, 2.0, 1.0]
    normalized(patches)
    axes = (0, 1, 2)
    np.testing.assert_allclose(patches.mean(axis=axes), 0.0, atol=1e-5)
    np.testing.assert_allclose(patches.std(axis=axes), 1.0, rtol=1e-5)


@pytest.mark.parametrize("shift", [0.25, -3.0])
def test_a_shift_in_one_dimension_costs_its_size(shift):
    # Its size, and not the square of it.
    first = np.random.normal(size=(5000, 1)).astype("float32")
    second = np.random.permutation(first) + np.float32(shift)
    distance = sliced_distance(first, second, np.ones((1, 1), "float32"))
    np.testing.assert_allclose(distance, abs(shift), rtol=1e-5)


def test_directions_are_averaged_over_absolute_differences():
    first = np.array([[0.0, 0.0], [1.0, 4.0]], "float32")
    second = np.array([[1.0, 4.0], [3.0, 1.0]], "float32")
    # Along the first axis 0, 1 and 1, 3; along the second 0, 4 and 1, 4.
    distance = sliced_distance(first, second, np.eye(2, dtype="float32"))
    assert distance == np.mean([1.0, 2.0, 1.0, 0.0])


@pytest.mark.parametrize("size", [32, 64, 96])
def test_the_pyramid_gives_back_the_images(size):
    images = noise(3, size).astype("float32")
    levels = laplacian_pyramid(images)
    assert len(levels) == {32: 2, 64: 3, 96: 3}[size]
    image = levels[-1]
    for detail in levels[-2::-1]:
        image = upsampled(image) + detail
    np.testing.assert_allclose(image, images, atol=1e-4)


def test_a_constant_image_has_no_detail():
    images = np.full((2, 64, 64, 1), 77, "float32")
    levels = laplacian_pyramid(images)
    assert [level.shape[1] for level in levels] == [64, 32, 16]
    for detail in levels[:-1]:
        np.testing.assert_array_equal(detail, 0.0)
    np.testing.assert_array_equal(levels[-1], 77.0)


def test_a_level_is_blurred_by_binomials_with_mirrored_borders():
    images = np.zeros((1, 32, 32, 1), "float32")
    images[0, 0, 16] = 256.0
    smaller = laplacian_pyramid(images)[-1]
    # The taps of row 0 and of the rows 2 beyond it and 2 within it.
    np.testing.assert_allclose(
        smaller[0, :3, 7:10, 0], [[6, 36, 6], [1, 6, 1], [0, 0, 0]]
    )
    images = np.zeros((1, 32, 32, 1), "float32")
    images[0, 1, 16] = 256.0
    # Row 1 is also the row above row 0.
    smaller = laplacian_pyramid(images)[-1]
    np.testing.assert_allclose(
        smaller[0, :3, 7:10, 0], [[8, 48, 8], [4, 24, 4], [0, 0, 0]]
    )


def test_constant_sets_have_no_deviation_to_divide_by():
    first = np.full((4, 32, 32, 3), 10, "uint8")
    second = np.full((4, 32, 32, 3), 200, "uint8")
    assert sliced_wasserstein_distance(first, second).mean == 0.0
    distance = sliced_wasserstein_distance(first, noise(4, 32))
    # The mean size of a normal number, as all of one set are 0.
    np.testing.assert_allclose(distance.mean, 800.0, rtol=0.1)


def test_the_floor_of_the_same_distribution():
    # 28e-3 of 4,000 patches of white noise.
    patches = np.random.normal(size=(2, 4000, 147)).astype("float32")
    directions = np.random.normal(size=(147, 512)).astype("float32")
    directions /= np.linalg.norm(directions, axis=0)
    distance = sliced_distance(*patches, directions)
    np.testing.assert_allclose(distance, 0.028, rtol=0.1)


def test_texture_of_one_size_shows_on_its_level_finest_first():
    smooth = noise(16, 16, channels=1).repeat(4, axis=1).repeat(4, axis=2)
    rough = smooth // 2 + noise(16, 64, channels=1) // 2
    levels = sliced_wasserstein_distance(smooth, rough).levels
    assert list(levels) == [64, 32, 16]
    assert levels[64] > 2 * levels[16]


@pytest.mark.parametrize(
    "size, expected",
    [
        ((28, 28), [28]),
        ((32, 32), [32, 16]),
        ((48, 48), [48, 24]),
        ((50, 64), [50, 25]),
        ((33, 64), [33]),
        ((64, 32), [64, 32]),
        ((7, 9), [7]),
    ],
)
def test_levels_end_at_16_pixels_or_odd_sides(size, expected):
    images = np.random.randint(0, 256, (4, *size, 1), dtype="uint8")
    levels = sliced_wasserstein_distance(images, images[::-1]).levels
    assert list(levels) == expected


def test_grey_images_are_those_of_equal_channels():
    first, second = noise(8, 32, 1), noise(8, 32, 1)
    grey = sliced_wasserstein_distance(first, second)
    tiled = sliced_wasserstein_distance(
        first.repeat(3, axis=-1), second.repeat(3, axis=-1)
    )
    assert grey == tiled
    assert type(grey.mean) is float
    assert grey.mean == np.mean(list(grey.levels.values()))


def test_the_seed_decides():
    first, second = noise(8, 16), noise(8, 16)
    score = sliced_wasserstein_distance(first, second, seed=3)
    assert score == sliced_wasserstein_distance(first, second, seed=3)
    assert score != sliced_wasserstein_distance(first, second, seed=4)


def test_the_order_of_images_hardly_matters():
    # Patches lie within their images: black and white ones don't mix.
    images = np.zeros((10, 16, 16, 1), "uint8")
    images[::2] = 255
    halves = np.sort(images, axis=0)
    assert sliced_wasserstein_distance(images, halves).mean == 0.0


def test_many_images_are_taken_in_parts():
    # A part has 64. Equal up to there, the sets differ in what follows.
    first, second = noise(70, 7, 1), noise(70, 7, 1)
    second[:64] = first[:64]
    one = sliced_wasserstein_distance(first, second).mean
    both = sliced_wasserstein_distance(first[64:], second[64:]).mean
    assert 0.02 * both < one < 0.2 * both


def test_memory_is_that_of_patches_and_a_few_projections():
    first, second = noise(300, 16), noise(300, 16)
    tracemalloc.start()
    sliced_wasserstein_distance(first, second)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # In bytes; at 16,384 images, patches of both sets are 2.5 GB.
    patch = 7 * 7 * 3 * 4
    patches = 2 * 300 * 128 * patch
    chunk = 64 * 128 * patch
    assert peak < 1.1 * patches + 3 * chunk


def test_sets_of_other_sizes_are_refused():
    with pytest.raises(ValueError, match="as many.*8 real and 9 generated"):
        sliced_wasserstein_distance(noise(8, 16), noise(9, 16))


@pytest.mark.parametrize(
    "shape", [(4, 16, 16), (4, 16, 16, 2), (4, 6, 16, 3), (0, 16, 16, 3)]
)
def test_what_is_no_batch_of_images_is_refused(shape):
    images = np.zeros(shape, "uint8")
    with pytest.raises(ValueError, match="sides of at least 7.*Received"):
        sliced_wasserstein_distance(images, images)


def test_floats_are_refused():
    images = noise(4, 16)
    with pytest.raises(ValueError, match="must be uint8.*float64.*to_uint8"):
        sliced_wasserstein_distance(images, images / 255)
