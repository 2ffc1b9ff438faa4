"""DCGAN, Radford et al. 2016: the non-saturating game, batches apart."""

import math

import numpy as np
import tensorflow as tf

from keras_gan_zoo.models import DCGAN
from tests.models import toys

ENTRIES = {"DCGAN": toys.Entry(toys.gan(DCGAN))}

REAL = tf.constant([[2.0, 5.0], [2.0, -7.0]])


def gan(weights=([1.0], [0.0])):
    """A game in which samples score their first number, if not told else."""
    return DCGAN(
        toys.constant_generator([-1.0, 4.0]),
        toys.affine(weights),
        toys.LATENT_DIM,
    )


def softplus(score):
    return math.log1p(math.exp(score))


def test_undecided_discriminator_has_the_losses_of_chance():
    model = gan(weights=[[0.0], [0.0]])
    loss = model.discriminator_loss(REAL)
    np.testing.assert_allclose(loss, 2 * math.log(2), rtol=1e-6)
    loss = model.generator_loss(REAL)
    np.testing.assert_allclose(loss, math.log(2), rtol=1e-6)


def test_losses_are_those_of_the_non_saturating_game():
    loss = gan().discriminator_loss(REAL)
    np.testing.assert_allclose(loss, softplus(-2.0) + softplus(-1.0), rtol=1e-6)
    np.testing.assert_allclose(
        gan().generator_loss(REAL), softplus(1.0), rtol=1e-6
    )


def test_real_and_generated_images_are_batches_of_their_own():
    model = gan()
    seen = toys.record(model.discriminator)
    model.discriminator_loss(REAL)
    real, fakes = sorted(seen, key=lambda batch: batch[0, 0], reverse=True)
    np.testing.assert_array_equal(real, REAL)
    np.testing.assert_array_equal(fakes, [[-1.0, 4.0]] * 2)


def test_batch_statistics_move_with_their_network_alone():
    model = ENTRIES["DCGAN"].build()
    toys.compile_model(model)
    images = tf.constant(toys.arrays(num_batches=1)[0])
    networks = {
        "discriminator": model.discriminator,
        "generator": model.generator,
    }

    def statistics(network):
        return [
            variable.numpy()
            for variable in network.non_trainable_weights
            if "moving" in variable.path
        ]

    for player, resting in [
        ("generator", "discriminator"),
        ("discriminator", "generator"),
    ]:
        before = {name: statistics(net) for name, net in networks.items()}
        model.update(player, images)
        for old, new in zip(
            before[resting], statistics(networks[resting]), strict=True
        ):
            np.testing.assert_array_equal(old, new)
        for old, new in zip(
            before[player], statistics(networks[player]), strict=True
        ):
            assert np.abs(old - new).max() > 0
