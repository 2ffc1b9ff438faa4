"""The command `export`: a trained model as files that are served."""

import argparse
import os
import pathlib
import sys

from keras_gan_zoo.commands import loading


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
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    model = loading.load_model(path)

    from keras_gan_zoo import export

    exporters = {".onnx": export.export_onnx, ".tflite": export.export_litert}
    exporter = exporters.get(output.suffix, export.export_generator)
    print("Exported to", exporter(model, output))
