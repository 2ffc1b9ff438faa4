"""One version of a model: a SavedModel that is loaded and computes."""

import math
import re

import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.protobuf import saved_model_pb2

from keras_gan_zoo.serving.batching import Batcher
from keras_gan_zoo.serving.entries import require_plain_files
from keras_gan_zoo.serving.errors import RequestError
from keras_gan_zoo.serving.facts import read_facts
from keras_gan_zoo.serving.signatures import Signature

# A row that no request could hold isn't made to warm up, either.
_MAX_ROW_BYTES = 2**28


class Version:
    """A SavedModel, ready to compute.

    Args:
        folder: `pathlib.Path` of the version; its name is the number.
        max_batch_size: Integer, see `Batcher`.
        executor: `concurrent.futures.Executor` of the threads that compute.

    Attributes:
        name: String, the name of the model: that of the folder's parent.
        number: Integer.
        signatures: Dictionary of `Signature`s by name.
        generator: Dictionary, what the export tells of the generator, see
            `facts.read_facts`. Empty if it tells nothing.
        signature_def: Dictionary, TensorFlow's own description of the
            signatures, as JSON of the protocol buffers `SignatureDef`.

    Raises:
        ValueError: If it can't be loaded, or not computed. It says why.
    """

    def __init__(self, folder, max_batch_size, executor):
        self.name, self.number = folder.parent.name, int(folder.name)
        try:
            require_plain_files(folder)
            self.signature_def = _signature_def(folder / "saved_model.pb")
            self.generator = read_facts(folder)
            self._loaded = tf.saved_model.load(folder)
            self._functions = {
                name: _computation(function)
                for name, function in self._loaded.signatures.items()
            }
            self.signatures = {
                name: Signature.of(name, function)
                for name, function in self._loaded.signatures.items()
            }
        except Exception as error:  # Of many kinds, as a file can be broken.
            raise ValueError(
                f"It can't be loaded: {_sentence(error)}"
            ) from None
        for name in self.signatures:
            self._warm_up(name)
        self._batchers = {
            name: Batcher(function, max_batch_size, executor)
            for name, function in self._functions.items()
        }

    async def predict(self, signature, inputs, max_rows):
        """See `Servables.predict`."""
        self.signature(signature).require(inputs, max_rows)
        return await self._batchers[signature](inputs)

    def signature(self, name):
        """Returns the signature of a name.

        Raises:
            RequestError: If there is none.
        """
        if name not in self.signatures:
            raise RequestError(
                400,
                f"Model {self.name!r} has the signatures "
                f"{', '.join(self.signatures)}. Received: {name[:80]!r}.",
            )
        return self.signatures[name]

    def _warm_up(self, name):
        """Computes one row, so that no request waits for the first time."""
        try:
            self.signatures[name].require_served()
        except RequestError:
            return
        signature = self.signatures[name]
        for key, array in {**signature.inputs, **signature.outputs}.items():
            _require_small_row(name, key, array)
        try:
            row = {
                input_name: np.full(
                    [1 if size is None else size for size in array.shape],
                    b"" if array.dtype == object else 0,
                    array.dtype,
                )
                for input_name, array in signature.inputs.items()
            }
            self._functions[name](row)
        except RequestError:
            pass  # It computes, and doesn't take zeros.
        except Exception as error:
            raise ValueError(
                f"Its signature {name!r} can't be computed: {_sentence(error)}"
            ) from None


def _computation(function):
    """Returns a function of arrays, whose errors can be told to a client."""

    def compute(inputs):
        try:
            outputs = function(
                **{name: tf.constant(array) for name, array in inputs.items()}
            )
        except (
            tf.errors.FailedPreconditionError,
            tf.errors.InvalidArgumentError,
            tf.errors.OutOfRangeError,
        ) as error:
            raise RequestError(400, graph_message(error.message)) from None
        return {name: value.numpy() for name, value in outputs.items()}

    return compute


def graph_message(text):
    """Returns what a graph says is wrong, without where in it that is."""
    # The first of what it prints, which may have brackets itself.
    assertion = re.search(
        r"assertion failed: \[((?:[^][]|\[[^][]*\])*)\]", text
    )
    if assertion:
        message = assertion[1]
    else:
        # Before it is where; of several errors, the first is the cause.
        message = re.split(
            r"<stack traces unavailable>|\(0\) [A-Z_]+: ", text, maxsplit=1
        )[-1]
        places = r"\[\[\{\{.*?\}\}\]\]|\{\{.*?\}\}|\[Op:.*?\]"
        message = re.sub(places, "", message).strip().split("\n")[0]
    return " ".join(message.split()).rstrip(". ") + "."


def _signature_def(path):
    if path.stat().st_size > 2**31:
        raise ValueError(f"{path.name} is larger than a message can be")
    saved_model = saved_model_pb2.SavedModel()
    saved_model.ParseFromString(path.read_bytes())
    if not saved_model.meta_graphs:
        raise ValueError(f"{path.name} holds no graph")
    definitions = saved_model.meta_graphs[0].signature_def
    return {
        name: json_format.MessageToDict(
            definition,
            always_print_fields_with_no_presence=True,
            preserving_proto_field_name=True,
        )
        for name, definition in sorted(definitions.items())
    }


def _require_small_row(signature, name, array):
    sizes = [1 if size is None else size for size in array.shape or ()]
    size = math.prod(sizes) * array.dtype.itemsize
    if size > _MAX_ROW_BYTES:
        raise ValueError(
            f"Its signature {signature!r} can't be computed: a row of "
            f"{name!r} has {size:,} bytes, and {_MAX_ROW_BYTES:,} at most are "
            "served."
        )


def _sentence(error):
    """Returns what an error says, without where."""
    if isinstance(error, tf.errors.OpError):
        text = graph_message(error.message)
    else:
        text = str(error).strip() or type(error).__name__
    line = text.splitlines()[0].rstrip(".")[:1000]
    # Names in it may hold anything, and it is written to a log.
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line) + "."
