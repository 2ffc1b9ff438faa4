"""Which files of a folder are pictures.

It is decided here and nowhere else, for training and for scores alike.
"""

import os
from pathlib import Path

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


def find_pictures(directory):
    """Returns the picture files in and below a folder, in the order of names.

    Links are followed, to files and to folders; a folder that is found again
    below itself, or twice below one subfolder, counts once. Hidden files and
    folders, and what isn't a file, are left out.

    Args:
        directory: `pathlib.Path` of the folder.

    Returns:
        List of paths.

    Raises:
        ValueError: If there is no such folder, or no picture in it.
    """
    files = [
        file
        for files in pictures_by_class(directory).values()
        for file in files
    ]
    if not files:
        raise ValueError(
            f"Expected pictures ({', '.join(SUFFIXES)}) in the folder or its "
            f"subfolders. Received: directory={str(directory)!r}, which has "
            "none."
        )
    return sorted(files, key=lambda file: file.as_posix())


def pictures_by_class(directory):
    """Returns the picture files of each subfolder, as of `find_pictures`.

    Args:
        directory: `pathlib.Path` of the folder.

    Returns:
        Dictionary from the names of subfolders, sorted, to lists of paths,
        which may be empty. Under `""` are the pictures outside of them.

    Raises:
        ValueError: If there is no such folder.
    """
    if not directory.is_dir():
        raise ValueError(
            "Expected the path of an existing folder of pictures. "
            f"Received: directory={str(directory)!r}"
        )
    folders, files = _entries(directory)
    root = _identity(directory)
    by_class = {"": files}
    for folder in folders:
        if _identity(folder) != root:
            by_class[folder.name] = _walk(folder, {root})
    return by_class


def _walk(folder, seen):
    """Returns all pictures below a folder that aren't below one of `seen`."""
    found, waiting = [], [folder]
    while waiting:
        folder = waiting.pop()
        if _identity(folder) in seen:
            continue
        seen.add(_identity(folder))
        folders, files = _entries(folder)
        found += files
        waiting += reversed(folders)
    return sorted(found, key=lambda file: file.as_posix())


def _entries(folder):
    """Returns the folders and the picture files in a folder, by name."""
    folders, files = [], []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith("."):
                continue
            if os.path.isdir(entry.path):
                folders.append(Path(entry.path))
            elif Path(entry.name).suffix.lower() in SUFFIXES:
                # A link to nowhere is a picture that someone will miss, but
                # to open a pipe is to wait for ever.
                if os.path.isfile(entry.path) or not os.path.exists(entry.path):
                    files.append(Path(entry.path))
    return folders, files


def _identity(folder):
    status = folder.stat()
    return status.st_dev, status.st_ino
