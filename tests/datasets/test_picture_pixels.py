"""What the pixels of a file become, to the last bit."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from keras_gan_zoo.datasets import image_folder
from keras_gan_zoo.datasets.picture_pixels import read_halves, read_picture
from tests.datasets.test_picture_files import write_sixteen_bits

RNG = np.random.default_rng(0)
DEEP = RNG.integers(0, 65536, (3, 5, 4)).astype("uint16")


def only_image(folder, *arguments, **options):
    (images,) = image_folder(folder, *arguments, **options)
    return images.numpy()[0]


def scaled(values, half):
    return np.float32(values) / np.float32(half) - np.float32(1)


def white_where_clear(pixels):
    pixels = pixels.copy()
    pixels[pixels[..., 3] == 0, :3] = np.iinfo(pixels.dtype).max
    return pixels


@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_are_read_at_full_precision(tmp_path, channels):
    values = DEEP[..., :channels]
    write_sixteen_bits(tmp_path / "deep.png", values)
    image = only_image(tmp_path, None, 1)
    assert image.dtype == "float32"
    np.testing.assert_array_equal(image, scaled(values, 32767.5))


@pytest.mark.parametrize("suffix", ["tif", "png"])
def test_sixteen_bits_of_grey_in_other_formats(tmp_path, suffix):
    Image.fromarray(DEEP[..., 0]).save(tmp_path / f"deep.{suffix}")
    np.testing.assert_array_equal(
        only_image(tmp_path, None, 1), scaled(DEEP[..., :1], 32767.5)
    )


@pytest.mark.parametrize("channels", [2, 4])
def test_sixteen_bits_with_alpha(tmp_path, channels):
    values = DEEP[..., :channels].copy()
    values[0, :, -1] = [0, 1, 2, 65534, 65535]
    write_sixteen_bits(tmp_path / "deep.png", values)
    expected = values if channels == 4 else values[..., [0, 0, 0, 1]]
    np.testing.assert_array_equal(
        read_picture(tmp_path / "deep.png", 4, deep=True),
        white_where_clear(expected),
    )
    opacity = values[..., -1:] / 65535
    on_white = values[..., :-1] * opacity + 65535 * (1 - opacity)
    given = read_picture(tmp_path / "deep.png", channels - 1, deep=True)
    assert np.max(abs(given - on_white)) < 0.51


def test_a_transparent_colour_of_sixteen_bits(tmp_path):
    values = DEEP[..., :3].copy()
    values[1, 1] = values[0, 0] + 1
    write_sixteen_bits(tmp_path / "a.png", values, tuple(values[0, 0]))
    pixels = read_picture(tmp_path / "a.png", 4, deep=True)
    assert pixels[0, 0].tolist() == [65535, 65535, 65535, 0]
    assert np.sum(pixels[..., 3] == 0) == 1
    np.testing.assert_array_equal(pixels[1:, :, :3], values[1:])


def test_eight_bits_are_exact_beside_sixteen(tmp_path):
    colours = RNG.integers(0, 256, (3, 5, 3), "uint8")
    Image.fromarray(colours).save(tmp_path / "a.png")
    alone = only_image(tmp_path, None, 1)
    np.testing.assert_array_equal(alone, scaled(colours, 127.5))
    write_sixteen_bits(tmp_path / "b.png", DEEP[..., :3])
    (both,) = image_folder(tmp_path, None, 2, start_step=0).take(1)
    deep = scaled(DEEP[..., :3], 32767.5)
    order = [0, 1] if np.all(both[1] == deep) else [1, 0]
    np.testing.assert_array_equal(both.numpy()[order], [alone, deep])


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_kept_and_straight(tmp_path, mode):
    pixels = RNG.integers(0, 256, (16, 16, len(mode)), "uint8")
    pixels[..., -1] = np.arange(256).reshape(16, 16)
    Image.fromarray(pixels, mode).save(tmp_path / "a.png")
    expected = pixels if mode == "RGBA" else pixels[..., [0, 0, 0, 1]]
    expected = white_where_clear(expected)
    image = only_image(tmp_path, None, 1, alpha=True)
    np.testing.assert_array_equal(image, scaled(expected, 127.5))
    assert image.min() == -1 and image.max() == 1


def test_what_has_no_alpha_is_opaque(tmp_path):
    Image.new("L", (3, 2), 7).save(tmp_path / "a.png")
    image = only_image(tmp_path, None, 1, alpha=True)
    assert np.all(image[..., 3] == 1)
    assert np.all(image[..., :3] == scaled(7, 127.5))


def test_clear_parts_have_no_say_in_a_resized_colour(tmp_path):
    pixels = np.zeros((8, 8, 4), "uint8")  # Clear black, and opaque red.
    pixels[:, 4:] = [255, 0, 0, 255]
    Image.fromarray(pixels).save(tmp_path / "a.png")
    resized = read_picture(tmp_path / "a.png", 4, 4)
    seen = resized[resized[..., 3] > 0]
    assert np.all(seen[:, :3] == [255, 0, 0])
    assert {0, 255} < {*resized[..., 3].flatten().tolist()}
    assert np.all(resized[resized[..., 3] == 0] == [255, 255, 255, 0])


def test_pictures_with_alpha_resize_like_those_without(tmp_path):
    colours = RNG.integers(0, 256, (20, 30, 3), "uint8")
    Image.fromarray(colours).save(tmp_path / "a.png")
    plain = read_picture(tmp_path / "a.png", 3, 8).astype(int)
    for deep in (False, True):
        given = read_picture(tmp_path / "a.png", 4, 8, deep)
        given = given / (257 if deep else 1)
        assert np.max(abs(given[..., :3] - plain)) <= 1.5


@pytest.mark.parametrize("turned", range(1, 9))
def test_all_kinds_are_turned_upright(tmp_path, turned):
    exif = Image.Exif()
    exif[0x0112] = turned
    pixels = RNG.integers(0, 256, (3, 5, 4), "uint8")
    for file, values, channels in [
        (tmp_path / "alpha.png", white_where_clear(pixels), 4),
        (tmp_path / "deep.png", DEEP[..., 0], 1),
    ]:
        Image.fromarray(values).save(file, exif=exif)
        with Image.open(file) as image:
            upright = np.asarray(ImageOps.exif_transpose(image))
        assert upright.shape[:2] == ((3, 5) if turned < 5 else (5, 3))
        given = read_picture(file, channels, deep=channels == 1)
        np.testing.assert_array_equal(given.squeeze(), upright)


@pytest.mark.parametrize(
    "size, shape, columns, rows",
    [
        ((12, 6), (3, 6), (0, 12), (0, 6)),
        ((12, 6), (6, 6), (3, 9), (0, 6)),
        ((12, 6), (1, 4), (0, 12), (1, 4)),
        ((6, 12), (3, 3), (0, 6), (3, 9)),
        ((9, 6), (2, 1), (3, 6), (0, 6)),
    ],
)
def test_the_largest_centred_part_of_a_shape(
    tmp_path, size, shape, columns, rows
):
    """It is white, and what is cut off is black."""
    pixels = np.zeros(size[::-1], "uint8")
    pixels[slice(*rows), slice(*columns)] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    image = only_image(tmp_path, shape, 1)
    assert image.shape == (*shape, 1)
    assert np.all(image == 1)


def test_a_pair_of_equal_numbers_is_a_square(tmp_path):
    pixels = RNG.integers(0, 256, (20, 30, 3), "uint8")
    Image.fromarray(pixels).save(tmp_path / "a.png")
    np.testing.assert_array_equal(
        only_image(tmp_path, 8, 1), only_image(tmp_path, (8, 8), 1)
    )


def test_pictures_as_they_are(tmp_path):
    pixels = RNG.integers(0, 256, (20, 31, 3), "uint8")
    Image.fromarray(pixels).save(tmp_path / "a.png")
    dataset = image_folder(tmp_path, None, 1)
    assert dataset.description == "1 pictures of 31x20"
    np.testing.assert_array_equal(
        only_image(tmp_path, None, 1), scaled(pixels, 127.5)
    )


def test_sizes_that_differ_are_said(tmp_path):
    for number in range(7):
        size = (4 + max(0, number - 1), 3)
        Image.new("L", size).save(tmp_path / f"{number}.png")
    message = (
        r"image_size=None and pictures of 6 sizes: 4x3 \(2\), 5x3 \(1\), .*"
        r"and 1 more. Give an `image_size`"
    )
    with pytest.raises(ValueError, match=message):
        image_folder(tmp_path, None, 2)


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(image_size=(4, 0)), "image_size=0"),
        (dict(image_size=(4, 4, 3)), r"image_size=\(4, 4, 3\)"),
        (dict(image_size="4"), "image_size='4'"),
        (dict(channels=4), "channels=4. To keep .* use alpha=True"),
        (dict(channels=1, alpha=True), "channels=1, alpha=True. Leave"),
    ],
)
def test_bad_arguments(tmp_path, options, message):
    Image.new("L", (4, 4)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=message):
        image_folder(tmp_path, **{"image_size": 4, "batch_size": 1, **options})


def test_halves_do_not_bleed_into_each_other(tmp_path):
    pixels = np.zeros((8, 16), "uint8")
    pixels[:, 8:] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    left, right = read_halves(tmp_path / "a.png", 1, 3)
    assert left.shape == (3, 3, 1)
    assert np.all(left == 0) and np.all(right == 255)
