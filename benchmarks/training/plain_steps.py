"""The games as users write them by the Keras guide to custom training steps.

There is nothing of this package in it. As in the guide, a player's move is a
gradient tape and a step of an optimizer, noise comes from a `SeedGenerator`,
and the fakes that a discriminator learns from are made before its tape. Real
and generated images go through it in separate batches, as batch normalization
requires.
"""

import keras
import tensorflow as tf

from benchmarks.training import games, keras_networks

cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
class_cross_entropy = keras.losses.SparseCategoricalCrossentropy(
    from_logits=True
)
code_cross_entropy = keras.losses.CategoricalCrossentropy(from_logits=True)
squared_error = keras.losses.MeanSquaredError()
absolute_error = keras.losses.MeanAbsoluteError()


def networks(name, width):
    """Returns the networks of a game, with Keras's layers."""
    return keras_networks.networks(name, width)


def build(name, networks):
    """Returns a compiled model.

    Args:
        name: String, one of `games.MODELS`.
        networks: Dictionary, of `networks`.
    """
    model = GAMES[name](**networks)
    model.compile(
        discriminator_optimizer=keras_networks.optimizer(name),
        generator_optimizer=keras_networks.optimizer(name),
    )
    return model


class GAN(keras.Model):
    """The non-saturating game, and what all others are variations of.

    Losses take real images `(batch, height, width, channels)` with labels
    `(batch,)`, as many fakes, and the inputs that the generator made these of.
    """

    discriminator_steps = 1

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self.seed_generator = keras.random.SeedGenerator(0)
        self.discriminator_tracker = keras.metrics.Mean("discriminator_loss")
        self.generator_tracker = keras.metrics.Mean("generator_loss")

    def compile(self, discriminator_optimizer, generator_optimizer):
        super().compile()
        self.discriminator_optimizer = discriminator_optimizer
        self.generator_optimizer = generator_optimizer

    @property
    def metrics(self):
        return [self.discriminator_tracker, self.generator_tracker]

    def train_step(self, data):
        images, labels = data
        steps = self.discriminator_steps
        parts = zip(tf.split(images, steps), tf.split(labels, steps))
        for real, real_labels in parts:
            inputs = self.generator_inputs()
            fakes = self.generator(inputs, training=True)
            with tf.GradientTape() as tape:
                loss = self.discriminator_loss(real, real_labels, fakes, inputs)
            self.move_discriminator(tape, loss)

        inputs = self.generator_inputs()
        with tf.GradientTape() as tape:
            fakes = self.generator(inputs, training=True)
            loss = self.generator_loss(fakes, inputs)
        self.move_generator(tape, loss)
        return {metric.name: metric.result() for metric in self.metrics}

    @property
    def discriminator_weights(self):
        return self.discriminator.trainable_weights

    def move_discriminator(self, tape, loss):
        weights = self.discriminator_weights
        gradients = tape.gradient(loss, weights)
        self.discriminator_optimizer.apply_gradients(zip(gradients, weights))
        self.discriminator_tracker.update_state(loss)

    def move_generator(self, tape, loss):
        weights = self.generator.trainable_weights
        gradients = tape.gradient(loss, weights)
        self.generator_optimizer.apply_gradients(zip(gradients, weights))
        self.generator_tracker.update_state(loss)

    def generator_inputs(self):
        return self.normal((games.BATCH_SIZE, games.LATENT_DIM))

    def normal(self, shape):
        return keras.random.normal(shape, seed=self.seed_generator)

    def uniform(self, shape, low=0.0):
        return keras.random.uniform(shape, low, 1.0, seed=self.seed_generator)

    def labels(self):
        shape = (games.BATCH_SIZE,)
        return keras.random.randint(
            shape, 0, games.NUM_CLASSES, seed=self.seed_generator
        )

    def discriminator_loss(self, real, real_labels, fakes, inputs):
        real_scores = self.discriminator(real, training=True)
        fake_scores = self.discriminator(fakes, training=True)
        return self.source_loss(real_scores, fake_scores)

    def generator_loss(self, fakes, inputs):
        scores = self.discriminator(fakes, training=True)
        return cross_entropy(tf.ones_like(scores), scores)

    def source_loss(self, real_scores, fake_scores):
        return cross_entropy(
            tf.ones_like(real_scores), real_scores
        ) + cross_entropy(tf.zeros_like(fake_scores), fake_scores)


