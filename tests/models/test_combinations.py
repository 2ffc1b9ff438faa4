"""What users put together of parts, against one step written by hand."""

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import augmentations, losses, models, noise, penalties
from tests.models import toys


def gan_of_parts(**kwargs):
    """Has what parts can have: state, laziness, noise, words of replicas."""
    return models.GAN(
        toys.generator(),
        toys.discriminator(normalized=False),
        toys.LATENT_DIM,
        loss=losses.RelativisticAverage(),
        penalties=[
            penalties.R1(1.0, every=2),
            penalties.DRAGANPenalty(1.0, every=2),
            penalties.ApproximateR2(1.0, scale=0.1),
            penalties.LeCam(0.1, decay=0.9),
        ],
        augmentation=augmentations.AdaptiveAugmentation(initial_p=0.5),
        **kwargs,
    )


def conditional_gan_of_parts(**kwargs):
    return models.ConditionalGAN(
        toys.generator(num_classes=toys.NUM_CLASSES),
        toys.conditional_discriminator(),
        toys.LATENT_DIM,
        toys.NUM_CLASSES,
        loss=losses.Hinge(),
        **kwargs,
    )


ENTRIES = {
    "GAN_of_parts": toys.Entry(gan_of_parts),
    "ConditionalGAN_of_parts": toys.Entry(
        conditional_gan_of_parts, conditional=True
    ),
}

RATE = 0.1


def seed_of(model, draw):
    """Returns the seed of a draw within the present step."""
    step = tf.stack([model.noise_seed.value, model.step.value])
    return noise.fold_in(step, draw)


def gradient(judge, samples):
    with tf.GradientTape() as tape:
        tape.watch(samples)
        scores = judge(samples)
    return tape.gradient(scores, samples)


def norms(gradients):
    return tf.sqrt(tf.reduce_sum(gradients**2, axis=[1, 2, 3]))


def compiled(model):
    model.compile(
        generator_optimizer=keras.optimizers.SGD(RATE),
        discriminator_optimizer=keras.optimizers.SGD(RATE),
    )
    return model


def assert_step_down(model, loss, inputs):
    """Holds a discriminator's move to the gradient of a loss by hand."""
    variables = model.discriminator.trainable_variables
    with tf.GradientTape() as tape:
        value = loss()
    moves = tape.gradient(value, [v.value for v in variables])
    expected = [v - RATE * move for v, move in zip(variables, moves)]
    np.testing.assert_allclose(
        model.update("discriminator", inputs), value, rtol=1e-5
    )
    for variable, weight in zip(variables, expected):
        np.testing.assert_allclose(variable, weight, rtol=1e-4, atol=1e-6)


def data():
    images, labels = toys.arrays(num_batches=1)
    return tf.constant(images), tf.constant(labels)


def networks(discriminator, num_classes=None):
    keras.utils.set_random_seed(0)
    generator = toys.generator(normalized=False, num_classes=num_classes)
    return generator, discriminator


def told_critic():
    images, labels = keras.Input(toys.IMAGE_SHAPE), keras.Input(
        (), dtype="int32"
    )
    one_hot = keras.ops.one_hot(labels, toys.NUM_CLASSES)
    x = keras.layers.Concatenate()([toys.features(images, False), one_hot])
    x = keras.layers.Dense(8, "tanh")(x)
    return keras.Model([images, labels], toys.score()(x))


def test_a_conditional_wgan_gp():
    model = compiled(
        models.ConditionalGAN(
            *networks(told_critic(), toys.NUM_CLASSES),
            toys.LATENT_DIM,
            toys.NUM_CLASSES,
            loss=losses.Wasserstein(),
            penalties=[penalties.GradientPenalty(10.0)],
        )
    )
    images, labels = data()

    def loss():
        latents, _ = model.sample_prior(4, seed_of(model, 1))
        fakes = model.generator((latents, labels), training=True)

        def critic(samples):
            return model.discriminator((samples, labels), training=True)

        position = noise.uniform([4, 1, 1, 1], seed_of(model, 2))
        between = images + position * (fakes - images)
        slopes = norms(gradient(critic, between))
        gap = tf.reduce_mean(critic(fakes)) - tf.reduce_mean(critic(images))
        return gap + 10.0 * tf.reduce_mean((slopes - 1.0) ** 2)

    assert_step_down(model, loss, (images, labels))


def test_an_lsgan_with_r1_and_adaptive_augmentation():
    augmentation = augmentations.AdaptiveAugmentation(initial_p=0.5)
    model = compiled(
        models.LSGAN(
            *networks(toys.discriminator(normalized=False)),
            toys.LATENT_DIM,
            penalties=[penalties.R1(2.0)],
            augmentation=augmentation,
        )
    )
    images, _ = data()

    def seen(samples, draw):
        return augmentation.augment(samples, seed_of(model, draw))

    def critic(samples):
        return model.discriminator(samples, training=True)

    def loss():
        latents = model.sample_prior(4, seed_of(model, 1))
        fakes = model.generator(latents, training=True)
        real_scores = critic(seen(images, 2))
        fake_scores = critic(seen(fakes, 3))
        slopes = gradient(lambda x: critic(seen(x, 4)), images)
        return (
            0.5 * tf.reduce_mean((real_scores - 1.0) ** 2)
            + 0.5 * tf.reduce_mean(fake_scores**2)
            + 2.0 / 2 * tf.reduce_mean(norms(slopes) ** 2)
        )

    assert_step_down(model, loss, images)


def classifying_critic():
    images = keras.Input(toys.IMAGE_SHAPE)
    x = keras.layers.Dense(8, "tanh")(toys.features(images, False))
    logits = keras.layers.Dense(toys.NUM_CLASSES)(x)
    return keras.Model(images, [toys.score()(x), logits])


def test_an_acgan_with_the_penalty_of_dragan():
    model = compiled(
        models.ACGAN(
            *networks(classifying_critic(), toys.NUM_CLASSES),
            toys.LATENT_DIM,
            toys.NUM_CLASSES,
            penalties=[penalties.DRAGANPenalty(10.0)],
        )
    )
    images, labels = data()

    def cross_entropy(labels, logits):
        shares = tf.nn.log_softmax(logits)
        return -tf.reduce_mean(tf.gather(shares, labels, batch_dims=1))

    def loss():
        latents, drawn = model.sample_prior(4, seed_of(model, 1))
        fakes = model.generator((latents, drawn), training=True)
        scores, logits = model.discriminator(images, training=True)
        fake_scores, fake_logits = model.discriminator(fakes, training=True)
        shifts, position = noise.split(seed_of(model, 2))
        shifts = noise.uniform(images.shape, shifts)
        position = noise.uniform([4, 1, 1, 1], position)
        near = images + position * 0.5 * np.std(images) * shifts

        def critic(samples):
            return model.discriminator(samples, training=True)[0]

        slopes = norms(gradient(critic, near))
        return (
            tf.reduce_mean(-tf.math.log(tf.sigmoid(scores)))
            + tf.reduce_mean(-tf.math.log(1.0 - tf.sigmoid(fake_scores)))
            + cross_entropy(labels, logits)
            + cross_entropy(drawn, fake_logits)
            + 10.0 * tf.reduce_mean((slopes - 1.0) ** 2)
        )

    assert_step_down(model, loss, (images, labels))
