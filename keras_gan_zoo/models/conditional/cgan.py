"""CGAN: Conditional Generative Adversarial Nets.

Mirza and Osindero, 2014
https://arxiv.org/abs/1411.1784

When to use it: when the class of a sample is to be chosen, and the labels of
the data are reliable.
"""

import keras

from keras_gan_zoo.models.base import ConditionalGAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class CGAN(ConditionalGAN):
    """A GAN told the class: both players get the label along with their input.

    The discriminator asks whether an image looks real *for its label*, so the
    generator must make what it was asked for. A generated image is always
    shown with the label it was generated from.

    Args:
        generator: Model from latents `(batch, latent_dim)` and integer labels
            `(batch,)` to images.
        discriminator: Model from images and labels to scores `(batch, 1)`.
        latent_dim: Integer, size of the latent space.
        num_classes: Integer, number of classes.
        **kwargs: Further arguments of `ConditionalGAN`.

    Example:

    ```python
    gan = CGAN(
        generator=conditional_dcgan_generator(100, (28, 28, 1), 10),
        discriminator=conditional_dcgan_discriminator((28, 28, 1), 10),
        latent_dim=100,
        num_classes=10,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    gan.fit(mnist(100, labels=True), epochs=20)
    sevens = gan.generate(16, labels=[7] * 16)
    ```
    """

    discriminator_outputs = ("scores",)

    def train_step(self, data):
        """Moves the discriminator, then the generator."""
        for inputs in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", inputs)
        self.update("generator", inputs)
        return self.loss_results()

    def fakes_for(self, samples, condition, training):
        # Of labels that are drawn, and not those of the batch.
        return self.fakes_like(samples, training)
