"""What `model.export()`, Keras's method, writes of a model of this package."""

import os
import pathlib
import tempfile

from keras_gan_zoo import export


def write(model, filepath, format, verbose, options):
    """Writes a model where Keras would write it.

    Args:
        model: As that of `export.export_generator`.
        filepath: String or path of a folder, or of a file; it is replaced.
        format: "tf_saved_model", "onnx" or "litert".
        verbose: Whether to print where it was written; `None` does.
        options: Dictionary of what else `keras.Model.export()` takes.

    Raises:
        ValueError: If the format is another, there are options, or the folder
            holds something else than an export.
    """
    path = pathlib.Path(filepath)
    options = [name for name, value in options.items() if value is not None]
    if options:
        raise ValueError(
            "The inputs and outputs are those of `model.endpoints()`. "
            f"Received: {options}. Leave them out."
        )
    if format == "tf_saved_model":
        _write_saved_model(model, path)
    elif format == "onnx":
        export.export_onnx(model, path)
    elif format == "litert":
        export.export_litert(model, path)
    else:
        raise ValueError(
            'A model can be exported as "tf_saved_model", "onnx" or "litert". '
            f"Received: format={format!r}. Choose one of them."
        )
    if verbose is not False and verbose != 0:
        print(f"The generator is exported to {path}.")


def _write_saved_model(model, path):
    is_another = path.exists() and not (path / "saved_model.pb").exists()
    if is_another and not (path.is_dir() and not any(path.iterdir())):
        raise ValueError(
            "Another export is all that an export may replace. Received: "
            f"filepath={str(path)!r}, where something else is. Choose another "
            "path, or call `export_generator`, which adds a version to a "
            "folder."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside it, so that renames are all there is to do.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        written = export.export_generator(model, folder)
        if path.exists():
            os.replace(path, pathlib.Path(folder) / "replaced")
        os.replace(written, path)
