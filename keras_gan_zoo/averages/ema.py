"""The exponential moving average."""

import math

import keras
import tensorflow as tf

from keras_gan_zoo.integers import check_integer


@keras.saving.register_keras_serializable("keras_gan_zoo")
class EMA:
    """An exponential moving average: recent weights count most.

    After each move of a network,

        average = decay * average + (1 - decay) * weights,

    where `decay` is given, or follows from the time after which weights count
    half, in images, as Karras et al. give it since 2018
    (https://arxiv.org/abs/1710.10196): then it doesn't depend on the size of
    the batch. That of a batch of n images is `0.5 ** (n / half_life)`.

    An average starts from untrained weights. They would make up most of it for
    long, so it reaches back over no more than a share of the training so far,
    the `ramp`:

    - `decay` is at most `(1 + t) / (1 + 1 / ramp + t)` after `t` training
      steps, so that the time constant `1 / (1 - decay)` is at most
      `1 + ramp * (1 + t)` steps. With a ramp of 1/9 that is
      `(1 + t) / (10 + t)`, the rule of TensorFlow's
      `tf.train.ExponentialMovingAverage`.
    - `half_life` is at most `ramp * images` after so many images. This is the
      rule of the code of StyleGAN2, where `ramp` is 0.05.

    It is a description, which remembers nothing: one object serves any number
    of networks.

    Args:
        decay: Float in [0, 1), for each step. Give this or `half_life`.
        half_life: Positive number of images.
        ramp: Positive float, or `None` for an average that is never shorter.
        start: Integer, number of images before which the average is a copy.

    Images are those of the batches, on all replicas, with which the network's
    player has moved.

    Example:

    ```python
    EMA(0.999)
    EMA(half_life=10_000, ramp=0.05)  # StyleGAN2: 10,000 images
    ```
    """

    def __init__(self, decay=None, half_life=None, ramp=1 / 9, start=0):
        if (decay is None) == (half_life is None):
            raise ValueError(
                "An average has a `decay` for each step or a `half_life` in "
                f"images. Received: decay={decay}, half_life={half_life}. Give "
                "one of them, such as `EMA(0.999)`."
            )
        if decay is not None and not 0.0 <= decay < 1.0:
            raise ValueError(
                f"`decay` must be in [0, 1). Received: decay={decay}. Near 1, "
                "such as 0.999, the average is a long one."
            )
        for name, value in (("half_life", half_life), ("ramp", ramp)):
            if value is not None and not 0.0 < value < math.inf:
                raise ValueError(
                    f"`{name}` must be positive and finite, or None. "
                    f"Received: {name}={value}."
                )
        self.decay = decay
        self.half_life = half_life
        self.ramp = ramp
        self.start = check_integer("start", start, 0)

    @property
    def counts_images(self):
        """Whether `decay_after` needs to know how many images there were."""
        return self.half_life is not None or self.start > 0

    def decay_after(self, steps, images=None, batch_size=None):
        """Returns the weight of the average so far, a float32 scalar.

        Args:
            steps: Integer scalar tensor, training steps so far.
            images: Integer scalar tensor, images before this move. It is only
                looked at by an average that `counts_images`, as is the next.
            batch_size: Integer scalar tensor, images of this move.
        """
        if self.half_life is None:
            decay = self._by_steps(tf.cast(steps, tf.float32))
        else:
            decay = self._by_images(
                tf.cast(images, tf.float32), tf.cast(batch_size, tf.float32)
            )
        if self.start:
            decay = tf.where(images < self.start, 0.0, decay)
        return decay

    def get_config(self):
        return {
            "decay": self.decay,
            "half_life": self.half_life,
            "ramp": self.ramp,
            "start": self.start,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def _by_steps(self, steps):
        if self.ramp is None:
            return tf.constant(self.decay, tf.float32)
        rising = (1.0 + steps) / (1.0 + 1.0 / self.ramp + steps)
        return tf.minimum(self.decay, rising)

    def _by_images(self, images, batch_size):
        half_life = tf.constant(self.half_life, tf.float32)
        if self.ramp is not None:
            half_life = tf.minimum(half_life, self.ramp * images)
        # Before the first image, it is 0 and so is the decay.
        return 0.5 ** (batch_size / tf.maximum(half_life, 1e-8))


def require_average(average):
    """Raises a `ValueError` unless a caller has passed an average.

    Args:
        average: What was passed for it.
    """
    if not isinstance(average, EMA):
        raise ValueError(
            "`average` must be an object such as `averages.EMA(0.999)`, or "
            f"None for no average. Received: average={average!r}."
        )
