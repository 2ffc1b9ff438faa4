"""A generator: its prior, its moving average, its samples."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks, noise, priors, samples
from keras_gan_zoo.endpoints import Input
from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.models.base.adversarial_model import AdversarialModel
from keras_gan_zoo.models.base.generator_endpoints import endpoints_of

_PART = 256  # Samples that `generate()` makes at a time.


class GeneratorModel(AdversarialModel):
    """A game with a generator of samples from latents.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        latent_dim: Integer, size of the latent space.
        ema_decay: See `GAN`.
        prior: See `GAN`.
        kind: See `GAN`.
    """

    default_prior = priors.Normal()

    def __init__(
        self,
        generator,
        latent_dim,
        ema_decay=None,
        prior=None,
        kind=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        checks.require_built("generator", generator)
        checks.require_latent_size(generator, latent_dim)
        if ema_decay is not None and not 0.0 <= ema_decay < 1.0:
            raise ValueError(
                "`ema_decay` must be in [0, 1), or None for no average. "
                f"Received: ema_decay={ema_decay}."
            )
        self.generator = generator
        self.latent_dim = latent_dim
        self.ema_decay = ema_decay
        self.prior = self.default_prior if prior is None else prior
        priors.require_prior(self.prior, latent_dim)
        if kind is None:
            kind = samples.kind_of(getattr(generator, "output_shape", None))
        samples.require_kind(kind)
        self.kind = kind
        self.ema_generator = None
        if ema_decay is not None:
            self.ema_generator = keras.models.clone_model(generator)
            # `summary()` shows it, and tells the two apart by their names.
            self.ema_generator.name = f"{generator.name}_moving_average"
            self.ema_generator.set_weights(generator.get_weights())
            self.ema_generator.trainable = False

    def call(self, inputs, training=False):
        """Maps generator inputs to samples."""
        checks.require_latents(inputs, self.generator)
        generator = self.generator
        if self.ema_generator is not None:
            generator = self.ema_generator
        return generator(inputs, training=training)

    def sample_prior(self, batch_size, seed=None):
        """Draws a batch of generator inputs.

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
        """Draws generator inputs row by row, so that a seed means a sample.

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
        return self._samples_of(self.sample_prior(batch_size, seed))

    def serving_inputs(self):
        """Returns the `endpoints.Input` of each input of `call()`.

        The latents come first.
        """
        shape = (None, self.latent_dim)
        return [Input(tf.TensorSpec(shape, tf.float32, "latents"))]

    def endpoints(self):
        return endpoints_of(self)

    def _move(self, player, inputs, **kwargs):
        loss = super()._move(player, inputs, **kwargs)
        if player == "generator" and self.ema_generator is not None:
            self._update_moving_average()
        return loss

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "generator": serialize(self.generator),
            "latent_dim": self.latent_dim,
            "ema_decay": self.ema_decay,
            "prior": serialize(self.prior),
            "kind": serialize(self.kind),
        }

    def _samples_of(self, inputs):
        """Returns the samples of generator inputs, made in parts."""
        number = tf.nest.flatten(inputs)[0].shape[0]
        if number is None or number <= _PART or tf.inside_function():
            return self(inputs)

        def part(first):
            rows = slice(first, first + _PART)
            return self(tf.nest.map_structure(lambda t: t[rows], inputs))

        parts = [part(first) for first in range(0, number, _PART)]
        return tf.nest.map_structure(lambda *rows: tf.concat(rows, 0), *parts)

    def _update_moving_average(self):
        steps = tf.cast(self.step.value, tf.float32)
        decay = tf.minimum(self.ema_decay, (1.0 + steps) / (10.0 + steps))
        for average, weight in zip(
            self.ema_generator.weights, self.generator.weights
        ):
            if weight.trainable:
                rate = tf.cast(decay, weight.dtype)
                average.assign(weight + rate * (average - weight))
            else:  # Statistics of normalization layers.
                average.assign(weight)
