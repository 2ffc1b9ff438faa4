"""InfoGAN: Interpretable Representation Learning by Information Maximizing
Generative Adversarial Nets.

Chen, Duan, Houthooft, Schulman, Sutskever and Abbeel, 2016
https://arxiv.org/abs/1606.03657

When to use it: for latents that mean something, where there are no labels.
"""

import math

import keras
import tensorflow as tf

from keras_gan_zoo import checks, noise, priors
from keras_gan_zoo.models.base import GAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class InfoGAN(GAN):
    """A GAN whose codes must be readable from its images.

    Part of the latents is a code: a category and a few numbers. A recognition
    network guesses it from the discriminator's features. The guess's likelihood
    bounds their mutual information (equation 4), and both players raise it.

    Args:
        generator: Model from latents `(batch, latent_dim)` to images.
        discriminator: Model from images to scores `(batch, 1)` and features.
        recognition: Q, from features to logits `(batch, num_categories)`, and
            means and log standard deviations `(batch, num_codes)` of codes.
        latent_dim: Integer, size of noise, one-hot category and codes.
        num_categories: Integer, number of values of the category.
        num_codes: Integer, number of codes, each uniform in [-1, 1].
        information_weight: Float, `lambda` in the paper.
        **kwargs: Further arguments of `GAN`; `prior` is that of the noise.

    Example:

    ```python
    gan = InfoGAN(
        generator=infogan_generator(74, (28, 28, 1)),
        discriminator=infogan_discriminator((28, 28, 1)),
        recognition=infogan_recognition(1024, 10, 2),
        latent_dim=74,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    gan.fit(mnist(128), epochs=11)
    ```
    """

    default_prior = priors.Uniform(-1.0, 1.0)
    discriminator_outputs = ("scores", "features")

    def __init__(
        self,
        generator,
        discriminator,
        recognition,
        latent_dim,
        num_categories=10,
        num_codes=2,
        information_weight=1.0,
        **kwargs,
    ):
        super().__init__(generator, discriminator, latent_dim, **kwargs)
        checks.require_built("recognition", recognition)
        self.noise_dim = latent_dim - num_categories - num_codes
        if self.noise_dim < 0:
            raise ValueError(
                "The latents hold the code, so `latent_dim` must be at least "
                f"{num_categories + num_codes}, the number of categories and "
                f"codes. Received: latent_dim={latent_dim}."
            )
        self.recognition = recognition
        self.num_categories = num_categories
        self.num_codes = num_codes
        self.information_weight = information_weight
        self.information_tracker = keras.metrics.Mean("information")

    @property
    def players(self):
        return {
            "discriminator": [self.discriminator, self.recognition],
            "generator": [self.generator],
        }

    def train_step(self, data):
        """Moves discriminator and recognition, then the generator."""
        for images in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", images)
        self.update("generator", images)
        return self.loss_results()

    def discriminator_loss(self, images, training=True):
        scores = self.judge(images, training)
        fakes, fake_scores, information = self.inform(images, training)
        trial = self.trial_between(images, fakes, scores, fake_scores, training)
        return self.loss_in(trial) - self.information_weight * information

    def generator_loss(self, images, training=True):
        _, fake_scores, information = self.inform(images, training)
        self.information_tracker.update_state(information)
        loss = self.loss_against(fake_scores, images, training)
        return loss - self.information_weight * information

    def inform(self, images, training):
        """Returns fakes, their scores, and the information in their codes."""
        latents = self.sample_prior(tf.shape(images)[0], self.next_seed())
        fakes = self.generator(latents, training=training)
        scores, features = self.see(fakes, training)
        guess = self.recognition(features, training=training)
        return fakes, scores, self.information(latents, *guess)

    def information(self, latents, logits, means, log_stddevs):
        """Entropy of the code and log-likelihood of a guess: equation 4."""
        sizes = [self.noise_dim, self.num_categories, self.num_codes]
        _, categories, codes = tf.split(latents, sizes, axis=1)
        category_loss = tf.nn.softmax_cross_entropy_with_logits(
            categories, tf.cast(logits, tf.float32)
        )
        log_stddevs = tf.cast(log_stddevs, tf.float32)
        errors = (codes - tf.cast(means, tf.float32)) / tf.exp(log_stddevs)
        code_losses = 0.5 * (math.log(2 * math.pi) + errors**2) + log_stddevs
        entropy = math.log(self.num_categories) + self.num_codes * math.log(2)
        code_loss = tf.reduce_sum(code_losses, axis=1)
        return entropy - tf.reduce_mean(category_loss + code_loss)

    def sample_prior(self, batch_size, seed=None):
        """Draws noise, a one-hot category and codes, uniform in [-1, 1]."""
        seeds = noise.split(noise.as_seed(seed), 3)
        noises = self.prior.draw([batch_size, self.noise_dim], seeds[0])
        category = noise.integers([batch_size], seeds[1], self.num_categories)
        one_hot = tf.one_hot(category, self.num_categories)
        codes = noise.uniform([batch_size, self.num_codes], seeds[2], -1.0)
        return tf.concat([noises, one_hot, codes], axis=1)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "recognition": serialize(self.recognition),
            "num_categories": self.num_categories,
            "num_codes": self.num_codes,
            "information_weight": self.information_weight,
        }
