import hashlib
import pathlib

import keras
import numpy as np
import pytest

from keras_gan_zoo import datasets
from keras_gan_zoo.images import to_uint8
from keras_gan_zoo.metrics.features import classifiers

GOLDEN = pathlib.Path(__file__).with_name("classifiers_golden.npz")
# Name: shape of the images, features, least accuracy on the test images.
CLASSIFIERS = {
    "mnist_cnn": ((28, 28, 1), 64, 0.993),
    "fashion_mnist_cnn": ((28, 28, 1), 128, 0.925),
    "cifar10_cnn": ((32, 32, 3), 128, 0.88),
}
NAMES = list(CLASSIFIERS)


def load(name):
    return getattr(classifiers, name)()


def waves(image_shape):
    """Eight images that a formula makes, the same everywhere."""
    height, width, channels = image_shape
    number, row, column, channel = np.ogrid[:8, :height, :width, :channels]
    phase = row * (1 + number % 3) + column * (1 + number // 3) + 5 * channel
    return (127.5 + 127.5 * np.sin(phase / 3.0)).round().astype("uint8")


def accuracy(name, dataset, split):
    network, right = load(name), []
    for images, labels in datasets.by_name(
        dataset, 500, labels=True, split=split
    ):
        probabilities = network(to_uint8(images)).probabilities
        right.extend(probabilities.argmax(1) == labels.numpy())
    return np.mean(right)


def check_golden(name):
    image_shape, _, _ = CLASSIFIERS[name]
    seen = load(name)(waves(image_shape))
    with np.load(GOLDEN) as golden:
        for part, array in seen._asdict().items():
            expected = golden[f"{name}/{part}"]
            np.testing.assert_allclose(array, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_features_are_those_of_its_training(name):
    """Within 1e-4: another range, or batch statistics, are far beyond."""
    check_golden(name)


@pytest.fixture
def mixed_precision():
    keras.config.set_dtype_policy("mixed_float16")
    yield
    keras.config.set_dtype_policy("float32")


def test_the_global_policy_does_not_change_features(mixed_precision):
    check_golden("mnist_cnn")


@pytest.mark.parametrize("name", NAMES)
def test_a_classifier_says_what_it_is(name):
    image_shape, num_features, _ = CLASSIFIERS[name]
    network = load(name)
    assert network.label == f"{name}-v1"
    assert network.image_shape == image_shape and network.resizer is None
    assert network.num_classes == 10
    assert network.sha256 == classifiers.SHA256[name]
    seen = network(waves(image_shape)[:3])
    assert seen.features.shape == (3, num_features)
    assert seen.probabilities.shape == (3, 10)
    assert seen.features.dtype == seen.probabilities.dtype == np.float32
    np.testing.assert_allclose(seen.probabilities.sum(1), 1.0, rtol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_features_do_not_depend_on_the_batch(name):
    image_shape, _, _ = CLASSIFIERS[name]
    images, network = waves(image_shape), load(name)
    together = network(images).features
    alone = np.concatenate(
        [network(images[i : i + 1]).features for i in range(len(images))]
    )
    np.testing.assert_allclose(together, alone, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_only_bytes_of_its_shape_are_taken(name):
    (height, width, channels), _, _ = CLASSIFIERS[name]
    network = load(name)
    images = np.zeros((1, height, width, channels), "uint8")
    with pytest.raises(ValueError, match="takes images as bytes.*float32"):
        network(images.astype("float32"))
    with pytest.raises(ValueError, match=f"{name}-v1 takes images of shape"):
        network(images[:, 1:])


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_file_is_small_and_the_right_one(name):
    package = pathlib.Path(classifiers.__file__).parent
    path = package / "weights" / classifiers.file_name(name)
    content = path.read_bytes()
    assert len(content) <= 3_000_000
    assert hashlib.sha256(content).hexdigest() == classifiers.SHA256[name]


def test_a_damaged_file_is_refused(monkeypatch, tmp_path):
    name = classifiers.file_name("mnist_cnn")
    content = bytearray((classifiers._FOLDER / name).read_bytes())
    content[-100] ^= 1
    (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(classifiers, "_FOLDER", tmp_path)
    message = rf"{name} must have the SHA-256 .*Received: \w+.*damaged.*again"
    with pytest.raises(ValueError, match=message):
        classifiers.mnist_cnn()


def test_a_missing_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(classifiers, "_FOLDER", tmp_path)
    message = "mnist_cnn-v1.weights.h5 is shipped .*no such file.*again"
    with pytest.raises(FileNotFoundError, match=message):
        classifiers.mnist_cnn()


def test_clothes_are_told_apart():
    assert accuracy("fashion_mnist_cnn", "embedded", "train") >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_accuracy_on_the_test_images(name):
    *_, least = CLASSIFIERS[name]
    dataset = name.removesuffix("_cnn")
    assert accuracy(name, dataset, "test") >= least


def write_golden():
    """`python tests/metrics/features/test_classifiers.py`, for new weights."""
    golden = {}
    for name, (image_shape, *_) in CLASSIFIERS.items():
        seen = load(name)(waves(image_shape))
        for part, array in seen._asdict().items():
            golden[f"{name}/{part}"] = array
    np.savez_compressed(GOLDEN, **golden)


if __name__ == "__main__":
    write_golden()
