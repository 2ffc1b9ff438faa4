"""A model that says how likely a sample is."""

import dataclasses
import math

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import likelihoods, noise
from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.models.base.latent_model import LatentModel

_SAMPLES = 100  # Samples of which the likelihood is estimated at a time.
_ROWS = 5000  # Of latents that are decoded at a time.


@dataclasses.dataclass(frozen=True)
class LogLikelihood:
    """How likely each of some samples is.

    Attributes:
        nats: Array of shape `(number,)`, float64: natural logarithms of
            `p(x)`, or estimates of them. Higher is better.
        bound: The same, lower bounds. Where the likelihood is exact, they are
            what `nats` is.
        bits_per_dimension: The same as `nats` in bits, over the dimensions of a
            sample and with the sign changed. Lower is better.
    """

    nats: np.ndarray
    bound: np.ndarray
    bits_per_dimension: np.ndarray


class LikelihoodModel(LatentModel):
    """A model of one player, who raises the likelihood of the data.

    A subclass writes `log_weights` beside what all models do.

    Args:
        likelihood: Object of `keras_gan_zoo.likelihoods`, what the networks'
            outputs say of a sample.
        latent_dim: Integer, size of the latent space.
        sample_shape: See `LatentModel`.
        **kwargs: Further arguments of `LatentModel`.
    """

    def __init__(self, likelihood, latent_dim, sample_shape, **kwargs):
        super().__init__(latent_dim, sample_shape, **kwargs)
        likelihoods.require_likelihood(likelihood)
        self.likelihood = likelihood

    def log_weights(self, observed, number, seed):
        """Returns logarithms of `p(x, z) / q(z|x)`, with `z` from `q(z|x)`.

        Args:
            observed: Tensor of shape `(batch, ...)`, what the likelihood
                observes of samples.
            number: Integer, how many `z` are drawn for each sample.
            seed: Seed of shape `(2,)`, see `keras_gan_zoo.noise`.

        Returns:
            Tensor of shape `(number, batch)`, float32, in nats.
        """
        raise NotImplementedError

    def log_likelihood(self, samples, num_draws=100, seed=0):
        """Estimates the likelihood of samples by importance sampling.

        `log p(x)` is estimated by `log 1/K sum_k p(x, z_k) / q(z_k|x)`. Its
        expectation is below the truth and rises to it with `K`: Burda et al.
        2016. The mean of the logarithms instead, which is the estimate for `K =
        1`, has the evidence lower bound as its expectation.

        They are logarithms of probabilities where samples are binary, and of
        densities, in the units of the data, where they are not. What is
        measured is what the likelihood observes: grey images are binarized once
        for a Bernoulli likelihood, by chances. Likelihoods of data that were
        binarized in different ways can't be compared.

        Args:
            samples: Array of shape `(number, ...)`, or `tf.data.Dataset` of
                batches, such as the model learns from.
            num_draws: Integer, `K`.
            seed: Integer, of all that is drawn.

        Returns:
            A `LogLikelihood`.
        """
        num_draws = check_integer("num_draws", num_draws, 1)
        if not isinstance(samples, tf.data.Dataset):
            self.check_inputs(self.unpack(samples))
            samples = tf.data.Dataset.from_tensor_slices(samples)
            samples = samples.batch(_SAMPLES)
        weigh = tf.function(self.log_weights)
        weights = []
        for number, batch in enumerate(samples):
            one, other = noise.split(noise.fold_in(noise.as_seed(seed), number))
            observed = self.likelihood.observe(self.unpack(batch), one)
            size = min(num_draws, max(1, _ROWS // len(observed)))
            parts = [
                weigh(
                    observed,
                    min(size, num_draws - first),
                    noise.fold_in(other, first),
                )
                for first in range(0, num_draws, size)
            ]
            weights.append(np.concatenate(parts).astype("float64"))
        return self._summary(np.concatenate(weights, axis=1))

    def _summary(self, log_weights):
        largest = log_weights.max(axis=0)
        mean = np.exp(log_weights - largest).mean(axis=0)
        nats = largest + np.log(mean)
        dimensions = math.prod(self.sample_shape[1:])
        bits = self.likelihood.bits_per_dimension(nats, dimensions)
        return LogLikelihood(nats, log_weights.mean(axis=0), bits)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "likelihood": serialize(self.likelihood),
        }
