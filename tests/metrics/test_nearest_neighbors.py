import numpy as np
import pytest

from keras_gan_zoo.metrics import (
    nearest_neighbor_sheet,
    nearest_neighbors,
    one_nearest_neighbor_accuracy,
)


def test_the_nearest_are_found_in_order():
    training = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 7.0]])
    generated = np.array([[9.0, 0.0], [0.0, 3.0]])
    neighbors = nearest_neighbors(generated, training, k=2)
    np.testing.assert_array_equal(neighbors.indices, [[1, 0], [0, 2]])
    np.testing.assert_array_equal(neighbors.distances, [[1, 9], [3, 4]])
    assert neighbors.median_ratio is None and neighbors.ks_statistic is None


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_copies_are_at_distance_zero(dtype):
    training = np.random.randint(0, 256, (50, 784)).astype(dtype)
    held_out = np.random.randint(0, 256, (50, 784)).astype(dtype)
    copies = np.random.permutation(50)
    neighbors = nearest_neighbors(training[copies], training, held_out)
    np.testing.assert_array_equal(neighbors.indices[:, 0], copies)
    np.testing.assert_array_equal(neighbors.distances, 0.0)
    assert neighbors.median_ratio == 0.0
    assert neighbors.ks_statistic == 1.0


def test_new_samples_are_as_far_as_held_out_ones():
    training, generated, held_out = np.random.normal(size=(3, 1000, 8))
    neighbors = nearest_neighbors(generated, training, held_out)
    np.testing.assert_allclose(neighbors.median_ratio, 1.0, atol=0.1)
    # Of equal distributions 0.061 is exceeded once in 20 times.
    assert neighbors.ks_statistic < 0.09
    assert type(neighbors.median_ratio) is type(neighbors.ks_statistic) is float


def test_samples_near_training_ones_are_found_out():
    training, noise, held_out = np.random.normal(size=(3, 500, 8))
    neighbors = nearest_neighbors(training + 0.1 * noise, training, held_out)
    assert neighbors.median_ratio < 0.3
    assert neighbors.ks_statistic > 0.9


def test_the_ratio_and_the_statistic_by_hand():
    training = np.array([[0.0]])
    neighbors = nearest_neighbors(
        [[1.0], [2.0], [3.0], [4.0]], training, [[2.0], [4.0], [8.0]]
    )
    assert neighbors.median_ratio == 2.5 / 4.0
    # Up to 4 there are all generated samples, and 2 of 3 held-out ones; up to
    # 3 there are 3 of 4 and 1 of 3.
    np.testing.assert_allclose(neighbors.ks_statistic, 3 / 4 - 1 / 3)


def test_ties_count_on_both_sides_of_the_statistic():
    neighbors = nearest_neighbors([[1.0]] * 3, [[0.0]], [[1.0], [-1.0]])
    assert neighbors.ks_statistic == 0.0


def test_a_shift_escapes_pixels_unless_the_reference_has_it():
    # Why the reference must hold mirrored images to find mirrored copies.
    training = np.random.rand(30, 8, 8)
    mirrored = training[:, :, ::-1].reshape((30, -1))
    training = training.reshape((30, -1))
    assert nearest_neighbors(mirrored, training).distances.min() > 1.0
    both = np.concatenate([training, mirrored])
    assert nearest_neighbors(mirrored, both).distances.max() == 0.0


def test_held_out_samples_among_training_ones_are_refused():
    training = np.random.normal(size=(30, 4))
    with pytest.raises(ValueError, match="100% of them are.*test set"):
        nearest_neighbors(training + 1, training, training[:10])


def test_more_neighbors_than_training_samples_are_refused():
    samples = np.random.normal(size=(30, 4))
    with pytest.raises(ValueError, match="k=31, 30 training samples"):
        nearest_neighbors(samples, samples, k=31)


@pytest.mark.parametrize("held_out", [np.ones((5, 3)), np.full((5, 4), np.nan)])
def test_other_held_out_samples_are_refused(held_out):
    samples = np.random.normal(size=(30, 4))
    with pytest.raises(ValueError, match="Features must"):
        nearest_neighbors(samples, samples, held_out)


