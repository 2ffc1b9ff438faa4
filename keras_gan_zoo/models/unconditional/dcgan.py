"""DCGAN: Unsupervised Representation Learning with Deep Convolutional
Generative Adversarial Networks.

Radford, Metz and Chintala, 2016
https://arxiv.org/abs/1511.06434

When to use it: as the first GAN for images of up to 64 pixels, when there are
no labels; it is quick, and what a new idea is compared with.
"""

import keras

from keras_gan_zoo.models.base import GAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class DCGAN(GAN):
    """The non-saturating GAN, with convolutional networks that made it work.

    The game is that of the first GAN. What is new are the networks (strided
    convolutions in place of pooling, batch normalization except next to the
    images, ReLU in the generator, LeakyReLU in the discriminator) and the
    optimizer: Adam with a learning rate of 2e-4 and `beta_1=0.5`. Real and
    generated images go through the discriminator in separate batches, each with
    its own statistics.

    Args:
        generator: Model from latents `(batch, latent_dim)` to images.
        discriminator: Model from images to scores `(batch, 1)`, without a
            sigmoid, which is part of the loss.
        latent_dim: Integer, size of the latent space.
        **kwargs: Further arguments of `GAN`.

    Example:

    ```python
    gan = DCGAN(
        generator=dcgan_generator(100, (28, 28, 1)),
        discriminator=dcgan_discriminator((28, 28, 1)),
        latent_dim=100,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    gan.fit(fashion_mnist(128), epochs=25)
    images = gan.generate(16)
    ```
    """

    discriminator_outputs = ("scores",)

    def train_step(self, data):
        """Moves the discriminator, then the generator."""
        for images in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", images)
        self.update("generator", images)
        return self.loss_results()
