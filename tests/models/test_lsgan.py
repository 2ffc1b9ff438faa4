"""LSGAN, Mao et al. 2017: scores drawn to targets by least squares."""

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.models import LSGAN
from tests.models import toys

ENTRIES = {"LSGAN": toys.Entry(toys.gan(LSGAN))}

REAL = tf.constant([[3.0, 5.0], [3.0, -7.0]])
PEARSON = {"real_target": 1.0, "fake_target": -1.0, "generator_target": 0.0}


def gan(fake_score=-2.0, **kwargs):
    """A game in which samples score their first number."""
    return LSGAN(
        toys.constant_generator([fake_score, 4.0]),
        toys.affine([[1.0], [0.0]]),
        toys.LATENT_DIM,
        **kwargs,
    )


@pytest.mark.parametrize(
    "targets, discriminator_loss, generator_loss",
    [({}, (4.0 + 4.0) / 2, 9.0 / 2), (PEARSON, (4.0 + 1.0) / 2, 4.0 / 2)],
    ids=["0, 1, 1", "-1, 1, 0"],
)
def test_losses_are_half_squared_distances_from_the_targets(
    targets, discriminator_loss, generator_loss
):
    model = gan(**targets)
    assert model.discriminator_loss(REAL) == discriminator_loss
    assert model.generator_loss(REAL) == generator_loss


def test_scores_at_their_targets_cost_nothing():
    ones = tf.ones((2, 2))
    assert gan(fake_score=0.0).discriminator_loss(ones) == 0.0
    assert gan(fake_score=0.0).generator_loss(ones) == 0.5
    assert gan(fake_score=1.0).generator_loss(ones) == 0.0


@pytest.mark.parametrize("fake_score", [-100.0, -1.0, 1.0, 100.0])
def test_generator_is_drawn_in_proportion_to_the_distance(fake_score):
    model = gan(fake_score)
    _, step = toys.gradients(
        lambda: model.generator_loss(REAL), model.generator
    )
    np.testing.assert_allclose(step, [fake_score - 1.0, 0.0], rtol=1e-6)


def test_targets_are_kept_in_the_configuration():
    copy = LSGAN.from_config(gan(**PEARSON).get_config())
    assert copy.adversarial_loss.get_config() == PEARSON
