"""LPIPS: how different two images look.

The Unreasonable Effectiveness of Deep Features as a Perceptual Metric
Zhang, Isola, Efros, Shechtman and Wang, 2018
https://arxiv.org/abs/1801.03924
"""

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo.metrics.weights import VGG16_LPIPS, digest

VERSION = "v0.1"  # Of the linear layers, by their authors' count.

# Convolutions of VGG-16 stage by stage; each stage ends in one of the five
# layers that are compared.
_STAGES = (2, 2, 3, 3, 3)

# Mean and deviation of ImageNet's channels, for images in [-1, 1].
_SHIFT = np.array([-0.030, -0.088, -0.188], "float32")
_SCALE = np.array([0.458, 0.448, 0.450], "float32")


def vgg16_lpips(path=None):
    """The distance LPIPS, of version 0.1 with the network VGG-16.

    Args:
        path: String or path of the file of weights. By default it is
            `weights/vgg16_lpips.npz` in the folder of the environment
            variable `KERAS_GAN_ZOO_HOME`, or of `~/.cache/keras_gan_zoo`.

    Returns:
        `PerceptualDistance`.

    Raises:
        FileNotFoundError: If the file isn't there. Nothing is downloaded.
        ValueError: If the weights are others.
    """
    return PerceptualDistance(VGG16_LPIPS.load(path))


class PerceptualDistance:
    """LPIPS of pairs of images; made by `vgg16_lpips()`.

    Args:
        weights: Dictionary of arrays, by the names of ours.
    """

    def __init__(self, weights):
        self.name = "vgg16_lpips"
        self.version = VERSION
        self.sha256 = digest(weights)
        self.network = _build_network(weights)
        self._linear = [
            weights[f"linear_{stage}"] for stage in range(len(_STAGES))
        ]
        spec = tf.TensorSpec((None, None, None, 3), tf.float32)
        self._distances = tf.function(
            self._compute, input_signature=[spec, spec]
        )

    @property
    def label(self):
        """Name and version, as in the names of scores."""
        return f"{self.name}-{self.version}"

    def __call__(self, first, second):
        """Returns the distance of each pair.

        Args:
            first: Array of images `(pairs, height, width, channels)`: floats in
                [-1, 1], or bytes. Grey ones count as colour images of equal
                channels. Sides of at least 16 pixels.
            second: The other ones, of the same shape.

        Returns:
            Array, float32, of shape `(pairs,)`: 0 for equal images.

        Raises:
            ValueError: If the shapes differ or are no images', or floats are
                beyond [-1, 1].
        """
        first, second = self._prepared(first), self._prepared(second)
        if first.shape != second.shape:
            raise ValueError(
                "Images are compared in pairs of one shape. Received: shapes "
                f"{first.shape} and {second.shape}."
            )
        return np.asarray(self._distances(first, second))

    def _prepared(self, images):
        images = np.asarray(images)
        if images.ndim != 4 or images.shape[-1] not in (1, 3):
            raise ValueError(
                "Expected images of shape (pairs, height, width, channels) "
                "with 1 or 3 channels. Received: shape "
                f"{images.shape}."
            )
        if min(images.shape[1:3]) < 16:
            raise ValueError(
                "VGG-16 halves images four times, so it needs sides of at "
                f"least 16 pixels. Received: shape {images.shape}. Enlarge "
                "both images of each pair in the same way."
            )
        if images.dtype == np.uint8:
            images = images.astype("float32") / 127.5 - 1.0
        if images.dtype.kind in "iub":  # A dark image would pass as a grey one.
            raise ValueError(
                "Images must be bytes, which are uint8, or floats in [-1, 1]. "
                f"Received: dtype {images.dtype}. Convert the images."
            )
        images = images.astype("float32")
        # Written so that NaN fails it.
        if not (abs(images) <= 1.001).all():
            raise ValueError(
                "Images must be bytes or floats in [-1, 1]. Received: floats "
                f"from {images.min():.4g} to {images.max():.4g}. Scale them, "
                "or clip the samples of a generator without tanh."
            )
        if images.shape[-1] == 1:
            images = np.repeat(images, 3, axis=-1)
        return images

    def _compute(self, first, second):
        both = (tf.concat([first, second], axis=0) - _SHIFT) / _SCALE
        distance = 0.0
        for features, weights in zip(
            self.network(both, training=False), self._linear
        ):
            # Unit length at each pixel; the constant is the authors'.
            norms = tf.norm(features, axis=-1, keepdims=True)
            features = features / (norms + 1e-10)
            squared = tf.square(tf.subtract(*tf.split(features, 2)))
            distance += tf.reduce_mean(
                tf.reduce_sum(squared * weights, axis=-1), axis=[1, 2]
            )
        return distance


def _build_network(weights):
    """Returns VGG-16 up to its last convolution, with five outputs."""
    images = keras.Input((None, None, 3), name="images")
    x, outputs, index = images, [], 0
    for stage, number in enumerate(_STAGES):
        if stage:
            x = keras.layers.MaxPooling2D(dtype="float32")(x)
        for _ in range(number):
            kernel = weights[f"conv_{index}/kernel"]
            layer = keras.layers.Conv2D(
                kernel.shape[-1],
                3,
                padding="same",
                activation="relu",
                dtype="float32",
                name=f"conv_{index}",
            )
            x = layer(x)
            layer.set_weights([kernel, weights[f"conv_{index}/bias"]])
            index += 1
        outputs.append(x)
    return keras.Model(images, outputs, name="vgg16_lpips")
