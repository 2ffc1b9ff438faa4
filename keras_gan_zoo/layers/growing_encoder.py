"""The part of a discriminator that grows."""

import keras
import tensorflow as tf

from keras_gan_zoo.layers.growing import Growing, build, mix, shrink


@keras.saving.register_keras_serializable("keras_gan_zoo")
class GrowingEncoder(Growing):
    """Makes features of images, of small ones at first and larger ones later.

    Karras et al. 2018, https://arxiv.org/abs/1710.10196, figure 2: while a
    level is faded in, its features are mixed, where they have the size of the
    level below, with those that the level below makes of the shrunken images.
    See `Growing` for the weight `growth`.

    Args:
        blocks: List of layers. Block `k` makes features of level `k` of those
            of level `k + 1`, and halves their size.
        from_images: List of layers, one more. Layer `k` makes features of
            level `k` of images of that size.
        **kwargs: As of any layer.

    Raises:
        ValueError: If there isn't one layer more than there are blocks.

    Input shape:
        `(batch, height, width, image_channels)`, images of the full size. They
        are shrunk to that of the present level.

    Output shape:
        `(batch, height / 2**levels, width / 2**levels, channels)`, features
        of level 0.
    """

    ends_name = "from_images"

    def __init__(self, blocks, from_images, **kwargs):
        super().__init__(blocks, from_images, **kwargs)

    def build(self, input_shape):
        super().build(input_shape)
        batch, height, width, channels = input_shape
        for level, end in enumerate(self.ends):
            factor = 2 ** (self.levels - level)
            images = (batch, height // factor, width // factor, channels)
            build(end, images)
            if level > 0:
                features = end.compute_output_shape(images)
                build(self.blocks[level - 1], features)

    def call(self, inputs, training=None):
        def compute(level, share):
            images = shrink(inputs, 2 ** (self.levels - level))
            features = self.ends[level](images)
            for lower in reversed(range(level)):
                features = self.blocks[lower](features, training=training)
                if lower == level - 1:
                    below = self.ends[lower](shrink(images, 2))
                    features = mix(below, features, share)
            return features

        features = self.at_growth(compute)
        shape = self.compute_output_shape(inputs.shape)
        return tf.ensure_shape(features, shape)

    def compute_output_shape(self, input_shape):
        shape = self.ends[-1].compute_output_shape(input_shape)
        for block in reversed(self.blocks):
            shape = block.compute_output_shape(shape)
        return shape
