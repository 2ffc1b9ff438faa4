"""Checkpoints on disk: folders that are whole and unharmed, or refused.

A checkpoint is a folder `step_00001200` of the model, `gan.keras`, and of the
state of its training, `training.json`. `SHA256SUMS` has the hash of each, as
the command `sha256sum --check` reads it. The folder gets its name when all of
it is on the disk.
"""

import hashlib
import json
import re
import shutil
import uuid
import warnings

from keras_gan_zoo import files

MODEL = "gan.keras"
TRAINING = "training.json"
_CONTENT = (MODEL, TRAINING)
_SUMS = "SHA256SUMS"
_WRITTEN = {*_CONTENT, _SUMS}
_ASIDE = re.compile(r"\.[0-9a-f]{32}")  # See `files.written_aside`.


def write(path, save_model, training):
    """Writes a checkpoint, whole or not at all.

    Args:
        path: `pathlib.Path` of its folder, which must not exist.
        save_model: Function of the path that the model is saved to.
        training: Dictionary, the state of the training, of what JSON knows
            and of arrays.

    Raises:
        OSError: If it can't be written, as the subclass that fits.
    """
    try:
        with files.written_aside(path) as aside:
            aside.mkdir()
            save_model(aside / MODEL)
            text = json.dumps(training, default=lambda array: array.tolist())
            (aside / TRAINING).write_text(text)
            sums = [f"{_sha256(aside / name)}  {name}\n" for name in _CONTENT]
            (aside / _SUMS).write_text("".join(sums))
    except OSError as error:
        raise OSError(
            error.errno,
            f"The checkpoint {path} could not be written: {error.strerror}. "
            "Those written before are whole. Make room, or fix what keeps it "
            "from being written, and run the same script again: it resumes "
            "from there",
        ) from error


def read_training(path):
    """Returns the state of the training that a checkpoint was written in."""
    return json.loads((path / TRAINING).read_text())


def _named_in(directory, kind="step"):
    """Returns what has the name of a checkpoint, the newest first."""
    found = [
        (int(match[1]), path)
        for path in directory.iterdir()
        if (match := re.fullmatch(rf"{kind}_(\d+)", path.name))
        and path.name == f"{kind}_{int(match[1]):08d}"
    ]
    return [path for _, path in sorted(found, reverse=True)]


def written_in(directory, kind="step"):
    """Returns the checkpoints that `write` has written, the newest first.

    What others have put beside them, or in one of them, is none, even if it
    has the name of one: it is not for us to remove.

    Args:
        directory: `pathlib.Path` of a folder.
        kind: String, what their names begin with.
    """
    return [
        path
        for path in _named_in(directory, kind)
        if _is_folder(path) and _names(path) == _WRITTEN
    ]


def newest_whole(directory):
    """Returns the newest unharmed checkpoint of a folder, or `None`.

    What is harmed is renamed to begin with "damaged_", and a warning says so:
    nothing is overwritten.

    Raises:
        ValueError: If there are checkpoints, and all are harmed.
    """
    harms = []
    for path in _named_in(directory):
        reason = harm(path)
        if reason is None:
            for harmed, reason in harms:
                warnings.warn(
                    f"The checkpoint {harmed.name} in {directory} is not "
                    f"used: {reason}. It is kept as {_set_aside(harmed).name}, "
                    f"and training resumes from {path.name}."
                )
            return path
        harms.append((path, reason))
    if harms:
        raise ValueError(
            f"Expected a checkpoint in {directory} to resume from. Received "
            "none that is whole: "
            + "; ".join(f"{path.name}: {reason}" for path, reason in harms)
            + ". Restore one from a copy, or begin anew in another folder."
        )
    return None


def remove(path):
    """Removes a checkpoint, whole or not at all."""
    aside = path.with_name(f".{uuid.uuid4().hex}")
    path.rename(aside)
    shutil.rmtree(aside)


def remove_remains(directory):
    """Removes what was left of files whose writing or removal broke off."""
    for path in directory.iterdir():
        if _ASIDE.fullmatch(path.name) and _is_folder(path):
            ours = _WRITTEN.union(filter(_ASIDE.match, _names(path)))
            if _names(path) <= ours:
                shutil.rmtree(path, ignore_errors=True)


def _is_folder(path):
    return path.is_dir() and not path.is_symlink()


def _names(folder):
    return {path.name for path in folder.iterdir()}


def harm(path):
    """Returns what is wrong with a checkpoint, or `None`."""
    if not (path / _SUMS).is_file():
        return f"it has no {_SUMS}, so it was not written by this package"
    sums = (path / _SUMS).read_bytes().decode(errors="replace").splitlines()
    expected = {line[66:]: line[:64] for line in sums}
    for name in _CONTENT:
        if not (path / name).is_file():
            return f"{name} is missing"
        if _sha256(path / name) != expected.get(name):
            return f"{name} is not what {_SUMS} says, so one of them changed"
    return None


def _sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _set_aside(path):
    aside = path.with_name(f"damaged_{path.name}")
    if aside.exists():
        aside = path.with_name(f"{aside.name}_{uuid.uuid4().hex}")
    return path.rename(aside)
