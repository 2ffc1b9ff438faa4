"""A GAN with a way back: an encoder from samples to latents."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks
from keras_gan_zoo.models.base.code_endpoints import code_endpoints_of
from keras_gan_zoo.models.base.gan import GAN
from keras_gan_zoo.models.base.latent_model import in_parts


class EncoderGAN(GAN):
    """A game about pairs of a sample and its latents.

    Real pairs are of a sample of the data and the latents that the encoder
    gives it, fake ones of latents of the prior and the sample that the
    generator makes of them. Penalties are on pairs, too: a slope is one with
    respect to both. An augmentation changes the samples, after the encoder has
    seen them.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        discriminator: Model from samples and latents to scores.
        encoder: Model from samples to latents.
        latent_dim: Integer, size of the latent space.
        **kwargs: Further arguments of `GAN`.
    """

    def __init__(self, generator, discriminator, encoder, latent_dim, **kwargs):
        checks.require_built("encoder", encoder)
        super().__init__(generator, discriminator, latent_dim, **kwargs)
        self.encoder = encoder

    @property
    def players(self):
        return {
            "discriminator": [self.discriminator],
            "generator": [self.generator, self.encoder],
        }

    def pairs(self, samples, training):
        """Returns a batch of real pairs and one of fake pairs.

        Args:
            samples: Tensor of shape `(batch, ...)`, of the data.
            training: See `keras.Model.call()`.

        Returns:
            `(samples, codes)` and `(fakes, latents)`.
        """
        real = samples, self.encoder(samples, training=training)
        return real, self.fakes_like(samples, training)

    def trial(self, inputs, training):
        real, fake = self.pairs(inputs, training)
        scores = [self.judge(pair, training) for pair in (real, fake)]
        return self.trial_between(real, fake, *scores, training)

    def see(self, samples, training, condition=None, seed=None):
        """Returns all that the discriminator returns for pairs.

        Args:
            samples: Pair of samples and their latents.
            training: See `GAN.see`.
            condition: `None`.
            seed: See `GAN.see`.
        """
        samples, latents = samples
        samples = self.augmented(samples, training, seed)
        return self.discriminator((samples, latents), training=training)

    def fakes_like(self, samples, training):
        """Returns as many pairs of a generated sample and its latents."""
        latents = self.sample_prior(tf.shape(samples)[0], self.next_seed())
        return self.generator(latents, training=training), latents

    def scores(self, inputs, training):
        if not isinstance(inputs, tuple):
            inputs = inputs, self.encoder(inputs, training=training)
        return super().scores(inputs, training)

    def encode(self, samples):
        """Returns the encoder's latents of samples, `(batch, latent_dim)`."""
        return in_parts(
            lambda rows: self.encoder(rows, training=False), samples
        )

    def reconstruct(self, samples):
        """Returns what the generator makes of the latents of samples."""
        return in_parts(self, self.encode(samples))

    def endpoints(self):
        return [*super().endpoints(), *code_endpoints_of(self)]

    def check_networks(self):
        super().check_networks()
        checks.require_encoder(
            self.encoder, self.sample_shape, self.latent_dim, ("latents",)
        )
        checks.require_joint_discriminator(self.discriminator, self.latent_dim)

    def get_config(self):
        return {
            **super().get_config(),
            "encoder": keras.saving.serialize_keras_object(self.encoder),
        }
