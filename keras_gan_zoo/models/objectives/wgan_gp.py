"""WGAN-GP: Improved Training of Wasserstein GANs.

Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville, 2017
https://arxiv.org/abs/1704.00028
"""

import functools

import keras

from keras_gan_zoo import losses, penalties
from keras_gan_zoo.models.base import GAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class WGANGP(GAN):
    """A Wasserstein GAN whose critic is held to gradients of norm 1.

    The discriminator, here called the critic, estimates the Wasserstein
    distance between real and generated samples, and the generator descends
    the estimate, `critic_estimate` in the logs, which falls as the samples
    improve. Section 4 asks for a critic without batch normalization, since the
    penalty is on each sample by itself; a critic that has it is refused.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        discriminator: Model from samples to scores `(batch, 1)`.
        latent_dim: Integer, size of the latent space.
        discriminator_steps: Integer, number of critic updates for one
            generator update, `n_critic` in the paper.
        penalty_weight: Float, weight of the penalty, `lambda` in the paper.
        **kwargs: Further arguments of `GAN`.

    Example:

    ```python
    gan = WGANGP(
        generator=resnet_generator(latent_dim=128),
        discriminator=resnet_discriminator(),
        latent_dim=128,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9),
        discriminator_optimizer=keras.optimizers.Adam(1e-4, 0.0, 0.9),
    )
    gan.fit(cifar10(batch_size=64 * gan.discriminator_steps), epochs=100)
    images = gan.generate(16)
    ```
    """

    discriminator_outputs = ("scores",)

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        discriminator_steps=5,
        penalty_weight=10.0,
        **kwargs,
    ):
        super().__init__(
            generator,
            discriminator,
            latent_dim,
            discriminator_steps=discriminator_steps,
            **kwargs,
        )
        penalties.check_critic(discriminator)
        self.penalty_weight = penalty_weight
        self.penalty_tracker = keras.metrics.Mean("gradient_penalty")
        self.estimate_tracker = keras.metrics.Mean("critic_estimate")

    def train_step(self, data):
        """Runs lines 2 to 12 of algorithm 1."""
        for samples in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", samples)
        self.update("generator", samples)
        return self.loss_results()

    def discriminator_loss(self, samples, training=True):
        critic = functools.partial(self.discriminator, training=training)
        fakes = self.fakes_like(samples, training)
        penalty = penalties.gradient_penalty(
            critic, samples, fakes, seed=self.next_seed()
        )
        loss = losses.wasserstein_discriminator_loss(
            critic(samples), critic(fakes)
        )
        self.penalty_tracker.update_state(penalty)
        self.estimate_tracker.update_state(-loss)
        return loss + self.penalty_weight * penalty

    def generator_loss(self, samples, training=True):
        fakes = self.fakes_like(samples, training)
        scores = self.discriminator(fakes, training=training)
        return losses.wasserstein_generator_loss(scores)

    def get_config(self):
        return {**super().get_config(), "penalty_weight": self.penalty_weight}
