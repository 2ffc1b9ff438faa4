"""The part of a generator that grows."""

import keras
import tensorflow as tf

from keras_gan_zoo.layers.growing import Growing, build, enlarge, mix


@keras.saving.register_keras_serializable("keras_gan_zoo")
class GrowingDecoder(Growing):
    """Makes images of features, small ones at first and larger ones later.

    Karras et al. 2018, https://arxiv.org/abs/1710.10196, figure 2: while a
    level is faded in, its images are mixed with the enlarged images of the
    level below. See `Growing` for the weight `growth`.

    Args:
        blocks: List of layers. Block `k` makes features of level `k + 1` of
            those of level `k`, and doubles their size.
        to_images: List of layers, one more. Layer `k` makes images of the
            features of level `k`.
        **kwargs: As of any layer.

    Raises:
        ValueError: If there isn't one layer more than there are blocks.

    Input shape:
        `(batch, height, width, channels)`, features of level 0.

    Output shape:
        `(batch, height * 2**levels, width * 2**levels, image_channels)`,
        float32 if the layers `to_images` are.
    """

    ends_name = "to_images"

    def __init__(self, blocks, to_images, **kwargs):
        super().__init__(blocks, to_images, **kwargs)

    def build(self, input_shape):
        super().build(input_shape)
        for level, layer in enumerate(self.ends):
            if level > 0:
                block = self.blocks[level - 1]
                build(block, input_shape)
                input_shape = block.compute_output_shape(input_shape)
            build(layer, input_shape)

    def call(self, inputs, training=None):
        def compute(level, share):
            features = below = inputs
            for block in self.blocks[:level]:
                features, below = block(features, training=training), features
            images = self.ends[level](features)
            if level > 0:
                smaller = self.ends[level - 1](below)
                images = mix(enlarge(smaller, 2), images, share)
            return enlarge(images, 2 ** (self.levels - level))

        images = self.at_growth(compute)
        return tf.ensure_shape(images, self.compute_output_shape(inputs.shape))

    def compute_output_shape(self, input_shape):
        for block in self.blocks:
            input_shape = block.compute_output_shape(input_shape)
        return self.ends[-1].compute_output_shape(input_shape)
