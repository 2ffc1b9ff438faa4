"""Dropout whose masks do not depend on the number of replicas."""

import keras
import tensorflow as tf

from keras_gan_zoo import noise


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Dropout(keras.layers.Dropout):
    """Sets features to zero at random, in training, and scales up the rest.

    Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks
    from Overfitting", https://jmlr.org/papers/v15/srivastava14a.html.

    It is `keras.layers.Dropout` with other random numbers. Keras draws the
    same mask on each replica of a `tf.distribute` strategy, and another one
    under XLA. Here the mask is that of the global batch, of which each replica
    takes its rows, and the same eagerly, in a graph and under XLA.

    Args:
        rate: Float in [0, 1], the share of features that are set to zero. The
            others are multiplied by `1 / (1 - rate)`.
        seed: Integer, or `None` for a different one in each layer.

    Call arguments:
        inputs: Tensor of any shape, the batch first.
        training: Boolean, whether anything is set to zero.
    """

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(rate, seed=seed, **kwargs)

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return tf.zeros_like(inputs)
        known, given = inputs.shape, tf.shape(inputs)
        shape = [
            given[axis] if size is None else size
            for axis, size in enumerate(known)
        ]
        # In float32 in mixed precision too, as half precision rounds to one.
        kept = noise.uniform(shape, self.seed_generator.next()) >= self.rate
        return tf.where(kept, inputs / (1 - self.rate), tf.zeros_like(inputs))

    def get_config(self):
        config = super().get_config()
        del config["noise_shape"]  # Masks of the whole batch have no rows.
        return config
