"""Arrays on disk that can be computed again, read only if they are unharmed."""

import hashlib
import os
import warnings

import numpy as np

from keras_gan_zoo import files, saved_files

_DIGEST = "sha256"


def write(path, arrays):
    """Writes arrays and their digest, whole or not at all.

    Args:
        path: `pathlib.Path` of an .npz file.
        arrays: Dictionary of arrays.
    """
    with files.written_aside(path) as aside:
        np.savez(aside, **arrays, **{_DIGEST: _digest(arrays)})


def read(path):
    """Returns the arrays of a file, `None` if there is none of use.

    One that is damaged, or has no digest, is of no use; a warning says so.

    Args:
        path: `pathlib.Path` of an .npz file.
    """
    if not path.exists():
        return None
    try:
        # Opened here, since NumPy leaves a damaged file open.
        with open(path, "rb") as opened, np.load(opened) as file:
            arrays = dict(file)
        if str(arrays.pop(_DIGEST)) != _digest(arrays):
            raise ValueError("its numbers are not those that were written")
        os.utime(path)  # For those who remove what is long unused.
    except Exception as error:  # A damaged zip raises a dozen kinds.
        warnings.warn(
            f"The file {path} of the cache is computed anew, since it is "
            "damaged or of an older version: "
            f"{saved_files.in_one_line(error)}"
        )
        return None
    return arrays


def _digest(arrays):
    sha256 = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        sha256.update(f"{name} {array.dtype} {array.shape}\n".encode())
        sha256.update(array.tobytes())
    return sha256.hexdigest()
