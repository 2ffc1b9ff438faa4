"""DRAGAN, Kodali et al. 2017: a penalty around the data."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo.models import DRAGAN
from tests.models import toys

ENTRIES = {"DRAGAN": toys.Entry(toys.gan(DRAGAN, normalized=False))}

REAL = tf.constant([[2.0, 9.0], [2.0, -9.0]])
FAKE = [-1.0, 4.0]


def gan(slope=(1.0, 0.0), **kwargs):
    """A game with a linear discriminator."""
    return DRAGAN(
        toys.constant_generator(FAKE),
        toys.affine(np.reshape(slope, (2, 1))),
        toys.LATENT_DIM,
        **kwargs,
    )


def softplus(score):
    return math.log1p(math.exp(score))


@pytest.mark.parametrize("weight", [10.0, 0.5])
def test_loss_is_that_of_the_game_and_the_penalty(weight):
    model = gan((3.0, 0.0), penalty_weight=weight)
    loss = model.discriminator_loss(REAL)
    penalty = (3.0 - 1.0) ** 2
    expected = softplus(-6.0) + softplus(-3.0) + weight * penalty
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    np.testing.assert_allclose(model.penalty_trackers[0].result(), penalty)


def test_penalty_weighs_ten_by_default():
    loss = gan((0.0, 0.0)).discriminator_loss(REAL)
    np.testing.assert_allclose(loss, 2 * math.log(2) + 10.0, rtol=1e-5)


def test_discriminator_of_slope_one_is_not_penalized():
    loss = gan((1.0, 0.0)).discriminator_loss(REAL)
    np.testing.assert_allclose(loss, softplus(-2.0) + softplus(-1.0), rtol=1e-5)


@pytest.mark.parametrize("norm, penalty", [(1.0, 0.0), (3.0, 4.0)])
def test_penalty_is_at_real_samples_whatever_the_fakes(norm, penalty):
    samples = keras.Input((2,))
    scores = keras.ops.sum(samples**2 / 2, axis=1, keepdims=True)
    discriminator = keras.Model(samples, scores)  # Its gradient is `samples`.
    real = tf.fill((4, 2), norm * 0.5**0.5)  # Of no deviation, so no noise.
    for fake in ([0.0, 0.0], FAKE):
        model = DRAGAN(
            toys.constant_generator(fake), discriminator, toys.LATENT_DIM
        )
        model.discriminator_loss(real)
        logged = model.penalty_trackers[0].result()
        np.testing.assert_allclose(logged, penalty, atol=1e-5)


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_penalty_looks_near_the_real_samples(scale):
    model = gan(noise_scale=scale)
    seen = toys.record(model.discriminator)
    real = np.random.normal(size=(256, 2)).astype("float32")
    model.discriminator_loss(tf.constant(real))
    (near,) = [
        batch
        for batch in seen
        if not np.array_equal(batch, real) and not (batch == FAKE).all()
    ]
    shifts = (near - real) / real.std()
    assert shifts.min() > -1e-5
    assert 0.8 * scale < shifts.max() < scale + 1e-5


def test_generator_plays_the_non_saturating_game():
    model = gan((3.0, 0.0))
    loss = model.generator_loss(REAL)
    np.testing.assert_allclose(loss, softplus(3.0), rtol=1e-6)


def test_discriminator_with_batch_normalization_is_refused():
    discriminator = keras.Sequential(
        [keras.Input((2,)), layers.BatchNormalization(), layers.Dense(1)]
    )
    with pytest.raises(ValueError, match="must not use batch normalization"):
        DRAGAN(toys.constant_generator(FAKE), discriminator, toys.LATENT_DIM)


def test_penalty_is_kept_in_the_configuration():
    model = gan(penalty_weight=0.5, noise_scale=2.0)
    copy = DRAGAN.from_config(model.get_config())
    assert (copy.penalty_weight, copy.noise_scale) == (0.5, 2.0)
