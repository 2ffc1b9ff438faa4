import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan_zoo.datasets import image_folder
from keras_gan_zoo.datasets.image_folder import folder_classes, read_image

SIZE = 8


def save(folder, name, color, mode="RGB", size=(SIZE, SIZE), **options):
    folder.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, color).save(folder / name, **options)
    return folder / name


@pytest.fixture
def folder(tmp_path):
    """Twelve images of grey 10 k in two classes, the even and the odd k."""
    for k in range(12):
        class_name = "b_odd" if k % 2 else "a_even"
        name = f"{k:02d}.PNG" if k < 6 else f"{k:02d}.bmp"
        save(tmp_path / "images" / class_name, name, (10 * k,) * 3)
    save(tmp_path / "images" / ".hidden", "1.png", (255, 255, 255))
    (tmp_path / "images" / "a_even" / "notes.txt").write_text("no image")
    return tmp_path / "images"


def greys_of(images):
    return np.rint((np.asarray(images)[:, 0, 0, 0] + 1) * 127.5).astype(int)


def test_shape_dtype_range_and_each_image_once(folder):
    dataset = image_folder(folder, SIZE, 4)
    assert dataset.element_spec == tf.TensorSpec((4, SIZE, SIZE, 3), "float32")
    epochs = [
        np.concatenate([greys_of(images) for images in dataset]).tolist()
        for _ in range(3)
    ]
    assert all(sorted(epoch) == [*range(0, 120, 10)] for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]


def test_r1_stream_begun_later_is_the_tail(folder):
    def greys(start_step, steps):
        dataset = image_folder(str(folder), SIZE, 5, start_step=start_step)
        return [greys_of(images).tolist() for images in dataset.take(steps)]

    assert greys(3, 4) == greys(0, 7)[3:]


def test_labels_are_sub_folders_in_sorted_order(folder):
    assert folder_classes(folder) == ["a_even", "b_odd"]
    dataset = image_folder(folder, SIZE, 4, labels=True)
    assert dataset.element_spec[1] == tf.TensorSpec((4,), "int32")
    for images, labels in dataset:
        expected = greys_of(images) // 10 % 2
        np.testing.assert_array_equal(labels, expected)


def test_files_are_read_when_due(folder):
    dataset = image_folder(folder, SIZE, 12)
    save(folder / "a_even", "00.PNG", (77, 77, 77))
    assert 77 in greys_of(next(iter(dataset)))


def test_grey_images_have_one_channel(folder):
    images = next(iter(image_folder(folder, SIZE, 12, channels=1)))
    assert images.shape == (12, SIZE, SIZE, 1)
    assert sorted(greys_of(images)) == [*range(0, 120, 10)]


def test_scale_is_exact(tmp_path):
    for color, value in [("black", -1.0), ("white", 1.0)]:
        file = save(tmp_path, "one.png", color)
        images = next(iter(image_folder(tmp_path, 4, 1)))
        assert np.all(images == value)
        file.unlink()


@pytest.mark.parametrize("wide", [True, False])
def test_centre_is_cut_out(tmp_path, wide):
    # A red square between two blue margins.
    pixels = np.zeros((16, 48, 3), "uint8")
    pixels[:, :16, 2] = pixels[:, 32:, 2] = 255
    pixels[:, 16:32, 0] = 255
    image = Image.fromarray(pixels if wide else pixels.swapaxes(0, 1).copy())
    image.save(tmp_path / "flag.png")
    np.testing.assert_array_equal(
        read_image(tmp_path / "flag.png", 4, 3),
        np.broadcast_to(np.array([255, 0, 0], "uint8"), (4, 4, 3)),
    )


def test_resize_averages(tmp_path):
    stripes = np.zeros((64, 64), "uint8")
    stripes[:, ::2] = 255
    Image.fromarray(stripes).save(tmp_path / "stripes.png")
    # The border is left out, where the filter reaches beyond the image.
    middle = read_image(tmp_path / "stripes.png", 16, 1)[2:-2, 2:-2]
    assert 120 <= middle.min() and middle.max() <= 135


