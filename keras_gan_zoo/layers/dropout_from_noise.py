"""Dropout whose mask is made of noise that the network is given."""

import math

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("keras_gan_zoo")
class DropoutFromNoise(keras.layers.Layer):
    """Sets features to zero where noise is small, and scales up the rest.

    For networks whose only noise is dropout, and which keep it when they are
    used: Isola et al. 2017, "Image-to-Image Translation with Conditional
    Adversarial Networks", section 2.1, https://arxiv.org/abs/1611.07004. The
    noise is an input, as latents are elsewhere: the same noise gives the same
    result, in every batch and process, and nothing here has a state.

    Args:
        rate: Float in [0, 1), the share of features that are set to zero. The
            others are multiplied by `1 / (1 - rate)`.

    Call arguments:
        inputs: Pair of features `(batch, ...)` and of noise from U[0, 1),
            float32 `(batch, size)`, with a number for each feature. A feature
            is kept where its number is at least `rate`.
    """

    def __init__(self, rate, **kwargs):
        # In half precision, noise would be rounded; and features come as the
        # layer before has left them.
        super().__init__(autocast=False, **kwargs)
        if not 0.0 <= rate < 1.0:
            raise ValueError(
                "`rate` is the share of features that are set to zero, in "
                f"[0, 1). Received: rate={rate}."
            )
        self.rate = rate

    def build(self, input_shape):
        features, noise = input_shape
        if noise[1] != math.prod(features[1:]):
            raise ValueError(
                "Expected a number of noise for each feature. Received: noise "
                f"of shape {noise} for features of shape {features}. Give it "
                f"{math.prod(features[1:])} numbers."
            )
        super().build(input_shape)

    def call(self, inputs):
        features, noise = inputs
        kept = tf.reshape(noise, tf.shape(features)) >= self.rate
        return tf.where(
            kept, features / (1.0 - self.rate), tf.zeros_like(features)
        )

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}
