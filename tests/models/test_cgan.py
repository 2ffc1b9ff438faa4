"""CGAN, Mirza and Osindero 2014: both players are told the class."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from keras_gan_zoo.models import CGAN
from tests.models import toys

ENTRIES = {
    "CGAN": toys.Entry(
        toys.conditional_gan(CGAN, toys.conditional_discriminator),
        conditional=True,
    )
}

BATCH_SIZE = 32
# A class that the model never draws, so that it marks what is real.
REAL_LABEL = toys.NUM_CLASSES
INPUTS = tf.fill((BATCH_SIZE, toys.NUM_CLASSES), 0.5), tf.fill(
    (BATCH_SIZE,), REAL_LABEL
)


def gan(score=0.0, label_weight=0.0):
    """A game whose samples are one-hot labels.

    The score is of a sample's sum and of its label, each times a weight.
    """
    samples = keras.Input((toys.NUM_CLASSES,))
    labels = keras.Input((), dtype="int32")
    label = keras.ops.cast(keras.ops.expand_dims(labels, 1), "float32")
    weights = [[score]] * toys.NUM_CLASSES + [[label_weight]]
    scores = toys.affine(weights)(layers.Concatenate()([samples, label]))
    return CGAN(
        toys.label_generator(),
        keras.Model([samples, labels], scores),
        toys.LATENT_DIM,
        toys.NUM_CLASSES,
    )


def softplus(score):
    return math.log1p(math.exp(score))


def test_undecided_discriminator_has_the_losses_of_chance():
    loss = gan().discriminator_loss(INPUTS)
    np.testing.assert_allclose(loss, 2 * math.log(2), rtol=1e-6)
    np.testing.assert_allclose(
        gan().generator_loss(INPUTS), math.log(2), rtol=1e-6
    )


def test_discriminator_raises_real_scores_and_lowers_fake_ones():
    model = gan(score=2.0)
    # The samples sum up to 1.5, the fakes to 1.
    loss = model.discriminator_loss(INPUTS)
    np.testing.assert_allclose(loss, softplus(-3.0) + softplus(2.0), rtol=1e-6)
    loss = model.generator_loss(INPUTS)
    np.testing.assert_allclose(loss, softplus(-2.0), rtol=1e-6)


def test_scores_of_real_samples_hang_on_their_labels():
    model = gan(label_weight=1.0)
    images, _ = INPUTS
    losses = [
        model.discriminator_loss((images, tf.fill((BATCH_SIZE,), label)))
        for label in (0, 100)
    ]
    assert losses[0] > losses[1] + 0.5


def test_fakes_are_judged_with_the_labels_they_were_made_of():
    model = toys.compile_at_rest(gan())
    made = toys.record(model.generator)
    judged = toys.record(model.discriminator)
    model.train_step(INPUTS)
    real = [call for call in judged if (call[0] == 0.5).all()]
    fake = [call for call in judged if not (call[0] == 0.5).all()]
    assert (len(real), len(fake), len(made)) == (1, 2, 2)
    np.testing.assert_array_equal(real[0][1], INPUTS[1])
    for (_, given), (fakes, labels) in zip(made, fake):
        np.testing.assert_array_equal(labels, given)
        np.testing.assert_array_equal(fakes, np.eye(toys.NUM_CLASSES)[labels])


def test_labels_of_fakes_are_drawn_and_never_those_of_real_samples():
    model = toys.compile_at_rest(gan())
    made = toys.record(model.generator)
    model.train_step(INPUTS)
    for _, labels in made:
        np.testing.assert_array_equal(np.unique(labels), [0, 1, 2])
    assert (made[0][1] != made[1][1]).any()  # Each player draws anew.


def test_real_samples_keep_their_labels_when_a_batch_is_split():
    model = gan()
    model.discriminator_steps = 3
    toys.compile_at_rest(model)
    judged = toys.record(model.discriminator)
    labels = np.arange(100, 112)
    images = np.repeat(labels[:, np.newaxis], toys.NUM_CLASSES, axis=1)
    model.train_step((tf.cast(images, tf.float32), tf.constant(labels)))
    real = [call for call in judged if (call[1] >= 100).all()]
    assert len(real) == 3
    for samples, given in real:
        np.testing.assert_array_equal(samples[:, 0], given)
    seen = np.concatenate([given for _, given in real])
    np.testing.assert_array_equal(np.sort(seen), labels)
