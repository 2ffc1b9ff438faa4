"""A model that makes samples of latents: its prior, its samples, their kind."""

import keras
import tensorflow as tf

from keras_gan_zoo import noise, priors, samples
from keras_gan_zoo.endpoints import Input
from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.models.base.adversarial_model import AdversarialModel
from keras_gan_zoo.models.base.generator_endpoints import endpoints_of

_PART = 256  # Rows that are computed at a time, so that memory suffices.


class LatentModel(AdversarialModel):
    """A model whose samples are a function of latents, which are drawn.

    A subclass writes `call(latents)`, which returns samples.

    Args:
        latent_dim: Integer, size of the latent space.
        sample_shape: Shape of a batch of samples, `(None, ...)`, or `None` if
            nobody knows.
        prior: Object of `keras_gan_zoo.priors` that latents are drawn from. By
            default `Normal()`, or the prior of the subclass's paper.
        kind: Object of `keras_gan_zoo.samples`, what the samples are. By
            default it is told by their shape.
    """

    default_prior = priors.Normal()

    def __init__(
        self, latent_dim, sample_shape, prior=None, kind=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.sample_shape = sample_shape
        self.prior = self.default_prior if prior is None else prior
        priors.require_prior(self.prior, latent_dim)
        self.kind = samples.kind_of(sample_shape) if kind is None else kind
        samples.require_kind(self.kind)

    def sample_prior(self, batch_size, seed=None):
        """Draws a batch of what `call()` takes.

        Args:
            batch_size: Integer or scalar tensor.
            seed: Integer to draw the same batch again, a seed from
                `next_seed()`, or `None` for another batch in each call.

        Returns:
            Latents of shape `(batch_size, latent_dim)`, of the `prior`.
        """
        shape = [batch_size, self.latent_dim]
        return self.prior.draw(shape, noise.as_seed(seed))

    def prior_of_seeds(self, seeds):
        """Draws latents row by row, so that a seed means a sample.

        Args:
            seeds: Integer tensor of shape `(batch,)`.

        Returns:
            What `sample_prior()` returns, for as many samples. A row depends
            on its own seed only, whatever the batch.
        """

        def draw(seed):
            inputs = self.sample_prior(1, seed)
            return tf.nest.map_structure(lambda rows: rows[0], inputs)

        # Not that of `serving_inputs()`, which may not all be drawn.
        signature = tf.nest.map_structure(
            lambda row: tf.TensorSpec(row.shape, row.dtype), draw(0)
        )
        return tf.map_fn(draw, seeds, fn_output_signature=signature)

    def generate(self, batch_size, seed=None):
        """Returns `batch_size` samples; the same ones for the same `seed`.

        Args:
            batch_size: Integer. Samples are made in parts, so memory for one
                part is enough.
            seed: Integer or `None`, see `sample_prior`.
        """
        if not tf.is_symbolic_tensor(batch_size):
            batch_size = check_integer("batch_size", batch_size, 1)
        return in_parts(self, self.sample_prior(batch_size, seed))

    def serving_inputs(self):
        """Returns the `endpoints.Input` of each input of `call()`.

        The latents come first.
        """
        shape = (None, self.latent_dim)
        return [Input(tf.TensorSpec(shape, tf.float32, "latents"))]

    def endpoints(self):
        return endpoints_of(self)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "latent_dim": self.latent_dim,
            "prior": serialize(self.prior),
            "kind": serialize(self.kind),
        }


def in_parts(function, inputs):
    """Returns a function's value for a batch, computed in parts of it.

    Args:
        function: From a structure of tensors to another, row by row.
        inputs: Structure of tensors of shape `(batch, ...)`.
    """
    number = tf.nest.flatten(inputs)[0].shape[0]
    if number is None or number <= _PART or tf.inside_function():
        return function(inputs)

    def part(first):
        rows = slice(first, first + _PART)
        return function(tf.nest.map_structure(lambda t: t[rows], inputs))

    parts = [part(first) for first in range(0, number, _PART)]
    return tf.nest.map_structure(lambda *rows: tf.concat(rows, 0), *parts)
