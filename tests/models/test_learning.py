"""Each family of losses learns a ring of eight Gaussians: papers/PacGAN.

The counting is that of `mode_coverage`. The number of modes tells little, as
one stray sample makes a mode: what separates learning from failing is the share
of samples at a mode and the evenness of the modes, over several evaluations.
"""

import keras
import numpy as np
import pytest

from keras_gan_zoo import averages, models
from keras_gan_zoo.datasets import gaussian_ring, ring_centers
from keras_gan_zoo.metrics import mode_coverage
from keras_gan_zoo.networks import mlp_discriminator, mlp_generator

STDDEV = 0.02

# Model, options, beta_2 of Adam, and the bound on the reverse KL divergence.
# Without a penalty, modes are missed: of one or two, it is 0.13 or 0.29.
FAMILIES = {
    "logistic": (models.VanillaGAN, {}, 0.999, 0.35),
    "least squares": (models.LSGAN, {}, 0.999, 0.35),
    "Wasserstein": (models.WGANGP, {"penalty_weight": 0.1}, 0.9, 0.05),
    "logistic with a penalty": (models.DRAGAN, {}, 0.9, 0.05),
}


def coverage(gan):
    """Mean coverage of four evaluations, as an array of three numbers."""
    points = [gan.generate(2500, seed=seed).numpy() for seed in range(4)]
    evaluations = [mode_coverage(p, ring_centers(), STDDEV)[:3] for p in points]
    return np.array(evaluations, float).mean(axis=0)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_a_ring_of_gaussians_is_learned(family):
    model, options, beta_2, bound = FAMILIES[family]
    gan = model(
        mlp_generator(2, (2,)),
        mlp_discriminator((2,)),
        latent_dim=2,
        # The average stands for an average over late evaluations.
        average=averages.EMA(0.99),
        **options,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(5e-4, 0.5, beta_2),
        discriminator_optimizer=keras.optimizers.Adam(5e-4, 0.5, beta_2),
        steps_per_execution=10,
    )
    _, untrained_quality, untrained_divergence = coverage(gan)
    assert untrained_quality < 0.05 and untrained_divergence > 0.4
    gan.fit(
        gaussian_ring(256 * gan.discriminator_steps, stddev=STDDEV),
        steps_per_epoch=4000 // gan.discriminator_steps,
        verbose=0,
    )
    _, quality, divergence = coverage(gan)
    assert quality > 0.3
    assert divergence < bound
