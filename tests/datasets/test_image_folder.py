import re

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan_zoo.datasets import by_name, image_folder
from keras_gan_zoo.datasets.image_folder import folder_classes
from keras_gan_zoo.reading import short_errors
from tests import tiny

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
        save(tmp_path / "images" / class_name, name, 10 * k, "L")
    save(tmp_path / "images" / ".hidden", "1.png", (255, 255, 255))
    (tmp_path / "images" / "a_even" / "notes.txt").write_text("no image")
    return tmp_path / "images"


def greys_of(images):
    return np.rint((np.asarray(images)[:, 0, 0, 0] + 1) * 127.5).astype(int)


def test_shape_dtype_range_and_each_image_once(folder):
    dataset = image_folder(folder, SIZE, 4)
    assert dataset.element_spec == tf.TensorSpec((4, SIZE, SIZE, 1), "float32")
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
    save(folder / "a_even", "00.PNG", 77, "L")
    assert 77 in greys_of(next(iter(dataset)))


@pytest.mark.parametrize("first", [True, False])
def test_one_picture_in_colour_makes_all_so(folder, first):
    save(folder / "a_even", "0.png" if first else "9.png", (77, 77, 77))
    for channels, expected in ((None, 3), (1, 1), (3, 3)):
        images = next(iter(image_folder(folder, SIZE, 13, channels=channels)))
        assert images.shape == (13, SIZE, SIZE, expected)
        assert sorted(greys_of(images)) == sorted([*range(0, 120, 10), 77])


def test_flips_are_half_and_resume(tmp_path):
    pixels = np.zeros((SIZE, SIZE), "uint8")
    for k in range(12):
        pixels[:, 0] = 255 - 10 * k  # White at the left.
        Image.fromarray(pixels).save(tmp_path / f"{k}.png")

    def corners(start_step, steps, **options):
        stream = by_name(
            str(tmp_path), 6, start_step=start_step, image_size=SIZE, **options
        )
        return [
            batch[:, 0, 0, 0].numpy().tolist() for batch in stream.take(steps)
        ]

    flipped = corners(0, 40, flip=True, seed=3)
    assert corners(25, 15, flip=True, seed=3) == flipped[25:]
    skipped = by_name(
        str(tmp_path), 6, start_step=0, image_size=SIZE, flip=True, seed=3
    ).skip(7)
    assert next(iter(skipped))[:, 0, 0, 0].numpy().tolist() == flipped[7]
    assert 0.4 < np.mean(np.equal(flipped, -1.0)) < 0.6
    assert corners(0, 40, flip=True, seed=4) != flipped
    assert -1.0 not in np.array(corners(0, 4))
    # Two passes flip other pictures.
    one_pass = by_name(str(tmp_path), 12, image_size=SIZE, flip=True)
    passes = [
        sorted(batch[:, 0, 0, 0].numpy())
        for _ in range(6)
        for batch in one_pass
    ]
    assert len({str(each) for each in passes}) > 1


@pytest.mark.parametrize(
    "sizes, image_size, labels, expected",
    [
        ([(8, 8)], 8, False, "2 pictures of 8x8"),
        ([(8, 8)], 4, False, "2 pictures of 8x8, resized to 4x4"),
        (
            [(9, 8), (30, 20)],
            16,
            True,
            "3 pictures of 9x8 to 30x20 in 2 classes (cats, dogs), cropped to "
            "squares and resized to 16x16",
        ),
    ],
)
def test_what_was_found_is_said(tmp_path, sizes, image_size, labels, expected):
    for number, size in enumerate(sizes):
        save(tmp_path / "cats", f"{number}.png", "red", size=size)
    save(tmp_path / "dogs", "0.png", "red", size=sizes[0])
    images = image_folder(tmp_path, image_size, 2, labels=labels)
    assert images.description == expected


def test_scale_is_exact(tmp_path):
    for color, value in [("black", -1.0), ("white", 1.0)]:
        file = save(tmp_path, "one.png", color)
        images = next(iter(image_folder(tmp_path, 4, 1)))
        assert np.all(images == value)
        file.unlink()


def test_missing_directory(tmp_path):
    with pytest.raises(ValueError, match="existing folder .*Received: .*gone"):
        image_folder(tmp_path / "gone", SIZE, 4)
    with pytest.raises(ValueError, match="existing folder .*Received: .*gone"):
        folder_classes(tmp_path / "gone")


def test_no_images(tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.raises(ValueError, match=r"Expected pictures \(.bmp, .gif"):
        image_folder(tmp_path, SIZE, 4)


@pytest.mark.parametrize(
    "breakage", [lambda content: content[:-30], lambda content: content[:45]]
)
def test_a_file_that_turns_out_to_be_broken_is_named(folder, breakage):
    file = folder / "b_odd" / "01.PNG"
    file.write_bytes(breakage(file.read_bytes()))
    dataset = image_folder(folder, SIZE, 12)
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        next(iter(dataset))
    assert re.search("readable picture.*b_odd/01.PNG", str(caught.value))
    assert len(str(caught.value).splitlines()) == 2  # The last is TensorFlow's.
    with pytest.raises(ValueError, match="readable picture.*b_odd/01.PNG"):
        with short_errors():
            next(iter(dataset))


def test_fit_tells_a_broken_file_in_a_line(folder):
    images = image_folder(folder, SIZE, 4)
    file = save(folder / "a_even", "00.PNG", "red")
    file.write_bytes(file.read_bytes()[:-30])
    gan = tiny.gan((SIZE, SIZE, 1))
    with pytest.raises(ValueError, match="00.PNG.*Replace the file") as caught:
        gan.fit(images, epochs=1, verbose=0)
    assert len(str(caught.value).splitlines()) == 1


def test_other_errors_keep_their_text():
    for error in (KeyError("a"), ValueError("(reading error 987654)")):
        with pytest.raises(type(error)) as caught, short_errors():
            raise error
        assert caught.value is error


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
        (dict(channels=4), r"must be 1 \(grey\), 3 .*Received: channels=4"),
        (dict(image_size=0), "`image_size` must be .*Received: image_size=0"),
        (dict(batch_size=13), "size of the data set, 12.*batch_size=13"),
    ],
)
def test_bad_arguments(folder, options, message):
    with pytest.raises(ValueError, match=message):
        image_folder(folder, **{"image_size": 8, "batch_size": 4, **options})
