"""Reads arrays out of the files in which weights are published.

None of them can run code that a file brings along: pickles are read with a
table of the few names they may use, each of which only holds data.
"""

import contextlib
import io
import math
import pickle
import zipfile

import numpy as np


class _Refused(ValueError):
    """What a file asks for, and must not."""


@contextlib.contextmanager
def _reading(what):
    """Turns whatever a damaged file leads to into one kind of error.

    A pickle of which one byte is wrong can raise nearly anything.
    """
    try:
        yield
    except _Refused:
        raise
    except Exception as error:
        raise ValueError(
            f"Expected {what}. Received: a damaged file or one of another "
            f"kind ({type(error).__name__}: {error}). Fetch it again."
        ) from error


def read_frozen_graph(content):
    """Reads the constants of a TensorFlow graph.

    Args:
        content: Bytes, a serialized `GraphDef`.

    Returns:
        Dictionary from names to arrays.

    Raises:
        ValueError: If it is no graph.
    """
    import tensorflow as tf  # Slow, and the other formats don't need it.

    graph = tf.compat.v1.GraphDef()
    with _reading("a frozen TensorFlow graph, a serialized GraphDef"):
        graph.ParseFromString(content)
        constants = {
            node.name: tf.make_ndarray(node.attr["value"].tensor)
            for node in graph.node
            if node.op == "Const"
        }
        if not constants:  # No bytes at all are a graph, too.
            raise ValueError("no constants")
    return constants


def read_torchscript(content):
    """Reads the parameters of a TorchScript module of float32 weights.

    Args:
        content: Bytes, the archive that `torch.jit.save` writes.

    Returns:
        Dictionary from paths, as in `layers/conv/weight`, to arrays.

    Raises:
        ValueError: If it is no such archive, or asks for anything but data.
    """
    with _reading("a TorchScript archive, which is a zip file"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        (pickled,) = [n for n in archive.namelist() if n.endswith("/data.pkl")]
        root = pickled.removesuffix("data.pkl")
        module = _TorchScriptReader(archive, root).load()
        return dict(_parameters(module, ""))


def _parameters(module, prefix):
    for name, value in module.items():
        if isinstance(value, _Module):
            yield from _parameters(value, f"{prefix}{name}/")
        elif isinstance(value, np.ndarray):
            yield f"{prefix}{name}", value


class _Module(dict):
    """Stands for a module: a dictionary of its attributes."""

    def __setstate__(self, state):
        self.update(state)


def _tensor(storage, offset, shape, strides, *_):
    size = math.prod(shape)
    array = storage[offset : offset + size].reshape(shape)
    expected = tuple(stride // 4 for stride in array.strides)
    if tuple(strides) != expected and size > 1:
        raise _Refused(
            "Expected tensors whose values lie in their order. Received: a "
            f"tensor of shape {shape} and strides {strides}."
        )
    return array


class _RestrictedUnpickler(pickle.Unpickler):
    """An unpickler that knows the names of a table and no other."""

    names = {}

    def find_class(self, module, name):
        try:
            return self.names[f"{module}.{name}"]
        except KeyError:
            raise _Refused(
                "Expected a file of arrays, and nothing that could run code. "
                f"Received: a file that asks for {module}.{name}. Fetch it "
                "from its own source."
            ) from None


class _TorchScriptReader(_RestrictedUnpickler):
    names = {
        "collections.OrderedDict": dict,
        "torch.FloatStorage": "float32",
        "torch.jit._pickle.build_intlist": lambda integers, *_: integers,
        "torch._utils._rebuild_tensor_v2": _tensor,
    }

    def __init__(self, archive, root):
        super().__init__(io.BytesIO(archive.read(f"{root}data.pkl")))
        self._archive = archive
        self._root = root

    def find_class(self, module, name):
        if module.startswith("__torch__"):
            return _Module
        return super().find_class(module, name)

    def persistent_load(self, reference):
        _, kind, key, *_ = reference
        if kind != "float32":
            raise _Refused(
                f"Expected tensors of float32. Received: a storage of {kind}."
            )
        content = self._archive.read(f"{self._root}data/{key}")
        return np.frombuffer(content, "<f4")


def read_numpy_pickle(content):
    """Reads a pickle of nested dictionaries of NumPy arrays.

    Args:
        content: Bytes of the pickle.

    Returns:
        The dictionaries, with arrays of float32.

    Raises:
        ValueError: If it asks for anything but data.
    """
    with _reading("a pickle of NumPy arrays"):
        return _arrays(_NumpyReader(io.BytesIO(content)).load())


def _arrays(tree):
    if isinstance(tree, dict):
        return {name: _arrays(value) for name, value in tree.items()}
    return tree.array


class _Array:
    """Stands for an array, which it has once its content came."""

    def __init__(self, *_):
        pass

    def __setstate__(self, state):
        _, shape, dtype, fortran, content = state
        order = "F" if fortran else "C"
        array = np.frombuffer(content, dtype.code)
        self.array = array.reshape(shape, order=order)


class _Type:
    """Stands for a data type, and takes little-endian float32 only."""

    def __init__(self, code, *_):
        if code != "f4":
            raise _Refused(
                "Expected arrays of float32. Received: an array of type "
                f"{code!r}."
            )
        self.code = "<f4"

    def __setstate__(self, state):
        if state[1] != "<":
            raise _Refused(
                "Expected arrays of little-endian bytes. Received: byte order "
                f"{state[1]!r}."
            )


class _NumpyReader(_RestrictedUnpickler):
    names = {
        "numpy.core.multiarray._reconstruct": _Array,
        "numpy.ndarray": None,  # An argument of the above, never called.
        "numpy.dtype": _Type,
    }
