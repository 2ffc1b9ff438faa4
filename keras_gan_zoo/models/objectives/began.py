"""BEGAN: Boundary Equilibrium Generative Adversarial Networks.

Berthelot, Schumm and Metz, 2017
https://arxiv.org/abs/1703.10717

When to use it: when training must measure itself and the balance of players
must be kept without supervision; the price is diversity, which
`diversity_ratio` sets.
"""

import keras
import tensorflow as tf

from keras_gan_zoo import losses, priors, replicas
from keras_gan_zoo.models.base import GAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class BEGAN(GAN):
    """An autoencoder as discriminator, and a balance kept between players.

    Each side's loss is a mean absolute reconstruction error, `L(v)`. The
    discriminator lowers `L(x) - k L(G(z))`, the generator `L(G(z))`, and after
    each step `k` moves so that `L(G(z))` stays at `gamma L(x)`. The measure
    `L(x) + |gamma L(x) - L(G(z))|`, in the logs as `convergence`, falls as
    training goes on: this is one of the few GANs that say how they are doing.

    Args:
        generator: Model from latents `(batch, latent_dim)` to images.
        discriminator: Model from images to reconstructions of their shape.
        latent_dim: Integer, size of the latent space.
        diversity_ratio: Float in [0, 1], `gamma` in the paper: lower values
            give better looking but more similar images.
        balance_rate: Float, step size of `k`, `lambda_k` in the paper.
        **kwargs: Further arguments of `GAN`.

    Example:

    ```python
    gan = BEGAN(
        generator=began_generator(64, (32, 32, 3)),
        discriminator=began_discriminator((32, 32, 3)),
        latent_dim=64,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-4),
        discriminator_optimizer=keras.optimizers.Adam(1e-4),
    )
    gan.fit(cifar10(16), epochs=50)
    ```
    """

    default_prior = priors.Uniform(-1.0, 1.0)
    discriminator_outputs = ("reconstructions",)

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        diversity_ratio=0.5,
        balance_rate=0.001,
        **kwargs,
    ):
        # Of scores that are losses with the sign changed, and but for `k`.
        loss = losses.Wasserstein()
        super().__init__(
            generator, discriminator, latent_dim, loss=loss, **kwargs
        )
        self.diversity_ratio = diversity_ratio
        self.balance_rate = balance_rate
        self.balance = self.add_weight(  # `k` in the paper.
            initializer="zeros",
            trainable=False,
            dtype="float32",
            aggregation="only_first_replica",
            name="balance",
        )
        self.convergence_tracker = keras.metrics.Mean("convergence")
        self.balance_tracker = keras.metrics.Mean("balance")

    def train_step(self, data):
        """Runs one step of section 3.4."""
        terms = {}
        for images in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", images, terms=terms)
        fake_loss = self.update("generator", images)
        gap = replicas.mean(self.gap(terms["real_loss"], fake_loss))
        self.convergence_tracker.update_state(terms["real_loss"] + tf.abs(gap))
        balance = self.balance + self.balance_rate * gap
        self.balance.assign(tf.clip_by_value(balance, 0.0, 1.0))
        return self.loss_results()

    def discriminator_loss(self, images, training=True, terms=None):
        """`L(x) - k L(G(z))`; `L(x)` goes into `terms`, a dictionary."""
        trial = self.trial(images, training)
        real_loss = -tf.reduce_mean(trial.real_scores)
        fake_loss = -tf.reduce_mean(trial.fake_scores)
        if terms is None:  # The generator makes no move.
            gap = self.gap(real_loss, fake_loss)
            self.convergence_tracker.update_state(real_loss + tf.abs(gap))
        else:
            terms["real_loss"] = real_loss
        self.balance_tracker.update_state(self.balance)
        return real_loss - self.balance * fake_loss + self.penalty(trial)

    def judge(self, samples, training, condition=None, seed=None):
        """`-L(v)` of each image, equation 1 with exponent 1."""
        samples = self.augmented(samples, training, seed)
        reconstructions = self.discriminator(samples, training=training)
        errors = tf.cast(reconstructions, tf.float32) - tf.cast(
            samples, tf.float32
        )
        return -tf.reduce_mean(tf.abs(errors), axis=range(1, errors.shape.rank))

    def scores(self, inputs, training):
        return self.judge(inputs, training)

    def gap(self, real_loss, fake_loss):
        """`gamma L(x) - L(G(z))`, which is zero at the equilibrium."""
        return self.diversity_ratio * real_loss - fake_loss

    def get_config(self):
        config = super().get_config()
        del config["loss"]
        return {
            **config,
            "diversity_ratio": self.diversity_ratio,
            "balance_rate": self.balance_rate,
        }
