"""The Inception network of 2015 with three channels in each convolution.

`feature_network` builds its layers by the arrays' shapes. So tiny arrays under
the names of the original give the whole topology at a thousandth of the work,
and tiny files in the formats in which the original is published.
"""

import io
import math
import struct
import zipfile

import numpy as np
import tensorflow as tf

WIDTH = 3
CLASSES = 5
CLASS_WEIGHTS = "softmax/weights"

_STEM = [(3, 3), (3, 3), (3, 3), (1, 1), (3, 3)]
_EARLY = {
    "": [(1, 1)],
    "tower": [(1, 1), (5, 5)],
    "tower_1": [(1, 1), (3, 3), (3, 3)],
    "tower_2": [(1, 1)],
}
_FIRST_HALVING = {"": [(3, 3)], "tower": [(1, 1), (3, 3), (3, 3)]}
_MIDDLE = {
    "": [(1, 1)],
    "tower": [(1, 1), (1, 7), (7, 1)],
    "tower_1": [(1, 1), (7, 1), (1, 7), (7, 1), (1, 7)],
    "tower_2": [(1, 1)],
}
_SECOND_HALVING = {
    "tower": [(1, 1), (3, 3)],
    "tower_1": [(1, 1), (1, 7), (7, 1), (3, 3)],
}
_LATE = {
    "": [(1, 1)],
    "tower": [(1, 1)],
    "tower/mixed": [(1, 3), (3, 1)],
    "tower_1": [(1, 1), (3, 3)],
    "tower_1/mixed": [(1, 3), (3, 1)],
    "tower_2": [(1, 1)],
}
# Towers by name, and whether the block's input joins them, pooled.
_BLOCKS = {
    "mixed": (_EARLY, False),
    "mixed_1": (_EARLY, False),
    "mixed_2": (_EARLY, False),
    "mixed_3": (_FIRST_HALVING, True),
    "mixed_4": (_MIDDLE, False),
    "mixed_5": (_MIDDLE, False),
    "mixed_6": (_MIDDLE, False),
    "mixed_7": (_MIDDLE, False),
    "mixed_8": (_SECOND_HALVING, True),
    "mixed_9": (_LATE, False),
    "mixed_10": (_LATE, False),
}


def kernel_shapes():
    """Returns the shapes of all 94 kernels, by the names of their layers."""
    shapes, channels = {}, 3

    def add(prefix, kernels, channels):
        for index, kernel in enumerate(kernels):
            name = f"{prefix}conv_{index}" if index else f"{prefix}conv"
            shapes[name] = (*kernel, channels, WIDTH)
            if not prefix.endswith("/mixed/"):  # Those are side by side.
                channels = WIDTH

    add("", _STEM, channels)
    channels = WIDTH
    for block, (towers, joins) in _BLOCKS.items():
        for tower, kernels in towers.items():
            prefix = f"{block}/{tower}/" if tower else f"{block}/"
            first = WIDTH if tower.endswith("/mixed") else channels
            add(prefix, kernels, first)
        outputs = sum(
            len(kernels) if tower.endswith("/mixed") else 1
            for tower, kernels in towers.items()
            # What goes on into two convolutions side by side isn't joined.
            if f"{tower}/mixed" not in towers
        )
        channels = outputs * WIDTH + (channels if joins else 0)
    return shapes


def weights(seed=2):
    """Returns arrays of all convolutions by the names of the graph.

    Drawn so that images still differ after 94 convolutions of few channels.
    """
    random = np.random.default_rng(seed)
    arrays = {}
    for name, shape in kernel_shapes().items():
        variance = random.uniform(0.01, 1.0, WIDTH)
        kernel = random.normal(0.0, 1.0, shape) * np.sqrt(
            3 * variance / math.prod(shape[:3])
        )
        arrays |= {
            f"{name}/conv2d_params": kernel,
            f"{name}/batchnorm/beta": random.uniform(0.0, 0.2, WIDTH),
            f"{name}/batchnorm/moving_mean": random.normal(0, 0.02, WIDTH),
            f"{name}/batchnorm/moving_variance": variance,
        }
    return {name: array.astype("float32") for name, array in arrays.items()}


def class_weights(seed=0):
    """Returns the array from features to classes."""
    random = np.random.default_rng(seed)
    return random.normal(0, 0.05, (6 * WIDTH, CLASSES)).astype("float32")


