"""3D-GAN: Learning a Probabilistic Latent Space of Object Shapes.

Wu, Zhang, Xue, Freeman and Tenenbaum, 2016
https://arxiv.org/abs/1610.07584

When to use it: for shapes in space, as voxels; up to some 64 a side, since all
work grows with the cube.

Departures:
- A generator that lowers `log(1 - D(G(z)))`, as the paper writes the loss. Here
  it raises `log D(G(z))`: the other loses its gradient to a discriminator that
  is sure, as this one soon is.
- No fully connected layers. Here the convolutions from latents to features of
  4 x 4 x 4, and from these to a score, are such: they compute the same.
- No word of initial weights, and no biases in the generator that the authors
  released. Here kernels are from N(0, 0.02), as DCGAN's, and the discriminator
  has biases where nothing is normalized: without, it would not tell a solid
  from a faint one.
"""

import keras
import tensorflow as tf

from keras_gan_zoo import priors, replicas
from keras_gan_zoo.models.base import GAN


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ThreeDGAN(GAN):
    """The non-saturating GAN of volumes, whose discriminator waits.

    A discriminator learns volumes faster than a generator does. So it rests
    (section 3.1) whenever it judged more than 80 % of the last batch, half real
    and half generated, rightly. The generator moves each time.

    The paper judges by "the last batch", for which this class takes the scores
    that the discriminator's loss saw, in training mode, in the step before,
    whether or not it moved then. Other code takes those of the present batch.

    Latents are from U[0, 1], learning rates are 0.0025 for the generator and
    1e-5 for the discriminator, with Adam of `beta_1=0.5` and batches of 100.

    Args:
        generator: Model from latents `(batch, latent_dim)` to volumes
            `(batch, depth, height, width, channels)` in [0, 1].
        discriminator: Model from volumes to scores `(batch, 1)`, without a
            sigmoid, which is part of the loss.
        latent_dim: Integer, size of the latent space.
        accuracy_limit: Float, share of right judgments above which the
            discriminator rests.
        **kwargs: Further arguments of `GAN`.

    Example:

    ```python
    gan = ThreeDGAN(
        generator=three_d_gan_generator(200, (64, 64, 64, 1)),
        discriminator=three_d_gan_discriminator((64, 64, 64, 1)),
        latent_dim=200,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(0.0025, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(1e-5, beta_1=0.5),
    )
    gan.fit(volumes, epochs=25)
    volumes = gan.generate(16)
    ```
    """

    default_prior = priors.Uniform(0.0, 1.0)
    discriminator_outputs = ("scores",)

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        accuracy_limit=0.8,
        **kwargs,
    ):
        super().__init__(generator, discriminator, latent_dim, **kwargs)
        if not 0.0 <= accuracy_limit <= 1.0:
            raise ValueError(
                "`accuracy_limit` must be in [0, 1]; with 1 the discriminator "
                f"never rests. Received: accuracy_limit={accuracy_limit}."
            )
        self.accuracy_limit = accuracy_limit
        # At first nothing has been judged, and the discriminator moves.
        self.last_accuracy = self.add_weight(
            shape=(),
            dtype="float32",
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",  # It is equal on all.
            name="last_accuracy",
        )
        self.accuracy_tracker = keras.metrics.Mean("discriminator_accuracy")
        self.rest_tracker = keras.metrics.Mean("discriminator_rests")

    def train_step(self, data):
        """Moves the discriminator, unless it knows too well; then G."""
        for volumes in self.discriminator_batches(self.unpack(data)):
            moves = self.last_accuracy.value <= self.accuracy_limit
            self.rest_tracker.update_state(tf.logical_not(moves))
            self.update("discriminator", volumes, when=moves)
        self.update("generator", volumes)
        return self.loss_results()

    def discriminator_loss(self, volumes, training=True):
        trial = self.trial(volumes, training)
        is_right = tf.concat(
            [trial.real_scores > 0.0, trial.fake_scores < 0.0], axis=0
        )
        accuracy = tf.reduce_mean(tf.cast(is_right, tf.float32))
        self.accuracy_tracker.update_state(accuracy)
        if training:
            self.last_accuracy.assign(replicas.mean(accuracy))
        return self.loss_in(trial)

    def get_config(self):
        return {**super().get_config(), "accuracy_limit": self.accuracy_limit}

    def _moved_by(self, player):
        # What a resting discriminator judges decides when its rest ends.
        moved = super()._moved_by(player)
        return [
            variable for variable in moved if variable is not self.last_accuracy
        ]
