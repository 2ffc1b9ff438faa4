"""What lies in a folder of models, whoever put it there."""

import os
import pathlib
import stat

_LARGEST_VERSION = 2**63 - 1  # TensorFlow Serving's.
_MAX_FILES = 10_000


def model_folders(directory):
    """Returns the names of the folders that may be models.

    Args:
        directory: `pathlib.Path`.

    Returns:
        A set of names, and a dictionary of what is wrong with others, by name.
        Files, and what begins with a dot, are in neither.

    Raises:
        OSError: If the folder can't be read.
    """
    names, wrong = set(), {}
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                is_folder, is_file = entry.is_dir(), entry.is_file()
                entry.stat()
            except OSError as error:  # Such as of a link to itself.
                wrong[entry.name] = f"It can't be read: {error.strerror}."
                continue
            if not is_folder and not is_file:
                wrong[entry.name] = "It is neither a folder nor a file."
            elif is_folder and not _is_name(entry.name):
                if _holds_version(directory / entry.name):
                    wrong[entry.name] = (
                        "The name of a model must have no colon, at which the "
                        "API ends names, and only characters that can be "
                        "printed. Rename the folder."
                    )
            elif is_folder:
                names.add(entry.name)
    return names, wrong


def version_folders(folder):
    """Returns the folders that are named by numbers.

    Args:
        folder: `pathlib.Path` of a model.

    Returns:
        A dictionary of paths by number, and one of what is wrong with others
        that are named by numbers, by name.

    Raises:
        OSError: If the folder can't be read.
    """
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    folders, wrong = {}, {}
    for name in names:
        if not (name.isascii() and name.isdecimal()):
            continue
        if int(name) > _LARGEST_VERSION:
            wrong[name] = "The number of a version must have 63 bits at most."
        elif os.path.isdir(folder / name):
            folders[int(name)] = folder / name
        else:
            wrong[name] = "It is named like a version, but isn't a folder."
    return folders, wrong


def holds_saved_model(folder):
    # Whatever its kind, so that a wrong one is told.
    return os.path.lexists(folder / "saved_model.pb")


def state_of_files(folder):
    """Returns what changes whenever a file does.

    Args:
        folder: `pathlib.Path` of a version.

    Returns:
        Tuple of the path, kind, size and time of each entry, links followed.
    """
    states = []
    for path, status in _walk(folder):
        what = stat.S_IFMT(status.st_mode)
        states.append((path, what, status.st_size, status.st_mtime_ns))
    return tuple(states)


def require_plain_files(folder):
    """Raises a `ValueError` if not all in it are files and folders.

    To open a pipe, a socket or a device may wait for ever.

    Args:
        folder: `pathlib.Path` of a version.
    """
    number = 0
    for path, status in _walk(folder):
        number += 1
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            name = os.path.relpath(path, folder)
            raise ValueError(f"{ascii(name)} is neither a file nor a folder")
    if number > _MAX_FILES:
        raise ValueError(f"It holds more than {_MAX_FILES:,} files")


def suggested_folder(directory):
    """Returns the folder of models that was meant by one within it, or `None`.

    Args:
        directory: `pathlib.Path` of what may be a model, its version, or a
            folder in that.
    """
    directory = pathlib.Path(os.path.abspath(directory))
    for folder in (directory, *directory.parents):
        if holds_saved_model(folder):
            return folder.parent.parent
    if _holds_version(directory):
        return directory.parent
    return None


def _is_name(name):
    return ":" not in name and name.isprintable()


def _holds_version(folder):
    try:
        folders, _ = version_folders(folder)
        return any(map(holds_saved_model, folders.values()))
    except OSError:
        return False


def _walk(folder):
    """Yields paths and their status, each folder once, and not for ever."""
    folders, seen, number = [str(folder)], set(), 0
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                paths = sorted(entry.path for entry in entries)
        except OSError:  # It went away, or can't be looked at.
            continue
        for path in paths:
            try:
                status = os.stat(path)
            except OSError:
                continue
            yield path, status
            number += 1
            if number > _MAX_FILES:
                return
            identity = status.st_dev, status.st_ino
            if stat.S_ISDIR(status.st_mode) and identity not in seen:
                seen.add(identity)
                folders.append(path)
