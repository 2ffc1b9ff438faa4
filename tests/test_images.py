import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import images

EVERY_BYTE = np.arange(256, dtype="uint8")


@pytest.mark.parametrize(
    "value, byte", [(-1.0, 0), (0.0, 128), (1.0, 255), (-1.5, 0), (1.5, 255)]
)
@pytest.mark.parametrize("make", [np.float32, tf.constant, np.float64])
def test_to_uint8_maps_and_clips(value, byte, make):
    result = images.to_uint8(make(value))
    assert result.dtype == np.uint8 and result == byte


def test_to_uint8_rounds_to_the_nearest():
    value = images.from_uint8(EVERY_BYTE)
    for shift in (-0.49, 0.0, 0.49):
        shifted = value + np.float32(shift / 127.5)
        np.testing.assert_array_equal(images.to_uint8(shifted), EVERY_BYTE)


def test_to_uint8_takes_infinity_and_bfloat16():
    np.testing.assert_array_equal(
        images.to_uint8(np.array([-np.inf, np.inf])), [0, 255]
    )
    half = tf.constant([-1.0, 0.0, 1.0], tf.bfloat16)
    np.testing.assert_array_equal(images.to_uint8(half), [0, 128, 255])


def test_to_uint8_refuses_bytes():
    with pytest.raises(ValueError, match="floats in .* dtype uint8"):
        images.to_uint8(EVERY_BYTE)


def test_to_uint8_refuses_nan():
    with pytest.raises(ValueError, match="25% NaN.*diverged"):
        images.to_uint8(np.array([0.0, np.nan, 0.0, 0.0]))


def test_from_uint8_undoes_to_uint8():
    floats = images.from_uint8(EVERY_BYTE)
    assert floats.dtype == np.float32
    assert floats[0] == -1.0 and floats[-1] == 1.0
    np.testing.assert_array_equal(images.to_uint8(floats), EVERY_BYTE)


def test_to_unit_is_to_uint8_before_rounding():
    values = np.random.uniform(-1.2, 1.2, 10_000).astype("float32")
    values[:3] = -1.0, 0.0, 1.0
    unit = images.to_unit(values)
    assert unit.dtype == tf.float32
    np.testing.assert_array_equal(unit[:3], [0.0, 0.5, 1.0])
    assert unit.numpy().min() == 0.0 and unit.numpy().max() == 1.0
    np.testing.assert_array_equal(
        np.rint(unit.numpy() * 255), images.to_uint8(values)
    )


@pytest.mark.parametrize("channels", [1, 3])
def test_grid_puts_images_in_rows(channels):
    shape = (6, 4, 5, channels)
    batch = images.from_uint8(np.random.randint(0, 255, shape, "uint8"))
    picture = images.grid(batch, columns=3, padding=1)
    assert picture.dtype == np.uint8
    assert picture.shape == (2 * 5 - 1, 3 * 6 - 1, channels)
    for number, image in enumerate(images.to_uint8(batch)):
        row, column = divmod(number, 3)
        cell = picture[row * 5 : row * 5 + 4, column * 6 : column * 6 + 5]
        np.testing.assert_array_equal(cell, image)
    assert (picture[4] == 255).all() and (picture[:, 5] == 255).all()


def test_a_grid_of_bytes_is_that_of_their_floats():
    batch = np.random.randint(0, 255, (5, 3, 2, 3), "uint8")
    np.testing.assert_array_equal(
        images.uint8_grid(batch, columns=2),
        images.grid(images.from_uint8(batch), columns=2),
    )


def test_grid_leaves_the_end_of_the_last_row_white():
    picture = images.grid(tf.fill((3, 2, 2, 1), -1.0), columns=2)
    assert picture.shape == (6, 6, 1)
    assert (picture[4:, :2] == 0).all() and (picture[4:, 4:] == 255).all()


def test_grid_without_padding():
    picture = images.grid(np.zeros((4, 2, 3, 1)), columns=2, padding=0)
    np.testing.assert_array_equal(picture, np.full((4, 6, 1), 128))


@pytest.mark.parametrize(
    "samples, received",
    [
        (np.zeros((4, 8, 8)), r"\(4, 8, 8\)"),
        (np.zeros((4, 8, 8, 2)), r"\(4, 8, 8, 2\)"),
        (np.zeros((4, 2)), r"\(4, 2\)"),
        ((np.zeros((4, 8, 8, 3)),) * 2, "tuple"),
    ],
)
def test_grid_refuses_what_is_not_images(samples, received):
    with pytest.raises(ValueError, match=f"1 or 3 channels. .* {received}"):
        images.grid(samples, columns=2)


@pytest.mark.parametrize("number, columns", [(0, 2), (4, 0)])
def test_grid_refuses_nothing(number, columns):
    with pytest.raises(ValueError, match=f"{number} images, columns={columns}"):
        images.grid(np.zeros((number, 2, 2, 3)), columns)
