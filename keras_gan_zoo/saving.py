"""Models on disk: a file is written whole, or what was there before stays."""

import contextlib
import os
import pathlib

from keras_gan_zoo import files


@contextlib.contextmanager
def whole_file(filepath, suffix, overwrite):
    """Gives the path to save a model to, which ends up at `filepath`.

    Args:
        filepath: String or path.
        suffix: String that it must end in.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        ValueError: If the path ends in something else, or the file is there
            and must not be replaced.
        FileNotFoundError: If there is no such folder.
    """
    # What is behind a link is replaced, not the link.
    path = pathlib.Path(os.path.realpath(filepath))
    if not path.name.endswith(suffix):
        raise ValueError(
            f"Expected a path that ends in {suffix}, the one format that keeps "
            f"all of the model. Received: filepath={str(filepath)!r}."
        )
    if path.exists() and not overwrite:
        raise ValueError(
            f"Expected the path of a new file. Received: {str(filepath)!r}, "
            "which is there. Choose another, or pass overwrite=True."
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"Expected a folder to save to. Received: {str(filepath)!r}, whose "
            "folder doesn't exist. Make it first."
        )
    with files.written_aside(path) as aside:
        yield aside
