"""BiGAN: Adversarial Feature Learning.

Donahue, Krähenbühl and Darrell, 2017
https://arxiv.org/abs/1605.09782

When to use it: to see what a generator makes of an image that is given, and for
features that nobody has labelled; a VAE reconstructs more exactly.
"""

import keras

from keras_gan_zoo import priors
from keras_gan_zoo.models.base import EncoderGAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class BiGAN(EncoderGAN):
    """An encoder learns to invert the generator, without being told to.

    The discriminator doesn't judge samples but pairs of a sample and its
    latents, and is to tell the generator's `(G(z), z)` from the encoder's `(x,
    E(x))`. Generator and encoder move together, to confuse it. It can't do
    better than by chance only where the two are inverses of each other, so that
    the encoder finds what the generator varies: its codes are features of the
    data. No term compares a sample with its reconstruction.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples, `G`.
        discriminator: Model from samples and latents to raw scores, `D`.
        encoder: Model from samples to latents, `E`; deterministic. It should
            reach all that the prior can draw, and nothing else: for the
            default prior it ends in tanh.
        latent_dim: Integer, size of the latent space.
        **kwargs: Further arguments of `GAN`. The prior is `Uniform(-1.0, 1.0)`
            if not told otherwise.

    Example:

    ```python
    gan = BiGAN(
        generator=bigan_generator(50, (28, 28, 1)),
        discriminator=bigan_discriminator((28, 28, 1), 50),
        encoder=bigan_encoder((28, 28, 1), 50),
        latent_dim=50,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    gan.fit(images, epochs=100)
    codes = gan.encode(test_images)
    ```
    """

    default_prior = priors.Uniform(-1.0, 1.0)

    def train_step(self, data):
        """Moves the discriminator, then generator and encoder together."""
        for samples in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", samples)
        self.update("generator", samples)
        return self.loss_results()

    def discriminator_loss(self, samples, training=True):
        """Equation 2, and the penalties."""
        return self.loss_in(self.trial(samples, training))

    def generator_loss(self, samples, training=True):
        """Equation 2 with its labels swapped, for generator and encoder."""
        real, fake = self.pairs(samples, training)
        return self.adversarial_loss.joint(
            self.judge(fake, training), self.judge(real, training)
        )
