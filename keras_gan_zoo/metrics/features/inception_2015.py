"""The Inception network of 2015, whose features give FID and KID.

Rethinking the Inception Architecture for Computer Vision
Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, 2015
https://arxiv.org/abs/1512.00567

Published scores are of one training of it, the file `classify_image_graph_def
.pb` in the archive `inception-2015-12-05.tgz`. It differs from today's
Inception-v3 networks in its weights, its 1,008 classes and one pooling.
"""

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo.metrics.features.feature_network import FeatureNetwork
from keras_gan_zoo.metrics.weights import INCEPTION_2015, digest

_EPSILON = 0.001  # Of the graph's batch normalization.
_SIZE = 299
_PARTS = (
    "conv2d_params",
    "batchnorm/beta",
    "batchnorm/moving_mean",
    "batchnorm/moving_variance",
)


def inception_2015(path=None):
    """The network of the official Inception Score, FID and KID.

    Its features are those of the last pooling, of 2,048 dimensions. Images of
    any size are resized to 299 pixels as TensorFlow 1 did it: bilinear,
    without antialiasing and without half-pixel centers. Its classes are there
    only if the weights came with them, see `python -m keras_gan_zoo.metrics
    fetch inception_2015`; the official Inception Score leaves out their bias,
    and so does this.

    Args:
        path: String or path of the file of weights. By default it is
            `weights/inception_2015.npz` in the folder of the environment
            variable `KERAS_GAN_ZOO_HOME`, or of `~/.cache/keras_gan_zoo`.

    Returns:
        `FeatureNetwork`.

    Raises:
        FileNotFoundError: If the file isn't there. Nothing is downloaded.
        ValueError: If the weights are not those of 2015.
    """
    return feature_network(INCEPTION_2015.load(path))


def feature_network(weights):
    """Returns the `FeatureNetwork` of weights by the names of the graph."""
    convolutions = dict(weights)
    class_weights = convolutions.pop(INCEPTION_2015.optional, None)
    network = build_network(convolutions)

    def compute(images):
        # That of TensorFlow 1, which today's `tf.image.resize` isn't.
        images = tf.raw_ops.ResizeBilinear(
            images=images,
            size=[_SIZE, _SIZE],
            align_corners=False,
            half_pixel_centers=False,
        )
        features = network((images - 128.0) / 128.0, training=False)
        if class_weights is None:
            return features, None
        return features, tf.nn.softmax(features @ class_weights)

    return FeatureNetwork(
        "inception_2015",
        "2015",
        compute,
        # Features are the same whether the file has classes or not.
        digest(convolutions),
        image_shape=(None, None, 3),
        num_classes=None if class_weights is None else class_weights.shape[1],
        resizer="tf1-bilinear",
    )


def build_network(weights):
    """Returns the network as a Keras model, in float32 under any policy.

    Args:
        weights: Dictionary from the names of the graph's constants to arrays.

    Returns:
        `keras.Model` from images `(batch, 299, 299, 3)` in [-1, 1] to features
        `(batch, 2048)`.
    """
    net = _Convolutions(weights)
    images = keras.Input((_SIZE, _SIZE, 3), name="images")
    x = net.conv(images, "conv", strides=2, padding="valid")
    x = net.conv(x, "conv_1", padding="valid")
    x = net.conv(x, "conv_2")
    x = _max_pool(x)
    x = net.conv(x, "conv_3", padding="valid")
    x = net.conv(x, "conv_4", padding="valid")
    x = _max_pool(x)
    for block in ("mixed", "mixed_1", "mixed_2"):
        x = _concatenate(
            net.convs(x, block, 1),
            net.convs(x, f"{block}/tower", 2),
            net.convs(x, f"{block}/tower_1", 3),
            net.convs(_average_pool(x), f"{block}/tower_2", 1),
        )
    x = _concatenate(
        net.halving_convs(x, "mixed_3", 1),
        net.halving_convs(x, "mixed_3/tower", 3),
        _max_pool(x),
    )
    for block in ("mixed_4", "mixed_5", "mixed_6", "mixed_7"):
        x = _concatenate(
            net.convs(x, block, 1),
            net.convs(x, f"{block}/tower", 3),
            net.convs(x, f"{block}/tower_1", 5),
            net.convs(_average_pool(x), f"{block}/tower_2", 1),
        )
    x = _concatenate(
        net.halving_convs(x, "mixed_8/tower", 2),
        net.halving_convs(x, "mixed_8/tower_1", 4),
        _max_pool(x),
    )
    for block in ("mixed_9", "mixed_10"):
        pooled = _average_pool(x)
        if block == "mixed_10":
            # A slip of that graph, which today's Inception-v3 hasn't got.
            pooled = _max_pool(x, strides=1, padding="same")
        tower = net.convs(x, f"{block}/tower", 1)
        tower_1 = net.convs(x, f"{block}/tower_1", 2)
        x = _concatenate(
            net.convs(x, block, 1),
            net.conv(tower, f"{block}/tower/mixed/conv"),
            net.conv(tower, f"{block}/tower/mixed/conv_1"),
            net.conv(tower_1, f"{block}/tower_1/mixed/conv"),
            net.conv(tower_1, f"{block}/tower_1/mixed/conv_1"),
            net.convs(pooled, f"{block}/tower_2", 1),
        )
    pool = keras.layers.GlobalAveragePooling2D(dtype="float32", name="pool_3")
    return keras.Model(images, pool(x), name="inception_2015")


class _Convolutions:
    """Makes layers under the names of the graph, of its constants' shapes."""

    def __init__(self, weights):
        self.weights = weights

    def conv(self, x, name, strides=1, padding="same"):
        kernel, bias = self._folded(name)
        layer = keras.layers.Conv2D(
            kernel.shape[-1],
            kernel.shape[:2],
            strides,
            padding,
            activation="relu",
            dtype="float32",
            name=name.replace("/", "-"),
        )
        x = layer(x)
        layer.set_weights([kernel, bias])
        return x

    def convs(self, x, prefix, number):
        """Returns `x` after the convolutions of a tower, one by one."""
        for name in _conv_names(prefix, number):
            x = self.conv(x, name)
        return x

    def halving_convs(self, x, prefix, number):
        """The same, where the last one halves the size."""
        *names, last = _conv_names(prefix, number)
        for name in names:
            x = self.conv(x, name)
        return self.conv(x, last, strides=2, padding="valid")

    def _folded(self, name):
        """Returns kernel and bias of a convolution with its normalization."""
        kernel, beta, mean, variance = (
            self.weights[f"{name}/{part}"].astype("float64") for part in _PARTS
        )
        scale = 1 / np.sqrt(variance + _EPSILON)
        return kernel * scale, beta - mean * scale


def _conv_names(prefix, number):
    names = ["conv", *(f"conv_{index}" for index in range(1, number))]
    return [f"{prefix}/{name}" for name in names]


def _average_pool(x):
    # Its averages leave out the padding, as those of the graph.
    return keras.layers.AveragePooling2D(3, 1, "same", dtype="float32")(x)


def _max_pool(x, strides=2, padding="valid"):
    return keras.layers.MaxPooling2D(3, strides, padding, dtype="float32")(x)


def _concatenate(*tensors):
    return keras.layers.Concatenate(dtype="float32")(tensors)
