"""GAN: Generative Adversarial Nets.

Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville and
Bengio, 2014
https://arxiv.org/abs/1406.2661

When to use it: to learn how a GAN works, and as the baseline that others are
measured by; on images, start with `DCGAN`.
"""

import keras

from keras_gan_zoo import losses
from keras_gan_zoo.models.base import GAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class VanillaGAN(GAN):
    """Two networks play: one makes samples, the other tells them from data.

    At the discriminator's best answer, the generator descends the
    Jensen-Shannon divergence between its samples and the data (theorem 1).
    The game of equation 1, `saturating=True`, shows why GANs fail: as soon as
    the discriminator is sure, the generator's gradient vanishes. The paper
    itself trains the non-saturating loss (section 3), which has the same
    fixed point and a gradient where it is needed.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        discriminator: Model from samples to scores `(batch, 1)`, without a
            sigmoid, which is part of the loss.
        latent_dim: Integer, size of the latent space.
        saturating: Boolean, whether the generator minimizes the value of the
            minimax game itself.
        **kwargs: Further arguments of `GAN`.

    Example:

    ```python
    gan = VanillaGAN(
        generator=mlp_generator(2, (2,)),
        discriminator=mlp_discriminator((2,)),
        latent_dim=2,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
    )
    gan.fit(gaussian_ring(256), steps_per_epoch=1000, epochs=10)
    ```
    """

    discriminator_outputs = ("scores",)

    def __init__(
        self, generator, discriminator, latent_dim, saturating=False, **kwargs
    ):
        loss = losses.Saturating() if saturating else losses.NonSaturating()
        super().__init__(
            generator, discriminator, latent_dim, loss=loss, **kwargs
        )
        self.saturating = saturating

    def train_step(self, data):
        """Runs algorithm 1."""
        for samples in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", samples)
        self.update("generator", samples)
        return self.loss_results()

    def get_config(self):
        config = super().get_config()
        del config["loss"]
        return {**config, "saturating": self.saturating}
