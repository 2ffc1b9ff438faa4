"""GAN, Goodfellow et al. 2014: the minimax game and the one trained."""

import math

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.models import VanillaGAN
from tests.models import toys

ENTRIES = {
    "VanillaGAN": toys.Entry(toys.gan(VanillaGAN)),
    "VanillaGAN_saturating": toys.Entry(
        lambda **kwargs: toys.gan(VanillaGAN)(saturating=True, **kwargs)
    ),
}

REAL = tf.constant([[2.0, 5.0], [2.0, -7.0]])
FAKE = [-1.0, 4.0]


def gan(scores=([1.0], [0.0]), bias=0.0, **kwargs):
    """A game in which samples score their first number, if not told else."""
    discriminator = toys.affine(scores, bias)
    generator = toys.constant_generator(FAKE)
    return VanillaGAN(generator, discriminator, toys.LATENT_DIM, **kwargs)


def softplus(score):
    return math.log1p(math.exp(score))


@pytest.mark.parametrize("saturating", [False, True])
def test_undecided_discriminator_has_the_losses_of_chance(saturating):
    model = gan(scores=[[0.0], [0.0]], saturating=saturating)
    loss = model.discriminator_loss(REAL)
    np.testing.assert_allclose(loss, 2 * math.log(2), rtol=1e-6)
    expected = -math.log(2) if saturating else math.log(2)
    np.testing.assert_allclose(model.generator_loss(REAL), expected, rtol=1e-6)


@pytest.mark.parametrize("saturating", [False, True])
def test_discriminator_raises_real_scores_and_lowers_fake_ones(saturating):
    loss = gan(saturating=saturating).discriminator_loss(REAL)
    np.testing.assert_allclose(loss, softplus(-2.0) + softplus(-1.0), rtol=1e-6)


def test_generator_losses_are_of_the_fake_scores():
    loss = gan().generator_loss(REAL)
    np.testing.assert_allclose(loss, softplus(1.0), rtol=1e-6)
    loss = gan(saturating=True).generator_loss(REAL)
    np.testing.assert_allclose(loss, -softplus(-1.0), rtol=1e-6)


def test_generator_learns_of_a_sure_discriminator_unless_it_saturates():
    steps = []
    for saturating in (False, True):
        # Fakes score -10.
        model = gan(bias=-9.0, saturating=saturating)
        _, step = toys.gradients(
            lambda: model.generator_loss(REAL), model.generator
        )
        steps.append(step)
    np.testing.assert_allclose(steps[0], [-0.9999546, 0.0], rtol=1e-5)
    np.testing.assert_allclose(steps[1], [-4.5398e-5, 0.0], rtol=1e-3)


def test_players_draw_latents_of_their_own():
    model = toys.compile_at_rest(gan())
    latents = toys.record(model.generator)
    model.train_step(REAL)
    model.train_step(REAL)
    assert len(latents) == 4
    assert len(np.unique(np.concatenate(latents), axis=0)) == 8


def test_discriminator_moves_k_times_on_data_of_its_own():
    model = toys.compile_at_rest(gan(discriminator_steps=3))
    seen = toys.record(model.discriminator)
    real = np.arange(100.0, 112.0, dtype="float32").reshape(6, 2)
    model.train_step(tf.constant(real))
    assert model.discriminator_optimizer.iterations == 3
    assert model.generator_optimizer.iterations == 1
    seen = [batch for batch in seen if batch[0, 0] != FAKE[0]]
    assert len(seen) == 3
    np.testing.assert_array_equal(np.sort(np.concatenate(seen), axis=0), real)


def test_saturating_is_kept_in_the_configuration():
    copy = VanillaGAN.from_config(gan(saturating=True).get_config())
    assert copy.saturating is True
