"""A generator of samples, and its moving average."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks
from keras_gan_zoo.models.base.latent_model import LatentModel


class GeneratorModel(LatentModel):
    """A game with a generator of samples from latents.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        latent_dim: Integer, size of the latent space.
        ema_decay: See `GAN`.
        prior: See `GAN`.
        kind: See `GAN`.
    """

    def __init__(
        self,
        generator,
        latent_dim,
        ema_decay=None,
        prior=None,
        kind=None,
        **kwargs,
    ):
        checks.require_built("generator", generator)
        sample_shape = getattr(generator, "output_shape", None)
        super().__init__(latent_dim, sample_shape, prior, kind, **kwargs)
        checks.require_latent_size(generator, latent_dim)
        if ema_decay is not None and not 0.0 <= ema_decay < 1.0:
            raise ValueError(
                "`ema_decay` must be in [0, 1), or None for no average. "
                f"Received: ema_decay={ema_decay}."
            )
        self.generator = generator
        self.ema_decay = ema_decay
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

    def _move(self, player, inputs, **kwargs):
        loss = super()._move(player, inputs, **kwargs)
        if player == "generator" and self.ema_generator is not None:
            self._update_moving_average()
        return loss

    def get_config(self):
        return {
            **super().get_config(),
            "generator": keras.saving.serialize_keras_object(self.generator),
            "ema_decay": self.ema_decay,
        }

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
