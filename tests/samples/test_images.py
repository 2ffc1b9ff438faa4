"""Images of any number of channels."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan_zoo import sample_files, samples


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_png_holds_all_channels(channels):
    kind = samples.Images()
    pixels = np.random.default_rng(0).integers(0, 256, (2, 5, 7, channels))
    served = (pixels / 255).astype("float32")
    in_graph = kind.files((None, 5, 7, channels))["png"](tf.constant(served))
    for expected, row, content in zip(pixels, served, in_graph.numpy()):
        for file in (content, kind.to_file(row[None])):
            read = np.asarray(Image.open(io.BytesIO(file)))
            np.testing.assert_array_equal(read.reshape(5, 7, -1), expected)


def test_images_of_more_channels_have_no_png():
    kind = samples.Images()
    assert kind.files((None, 5, 7, 5)) == {}
    served = np.ones((2, 5, 7, 5), "float32")
    assert sample_files.suffix_of(served, kind.facts()) == "npz"
    read = np.load(io.BytesIO(kind.to_file(served)))["images"]
    np.testing.assert_array_equal(read, served)


@pytest.mark.parametrize("channels", [2, 4])
def test_alpha_is_laid_on_a_chequered_ground(channels):
    batch = np.full((1, 8, 8, channels), -1.0, "float32")  # Black
    batch[:, :4, :, -1] = 1.0  # and seen above, but not below.
    picture = samples.Images().picture(batch, 1)
    assert picture.shape == (8, 8, channels - 1)
    assert (picture[:4] == 0).all()
    assert (picture[4:, :4] == 204).all() and (picture[4:, 4:] == 255).all()


def test_half_of_alpha_is_the_mean_of_image_and_ground():
    batch = np.array([[[[1.0, -1.0, 0.2, 0.0]]]], "float32")
    (pixel,) = samples.Images().picture(batch, 1)[0]
    # Of 255 and 204 each, of which alpha takes 128 of 255.
    expected = (128 * np.array([255, 0, 153]) + 127 * 255) / 255
    np.testing.assert_allclose(pixel, expected, atol=0.5)


def test_of_many_channels_the_first_three_are_seen():
    batch = np.zeros((1, 2, 2, 6), "float32")
    batch[..., 3:] = 1.0
    picture = samples.Images().picture(batch, 1)
    assert picture.shape == (2, 2, 3) and (picture == 128).all()
