"""ACGAN, Odena et al. 2017: the discriminator names the class."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.models import ACGAN
from tests.models import toys

ENTRIES = {
    "ACGAN": toys.Entry(
        toys.conditional_gan(ACGAN, toys.classifying_discriminator),
        conditional=True,
    )
}

BATCH_SIZE = 32
K = toys.NUM_CLASSES
# Samples that look like class 1 to a classifier that reads one-hot samples.
IMAGES = tf.repeat(tf.one_hot([1], K), BATCH_SIZE, axis=0)
RIGHT, WRONG = tf.fill((BATCH_SIZE,), 1), tf.fill((BATCH_SIZE,), 2)


def gan(score=0.0, logit=0.0):
    """A game whose samples are one-hot labels.

    The score is of a sample's first number, and the logits are the sample,
    each times a weight.
    """
    images = keras.Input((K,))
    scores = toys.affine(score * np.eye(K)[:, :1])(images)
    logits = toys.affine(logit * np.eye(K))(images)
    return ACGAN(
        toys.label_generator(),
        keras.Model(images, [scores, logits]),
        toys.LATENT_DIM,
        K,
    )


def cross_entropy(logit, right):
    """Returns that of a class when one class has a logit, the others 0."""
    return math.log(math.exp(logit) + K - 1) - (logit if right else 0.0)


def test_heads_of_zero_have_the_losses_of_chance():
    loss = gan().discriminator_loss((IMAGES, RIGHT))
    expected = 2 * math.log(2) + 2 * math.log(K)
    np.testing.assert_allclose(loss, expected, rtol=1e-6)
    loss = gan().generator_loss((IMAGES, RIGHT))
    np.testing.assert_allclose(loss, math.log(2) + math.log(K), rtol=1e-6)


@pytest.mark.parametrize("labels", [RIGHT, WRONG], ids=["right", "wrong"])
def test_discriminator_is_held_to_the_labels_of_real_and_fake(labels):
    loss = gan(logit=5.0).discriminator_loss((IMAGES, labels))
    expected = (
        2 * math.log(2)
        + cross_entropy(5.0, labels is RIGHT)
        + cross_entropy(5.0, True)  # Fakes show the label they are of.
    )
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


@pytest.mark.parametrize("labels", [RIGHT, WRONG], ids=["right", "wrong"])
def test_generator_is_held_to_the_labels_it_was_fed(labels):
    model = gan(logit=5.0)
    loss = model.generator_loss((IMAGES, labels))
    expected = math.log(2) + cross_entropy(5.0, True)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    assert model.accuracy_tracker.result() == 1.0


def test_accuracy_is_of_the_classes_of_fakes():
    model = gan(logit=-5.0)
    model.generator_loss((IMAGES, RIGHT))
    assert model.accuracy_tracker.result() == 0.0


def test_scores_are_raised_for_real_and_lowered_for_fake():
    model = gan(score=2.0)
    images = tf.fill((BATCH_SIZE, K), -1.5)
    judged = toys.record(model.discriminator)
    loss = model.discriminator_loss((images, RIGHT))
    scores = 2.0 * judged[1][:, 0]
    assert set(scores) == {0.0, 2.0}
    expected = (
        math.log1p(math.exp(3.0))
        + np.log1p(np.exp(scores)).mean()
        + 2 * math.log(K)
    )
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_discriminator_learns_the_classes_of_fakes_too():
    model = gan()
    kernel = model.discriminator.trainable_variables[2]
    assert kernel.shape == (K, K)
    nothing = tf.zeros_like(IMAGES)  # Has no gradient in the kernel.
    step = toys.gradients(
        lambda: model.discriminator_loss((nothing, RIGHT)), model.discriminator
    )[2]
    # Of a uniform guess: raised for the class itself, lowered for others.
    assert (np.diag(step) < -0.05).all()
    assert (step[~np.eye(K, dtype=bool)] > 0.02).all()


def test_generator_learns_classes_of_an_undecided_discriminator():
    model = gan(logit=1.0)
    kernel, _ = toys.gradients(
        lambda: model.generator_loss((IMAGES, RIGHT)), model.generator
    )
    of_labels = kernel[-K:]
    assert (np.diag(of_labels) < -0.05).all()
    assert (of_labels[~np.eye(K, dtype=bool)] > 0.02).all()


def test_labels_of_fakes_are_drawn_and_never_those_of_real_samples():
    model = toys.compile_at_rest(gan())
    made = toys.record(model.generator)
    model.train_step((IMAGES, RIGHT))
    assert len(made) == 2
    for _, labels in made:
        np.testing.assert_array_equal(np.unique(labels), [0, 1, 2])
    assert (made[0][1] != made[1][1]).any()
