"""A network that scores look at images through, and the name it gives them."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf


class Features(NamedTuple):
    """What a `FeatureNetwork` sees in images.

    `features` is float32 of shape `(images, dimensions)`. `probabilities` is
    float32 of shape `(images, classes)`, or `None` where the network has no
    classes.
    """

    features: np.ndarray
    probabilities: np.ndarray | None


class FeatureNetwork:
    """Features of images, always computed in the same way.

    A score depends on its network: on the weights, and on how images get into
    it. So both are in one object, whose `label` is part of the score's name.

    Images must be bytes, as in picture files: floats could be in any range, and
    rounding moves scores.

    Args:
        name: String.
        version: String, of the weights.
        compute: Function from a float32 tensor of images `(batch, height,
            width, channels)` in [0, 255] to a pair: features `(batch,
            dimensions)` and probabilities `(batch, classes)` or `None`. It is
            run in inference and holds no state that moves.
        sha256: String, hexadecimal digest that identifies the weights.
        image_shape: Tuple `(height, width, channels)`; `None` for a height or
            a width that is free, since `compute` resizes.
        num_classes: Integer, number of classes; `None` without any.
        resizer: String, how `compute` resizes, as it should appear in the
            names of scores. `None` if it doesn't resize.

    Example:

    ```python
    network = FeatureNetwork(
        "my_classifier",
        "v1",
        lambda images: (body(images / 127.5 - 1.0, training=False), None),
        sha256=hashlib.sha256(weights.read_bytes()).hexdigest(),
        image_shape=(64, 64, 3),
    )
    network(images).features
    ```
    """

    def __init__(
        self,
        name,
        version,
        compute,
        sha256,
        image_shape,
        num_classes=None,
        resizer=None,
    ):
        self.name = name
        self.version = version
        self.sha256 = sha256
        self.image_shape = tuple(image_shape)
        self.num_classes = num_classes
        self.resizer = resizer
        # Traced once, for batches of any size.
        shape = (None, *image_shape)
        self._compute = tf.function(
            lambda images: compute(tf.cast(images, tf.float32)),
            input_signature=[tf.TensorSpec(shape, tf.uint8)],
        )

    def __repr__(self):
        return f"<FeatureNetwork {self.label}>"

    @property
    def label(self):
        """Name and version, as in the names of scores."""
        if self.name.endswith(self.version):
            return self.name
        return f"{self.name}-{self.version}"

    def __call__(self, images):
        """Returns the `Features` of a batch of images.

        Args:
            images: Array, uint8, of shape `(batch, height, width, channels)`.
                Grey images count as colour images of equal channels where the
                network takes colour.

        Raises:
            ValueError: If the images are no bytes, or of another shape.
        """
        images = self.require_images(images)
        features, probabilities = self._compute(images)
        if probabilities is not None:
            probabilities = np.asarray(probabilities)
        return Features(np.asarray(features), probabilities)

    def require_images(self, images):
        """Returns images as the network takes them, or raises a ValueError."""
        images = np.asarray(images)
        if images.dtype != np.uint8:
            raise ValueError(
                f"{self.label} takes images as bytes: uint8 from 0 to 255. "
                f"Received: dtype {images.dtype}. Round samples in [-1, 1] by "
                "`keras_gan_zoo.images.to_uint8(samples)`."
            )
        *_, channels = self.image_shape
        if images.ndim == 4 and images.shape[-1] == 1 and channels == 3:
            images = np.repeat(images, 3, axis=-1)
        fits = images.ndim == 4 and all(
            expected in (None, received)
            for expected, received in zip(self.image_shape, images.shape[1:])
        )
        if not fits:
            height, width, _ = (
                "any" if side is None else side for side in self.image_shape
            )
            raise ValueError(
                f"{self.label} takes images of shape (batch, height, width, "
                f"channels), with height {height}, width {width} and "
                f"{channels} channels. Received: shape {images.shape}. Choose "
                "a network for such images, or bring both the generated and "
                "the real images to that shape."
            )
        return images
