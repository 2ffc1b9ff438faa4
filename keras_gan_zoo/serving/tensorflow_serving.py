"""What TensorFlow Serving reads in addition to a SavedModel.

That is two files for the server, with its models and how to batch, and one in
each version, with requests that it runs before it serves that version.
"""

import itertools
import pathlib

import numpy as np

from keras_gan_zoo import files
from keras_gan_zoo.serving import extra

# Powers of two, for batches of which a row is the same to the last bit.
ALLOWED_BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64)
MODEL_CONFIG = "models.config"
BATCHING_CONFIG = "batching.config"

# Where the folder of the models is in TensorFlow Serving's container.
_CONTAINER_FOLDER = "/models"
_WARMUP_FILE = "tf_serving_warmup_requests"

# In the text format of `BatchingParameters`, whose definition TensorFlow
# Serving does not publish for Python.
_BATCHING = """\
# A batch is padded to the next of the allowed sizes, the last of which must be
# the largest size. A batch that isn't full waits for this many microseconds. If
# the queue is full, a request fails as UNAVAILABLE. Use a thread for each core.
max_batch_size {{ value: {max_batch_size} }}
batch_timeout_micros {{ value: 2000 }}
max_enqueued_batches {{ value: 100 }}
num_batch_threads {{ value: 2 }}
{allowed_batch_sizes}
"""


def add_arguments(commands):
    """Adds the command `configure` to a parser's subparsers."""
    parser = commands.add_parser(
        "configure",
        help="write the configuration of TensorFlow Serving",
        description=f"Writes {MODEL_CONFIG} and {BATCHING_CONFIG} into a "
        "folder of models, for a TensorFlow Serving that finds this folder "
        f"as {_CONTAINER_FOLDER}.",
    )
    parser.add_argument(
        "directory", help="folder of models, such as saved_models"
    )
    parser.set_defaults(run=_configure)


def _configure(options):
    for path in write_configuration(options.directory):
        print(f"Written to {path}.")


def write_configuration(directory):
    """Writes what TensorFlow Serving needs to serve a folder of models.

    `<directory>/models.config` lists each folder with an exported version, by
    name, as TensorFlow Serving's container sees it: `/models/<name>`.
    `<directory>/batching.config` has it batch requests, in sizes that are
    powers of two up to 64. The same models give the same files. Files that
    are there already are replaced, each in one step, and TensorFlow Serving
    can be told to read the first again when it changes.

    Args:
        directory: String or path of the folder that holds a folder for each
            model, in which versions are folders named by numbers.

    Returns:
        The two files, `pathlib.Path`s.

    Raises:
        ValueError: If there is no exported model, or TensorFlow Serving
            couldn't be asked for one by its name.
        OSError: If the folder can't be written.
        ImportError: If the extra `serving` isn't installed.
    """
    with extra.needed():
        from google.protobuf import text_format
        from tensorflow_serving.config import model_server_config_pb2

    folder = pathlib.Path(directory)
    config = model_server_config_pb2.ModelServerConfig()
    for name in _model_names(folder):
        config.model_config_list.config.add(
            name=name,
            base_path=f"{_CONTAINER_FOLDER}/{name}",
            model_platform="tensorflow",
        )
    batching = _BATCHING.format(
        max_batch_size=max(ALLOWED_BATCH_SIZES),
        allowed_batch_sizes="\n".join(
            f"allowed_batch_sizes: {size}" for size in ALLOWED_BATCH_SIZES
        ),
    )
    models = text_format.MessageToString(config, as_utf8=False)
    files.make_folder(folder)
    texts = {folder / MODEL_CONFIG: models, folder / BATCHING_CONFIG: batching}
    for path, text in texts.items():
        with files.written_aside(path) as aside:
            aside.write_text(text, encoding="ascii")
    return list(texts)


