"""Distributions of a sample given what a network returns: `p(x|z)`.

A model of likelihoods takes one as `likelihood=`. For one of your own, write a
subclass of `Likelihood`, registered by
`keras.saving.register_keras_serializable()`.
"""

import math

import keras
import tensorflow as tf

from keras_gan_zoo import noise


class Likelihood:
    """A distribution of samples, whose parameters a network returns.

    A subclass writes `log_prob` and `mean`, `observe` if a model doesn't learn
    from samples as they are, and `get_config()` if its constructor takes
    arguments.
    """

    # Whether a network that ends in a squashing function can't be right.
    takes_logits = False

    def observe(self, samples, seed):
        """Returns what a model sees of samples, a tensor of the same shape.

        Args:
            samples: Tensor of shape `(batch, ...)`.
            seed: Seed of shape `(2,)`, see `keras_gan_zoo.noise`.
        """
        return samples

    def log_prob(self, observed, outputs):
        """Returns the logarithm of the probability of each sample, in nats.

        Args:
            observed: What `observe` returned.
            outputs: What the network returned, for as many samples.

        Returns:
            Tensor of shape `(batch,)`, float32: the sum over all dimensions of
            a sample.
        """
        raise NotImplementedError

    def mean(self, outputs):
        """Returns the mean of the distribution, in the range of samples."""
        raise NotImplementedError

    def bits_per_dimension(self, nats, dimensions):
        """Returns bits, to be lowered, of nats, to be raised.

        Args:
            nats: Log-likelihoods, as `log_prob` has them.
            dimensions: Integer, numbers in a sample.
        """
        return -nats / (dimensions * math.log(2.0))

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Bernoulli(Likelihood):
    """Each value is 1 or -1; the network returns the logit of 1.

    Values between are chances: each time that a sample is observed, a value `x`
    becomes 1 with probability `(x + 1) / 2`, so that grey images are binarized
    anew in every step. Binary samples stay as they are: to learn from images
    that are binarized at a threshold, do so to the data, as in `tf.where(images
    > 0.0, 1.0, -1.0)`. The likelihoods of the two aren't to be compared.
    """

    takes_logits = True

    def observe(self, samples, seed):
        samples = tf.cast(samples, tf.float32)
        shape = [tf.shape(samples)[0], *samples.shape[1:]]
        is_one = noise.uniform(shape, seed, -1.0, 1.0) < samples
        return tf.where(is_one, 1.0, -1.0)

    def log_prob(self, observed, outputs):
        # log s(l) where x is 1, and log(1 - s(l)) = log s(-l) where it is -1.
        logits = tf.cast(outputs, tf.float32)
        return -_sum(tf.nn.softplus(-observed * logits))

    def mean(self, outputs):
        return tf.tanh(0.5 * tf.cast(outputs, tf.float32))  # 2 s(l) - 1.


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Gaussian(Likelihood):
    """Each value is normal; the network returns the means.

    Args:
        stddev: Float, the standard deviation of all values, or `None`, where
            the network returns `[means, log_variances]`.
        levels: Integer, how many different values the numbers of a sample in
            [-1, 1] have, such as 256. They are observed with uniform noise as
            wide as from one value to the next, without which a model that
            learns variances raises the density of the few values without
            bound; and bits per dimension are those of a value, not of a
            density. `None` for numbers without levels.
    """

    def __init__(self, stddev=None, levels=None):
        if stddev is not None and not stddev > 0.0:
            raise ValueError(
                f"`stddev` must be above 0. Received: stddev={stddev}. Leave "
                "it out for a network that returns `[means, log_variances]`."
            )
        if levels is not None and levels < 2:
            raise ValueError(
                "`levels` must be at least 2, or None for numbers without. "
                f"Received: levels={levels}."
            )
        self.stddev = stddev
        self.levels = levels

    def observe(self, samples, seed):
        samples = tf.cast(samples, tf.float32)
        if self.levels is None:
            return samples
        half = 1.0 / (self.levels - 1)
        shape = [tf.shape(samples)[0], *samples.shape[1:]]
        return samples + noise.uniform(shape, seed, -half, half)

    def log_prob(self, observed, outputs):
        means, log_variances = self._parameters(outputs)
        errors = (observed - means) ** 2 * tf.exp(-log_variances)
        return -0.5 * _sum(errors + log_variances + math.log(2.0 * math.pi))

    def mean(self, outputs):
        return self._parameters(outputs)[0]

    def bits_per_dimension(self, nats, dimensions):
        bits = super().bits_per_dimension(nats, dimensions)
        if self.levels is None:
            return bits
        return bits + math.log2((self.levels - 1) / 2.0)  # Of a unit's levels.

    def get_config(self):
        return {"stddev": self.stddev, "levels": self.levels}

    def _parameters(self, outputs):
        if self.stddev is not None:
            means = tf.cast(outputs, tf.float32)
            return means, tf.fill(tf.shape(means), 2.0 * math.log(self.stddev))
        return [tf.cast(output, tf.float32) for output in outputs]


def require_likelihood(likelihood):
    """Raises a `ValueError` unless an object is a `Likelihood`."""
    if not isinstance(likelihood, Likelihood):
        raise ValueError(
            "`likelihood` must be an object of `keras_gan_zoo.likelihoods`, "
            "such as `Bernoulli()`, or of a subclass of its `Likelihood`. "
            f"Received: likelihood={likelihood!r}."
        )


def _sum(values):
    """Returns the sum over all axes but the batch's."""
    return tf.reduce_sum(values, axis=range(1, values.shape.rank))
