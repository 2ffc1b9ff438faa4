"""Images."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks, images
from keras_gan_zoo.samples.kind import Kind, input_within


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Images(Kind):
    """Images of shape `(height, width, channels)`, floats in [-1, 1].

    They are served in [0, 1], and as PNG files if they have 1 to 4 channels:
    grey, grey and alpha, RGB, or RGB and alpha, which is never premultiplied.
    Pictures show images with alpha on a chequered ground, and of those with
    more channels the first three.
    """

    name = "images"
    suffix = "png"

    def check(self, samples):
        self.require(samples)
        checks.check_images(samples)

    def require(self, samples):
        images.require_rank(samples)

    def to_served(self, samples):
        self.require(samples)
        return images.to_unit(samples)

    def from_served(self, samples):
        return 2.0 * samples - 1.0

    def input(self, shape, name=None):
        spec = tf.TensorSpec((None, *shape), tf.float32, name or self.name)
        return input_within(spec, (0.0, 1.0), self.from_served)

    def files(self, shape):
        return {"png": images.to_png} if shape[-1] <= 4 else {}

    def cells(self, samples):
        self.require(samples)
        return images.to_visible(images.to_uint8(samples))
