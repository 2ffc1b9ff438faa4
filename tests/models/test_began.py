"""BEGAN, Berthelot et al. 2017: autoencoding, and a balance kept."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.models import BEGAN
from tests.models import toys


def began(**kwargs):
    return BEGAN(
        toys.generator(normalized=False),
        toys.autoencoder(False),
        toys.LATENT_DIM,
        **kwargs,
    )


ENTRIES = {"BEGAN": toys.Entry(began)}

# Reconstruction losses of an autoencoder that gives zeros.
REAL = tf.constant([[0.2, -0.2], [-0.3, 0.1], [0.4, 0.0]])  # 0.2
FAKE = [0.02, -0.08]  # 0.05


def gan(keeps=0.0, fake=FAKE, balance=0.0, **kwargs):
    """A game whose discriminator keeps a part of each number."""
    model = BEGAN(
        toys.constant_generator(fake),
        toys.affine(keeps * np.eye(2)),
        toys.LATENT_DIM,
        **kwargs,
    )
    model.balance.assign(balance)
    return toys.compile_at_rest(model)


def test_a_step_moves_the_balance_by_the_rate_times_the_gap():
    model = gan()
    logs = model.train_step(REAL)
    np.testing.assert_allclose(model.balance, 5e-5, rtol=1e-5)
    np.testing.assert_allclose(logs["convergence"], 0.25, rtol=1e-5)
    np.testing.assert_allclose(logs["discriminator_loss"], 0.2, rtol=1e-5)
    np.testing.assert_allclose(logs["generator_loss"], 0.05, rtol=1e-5)
    logs = model.train_step(REAL)
    np.testing.assert_allclose(model.balance, 1e-4, rtol=1e-5)
    # What the two steps began with.
    np.testing.assert_allclose(logs["balance"], 2.5e-5, rtol=1e-5)


def test_convergence_is_of_the_samples_that_move_the_balance():
    generator = toys.affine(np.eye(toys.LATENT_DIM)[:, :2])
    autoencoder = toys.affine(np.zeros((2, 2)))
    model = BEGAN(generator, autoencoder, toys.LATENT_DIM, balance_rate=0.1)
    model.balance.assign(0.5)
    logs = toys.compile_at_rest(model).train_step(REAL)
    gap = 0.5 * 0.2 - logs["generator_loss"]
    np.testing.assert_allclose(model.balance, 0.5 + 0.1 * gap, rtol=1e-5)
    np.testing.assert_allclose(logs["convergence"], 0.2 - gap, rtol=1e-5)
    # In evaluation, where nothing moves, too.
    logs = model.test_on_batch(REAL, return_dict=True)
    assert logs["convergence"] > 0.2


def test_balance_falls_when_fakes_are_the_worse():
    model = gan(fake=[0.5, -0.7], balance=0.5, balance_rate=0.1)
    logs = model.train_step(REAL)
    np.testing.assert_allclose(model.balance, 0.5 + 0.1 * (0.1 - 0.6))
    np.testing.assert_allclose(logs["convergence"], 0.2 + 0.5, rtol=1e-5)


def test_balance_rests_at_the_equilibrium():
    model = gan(fake=[0.06, 0.06], balance=0.5, diversity_ratio=0.3)
    logs = model.train_step(REAL)
    np.testing.assert_allclose(model.balance, 0.5, rtol=1e-6)
    np.testing.assert_allclose(logs["convergence"], 0.2, rtol=1e-5)


@pytest.mark.parametrize("begin", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("fake, end", [(FAKE, 1.0), ([9.0, 9.0], 0.0)])
def test_balance_never_leaves_the_unit_interval(begin, fake, end):
    model = gan(fake=fake, balance=begin, balance_rate=1000.0)
    for _ in range(2):
        model.train_step(REAL)
        assert model.balance == end


def test_discriminator_loss_weighs_fakes_by_the_balance():
    for balance in (0.0, 0.25, 1.0):
        loss = gan(balance=balance).discriminator_loss(REAL)
        np.testing.assert_allclose(loss, 0.2 - balance * 0.05, rtol=1e-5)


def test_without_balance_the_discriminator_is_an_autoencoder():
    steps = []
    for fake in (FAKE, [5.0, 3.0]):
        model = gan(keeps=0.5, fake=fake)
        loss = model.discriminator_loss(REAL)
        np.testing.assert_allclose(loss, 0.1, rtol=1e-5)
        steps += [
            toys.gradients(
                lambda: model.discriminator_loss(REAL), model.discriminator
            )[0]
        ]
    np.testing.assert_array_equal(steps[0], steps[1])
    assert np.abs(steps[0]).max() > 0.01


def test_perfect_autoencoder_has_no_losses():
    model = gan(keeps=1.0)
    assert model.generator_loss(REAL) == 0.0
    assert model.discriminator_loss(REAL) == 0.0
    assert model.convergence_tracker.result() == 0.0


@pytest.mark.parametrize("keeps", [0.0, 0.25, 3.0])
def test_generator_learns_through_image_and_reconstruction(keeps):
    model = gan(keeps)
    _, step = toys.gradients(
        lambda: model.generator_loss(REAL), model.generator
    )
    # Of |v - keeps v|, over two numbers; the signs are those of FAKE.
    expected = abs(1.0 - keeps) * np.array([0.5, -0.5])
    np.testing.assert_allclose(step, expected, rtol=1e-5)


def test_the_reconstruction_loss_is_a_mean_over_all_numbers():
    images = keras.Input((4, 4, 3))
    autoencoder = keras.Model(images, 0.5 * images)
    model = BEGAN(toys.constant_generator(FAKE), autoencoder, toys.LATENT_DIM)
    batch = np.random.normal(size=(2, 4, 4, 3)).astype("float32")
    loss = -tf.reduce_mean(model.judge(tf.constant(batch), training=False))
    np.testing.assert_allclose(loss, np.abs(batch).mean() / 2, rtol=1e-5)


def test_latents_are_uniform_in_minus_one_to_one():
    latents = gan().sample_prior(1000, seed=0).numpy()
    assert latents.shape == (1000, toys.LATENT_DIM)
    assert -1.0 <= latents.min() < -0.99 and 0.99 < latents.max() < 1.0
    np.testing.assert_allclose(latents.std(), 3**-0.5, atol=0.02)
    model = gan()
    seen = toys.record(model.generator)
    model.train_step(REAL)
    assert len(seen) == 2 and np.abs(seen).max() <= 1.0
    assert (seen[0] != seen[1]).all()


def test_ratio_and_rate_are_kept_in_the_configuration():
    model = gan(diversity_ratio=0.7, balance_rate=0.01)
    copy = BEGAN.from_config(model.get_config())
    assert (copy.diversity_ratio, copy.balance_rate) == (0.7, 0.01)