def _model_names(folder):
    versions = [path.parent for path in folder.glob("*/*/saved_model.pb")]
    names = sorted(
        {path.parent.name for path in versions if path.name.isdecimal()}
    )
    names = [name for name in names if not name.startswith(".")]
    if not names:
        raise ValueError(
            "`directory` must hold a folder for each model, with an exported "
            "version in it, as `<directory>/<name>/1/saved_model.pb`. "
            f"Received: directory={str(folder)!r}, which has none. Export one "
            f"by `export_generator(model, {str(folder / 'my_gan')!r})`."
        )
    for name in names:
        if ":" in name:
            raise ValueError(
                "The name of a model must have no colon, since TensorFlow "
                f"Serving ends names at it. Received: {name!r} in {folder}. "
                "Rename that folder."
            )
    return names


def write_warmup_requests(version_folder, fillers=None):
    """Writes the requests that TensorFlow Serving warms a version up with.

    They are `assets.extra/tf_serving_warmup_requests`: one of each signature
    in each batch size of `batching.config`, which TensorFlow Serving runs
    before the version gets its first request, and serves none whose graph
    refuses one. Seeds are 0, 1 and so on; all else is zero, unless `fillers`
    has another number. Weights are not read. A signature in which more than
    the batch is free, such as the size of images, is left out: there is no
    telling which sizes it will be asked for.

    Args:
        version_folder: String or path of a SavedModel, whatever its name. All
            inputs have the batch first.
        fillers: Dictionary by signature of dictionaries by input of a number
            that the input takes; what isn't in it takes zero.

    Returns:
        The file, a `pathlib.Path`.

    Raises:
        OSError: If there is no SavedModel, or it can't be written to.
        ImportError: If the extra `serving` isn't installed.
    """
    with extra.needed():
        import tensorflow as tf
        from tensorflow_serving.apis import (
            model_pb2,
            predict_pb2,
            prediction_log_pb2,
        )

    folder = pathlib.Path(version_folder)
    signatures = _signatures(folder)
    fillers = fillers or {}
    path = files.make_folder(folder / "assets.extra") / _WARMUP_FILE
    with (
        files.written_aside(path) as aside,
        tf.io.TFRecordWriter(str(aside)) as writer,
    ):
        for name, size in itertools.product(signatures, ALLOWED_BATCH_SIZES):
            fill = fillers.get(name, {})
            inputs = {
                key: _values(key, info, size, fill.get(key, 0))
                for key, info in signatures[name].inputs.items()
            }
            # Without the name of the model: TensorFlow Serving knows which
            # one it loads, and only repeats the name in an answer.
            request = predict_pb2.PredictRequest(
                model_spec=model_pb2.ModelSpec(signature_name=name),
                inputs={
                    key: tf.make_tensor_proto(values)
                    for key, values in inputs.items()
                },
            )
            log = prediction_log_pb2.PredictLog(request=request)
            record = prediction_log_pb2.PredictionLog(predict_log=log)
            writer.write(record.SerializeToString(deterministic=True))
    return path


def _signatures(folder):
    """Returns what can be warmed up, by name and in the order of names."""
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import saved_model_pb2

    try:
        content = (folder / "saved_model.pb").read_bytes()
        saved_model = saved_model_pb2.SavedModel.FromString(content)
    except (OSError, DecodeError) as error:
        raise OSError(
            "The folder of a version must hold a SavedModel. Received: "
            f"version_folder={str(folder)!r}, but: {error}. Give the folder "
            "that `export_generator` returned."
        ) from error
    (graph,) = saved_model.meta_graphs
    return {
        name: signature
        for name, signature in sorted(graph.signature_def.items())
        # What initializes the model is listed as well: it takes nothing.
        if signature.inputs
        and all(-1 not in _row(info) for info in signature.inputs.values())
    }


def _row(info):
    """Returns the shape of an input without its batch."""
    return [dim.size for dim in info.tensor_shape.dim[1:]]


def _values(name, info, size, filler):
    """Returns a batch for an input of a signature."""
    from tensorflow import dtypes

    dtype = dtypes.as_dtype(info.dtype).as_numpy_dtype
    if name == "seeds":
        return np.arange(size, dtype=dtype)
    return np.full((size, *_row(info)), filler, dtype)
