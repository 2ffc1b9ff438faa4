"""Instance noise: what the discriminator sees is blurred, ever less.

Sønderby et al. 2017, "Amortised MAP Inference for Image Super-resolution",
https://arxiv.org/abs/1610.04490; Arjovsky and Bottou 2017, "Towards Principled
Methods for Training Generative Adversarial Networks",
https://arxiv.org/abs/1701.04862.
"""

import math

import keras
import tensorflow as tf

from keras_gan_zoo import noise
from keras_gan_zoo.augmentations.augmentation import Augmentation
from keras_gan_zoo.integers import check_integer


@keras.saving.register_keras_serializable("keras_gan_zoo")
class InstanceNoise(Augmentation):
    """Adds Gaussian noise to all that the discriminator sees.

    Sønderby et al. 2017, https://arxiv.org/abs/1610.04490, and
    Arjovsky and Bottou 2017, https://arxiv.org/abs/1701.04862, section 3. Real
    and generated samples lie on thin sheets in the space of images, which
    hardly meet. A discriminator can then tell all of them apart, and far from
    the border its gradient vanishes. Noise spreads both so that they overlap.
    It falls linearly,

        x + stddev * max(0, 1 - steps / decay_steps) * N(0, 1),

    with `steps` the moves that the discriminator has made. They are counted
    by a weight, so that training resumes where it was.

    Args:
        stddev: Float of at least 0, deviation at the start, for samples in
            [-1, 1]; 0.1 is common.
        decay_steps: Positive integer, moves of the discriminator until there is
            no noise.

    Attributes:
        steps: Weight, scalar, int64.
    """

    def __init__(self, stddev, decay_steps):
        super().__init__()
        if not (stddev >= 0 and math.isfinite(stddev)):
            raise ValueError(
                "`stddev` is a deviation, so it must be finite and at least 0. "
                f"Received: stddev={stddev}. For samples in [-1, 1], 0.1 is "
                "common."
            )
        self.stddev = stddev
        self.decay_steps = check_integer("decay_steps", decay_steps, 1)
        self.steps = self.add_state("steps", 0, "int64")

    def augment(self, samples, seed):
        """Returns noisy samples, of the same shape and type.

        Args:
            samples: Tensor of shape `(batch, ...)`, of any floating-point
                type.
            seed: Seed of shape `(2,)`; see `keras_gan_zoo.noise`.

        Raises:
            ValueError: If samples are of another type.
        """
        samples = tf.convert_to_tensor(samples)
        if not samples.dtype.is_floating:
            raise ValueError(
                "Noise is added to floating-point numbers. Received: samples "
                f"of type {samples.dtype.name}. Cast them, pixels to [-1, 1]."
            )
        given = tf.shape(samples)
        shape = [
            given[axis] if size is None else size
            for axis, size in enumerate(samples.shape)
        ]
        steps = tf.cast(self.steps.value, tf.float32)
        left = tf.maximum(1.0 - steps / self.decay_steps, 0.0)
        drawn = self.stddev * left * noise.normal(shape, seed)
        return samples + tf.cast(drawn, samples.dtype)

    def observe(self, real_scores):
        """Counts a move of the discriminator."""
        self.steps.assign(self.steps.value + 1)

    def get_config(self):
        return {"stddev": self.stddev, "decay_steps": self.decay_steps}
