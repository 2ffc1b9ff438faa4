"""Networks that grow: how far, and what images look like at that size.

Karras et al. 2018, "Progressive Growing of GANs for Improved Quality,
Stability, and Variation", https://arxiv.org/abs/1710.10196, figure 2.
"""

import keras
import tensorflow as tf


class Growing(keras.layers.Layer):
    """A layer of several levels, each for images of twice the size.

    The weight `growth` says which levels take part, and is not trained: a
    model moves it. It is a number from 0 to `levels`. At a whole number `k`,
    images have the size of level `k`. At `k + a`, those of level `k + 1` are
    faded in: they are mixed by `a` with those of level `k`. At first the layer
    is fully grown.

    All images that go in or out have the full size, whatever the growth: small
    ones consist of blocks of equal pixels.

    Args:
        blocks: List of layers, one for each doubling of the size.
        ends: List of layers, one more, between features of a level and its
            images.
    """

    ends_name = None  # The argument of a subclass that `ends` are.

    def __init__(self, blocks, ends, **kwargs):
        super().__init__(**kwargs)
        if len(ends) != len(blocks) + 1:
            raise ValueError(
                "A network of n blocks has images of n + 1 sizes. Received: "
                f"{len(blocks)} blocks, {len(ends)} layers of "
                f"`{self.ends_name}`. Pass one for each size."
            )
        self.blocks = list(blocks)
        self.ends = list(ends)

    @property
    def levels(self):
        """How often the size of images can be doubled."""
        return len(self.blocks)

    def build(self, input_shape):
        self.growth = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(self.levels),
            dtype="float32",
            autocast=False,
            trainable=False,
            aggregation="only_first_replica",
            name="growth",
        )

    def at_growth(self, compute):
        """Returns what a function computes for the level that is largest.

        Args:
            compute: Function of an integer, the level, and of a float32
                scalar, the share of its images beside those of the level
                below. All levels give tensors of one shape.
        """
        growth = self.growth.value
        level = tf.cast(tf.math.ceil(growth), tf.int32)

        def branch(level):
            # Of level 0 there is nothing below.
            share = growth - tf.cast(level - 1, tf.float32)
            return lambda: compute(level, share)

        levels = range(self.levels + 1)
        return tf.switch_case(level, [branch(level) for level in levels])

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "blocks": [serialize(block) for block in self.blocks],
            self.ends_name: [serialize(end) for end in self.ends],
        }

    @classmethod
    def from_config(cls, config):
        deserialize = keras.saving.deserialize_keras_object
        parts = {
            name: [deserialize(layer) for layer in config[name]]
            for name in ("blocks", cls.ends_name)
        }
        return cls(**{**config, **parts})


def build(layer, input_shape):
    """Builds a layer, unless it was built when it was loaded."""
    if not layer.built:
        layer.build(input_shape)


def as_grown(images, growth, levels):
    """Returns images of the data as a discriminator sees them.

    They are shrunk to the size of the present level, and while a level is faded
    in, mixed with themselves at half the size.

    Args:
        images: Tensor of shape `(batch, height, width, channels)`.
        growth: Scalar, float32: see `Growing`.
        levels: Integer.

    Returns:
        Tensor of the same shape.
    """

    grown = 0.0
    for level in range(levels + 1):
        factor = 2 ** (levels - level)
        share = tf.maximum(1.0 - tf.abs(growth - level), 0.0)
        share = tf.cast(share, images.dtype)
        grown += share * enlarge(shrink(images, factor), factor)
    return grown


def mix(old, new, share):
    """Returns exactly `old` for a share of 0, and `new` for 1."""
    share = tf.cast(share, new.dtype)
    return (1.0 - share) * old + share * new


def shrink(images, factor):
    """Replaces blocks of `factor * factor` pixels by their mean."""
    if factor == 1:
        return images
    return tf.nn.avg_pool2d(images, factor, factor, "VALID")


def enlarge(images, factor):
    """Replaces pixels by blocks of `factor * factor` equal ones."""
    if factor == 1:
        return images
    return tf.repeat(tf.repeat(images, factor, axis=1), factor, axis=2)