class LSGAN(GAN):
    def generator_loss(self, fakes, inputs):
        scores = self.discriminator(fakes, training=True)
        return 0.5 * squared_error(tf.ones_like(scores), scores)

    def source_loss(self, real_scores, fake_scores):
        return 0.5 * squared_error(
            tf.ones_like(real_scores), real_scores
        ) + 0.5 * squared_error(tf.zeros_like(fake_scores), fake_scores)


class WassersteinGAN(GAN):
    discriminator_steps = 5

    def generator_loss(self, fakes, inputs):
        return -tf.reduce_mean(self.discriminator(fakes, training=True))

    def source_loss(self, real_scores, fake_scores):
        return tf.reduce_mean(fake_scores) - tf.reduce_mean(real_scores)


class WGAN(WassersteinGAN):
    def move_discriminator(self, tape, loss):
        super().move_discriminator(tape, loss)
        limit = games.CLIP_LIMIT
        for weight in self.discriminator.trainable_weights:
            weight.assign(tf.clip_by_value(weight, -limit, limit))


class WGANGP(WassersteinGAN):
    def discriminator_loss(self, real, real_labels, fakes, inputs):
        loss = super().discriminator_loss(real, real_labels, fakes, inputs)
        positions = self.uniform((games.BATCH_SIZE, 1, 1, 1))
        points = real + positions * (fakes - real)
        return loss + 10.0 * gradient_penalty(self.discriminator, points)


class DRAGAN(GAN):
    def discriminator_loss(self, real, real_labels, fakes, inputs):
        loss = super().discriminator_loss(real, real_labels, fakes, inputs)
        shifts = 0.5 * tf.math.reduce_std(real) * self.uniform(real.shape)
        positions = self.uniform((games.BATCH_SIZE, 1, 1, 1))
        points = real + positions * shifts
        return loss + 10.0 * gradient_penalty(self.discriminator, points)


def gradient_penalty(discriminator, points):
    with tf.GradientTape() as tape:
        tape.watch(points)
        scores = discriminator(points, training=True)
    gradients = tape.gradient(scores, points)
    norms = tf.sqrt(tf.reduce_sum(gradients**2, axis=[1, 2, 3]) + 1e-12)
    return tf.reduce_mean((norms - 1.0) ** 2)


class ConditionalGAN(GAN):
    def generator_inputs(self):
        return super().generator_inputs(), self.labels()


class CGAN(ConditionalGAN):
    def discriminator_loss(self, real, real_labels, fakes, inputs):
        _, labels = inputs
        real_scores = self.discriminator((real, real_labels), training=True)
        fake_scores = self.discriminator((fakes, labels), training=True)
        return self.source_loss(real_scores, fake_scores)

    def generator_loss(self, fakes, inputs):
        _, labels = inputs
        return super().generator_loss((fakes, labels), inputs)


class ACGAN(ConditionalGAN):
    def discriminator_loss(self, real, real_labels, fakes, inputs):
        _, labels = inputs
        real_scores, real_logits = self.discriminator(real, training=True)
        fake_scores, fake_logits = self.discriminator(fakes, training=True)
        return (
            self.source_loss(real_scores, fake_scores)
            + class_cross_entropy(real_labels, real_logits)
            + class_cross_entropy(labels, fake_logits)
        )

    def generator_loss(self, fakes, inputs):
        _, labels = inputs
        scores, logits = self.discriminator(fakes, training=True)
        loss = cross_entropy(tf.ones_like(scores), scores)
        return loss + class_cross_entropy(labels, logits)


