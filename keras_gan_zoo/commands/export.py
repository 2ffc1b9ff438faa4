"""The command `export`: a trained model as files that are served."""

import argparse
import os
import pathlib
import sys


def main(arguments=None):
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="keras-gan-zoo export",
        description="Exports a trained model, for servers or other runtimes.",
    )
    parser.add_argument(
        "model", metavar="FILE.keras", help="what `model.save()` wrote"
    )
    parser.add_argument(
        "output",
        metavar="OUTPUT",
        help="a folder, for the next version of a servable; a file .onnx, for "
        "ONNX Runtime; or a file .tflite, for LiteRT",
    )
    options = parser.parse_args(arguments)
    try:
        _export(pathlib.Path(options.model), pathlib.Path(options.output))
    except (ImportError, OSError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def _export(path, output):
    if not path.is_file():
        raise ValueError(
            "Expected a .keras file, as `model.save()` writes it. Received: "
            f"{str(path)!r}, which isn't there."
        )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    import keras_gan_zoo.models  # noqa: F401  For Keras to find the classes.
    from keras_gan_zoo import export, saved_files

    saved_files.require_archive(path)
    advice = "If it is of classes of your own, export it in Python."
    with saved_files.reading(path, "a model of keras_gan_zoo", advice):
        model = keras.saving.load_model(path, compile=False)
    exporters = {".onnx": export.export_onnx, ".tflite": export.export_litert}
    exporter = exporters.get(output.suffix, export.export_generator)
    print("Exported to", exporter(model, output))
