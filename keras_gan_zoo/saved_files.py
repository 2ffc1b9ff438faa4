"""Files that others wrote, checked before they are read.

A damaged file can lead to any error at all, and a small one can claim to hold
more than fits into memory. Here either is one `ValueError` of one line.
"""

import contextlib
import math
import pathlib
import stat
import zipfile

import numpy as np

# The configuration of the largest network of this package has below 1 MiB.
MAX_JSON = 64 * 2**20

# Weights and pictures of noise don't shrink, pictures of shapes do by some ten
# times. What grows by more than this, to more than that, is made to do harm.
MAX_GROWTH = 100
HARMLESS = 2**30


@contextlib.contextmanager
def reading(path, expected, advice):
    """Turns whatever a damaged file leads to into a `ValueError` of one line.

    Args:
        path: Path of the file or folder.
        expected: String, what should be there, such as `"an .npz file"`.
        advice: Sentence that says what to do.

    Raises:
        ValueError: With these, and the first line of the error.
        OSError: As it comes, where the system doesn't give the file.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ValueError(
            f"Expected {expected} in {path}. Received: what can't be read "
            f"({in_one_line(error)}). {advice}"
        ) from error


def in_one_line(error):
    """Returns the kind of an error and the first 200 characters it says.

    What a damaged file leads to may hold a piece of the file.
    """
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}".rstrip(": ")


def require_archive(path):
    """Raises unless a zip file holds about what its size lets one expect.

    Nothing is unpacked: Python doesn't read more of an entry than the size
    that is looked at here.

    Args:
        path: String or path, of a `.keras` or an `.npz` file.

    Raises:
        ValueError: If it is no zip file, if an entry of JSON has more than
            64 MiB, or if all of it has 1 GiB and 100 times its own size.
        OSError: If it can't be opened.
    """
    path = pathlib.Path(path)
    # To open a pipe would wait for someone to write into it.
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError(
            f"Expected a file. Received: {path}, which is a folder or a "
            "device."
        )
    with reading(path, "a zip file", "Write or fetch it anew."):
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    too_large = total > max(HARMLESS, MAX_GROWTH * path.stat().st_size)
    for entry in entries:
        if entry.filename.endswith(".json") and entry.file_size > MAX_JSON:
            too_large = True
    if too_large:
        raise ValueError(
            f"Expected a file of about the size of what it holds. Received: "
            f"{path} of {path.stat().st_size:,} bytes, which unpacks to "
            f"{total:,}. It is damaged, or made to fill the memory: don't use "
            "it."
        )


def load_npz(path):
    """Returns the arrays of an .npz file by name.

    Pickled objects, which can run code, are refused.

    Args:
        path: String or path.

    Raises:
        ValueError: If it is another or a damaged file, or memory is too small.
        OSError: If it can't be opened.
    """
    require_archive(path)
    with reading(path, "an .npz file of arrays", "Write or fetch it anew."):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                _require_size(archive, entry)
        # Opened here, since NumPy leaves a damaged file open.
        with open(path, "rb") as file:
            with np.load(file, allow_pickle=False) as arrays:
                return dict(arrays)


def _require_size(archive, entry):
    """Raises unless an array has the size that its first line tells."""
    if not entry.filename.endswith(".npy"):
        raise ValueError(f"the entry {entry.filename!r} is no array")
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        if version not in read:
            raise ValueError(f"an array of the format {version}")
        shape, _, dtype = read[version](file)
        size = file.tell() + math.prod(shape) * dtype.itemsize
    if dtype.hasobject:
        raise ValueError(f"{entry.filename} holds objects, which can run code")
    if size != entry.file_size:
        raise ValueError(
            f"{entry.filename} of shape {shape} takes {size:,} bytes, and has "
            f"{entry.file_size:,}"
        )