def test_the_same_distribution_is_not_told_apart():
    real, generated = np.random.normal(size=(2, 800, 8))
    accuracy, of_real, of_generated = one_nearest_neighbor_accuracy(
        real, generated
    )
    np.testing.assert_allclose(accuracy, 0.5, atol=3 * 0.5 / np.sqrt(1600))
    assert accuracy == (of_real + of_generated) / 2
    assert type(accuracy) is float


def test_far_sets_are_told_apart():
    real = np.random.normal(size=(100, 8))
    assert one_nearest_neighbor_accuracy(real, real + 100) == (1, 1, 1)


def test_copies_are_always_wrong():
    real = np.random.normal(size=(100, 8)).astype("float32")
    assert one_nearest_neighbor_accuracy(real, real[::-1]) == (0, 0, 0)


def test_a_collapse_is_told_from_real_samples_only():
    # In many dimensions the center is nearer to all than their neighbors.
    real = np.random.normal(size=(100, 64))
    collapsed = np.tile(real.mean(axis=0), (100, 1))
    scores = one_nearest_neighbor_accuracy(real, collapsed)
    assert scores.generated == 1.0
    assert scores.real < 0.1


def test_one_point_for_all_is_half_right():
    assert one_nearest_neighbor_accuracy(np.ones((9, 2)), np.ones((9, 2))) == (
        0.5,
        0.5,
        0.5,
    )


def test_sets_of_other_sizes_are_refused():
    with pytest.raises(ValueError, match="9 and 8 samples.*larger set"):
        one_nearest_neighbor_accuracy(np.ones((9, 2)), np.ones((8, 2)))


def test_one_sample_of_each_is_refused():
    with pytest.raises(ValueError, match="k=1, 1 samples"):
        one_nearest_neighbor_accuracy(np.ones((1, 2)), np.ones((1, 2)))


@pytest.mark.parametrize("padding", [0, 2])
def test_a_sheet_shows_each_image_beside_its_neighbors(padding):
    generated = np.random.randint(0, 255, (3, 5, 4, 3), dtype="uint8")
    training = np.random.randint(0, 255, (9, 5, 4, 3), dtype="uint8")
    indices = np.array([[8, 1], [0, 0], [5, 7]])
    sheet = nearest_neighbor_sheet(generated, training, indices, padding)
    height, width = 5 + padding, 4 + padding
    assert sheet.shape == (3 * height - padding, 3 * width, 3)
    assert sheet.dtype == "uint8"
    for row in range(3):
        top = row * height
        line = sheet[top : top + 5]
        np.testing.assert_array_equal(line[:, :4], generated[row])
        for column, index in enumerate(indices[row], start=1):
            left = column * width + padding
            np.testing.assert_array_equal(
                line[:, left : left + 4], training[index]
            )
        # What lies between is white: twice the padding beside the first.
        np.testing.assert_array_equal(line[:, 4 : 4 + 2 * padding], 255)
        np.testing.assert_array_equal(sheet[top + 5 : top + height], 255)


@pytest.mark.parametrize(
    "generated, training",
    [
        (np.zeros((3, 5, 4, 1), "uint8"), np.zeros((3, 5, 5, 1), "uint8")),
        (np.zeros((3, 5, 4), "uint8"), np.zeros((3, 5, 4), "uint8")),
        (np.zeros((3, 5, 4, 1)), np.zeros((3, 5, 4, 1), "uint8")),
        (np.zeros((3, 5, 4, 1), "uint8"), np.zeros((3, 5, 4, 1))),
        (np.zeros((3, 5, 4, 2), "uint8"), np.zeros((3, 5, 4, 2), "uint8")),
    ],
)
def test_a_sheet_of_what_are_no_images_is_refused(generated, training):
    with pytest.raises(ValueError, match="uint8.*of the same size.*to_uint8"):
        nearest_neighbor_sheet(generated, training, np.zeros((3, 1), int))


@pytest.mark.parametrize(
    "indices",
    [[0, 1, 2], [[0], [1]], [[0], [1], [3]], [[0], [1], [-1]], [[0.0]] * 3],
)
def test_a_sheet_of_other_indices_is_refused(indices):
    images = np.zeros((3, 5, 4, 1), "uint8")
    with pytest.raises(ValueError, match="each of a training image.*Take"):
        nearest_neighbor_sheet(images, images, indices)
