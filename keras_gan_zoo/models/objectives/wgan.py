"""WGAN: Wasserstein GAN.

Arjovsky, Chintala and Bottou, 2017
https://arxiv.org/abs/1701.07875

When to use it: to understand `WGANGP`, which is the better choice for training.
"""

import keras
import tensorflow as tf

from keras_gan_zoo import losses
from keras_gan_zoo.models.base import GAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class WGAN(GAN):
    """A GAN that descends an estimate of the Wasserstein distance.

    The discriminator, here called the critic, gives a real number to each
    sample. Clipping its weights bounds its slope, and the gap between its
    means over data and samples then estimates the distance, up to that bound:
    `-discriminator_loss` falls as samples improve. The clip is crude, and
    learning is slow: see `WGANGP`.

    The paper asks for RMSprop, since momentum destabilizes the critic. Its
    code uses PyTorch's, whose average of squares decays by 0.99 and whose
    epsilon, 1e-8, is added outside the root: in Keras, where epsilon is inside
    the root, that is `RMSprop(rate, rho=0.99, epsilon=1e-16)`. With Keras's
    defaults, small gradients make far smaller steps. The code also runs 100
    critic updates in each of the first 25 steps and in every 500th, and clips
    before each update; algorithm 1, and this class, do not.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        discriminator: Model from samples to scores `(batch, 1)`.
        latent_dim: Integer, size of the latent space.
        discriminator_steps: Integer, number of critic updates for one
            generator update, `n_critic` in the paper.
        clip_limit: Float above 0, largest size of a critic's weight, `c`.
        **kwargs: Further arguments of `GAN`.

    Example:

    ```python
    gan = WGAN(
        generator=dcgan_generator(100, (28, 28, 1)),
        discriminator=dcgan_discriminator((28, 28, 1)),
        latent_dim=100,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.RMSprop(
            5e-5, rho=0.99, epsilon=1e-16
        ),
        discriminator_optimizer=keras.optimizers.RMSprop(
            5e-5, rho=0.99, epsilon=1e-16
        ),
    )
    gan.fit(mnist(64 * gan.discriminator_steps), epochs=100)
    ```
    """

    discriminator_outputs = ("scores",)

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        discriminator_steps=5,
        clip_limit=0.01,
        **kwargs,
    ):
        super().__init__(
            generator,
            discriminator,
            latent_dim,
            discriminator_steps=discriminator_steps,
            loss=losses.Wasserstein(),
            **kwargs,
        )
        if clip_limit <= 0:
            raise ValueError(
                "`clip_limit` must be above 0. "
                f"Received: clip_limit={clip_limit}."
            )
        self.clip_limit = clip_limit

    def train_step(self, data):
        """Runs lines 2 to 11 of algorithm 1."""
        for samples in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", samples)
            self.clip_weights()
        self.update("generator", samples)
        return self.loss_results()

    def clip_weights(self):
        """Clips all that is trained in the critic, gains and biases too."""
        limit = self.clip_limit
        for variable in self.discriminator.trainable_variables:
            variable.assign(tf.clip_by_value(variable.value, -limit, limit))

    def get_config(self):
        config = super().get_config()
        del config["loss"]
        return {**config, "clip_limit": self.clip_limit}
