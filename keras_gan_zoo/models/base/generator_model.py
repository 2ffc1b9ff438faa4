"""A generator of samples, and its moving average."""

import keras

from keras_gan_zoo import averages, checks
from keras_gan_zoo.models.base.latent_model import LatentModel


class GeneratorModel(LatentModel):
    """A game with a generator of samples from latents.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        latent_dim: Integer, size of the latent space.
        average: See `GAN`.
        prior: See `GAN`.
        kind: See `GAN`.
    """

    def __init__(
        self,
        generator,
        latent_dim,
        average=None,
        prior=None,
        kind=None,
        **kwargs,
    ):
        if "ema_decay" in kwargs:
            raise ValueError(
                "A moving average is an object. Received: "
                f"ema_decay={kwargs['ema_decay']}. Pass "
                f"`average=averages.EMA({kwargs['ema_decay']})`."
            )
        checks.require_built("generator", generator)
        sample_shape = getattr(generator, "output_shape", None)
        super().__init__(latent_dim, sample_shape, prior, kind, **kwargs)
        checks.require_latent_size(generator, latent_dim)
        self.generator = generator
        self.average = average
        self.ema_generator = None
        if average is not None:
            self.ema_generator = self.keep_average(generator, average)

    def call(self, inputs, training=False):
        """Maps generator inputs to samples."""
        checks.require_latents(inputs, self.generator)
        generator = self.generator
        if self.ema_generator is not None:
            generator = self.ema_generator
        return generator(inputs, training=training)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "generator": serialize(self.generator),
            "average": serialize(self.average),
        }

    @classmethod
    def from_config(cls, config):
        if "ema_decay" in config:  # Of files of 0.1.0.dev0.
            config = dict(config)
            decay = config.pop("ema_decay")
            if decay is not None:
                average = averages.EMA(decay)
                config["average"] = keras.saving.serialize_keras_object(average)
        return super().from_config(config)
