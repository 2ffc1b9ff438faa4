"""WGAN-GP: Improved Training of Wasserstein GANs.

Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville, 2017
https://arxiv.org/abs/1704.00028

When to use it: when a GAN must train with whatever networks, or its log must
say how good the samples are; a step costs several updates of the critic, each
with a second derivative.
"""

import keras

from keras_gan_zoo import losses
from keras_gan_zoo.models.base import GAN
from keras_gan_zoo.penalties import GradientPenalty


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
        penalties: List of further penalties.
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
        penalties=(),
        **kwargs,
    ):
        super().__init__(
            generator,
            discriminator,
            latent_dim,
            discriminator_steps=discriminator_steps,
            loss=losses.Wasserstein(),
            penalties=[GradientPenalty(penalty_weight), *penalties],
            **kwargs,
        )
        self.penalty_weight = penalty_weight
        self.estimate_tracker = keras.metrics.Mean("critic_estimate")

    def train_step(self, data):
        """Runs lines 2 to 12 of algorithm 1."""
        for samples in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", samples)
        self.update("generator", samples)
        return self.loss_results()

    def discriminator_loss(self, samples, training=True):
        trial = self.trial(samples, training)
        estimate = -losses.wasserstein_discriminator_loss(
            trial.real_scores, trial.fake_scores
        )
        self.estimate_tracker.update_state(estimate)
        return self.loss_in(trial)

    def get_config(self):
        config = super().get_config()
        del config["loss"], config["penalties"][0]
        return {**config, "penalty_weight": self.penalty_weight}
