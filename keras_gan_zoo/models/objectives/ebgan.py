"""EBGAN: Energy-based Generative Adversarial Network.

Zhao, Mathieu and LeCun, 2017
https://arxiv.org/abs/1609.03126

When to use it: when the discriminator should say where an image is wrong, not
only that it is: its errors are pictures.
"""

import keras
import tensorflow as tf

from keras_gan_zoo import losses, replicas
from keras_gan_zoo.models.base import GAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class EBGAN(GAN):
    """A GAN whose discriminator is an autoencoder: energy in place of odds.

    The energy of an image is the Euclidean norm of its reconstruction error.
    The discriminator gives low energy to data and pushes that of samples up,
    but only to a margin; the generator seeks low energy. The pulling-away term
    (section 2.4) keeps the embeddings of a batch of samples apart.

    Args:
        generator: Model from latents `(batch, latent_dim)` to images.
        discriminator: Model from images to a pair of reconstructions, of the
            images' shape, and embeddings `(batch, features)`.
        latent_dim: Integer, size of the latent space.
        margin: Float, energy above which samples are left alone, `m` in the
            paper. It is measured in the norm, which grows with image size and
            with the range of pixels: the paper keeps 10 throughout its search
            on MNIST. Taken for pixels in [0, 1], that is 20 in [-1, 1], where
            norms are doubled.
        pulling_away_weight: Float, weight of the pulling-away term.
        **kwargs: Further arguments of `GAN`.

    Example:

    ```python
    gan = EBGAN(
        generator=dcgan_generator(100, (28, 28, 1)),
        discriminator=ebgan_discriminator((28, 28, 1)),
        latent_dim=100,
        margin=20.0,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
    )
    gan.fit(mnist(64), epochs=20)
    ```
    """

    discriminator_outputs = ("reconstructions", "embeddings")

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        margin=10.0,
        pulling_away_weight=0.1,
        **kwargs,
    ):
        loss = losses.EnergyMargin(margin)
        super().__init__(
            generator, discriminator, latent_dim, loss=loss, **kwargs
        )
        self.margin = margin
        self.pulling_away_weight = pulling_away_weight
        self.real_energy_tracker = keras.metrics.Mean("real_energy")
        self.fake_energy_tracker = keras.metrics.Mean("fake_energy")

    def train_step(self, data):
        """Moves the discriminator, then the generator."""
        for images in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", images)
        self.update("generator", images)
        return self.loss_results()

    def discriminator_loss(self, images, training=True):
        """Equation 1."""
        trial = self.trial(images, training)
        self.real_energy_tracker.update_state(-trial.real_scores)
        self.fake_energy_tracker.update_state(-trial.fake_scores)
        return self.loss_in(trial)

    def generator_loss(self, images, training=True):
        """Equation 2, and the pulling-away term."""
        fakes = self.fakes_like(images, training)
        energy, embeddings = self.energy(fakes, training)
        pulling_away = pulling_away_term(replicas.gather(embeddings))
        loss = self.loss_against(-energy, images, training)
        return loss + self.pulling_away_weight * pulling_away

    def energy(self, images, training, seed=None):
        """Returns energies `(batch,)`, in float32, and embeddings."""
        images = self.augmented(images, training, seed)
        reconstructions, embeddings = self.discriminator(
            images, training=training
        )
        errors = tf.cast(reconstructions, tf.float32) - tf.cast(
            images, tf.float32
        )
        squares = tf.reduce_sum(errors**2, axis=range(1, errors.shape.rank))
        # The square root has no gradient at zero.
        return tf.sqrt(squares + 1e-12), embeddings

    def judge(self, samples, training, condition=None, seed=None):
        energy, _ = self.energy(samples, training, seed)
        return -energy

    def scores(self, inputs, training):
        return self.judge(inputs, training)

    def get_config(self):
        config = super().get_config()
        del config["loss"]
        return {
            **config,
            "margin": self.margin,
            "pulling_away_weight": self.pulling_away_weight,
        }


def pulling_away_term(embeddings):
    """Mean squared cosine of all pairs, section 2.4, equation 14.

    Args:
        embeddings: Tensor of shape `(batch, features)`.

    Returns:
        Scalar in [0, 1], float32: 0 if all are orthogonal, 1 if parallel. It
        is 0 for a batch of one, which has no pairs.
    """
    directions = tf.nn.l2_normalize(tf.cast(embeddings, tf.float32), axis=1)
    squares = tf.matmul(directions, directions, transpose_b=True) ** 2
    number = tf.cast(tf.shape(squares)[0], tf.float32)
    off_diagonal = tf.reduce_sum(squares) - tf.linalg.trace(squares)
    return tf.math.divide_no_nan(off_diagonal, number * (number - 1.0))
