"""Files and folders that are whole or not there at all."""

import contextlib
import os
import pathlib
import shutil
import uuid


def make_folder(directory):
    """Makes a folder, with its parents, and checks that it can be written.

    Args:
        directory: String or path. It may exist already.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        OSError: If the folder can't be made or written, as the subclass that
            fits, such as `PermissionError`.
    """
    folder = pathlib.Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{uuid.uuid4().hex}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OSError(
            error.errno,
            "The output must be a folder that can be written. Received: "
            f"directory={str(directory)!r}, but: {error.strerror}. Choose "
            "another place or change its permissions",
        ) from error
    return folder


@contextlib.contextmanager
def written_aside(path):
    """Gives a path to write to, which takes the place of `path` at the end.

    So a reader never sees half of a file or a folder, and one that fails
    leaves what was there before. It is on the disk before it gets its name:
    a machine that loses power keeps the old or the new, whole.

    Args:
        path: `pathlib.Path` of a file, or of a folder that doesn't exist.
    """
    # The name is hidden, is no number and keeps the suffixes that tell the
    # format: no one who looks for files or version folders takes it for one.
    suffixes = "".join(path.suffixes)
    aside = path.with_name(f".{uuid.uuid4().hex}{suffixes}")
    try:
        yield aside
        _sync(aside)
        os.replace(aside, path)
        _sync_entry(path.parent)
    finally:
        if aside.is_dir():
            shutil.rmtree(aside)
        else:
            aside.unlink(missing_ok=True)


def _sync(path):
    """Waits until a file, or a folder and all in it, is on the disk."""
    if path.is_dir():
        for child in path.iterdir():
            _sync(child)
    _sync_entry(path)


def _sync_entry(path):
    if os.name == "nt":  # Windows has no such call for what isn't written to.
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
