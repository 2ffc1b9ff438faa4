"""DRAGAN: On Convergence and Stability of GANs.

Kodali, Abernethy, Hays and Kira, 2017
https://arxiv.org/abs/1705.07215

When to use it: when modes are missed, at a lower price than `WGANGP`: one
update of the discriminator a step, with a penalty around the data.
"""

import keras

from keras_gan_zoo import losses
from keras_gan_zoo.models.base import GAN
from keras_gan_zoo.penalties import DRAGANPenalty


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
        penalties: List of further penalties.
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
        penalties=(),
        **kwargs,
    ):
        penalty = DRAGANPenalty(penalty_weight, noise_scale=noise_scale)
        super().__init__(
            generator,
            discriminator,
            latent_dim,
            loss=losses.NonSaturating(),
            penalties=[penalty, *penalties],
            **kwargs,
        )
        self.penalty_weight = penalty_weight
        self.noise_scale = noise_scale

    def train_step(self, data):
        """Moves the discriminator, then the generator."""
        for samples in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", samples)
        self.update("generator", samples)
        return self.loss_results()

    def get_config(self):
        config = super().get_config()
        del config["loss"], config["penalties"][0]
        return {
            **config,
            "penalty_weight": self.penalty_weight,
            "noise_scale": self.noise_scale,
        }
