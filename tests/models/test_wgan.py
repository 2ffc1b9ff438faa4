"""WGAN, Arjovsky et al. 2017: algorithm 1, and the clip."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo.models import WGAN
from tests.models import toys

ENTRIES = {"WGAN": toys.Entry(toys.gan(WGAN), steps=5)}

LIMIT = 0.01


def normalized_critic():
    inputs = keras.Input((2,))
    x = layers.BatchNormalization()(layers.Dense(4)(inputs))
    return keras.Model(inputs, layers.Dense(1)(layers.ReLU()(x)))


def gan(critic=None, fake=(-1.0, 4.0), **kwargs):
    """A game in which samples score their first number, if not told else."""
    return WGAN(
        toys.constant_generator(list(fake)),
        critic or toys.affine([[1.0], [0.0]]),
        toys.LATENT_DIM,
        **kwargs,
    )


def trained(model):
    """Compiles a model for steps far larger than the clip."""
    model.compile(
        discriminator_optimizer=keras.optimizers.RMSprop(1.0),
        generator_optimizer=keras.optimizers.RMSprop(1.0),
    )
    return model


@pytest.mark.parametrize("scale", [1e-11, 1e-9, 1e-8, 1e-6, 1e-3, 1.0])
def test_the_optimizer_is_that_of_the_authors(scale):
    # PyTorch's RMSprop, of float64, by the rate and the clip of the paper.
    gradients = scale * np.array([1.0, -2.0, 0.5, 3.0, -1.0])
    square, expected = 0.0, [0.0]
    for gradient in gradients:
        square = 0.99 * square + 0.01 * gradient**2
        expected.append(expected[-1] - 5e-5 * gradient / (square**0.5 + 1e-8))

    def steps(**kwargs):
        weight = keras.Variable(0.0)
        optimizer = keras.optimizers.RMSprop(5e-5, **kwargs)
        values = [0.0]
        for gradient in gradients:
            optimizer.apply([tf.constant(gradient, "float32")], [weight])
            values.append(float(weight))
        return np.diff(values)

    ratios = steps(rho=0.99, epsilon=1e-16) / np.diff(expected)
    # Inside the root, an epsilon differs where a root is about as large.
    assert (ratios > 0.999).all() and (ratios < 2**0.5).all()
    if scale >= 1e-6:
        np.testing.assert_allclose(ratios, 1.0, rtol=0.1)
    if scale <= 1e-6:  # Where Keras's defaults hardly move.
        assert (steps() / np.diff(expected) < 0.05).all()


def real_rows(number):
    """Returns samples that differ, and from all fakes."""
    rows = np.arange(100.0, 100.0 + number, dtype="float32")
    return tf.constant(np.stack([rows, rows], axis=1))


def test_losses_are_differences_of_means():
    model = gan()
    real = tf.constant([[2.0, 9.0], [4.0, -9.0]])
    assert model.discriminator_loss(real) == -1.0 - 3.0
    assert model.generator_loss(real) == 1.0


def test_samples_like_the_data_cost_the_critic_nothing():
    real = tf.constant([[2.0, 9.0], [2.0, 9.0]])
    assert gan(fake=(2.0, 9.0)).discriminator_loss(real) == 0.0


@pytest.mark.parametrize("fake", [(-1e4, 0.0), (0.0, 0.0), (1e4, 0.0)])
def test_generator_has_the_same_gradient_everywhere(fake):
    model = gan(fake=fake)
    _, step = toys.gradients(
        lambda: model.generator_loss(real_rows(4)), model.generator
    )
    np.testing.assert_array_equal(step, [-1.0, 0.0])


def test_every_critic_update_ends_within_the_clip(monkeypatch):
    critic = normalized_critic()
    model = trained(gan(critic, clip_limit=LIMIT))
    moves, update = [], model.update

    def recording_update(player, inputs):
        moves.append(player)
        if moves[1:]:  # Weights begin where they were initialized.
            largest.append(max(np.abs(v).max() for v in weights()))
        return update(player, inputs)

    def weights():
        return [v.numpy() for v in critic.trainable_variables]

    largest = []
    monkeypatch.setattr(model, "update", recording_update)
    model.train_step(real_rows(10))
    assert moves == ["discriminator"] * 5 + ["generator"]
    assert len(critic.trainable_variables) == 6  # Gain and bias among them.
    assert len(largest) == 5
    np.testing.assert_allclose(largest, LIMIT, rtol=1e-6)
    for variable in weights():
        assert np.abs(variable).max() <= LIMIT * (1 + 1e-6)


def test_clip_leaves_statistics_and_what_is_within_it():
    critic = normalized_critic()
    model = gan(critic, clip_limit=LIMIT)
    kernel = critic.trainable_variables[0]
    kernel.assign([[0.004, -0.004, 1.0, -1.0]] * 2)
    statistics = [v.numpy() for v in critic.non_trainable_variables]
    model.clip_weights()
    np.testing.assert_allclose(kernel, [[0.004, -0.004, LIMIT, -LIMIT]] * 2)
    for old, new in zip(statistics, critic.non_trainable_variables):
        np.testing.assert_array_equal(old, new)


def test_generator_is_not_clipped():
    model = trained(gan())
    model.train_step(real_rows(10))
    sample = model.generator.trainable_variables[1].numpy()
    # From (-1, 4), the first step of RMSprop, of size 10^0.5.
    np.testing.assert_allclose(sample - [-1.0, 4.0], 10**0.5, rtol=0.01)


def test_critic_moves_five_times_for_each_move_of_the_generator():
    model = trained(gan())
    for _ in range(2):
        model.train_step(real_rows(10))
    assert model.discriminator_optimizer.iterations == 10
    assert model.generator_optimizer.iterations == 2


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_every_critic_update_sees_real_samples_of_its_own(steps):
    model = toys.compile_at_rest(gan(discriminator_steps=steps))
    seen = toys.record(model.discriminator)
    real = real_rows(4 * steps)
    model.train_step(real)
    seen = [batch for batch in seen if (batch[:, 0] >= 100.0).any()]
    assert [len(batch) for batch in seen] == [4] * steps
    rows = np.sort(np.concatenate(seen), axis=0)
    np.testing.assert_array_equal(rows, real)


def test_every_update_sees_fakes_of_its_own():
    model = toys.compile_at_rest(gan())
    latents = toys.record(model.generator)
    model.train_step(real_rows(10))
    assert [len(batch) for batch in latents] == [2] * 6
    assert len(np.unique(np.concatenate(latents), axis=0)) == 12


@pytest.mark.parametrize("clip_limit", [0.0, -0.1])
def test_clip_limit_must_be_positive(clip_limit):
    with pytest.raises(
        ValueError, match=f"must be above 0. Received: clip_limit={clip_limit}"
    ):
        gan(clip_limit=clip_limit)


def test_clip_limit_is_kept_in_the_configuration():
    copy = WGAN.from_config(gan(clip_limit=0.5).get_config())
    assert copy.clip_limit == 0.5
    assert copy.discriminator_steps == 5
