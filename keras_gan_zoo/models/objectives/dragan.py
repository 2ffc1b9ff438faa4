"""DRAGAN: On Convergence and Stability of GANs.

Kodali, Abernethy, Hays and Kira, 2017
https://arxiv.org/abs/1705.07215
"""

import functools

import keras

from keras_gan_zoo import losses, penalties
from keras_gan_zoo.models.base import GAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class DRAGAN(GAN):
    """A GAN whose discriminator has gradients of norm 1 around the data.

    The paper reads training as regret minimization, and mode collapse as a
    local equilibrium with sharp gradients around real samples, which the
    penalty forbids. Generated samples play no part in it. As in the authors'
    code, the gradient is that of the score before the sigmoid. A
    discriminator with batch normalization is refused, since the penalty is on
    each sample by itself.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        discriminator: Model from samples to scores `(batch, 1)`.
        latent_dim: Integer, size of the latent space.
        penalty_weight: Float, weight of the penalty, `lambda` in the paper.
        noise_scale: Float, size of the noise around real samples in standard
            deviations of a batch; 0.5 in the authors' code.
        **kwargs: Further arguments of `GAN`.

    Example:

    ```python
    gan = DRAGAN(
        generator=dcgan_generator(100, (28, 28, 1)),
        discriminator=dcgan_discriminator(
            (28, 28, 1), batch_normalization=False
        ),
        latent_dim=100,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-4, 0.5, 0.9),
        discriminator_optimizer=keras.optimizers.Adam(1e-4, 0.5, 0.9),
    )
    gan.fit(fashion_mnist(64), epochs=20)
    ```
    """

    discriminator_outputs = ("scores",)

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        penalty_weight=10.0,
        noise_scale=0.5,
        **kwargs,
    ):
        super().__init__(generator, discriminator, latent_dim, **kwargs)
        penalties.check_critic(discriminator)
        self.penalty_weight = penalty_weight
        self.noise_scale = noise_scale
        self.penalty_tracker = keras.metrics.Mean("gradient_penalty")

    def train_step(self, data):
        """Moves the discriminator, then the generator."""
        for samples in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", samples)
        self.update("generator", samples)
        return self.loss_results()

    def discriminator_loss(self, samples, training=True):
        discriminator = functools.partial(self.discriminator, training=training)
        fakes = self.fakes_like(samples, training)
        penalty = penalties.dragan_penalty(
            discriminator, samples, self.next_seed(), self.noise_scale
        )
        self.penalty_tracker.update_state(penalty)
        loss = losses.non_saturating_discriminator_loss(
            discriminator(samples), discriminator(fakes)
        )
        return loss + self.penalty_weight * penalty

    def generator_loss(self, samples, training=True):
        fakes = self.fakes_like(samples, training)
        scores = self.discriminator(fakes, training=training)
        return losses.non_saturating_generator_loss(scores)

    def get_config(self):
        return {
            **super().get_config(),
            "penalty_weight": self.penalty_weight,
            "noise_scale": self.noise_scale,
        }
