"""What tells one training from another."""

import hashlib
import json

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import __version__

_FORMAT = 2  # Of checkpoints.

# Names that Keras numbers as they come, and how a step runs, not what it does.
_NO_DIFFERENCE = {
    "inbound_nodes",
    "input_layers",
    "jit_compile",
    "name",
    "output_layers",
    "run_eagerly",
    "shared_object_id",
}


def description(model, steps_per_epoch):
    """Returns what must be the same for a training to go on, as from JSON."""
    training = {
        "format": _FORMAT,
        "versions": {
            "keras": keras.version(),
            "keras_gan_zoo": __version__,
            "tensorflow": tf.__version__,
        },
        "steps_per_epoch": steps_per_epoch,
        "model": keras.saving.serialize_keras_object(model),
    }
    return json.loads(json.dumps(training))


def differences(expected, received):
    """Returns a line for each value that differs, those of layers last."""
    found = sorted(
        _differences(expected, received), key=lambda pair: pair[0].count("[")
    )
    return [f"{path[1:]} {values}" for path, values in found]


def _differences(expected, received, path=""):
    """Yields the path and the values of each difference."""
    if type(expected) is type(received) is dict:
        for key in sorted({*expected, *received} - _NO_DIFFERENCE):
            yield from _differences(
                expected.get(key), received.get(key), f"{path}.{key}"
            )
    elif type(expected) is type(received) is list:
        if len(expected) != len(received):
            yield path, f"{len(expected)} in number, now {len(received)}"
        for index, pair in enumerate(zip(expected, received)):
            yield from _differences(*pair, f"{path}[{index}]")
    elif expected != received:
        yield path, f"{expected!r:.60}, now {received!r:.60}"


def fingerprint(batch):
    """Returns a hash of a batch of the data."""
    tensors = [np.asarray(tensor) for tensor in keras.tree.flatten(batch)]
    content = b"".join(tensor.tobytes() for tensor in tensors)
    return hashlib.sha256(content).hexdigest()