def frozen_graph(arrays):
    """Returns bytes of a graph with arrays as constants, and much besides."""
    graph = tf.compat.v1.GraphDef()
    random = np.random.default_rng(1)
    graph.node.add(name="DecodeJpeg/contents", op="Placeholder")
    constants = dict(arrays)
    for name in arrays:
        if name.endswith("/beta"):
            # There, but unused: the normalization has no scale.
            gamma = random.uniform(2, 3, WIDTH).astype("float32")
            constants[name.replace("beta", "gamma")] = gamma
    constants["softmax/biases"] = np.arange(CLASSES, dtype="float32")
    constants["ResizeBilinear/size"] = np.array([299, 299], "int32")
    constants["pool_3/name"] = np.array([b"pool"], object)
    for name, array in constants.items():
        node = graph.node.add(name=name, op="Const")
        node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(array))
        layer, _, part = name.rpartition("/")
        if part == "conv2d_params":
            graph.node.add(name=f"{layer}/Conv2D", op="Conv2D")
    return graph.SerializeToString()


class Pickled:
    """Opcodes of pickles as PyTorch writes them: protocol 2."""

    @staticmethod
    def file(value):
        return b"\x80\x02" + value + b"."

    @staticmethod
    def name(module, name):
        return f"c{module}\n{name}\n".encode()

    @staticmethod
    def text(value):
        encoded = value.encode()
        return b"X" + struct.pack("<I", len(encoded)) + encoded

    @staticmethod
    def integer(value):
        return b"J" + struct.pack("<i", value)

    @staticmethod
    def sequence(*values):
        return b"(" + b"".join(values) + b"t"

    @staticmethod
    def call(function, *arguments):
        return function + Pickled.sequence(*arguments) + b"R"

    @staticmethod
    def module(name, attributes):
        items = b"".join(
            Pickled.text(key) + value for key, value in attributes.items()
        )
        made = Pickled.name("__torch__.inceptionv3", name) + b")\x81"
        return made + b"}(" + items + b"ub"

    @staticmethod
    def tensor(key, shape, strides=None, storage=("torch", "FloatStorage")):
        if strides is None:
            strides = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
        size = math.prod(shape)
        reference = Pickled.sequence(
            Pickled.text("storage"),
            Pickled.name(*storage),
            Pickled.text(key),
            Pickled.text("cpu"),
            Pickled.integer(size),
        )
        return Pickled.call(
            Pickled.name("torch._utils", "_rebuild_tensor_v2"),
            reference + b"Q",  # A persistent id.
            Pickled.integer(0),
            Pickled.sequence(*map(Pickled.integer, shape)),
            Pickled.sequence(*map(Pickled.integer, strides)),
            b"\x89",  # False.
            Pickled.call(Pickled.name("collections", "OrderedDict")),
        )


def torchscript_archive(pickled, storages=()):
    """Returns bytes of an archive of a pickle and of storages by key."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x/data.pkl", pickled)
        archive.writestr("x/code/__torch__.py", "print('never run')")
        for key, content in dict(storages).items():
            archive.writestr(f"x/data/{key}", content)
    return file.getvalue()


_PORT_PARTS = {
    "conv2d_params": "weight",
    "batchnorm/beta": "beta",
    "batchnorm/moving_mean": "mean",
    "batchnorm/moving_variance": "var",
}


def torchscript(arrays):
    """Returns the archive in which the port of the network is published."""
    storages, layers = {}, {}
    integers = Pickled.call(
        Pickled.name("torch.jit._pickle", "build_intlist"),
        b"](" + Pickled.integer(1) + Pickled.integer(1) + b"e",
    )
    for name in kernel_shapes():
        block, *path = name.split("/")
        if path:
            layer = layers.setdefault(block, {})
            # "tower_1/mixed/conv_1" is one layer, "tower_1_mixed_conv_1".
            layer = layer.setdefault("_".join(path), {})
        else:
            layer = layers.setdefault(block, {})
        for part, port in _PORT_PARTS.items():
            array = arrays[f"{name}/{part}"]
            if port == "weight":
                array = array.transpose(3, 2, 0, 1)
            key = str(len(storages))
            storages[key] = array.tobytes()
            layer[port] = Pickled.tensor(key, array.shape)
        layer |= {"training": b"\x89", "stride": b"K\x01", "padding": integers}

    def module(tree):
        return Pickled.module(
            "Layer",
            {
                name: module(value) if isinstance(value, dict) else value
                for name, value in tree.items()
            },
        )

    tree = {"training": b"\x89", "net": {"layers": layers}}
    return torchscript_archive(Pickled.file(module(tree)), storages)
