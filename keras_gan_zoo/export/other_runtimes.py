"""What a model serves, as one file for another runtime."""

import contextlib
import pathlib
import re
import tempfile

import keras
import tensorflow as tf

from keras_gan_zoo.endpoints import require_endpoints
from keras_gan_zoo.export.portable import portable
from keras_gan_zoo.files import make_folder, written_aside


def export_onnx(model, path):
    """Writes the endpoint `serving_default` of a model as one ONNX file.

    Inputs and outputs are those of the signature `serving_default` of
    `export_generator`, but names are unique: an output with the name of an
    input, such as the `images` that a translator makes of `images`, is called
    `images_out`. The file refuses no inputs: what happens to a label
    beyond the classes is up to the runtime. It computes in float32, even for a
    model in mixed precision, since runtimes have few half-precision operations.

    Args:
        model: As that of `export_generator`.
        path: String or path of the file. It is replaced.

    Returns:
        The file, a `pathlib.Path`.

    Raises:
        ImportError: If tf2onnx isn't installed.
        ValueError: If the model has no endpoints, its weights aren't float32,
            or ONNX can't express what it computes.
        OSError: If the file can't be written.
    """
    try:
        import onnx
        import tf2onnx
    except ImportError as error:
        raise ImportError(
            "`export_onnx` converts by tf2onnx, which is not installed: "
            "pip install keras_gan_zoo[onnx]"
        ) from error
    path = pathlib.Path(path)
    make_folder(path.parent)
    served = require_endpoints(model)["serving_default"]
    compute = tf.function(
        _with_unique_names(served),
        input_signature=served.signature,
        autograph=False,
    )
    with written_aside(path) as aside:
        with portable(model):
            compute.get_concrete_function()
        with _converting("ONNX"):
            tf2onnx.convert.from_function(
                compute, served.signature, output_path=aside
            )
            # It writes types that don't fit together without a word.
            onnx.checker.check_model(str(aside), full_check=True)
    return path


def export_litert(model, path):
    """Writes the endpoint `serving_default` of a model as one LiteRT file.

    LiteRT is the successor of TensorFlow Lite, for phones and small devices.
    The file has the signature `serving_default` of `export_generator`, with
    inputs of any batch size and without its checks, and computes in float32.

    Args:
        model: As that of `export_generator`.
        path: String or path of the file. It is replaced.

    Returns:
        The file, a `pathlib.Path`.

    Raises:
        ValueError: If the model has no endpoints, its weights aren't float32,
            or LiteRT lacks an operation that it needs.
        OSError: If the file can't be written.
    """
    path = pathlib.Path(path)
    make_folder(path.parent)
    served = require_endpoints(model)["serving_default"]
    with tempfile.TemporaryDirectory() as folder:
        with portable(model):
            archive = keras.export.ExportArchive()
            archive.add_endpoint(served.name, served, served.signature)
            archive.write_out(folder, verbose=False)
        # Of functions, TensorFlow 2.21 converts the variables' first values.
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        with _converting("LiteRT"):
            content = converter.convert()
    with written_aside(path) as aside:
        aside.write_bytes(content)
    return path


def _with_unique_names(served):
    """Returns the function of an endpoint as ONNX can have it."""
    names = {one.name for one in served.inputs}

    def compute(*values):
        # For a check it has no operation, and would warn that it's left out.
        outputs = served.unchecked(*values)
        return {
            f"{name}_out" if name in names else name: rows
            for name, rows in outputs.items()
        }

    return compute


@contextlib.contextmanager
def _converting(runtime):
    """Says in one line what a converter says in many."""
    try:
        yield
    except Exception as error:  # Each converter has its own kinds.
        raise ValueError(
            f"{runtime} has no operation for a part of what this model "
            f"computes: {_reason(error)}. Build the generator of other layers, "
            "or serve what `export_generator` writes."
        ) from error


def _reason(error):
    """Returns what a converter lacks, or the first line that it says."""
    text = str(error).strip()
    lacking = re.search(r"^TF Select ops: (.+)$|^Custom ops: (.+)$", text, re.M)
    line = lacking[0] if lacking else text.partition("\n")[0]
    return line[:300].rstrip(". ") or type(error).__name__