def test_photographs_are_turned_upright(tmp_path):
    pixels = np.zeros((8, 8), "uint8")
    pixels[:4] = 255  # White above.
    exif = Image.Exif()
    exif[0x0112] = 3  # "Rotated by 180 degrees."
    Image.fromarray(pixels).save(tmp_path / "photo.png", exif=exif)
    upright = read_image(tmp_path / "photo.png", 8, 1)[..., 0]
    np.testing.assert_array_equal(upright, pixels[::-1])


def test_transparent_parts_become_white(tmp_path):
    for mode, color in [("RGBA", (9, 9, 9, 0)), ("LA", (9, 0))]:
        file = save(tmp_path, "clear.png", color, mode)
        for channels in (1, 3):
            assert np.all(read_image(file, 4, channels) == 255)


@pytest.mark.parametrize("mode, color", [("P", 3), ("1", 1), ("CMYK", 0)])
def test_other_modes_are_converted(tmp_path, mode, color):
    suffix = "tif" if mode == "CMYK" else "png"
    file = save(tmp_path, f"one.{suffix}", color, mode)
    assert read_image(file, 4, 3).shape == (4, 4, 3)


def test_sixteen_bits_are_refused(tmp_path):
    file = save(tmp_path, "deep.png", 1000, "I;16")
    with pytest.raises(ValueError, match="Expected 8 bits .*deep.png, of mode"):
        read_image(file, 4, 1)


def test_missing_directory(tmp_path):
    with pytest.raises(ValueError, match="existing folder .*Received: .*gone"):
        image_folder(tmp_path / "gone", SIZE, 4)
    with pytest.raises(ValueError, match="existing folder .*Received: .*gone"):
        folder_classes(tmp_path / "gone")


def test_no_images(tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.raises(ValueError, match=r"Expected images \(.bmp, .gif"):
        image_folder(tmp_path, SIZE, 4)


@pytest.mark.parametrize("content", [b"", b"no image at all"])
def test_unreadable_file_is_named(tmp_path, content):
    (tmp_path / "broken.png").write_bytes(content)
    dataset = image_folder(tmp_path, SIZE, 1)
    message = "Expected a readable image. Received: .*broken.png"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        next(iter(dataset))


def test_truncated_file_is_named(folder):
    file = folder / "b_odd" / "01.PNG"
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(ValueError, match="a readable image.*01.PNG.*Replace"):
        read_image(file, SIZE, 3)


def test_labels_without_sub_folders(tmp_path):
    save(tmp_path, "1.png", "red")
    with pytest.raises(ValueError, match="there are none.*use labels=False"):
        image_folder(tmp_path, SIZE, 1, labels=True)


def test_labels_with_an_empty_sub_folder(folder):
    (folder / "c_none").mkdir()
    with pytest.raises(ValueError, match="nothing in c_none. Fill or remove"):
        image_folder(folder, SIZE, 1, labels=True)
    assert len(image_folder(folder, SIZE, 1)) == 12


def test_labels_with_images_outside(folder):
    save(folder, "1.png", "red")
    with pytest.raises(ValueError, match="Received: 1 outside.*labels=False"):
        image_folder(folder, SIZE, 1, labels=True)
    assert len(image_folder(folder, SIZE, 1)) == 13


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(channels=4), r"must be 1 \(grey\) or 3 .*Received: channels=4"),
        (dict(image_size=0), "`image_size` must be .*Received: image_size=0"),
        (dict(batch_size=13), "size of the data set, 12.*batch_size=13"),
    ],
)
def test_bad_arguments(folder, options, message):
    with pytest.raises(ValueError, match=message):
        image_folder(folder, **{"image_size": 8, "batch_size": 4, **options})
