"""A penalty on scores that drift."""

import keras
import tensorflow as tf

from keras_gan_zoo.penalties.penalty import Penalty


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Drift(Penalty):
    """`weight * E D(x)^2` at real samples: Karras et al. 2018, appendix A.1.

    A Wasserstein loss sees differences of scores only, and they may drift off
    together. The weight is `epsilon_drift` in the paper. Of several outputs of
    a discriminator the terms are added up.
    """

    label = "drift"
    needs_critic = False

    def __init__(self, weight=0.001, every=1):
        super().__init__(weight, every)

    def value(self, trial, prepared, seed):
        squares = [
            tf.reduce_mean(tf.square(tf.cast(scores, tf.float32)))
            for scores in tf.nest.flatten(trial.real_scores)
        ]
        return tf.add_n(squares)
