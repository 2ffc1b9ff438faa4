"""LeCam: Regularizing Generative Adversarial Networks under Limited Data.

Tseng, Jiang, Liu, Yang and Yang, 2021
https://arxiv.org/abs/2104.03310
"""

import keras
import tensorflow as tf

from keras_gan_zoo import replicas
from keras_gan_zoo.penalties.penalty import Penalty


@keras.saving.register_keras_serializable("keras_gan_zoo")
class LeCam(Penalty):
    """Holds scores of each kind near a moving average of the other's.

    `E max(0, D(x) - a_F)^2 + E max(0, a_R - D(G(z)))^2`, where `a_R` and `a_F`
    are averages of the means of real and of generated scores: it pulls the
    two together, so that few images can't be told by heart. The paper's
    equation has no maximum; the authors' code has.

    Args:
        weight: Float. The authors' is 0.3 for a hinge BigGAN on CIFAR-10.
        decay: Float in [0, 1), of the averages. The first is a copy.
        start: Integer, discriminator updates before which the averages are
            copies of the last means and there is no penalty.
    """

    label = "lecam"
    needs_critic = False

    def __init__(self, weight=0.3, decay=0.99, start=0):
        super().__init__(weight)
        if not 0.0 <= decay < 1.0:
            raise ValueError(
                f"`decay` must be in [0, 1). Received: decay={decay}."
            )
        self.decay = decay
        self.start = start
        self.real_average = self.add_state("real_average")
        self.fake_average = self.add_state("fake_average")
        self.updates = self.add_state("updates", 0, "int64")

    def prepare(self, trial, seed):
        """Moves the averages, by the means of this batch, before the loss."""
        if not trial.training:
            return
        copies = self.updates.value < max(self.start, 1)
        decay = tf.where(copies, 0.0, self.decay)
        for average, scores in (
            (self.real_average, trial.real_scores),
            (self.fake_average, trial.fake_scores),
        ):
            mean = replicas.mean(tf.reduce_mean(_all(scores)))
            average.assign(mean + decay * (average.value - mean))
        self.updates.assign(self.updates.value + 1)

    def value(self, trial, prepared, seed):
        above = _all(trial.real_scores) - self.fake_average.value
        below = self.real_average.value - _all(trial.fake_scores)
        gaps = tf.reduce_mean(tf.nn.relu(above) ** 2) + tf.reduce_mean(
            tf.nn.relu(below) ** 2
        )
        return tf.where(self.updates.value > self.start, gaps, 0.0)

    def get_config(self):
        return {
            "weight": self.weight,
            "decay": self.decay,
            "start": self.start,
        }


def _all(scores):
    """Returns the scores of all outputs as one vector, in float32."""
    vectors = [tf.reshape(part, [-1]) for part in tf.nest.flatten(scores)]
    return tf.cast(tf.concat(vectors, 0), tf.float32)
