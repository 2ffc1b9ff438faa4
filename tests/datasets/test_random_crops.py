import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.datasets import random_crops


def numbered():
    """Returns endless batches of images whose pixels tell their places."""
    rows, columns = np.indices((5, 5)).astype("float32")
    images = np.stack([rows, columns], axis=-1)[None] + np.zeros((3, 1, 1, 1))
    dataset = tf.data.Dataset.from_tensors(images.astype("float32"))
    return dataset.repeat()


def corners(crops):
    return np.asarray(crops)[:, 0, 0]


def take(dataset, number):
    return [np.asarray(each) for each in dataset.take(number)]


def test_a_crop_is_a_window_of_the_image():
    drawn = np.concatenate(take(random_crops(numbered(), 5, 3), 40))
    assert drawn.shape == (120, 3, 3, 2)
    for crop in drawn:
        expected = np.stack(np.indices((3, 3)), axis=-1) + crop[0, 0]
        np.testing.assert_array_equal(crop, expected)
    places = {tuple(corner) for corner in corners(drawn)}
    assert places == {(i, j) for i in range(3) for j in range(3)}


def test_images_are_enlarged_first():
    (drawn,) = take(random_crops(numbered(), 10, 10), 1)
    expected = tf.image.resize(next(iter(numbered())), (10, 10))
    np.testing.assert_array_equal(drawn, expected)


def test_what_belongs_together_is_cropped_alike():
    pairs = tf.data.Dataset.zip((numbered(), numbered().map(tf.negative)))
    for first, second in random_crops(pairs, 5, 2).take(5):
        np.testing.assert_array_equal(first, -second)


def test_places_are_a_function_of_seed_and_step():
    whole = take(random_crops(numbered(), 9, 3, seed=4), 6)
    again = take(random_crops(numbered(), 9, 3, seed=4).skip(2).skip(1), 3)
    np.testing.assert_array_equal(again, whole[3:])
    other = take(random_crops(numbered(), 9, 3, seed=5), 6)
    assert not np.array_equal(other, whole)
    assert not np.array_equal(whole[0], whole[1])


def test_crops_beyond_the_images_are_refused():
    with pytest.raises(ValueError, match="Received: larger=8, size=9"):
        random_crops(numbered(), 8, 9)
