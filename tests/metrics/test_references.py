import numpy as np
import pytest
from PIL import Image

from keras_gan_zoo import datasets, metrics
from keras_gan_zoo.metrics.references import reference
from tests import tiny


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GAN_ZOO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_data_set_has_the_name_of_its_split(home):
    network = tiny.feature_network((28, 28, 1))
    real = reference("embedded", network)
    assert real.name == "train" and len(real) == 1000
    images, labels = datasets.image_arrays("embedded")
    np.testing.assert_array_equal(real.images, images)
    assert labels.tolist() == [n // 100 for n in range(1000)]
    assert real.features.shape == (1000, 8)
    assert len(list((home / "features").rglob("*.npz"))) == 1


def test_a_folder_has_its_own_name(tmp_path):
    (tmp_path / "faces").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "faces" / "1.png")
    real = reference(tmp_path / "faces", tiny.feature_network((4, 4, 3)))
    assert real.name == "faces" and len(real) == 1


def test_a_file_of_images_is_read(tmp_path):
    pixels = np.zeros((3, 4, 4, 1), "uint8")
    np.savez(tmp_path / "mine.npz", pixels=pixels, labels=np.zeros(3))
    real = reference(tmp_path / "mine.npz", tiny.feature_network())
    assert real.name == "mine" and real.images.shape == (3, 4, 4, 1)


def test_a_file_of_statistics_is_read(tmp_path):
    features = np.random.default_rng(0).normal(size=(9, 8))
    metrics.feature_statistics(features).save(tmp_path / "mine.npz")
    real = reference(tmp_path / "mine.npz", tiny.feature_network())
    assert real.name == "mine" and len(real) == 9
    np.testing.assert_allclose(real.statistics.mean, features.mean(0))


@pytest.mark.parametrize(
    "arrays",
    [
        {"a": np.zeros((3, 4, 4, 1))},
        {"a": np.zeros((3, 4, 4), "uint8")},
        {n: np.zeros((3, 4, 4, 1), "uint8") for n in "ab"},
    ],
)
def test_other_arrays_are_refused(tmp_path, arrays):
    np.savez(tmp_path / "mine.npz", **arrays)
    with pytest.raises(ValueError, match="Expected one array of images"):
        reference(tmp_path / "mine.npz", tiny.feature_network())


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="one of .*cifar10.*'imagenet'"):
        reference("imagenet", tiny.feature_network())
