"""LSGAN: Least Squares Generative Adversarial Networks.

Mao, Li, Xie, Lau, Wang and Smolley, 2017
https://arxiv.org/abs/1611.04076

When to use it: in place of `DCGAN`, with the same networks and at the same
cost, when the generator stops learning because the discriminator is sure.
"""

import keras

from keras_gan_zoo import losses
from keras_gan_zoo.models.base import GAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class LSGAN(GAN):
    """A GAN whose scores are pulled to targets by least squares.

    A sample on the right side of the decision boundary but far from the data
    costs the logistic loss nothing and so teaches nothing; here its squared
    distance from the target does. The scores are used as they are: a sigmoid
    before the square would bring the vanishing gradient back.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        discriminator: Model from samples to scores `(batch, 1)`.
        latent_dim: Integer, size of the latent space.
        real_target: Float, target for scores of data, `b` in the paper.
        fake_target: Float, target for scores of samples, `a`.
        generator_target: Float, what the generator wants its samples to
            score, `c`. With `b - c = 1` and `b - a = 2`, as in (1, -1, 0),
            the game minimizes a Pearson chi-squared divergence (theorem 1).
        **kwargs: Further arguments of `GAN`.

    Example:

    ```python
    gan = LSGAN(
        generator=dcgan_generator(100, (28, 28, 1)),
        discriminator=dcgan_discriminator((28, 28, 1)),
        latent_dim=100,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    gan.fit(mnist(64), epochs=20)
    ```
    """

    discriminator_outputs = ("scores",)

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        real_target=1.0,
        fake_target=0.0,
        generator_target=1.0,
        **kwargs,
    ):
        loss = losses.LeastSquares(real_target, fake_target, generator_target)
        super().__init__(
            generator, discriminator, latent_dim, loss=loss, **kwargs
        )

    def train_step(self, data):
        """Moves the discriminator, then the generator."""
        for samples in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", samples)
        self.update("generator", samples)
        return self.loss_results()

    def get_config(self):
        config = super().get_config()
        del config["loss"]
        return {**config, **self.adversarial_loss.get_config()}
