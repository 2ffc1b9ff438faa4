"""ACGAN: Conditional Image Synthesis with Auxiliary Classifier GANs.

Odena, Olah and Shlens, 2017
https://arxiv.org/abs/1610.09585

When to use it: when samples should be plainly of their class; of what a class
has, they may show less than there is.
"""

import keras
import tensorflow as tf

from keras_gan_zoo import checks
from keras_gan_zoo.models.base import ConditionalGAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ACGAN(ConditionalGAN):
    """A GAN whose discriminator also names the class of an image.

    Section 3: with `L_S` the log-likelihood of the right source and `L_C` that
    of the right class, for real and generated images alike, the
    discriminator maximizes `L_S + L_C` and the generator `L_C - L_S`, here in
    its non-saturating form. Both want images whose class can be recognized. The
    discriminator isn't given the label; it has to see it.

    Args:
        generator: Model from latents `(batch, latent_dim)` and integer labels
            `(batch,)` to images.
        discriminator: Model from images to a pair of scores `(batch, 1)` and
            logits of the classes `(batch, num_classes)`, without a softmax.
        latent_dim: Integer, size of the latent space.
        num_classes: Integer, number of classes.
        **kwargs: Further arguments of `ConditionalGAN`.

    Example:

    ```python
    gan = ACGAN(
        generator=acgan_generator(100, (28, 28, 1), 10),
        discriminator=acgan_discriminator((28, 28, 1), 10),
        latent_dim=100,
        num_classes=10,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    gan.fit(fashion_mnist(100, labels=True), epochs=20)
    boots = gan.generate(16, labels=[9] * 16)
    ```
    """

    discriminator_outputs = ("scores", "class logits")

    def __init__(
        self, generator, discriminator, latent_dim, num_classes, **kwargs
    ):
        super().__init__(
            generator, discriminator, latent_dim, num_classes, **kwargs
        )
        self.accuracy_tracker = keras.metrics.Mean("fake_class_accuracy")

    def train_step(self, data):
        """Moves the discriminator, then the generator."""
        for inputs in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", inputs)
        self.update("generator", inputs)
        return self.loss_results()

    def discriminator_loss(self, inputs, training=True):
        images, labels = inputs
        fakes, fake_labels = self.fakes_like(images, training)
        scores, logits = self.see(images, training)
        fake_scores, fake_logits = self.see(fakes, training)
        trial = self.trial_between(images, fakes, scores, fake_scores, training)
        return (
            self.loss_in(trial)
            + self.class_loss(labels, logits)
            + self.class_loss(fake_labels, fake_logits)
        )

    def generator_loss(self, inputs, training=True):
        images, _ = inputs
        fakes, labels = self.fakes_like(images, training)
        scores, logits = self.see(fakes, training)
        hits = keras.metrics.sparse_categorical_accuracy(labels, logits)
        self.accuracy_tracker.update_state(hits)
        source_loss = self.loss_against(scores, images, training)
        return source_loss + self.class_loss(labels, logits)

    def scores(self, inputs, training):
        images, _ = inputs  # The discriminator isn't given the label.
        return super().scores(images, training)

    def check_networks(self):
        super().check_networks()
        checks.require_class_logits(
            "discriminator", self.discriminator, 1, self.num_classes
        )

    def class_loss(self, labels, logits):
        """Mean cross-entropy of the classes: `-L_C` of one batch."""
        return tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels, tf.cast(logits, tf.float32)
            )
        )
