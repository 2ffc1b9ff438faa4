"""What a path given to the command leads to.

This needs no TensorFlow, so a mistyped path is reported at once.
"""

import pathlib

SAVED_MODEL = "saved_model.pb"


def kind_of(path):
    """Returns what there is to score, without reading it.

    Args:
        path: String or path, the argument of `--generator`.

    Returns:
        `"saved_model"`, `"keras"`, `"npz"` or `"folder"`, the last one of
        images.

    Raises:
        ValueError: If it is none of these.
    """
    path = pathlib.Path(path)
    if path.is_dir():
        if (path / SAVED_MODEL).exists():
            return "saved_model"
        require_no_models(path)
        return "folder"
    if path.is_file() and path.suffix in (".keras", ".npz"):
        return path.suffix[1:]
    received = "such a file or folder isn't there"
    if path.exists():
        received = "a file of another kind"
    raise ValueError(
        "`--generator` must be a SavedModel, a .keras file, a folder of "
        f"images or an .npz file. Received: {str(path)!r}, and {received}."
    )


def require_no_models(folder):
    """Raises a `ValueError` for a folder around a model, or inside of one.

    Pictures may lie there as well, as sheets of samples do beside what a
    recipe exports; these are not what is to be scored.

    Args:
        folder: `pathlib.Path`.
    """
    versions = [path.parent for path in folder.glob(f"*/{SAVED_MODEL}")]
    models = sorted(versions, key=_number) or sorted(
        [*folder.glob("*.keras"), *folder.glob("*/*.keras")]
    )
    if (folder.parent / SAVED_MODEL).exists():
        models = [folder.parent]
    if not models:
        return
    names = ", ".join(str(path) for path in models[-3:])
    raise ValueError(
        f"Expected one model or a folder of images. Received: {folder}, "
        f"around or within {len(models)} "
        f"model{'s' if len(models) > 1 else ''}: "
        f"{'..., ' if len(models) > 3 else ''}{names}. Did you mean "
        f"{models[-1]}?"
    )


def _number(path):
    return (int(path.name) if path.name.isdecimal() else -1, path.name)
