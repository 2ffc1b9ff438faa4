"""WGAN-GP, Gulrajani et al. 2017: the penalty in the critic's loss."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo.models import WGANGP
from tests.models import toys

ENTRIES = {"WGANGP": toys.Entry(toys.gan(WGANGP, normalized=False), steps=5)}

REAL = tf.constant([[2.0, 9.0], [4.0, -9.0]])
FAKE = [-1.0, 4.0]


def gan(slope=(1.0, 0.0), fake=FAKE, **kwargs):
    """A game with a linear critic."""
    return WGANGP(
        toys.constant_generator(fake),
        toys.affine(np.reshape(slope, (2, 1))),
        toys.LATENT_DIM,
        **kwargs,
    )


@pytest.mark.parametrize(
    "slope, penalty", [((0.6, 0.8), 0.0), ((1.8, 2.4), 40.0), ((0, 0), 10.0)]
)
def test_penalty_is_ten_times_the_squared_distance_from_norm_one(
    slope, penalty
):
    model = gan(slope, fake=[3.0, 0.0])  # The mean of the real samples.
    loss = model.discriminator_loss(REAL)
    np.testing.assert_allclose(loss, penalty, atol=2e-4)
    logged = model.penalty_trackers[0].result()
    np.testing.assert_allclose(10.0 * logged, penalty, atol=2e-4)


def test_critic_loss_is_the_negative_estimate_and_the_penalty():
    model = gan((2.0, 0.0), penalty_weight=0.5)
    loss = model.discriminator_loss(REAL)
    estimate = 2.0 * (3.0 - -1.0)
    np.testing.assert_allclose(loss, -estimate + 0.5, rtol=1e-5)
    np.testing.assert_allclose(model.estimate_tracker.result(), estimate)


def test_penalty_looks_between_the_real_samples_and_the_fakes():
    model = gan()
    seen = toys.record(model.discriminator)
    model.discriminator_loss(REAL)
    assert len(seen) == 3
    (between,) = [
        batch
        for batch in seen
        if not np.array_equal(batch, REAL) and not (batch == FAKE).all()
    ]
    detour = np.linalg.norm(between - REAL, axis=1) + np.linalg.norm(
        between - np.array(FAKE), axis=1
    )
    distance = np.linalg.norm(REAL - np.array(FAKE), axis=1)
    np.testing.assert_allclose(detour, distance, rtol=1e-5)


def test_penalty_looks_elsewhere_at_each_move():
    model = gan()
    seen = toys.record(model.discriminator)
    for _ in range(2):
        model.discriminator_loss(REAL)
    rows = np.unique(np.concatenate(seen), axis=0)
    assert len(rows) == len(REAL) + 1 + 4  # Real, fake and between.


def test_generator_is_not_penalized():
    steps = []
    for weight in (0.0, 1000.0):
        model = gan((3.0, 4.0), penalty_weight=weight)
        assert model.generator_loss(REAL) == -(3.0 * -1.0 + 4.0 * 4.0)
        _, step = toys.gradients(
            lambda: model.generator_loss(REAL), model.generator
        )
        steps.append(step)
    np.testing.assert_array_equal(steps, [[-3.0, -4.0]] * 2)


def test_penalty_teaches_the_critic_alone():
    x = inputs = keras.Input((2,))
    x = layers.Dense(3, "tanh")(x)
    critic = keras.Model(inputs, layers.Dense(1)(x))
    model = WGANGP(
        toys.constant_generator(FAKE),
        critic,
        toys.LATENT_DIM,
        penalty_weight=1000.0,
    )
    model.compile(
        discriminator_optimizer=keras.optimizers.SGD(0.001),
        generator_optimizer=keras.optimizers.SGD(0.001),
    )
    before = critic.get_weights(), model.generator.get_weights()
    model.update("discriminator", REAL)
    assert np.abs(before[0][0] - critic.get_weights()[0]).max() > 0
    for old, new in zip(before[1], model.generator.get_weights()):
        np.testing.assert_array_equal(old, new)


def test_critic_moves_five_times_for_each_move_of_the_generator():
    model = toys.compile_at_rest(gan())
    real = tf.random.normal((10, 2))
    seen = toys.record(model.discriminator)
    for _ in range(2):
        model.train_step(real)
    assert model.discriminator_optimizer.iterations == 10
    assert model.generator_optimizer.iterations == 2
    seen = np.concatenate(seen)
    times = [(seen == row).all(axis=1).sum() for row in real.numpy()]
    assert times == [2] * 10  # Each real row once in each step.


def test_critic_with_batch_normalization_is_refused():
    critic = keras.Sequential(
        [keras.Input((2,)), layers.BatchNormalization(), layers.Dense(1)]
    )
    with pytest.raises(ValueError, match="must not use batch normalization"):
        WGANGP(toys.constant_generator(FAKE), critic, toys.LATENT_DIM)


def test_penalty_weight_is_kept_in_the_configuration():
    copy = WGANGP.from_config(gan(penalty_weight=0.5).get_config())
    assert copy.penalty_weight == 0.5
    assert copy.discriminator_steps == 5