class InfoGAN(GAN):
    def __init__(self, generator, discriminator, recognition):
        super().__init__(generator, discriminator)
        self.recognition = recognition

    def generator_inputs(self):
        noise = self.uniform((games.BATCH_SIZE, games.LATENT_DIM), -1.0)
        categories = tf.one_hot(self.labels(), games.NUM_CLASSES)
        codes = self.uniform((games.BATCH_SIZE, games.NUM_CODES), -1.0)
        return tf.concat([noise, categories, codes], axis=1)

    @property
    def discriminator_weights(self):
        weights = super().discriminator_weights
        return weights + self.recognition.trainable_weights

    def discriminator_loss(self, real, real_labels, fakes, inputs):
        real_scores, _ = self.discriminator(real, training=True)
        fake_scores, features = self.discriminator(fakes, training=True)
        loss = self.source_loss(real_scores, fake_scores)
        return loss + self.code_loss(inputs, features)

    def generator_loss(self, fakes, inputs):
        scores, features = self.discriminator(fakes, training=True)
        loss = cross_entropy(tf.ones_like(scores), scores)
        return loss + self.code_loss(inputs, features)

    def code_loss(self, inputs, features):
        """Negative log-likelihood of the codes, but for its constants."""
        logits, means, log_stddevs = self.recognition(features, training=True)
        sizes = [games.LATENT_DIM, games.NUM_CLASSES, games.NUM_CODES]
        _, categories, codes = tf.split(inputs, sizes, axis=1)
        errors = (codes - means) / tf.exp(log_stddevs)
        losses = tf.reduce_sum(log_stddevs + 0.5 * errors**2, axis=1)
        return code_cross_entropy(categories, logits) + tf.reduce_mean(losses)


class EBGAN(GAN):
    def discriminator_loss(self, real, real_labels, fakes, inputs):
        real_energies, _ = self.energies(real)
        fake_energies, _ = self.energies(fakes)
        hinges = tf.nn.relu(10.0 - fake_energies)
        return tf.reduce_mean(real_energies) + tf.reduce_mean(hinges)

    def generator_loss(self, fakes, inputs):
        energies, embeddings = self.energies(fakes)
        directions = tf.math.l2_normalize(embeddings, axis=1)
        cosines = tf.matmul(directions, directions, transpose_b=True)
        squares = tf.reduce_sum(cosines**2) - games.BATCH_SIZE
        pairs = games.BATCH_SIZE * (games.BATCH_SIZE - 1)
        return tf.reduce_mean(energies) + 0.1 * squares / pairs

    def energies(self, images):
        outputs, embeddings = self.discriminator(images, training=True)
        squares = tf.reduce_sum((outputs - images) ** 2, axis=[1, 2, 3])
        return tf.sqrt(squares + 1e-12), tf.cast(embeddings, tf.float32)


class BEGAN(GAN):
    def __init__(self, generator, discriminator):
        super().__init__(generator, discriminator)
        self.balance = self.add_weight(initializer="zeros", trainable=False)

    def train_step(self, data):
        real, _ = data
        fakes = self.generator(self.generator_inputs(), training=True)
        with tf.GradientTape() as tape:
            real_error = self.error(real)
            loss = real_error - self.balance * self.error(fakes)
        self.move_discriminator(tape, loss)

        inputs = self.generator_inputs()
        with tf.GradientTape() as tape:
            fake_error = self.error(self.generator(inputs, training=True))
        self.move_generator(tape, fake_error)

        balance = self.balance + 0.001 * (0.5 * real_error - fake_error)
        self.balance.assign(tf.clip_by_value(balance, 0.0, 1.0))
        return {metric.name: metric.result() for metric in self.metrics}

    def generator_inputs(self):
        return self.uniform((games.BATCH_SIZE, games.LATENT_DIM), -1.0)

    def error(self, images):
        return absolute_error(images, self.discriminator(images, training=True))


GAMES = {
    "VanillaGAN": GAN,
    "DCGAN": GAN,
    "LSGAN": LSGAN,
    "WGAN": WGAN,
    "WGANGP": WGANGP,
    "DRAGAN": DRAGAN,
    "CGAN": CGAN,
    "InfoGAN": InfoGAN,
    "ACGAN": ACGAN,
    "EBGAN": EBGAN,
    "BEGAN": BEGAN,
}
