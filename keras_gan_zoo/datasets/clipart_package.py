"""The package of Openclipart, and the folder of drawings made of it.

The Debian package `openclipart-png` has release 0.18 as PNG files with alpha.
Links (a drawing in a second category) are left out, as are a few drawings of
more than 16 million pixels. What is larger than 256 pixels is made smaller.
"""

import math
import os
import shutil
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
from PIL import Image

from keras_gan_zoo.datasets.packages import DebianPackage, PreparationError

CLIPART_CATEGORIES = (
    "animals buildings buttons computer containers decorations education "
    "electronics food geography logos office people plants recreation science "
    "shapes signs_and_symbols special tools transportation unsorted"
).split()
CLIPART_PACKAGE = DebianPackage("openclipart-png")
LARGEST_SIDE = 256

_VERSION = "0.18.0"  # Of the release, as TFDS writes versions.
_MOST_PIXELS = 16_000_000


class Clipart(NamedTuple):
    """The files of the drawings, in the order of their paths."""

    path: np.ndarray  # Bytes: b"animals/birds/owl.png".
    size: np.ndarray  # int64, bytes in a file.
    content: np.ndarray  # uint8, all files one after the other.


def read_clipart(folder):
    """Reads the drawings of the package.

    Args:
        folder: `pathlib.Path` of a folder with the unpacked package.

    Returns:
        Dictionary from `"train"`, the only split, to `Clipart`.

    Raises:
        PreparationError: If there are none.
    """
    root = folder / CLIPART_PACKAGE.name / "usr/share/openclipart/png"
    files = {}
    for file in root.rglob("*.png"):
        if not file.is_symlink():
            content = file.read_bytes()
            if _pixels_of(content) <= _MOST_PIXELS:
                files[file.relative_to(root).as_posix().encode()] = content
    if not files:
        raise PreparationError(f"the package has no drawings in {root}")
    paths = sorted(files)
    contents = [files[path] for path in paths]
    drawings = Clipart(
        np.array(paths),
        np.array([len(content) for content in contents], "int64"),
        np.frombuffer(b"".join(contents), "uint8"),
    )
    return {"train": drawings}


def write_clipart(drawings, folder):
    """Writes the drawings as files, none larger than `LARGEST_SIDE`.

    Args:
        drawings: As `read_clipart` returns.
        folder: `pathlib.Path`.
    """
    path, size, content = drawings["train"]
    ends = np.cumsum(size)
    for name, start, end in zip(path, ends - size, ends):
        file = folder / "pictures" / name.decode()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content[start:end].tobytes())
        with Image.open(file) as image:
            if max(image.size) <= LARGEST_SIDE:
                continue
            # Pillow multiplies colours by alpha before it resizes them.
            image = image.convert("RGBA")
        image.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
        image.save(file)


class PictureFolder:
    """A folder of pictures, as `prepare` knows the builders of TFDS.

    Args:
        data_dir: Directory of TFDS.
    """

    name = "openclipart"

    def __init__(self, data_dir):
        self.data_dir_root = data_dir
        self.data_dir = os.path.join(data_dir, self.name, _VERSION)

    @property
    def info(self):
        """What is there, as a namespace of `splits`."""
        number = len([*Path(self.data_dir).rglob("*.png")])
        train = SimpleNamespace(num_examples=number, filenames=[])
        return SimpleNamespace(splits={"train": train})

    def download_and_prepare(self):
        """Puts what `write_clipart` has written into place."""
        files = self._make_download_manager()  # Which `prepare` gives.
        folder = files.download_and_extract("pictures")
        shutil.copytree(folder, self.data_dir)


def _pixels_of(content):
    """Returns how many pixels a PNG has, by its header.

    Pillow refuses the largest, or warns of them.
    """
    return math.prod(struct.unpack(">II", content[16:24]))
