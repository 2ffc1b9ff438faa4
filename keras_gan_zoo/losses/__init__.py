"""Losses: functions, and objects that pair those of a game's two players."""

from keras_gan_zoo.losses.adversarial import (
    AdversarialLoss,
    EnergyMargin,
    Hinge,
    LeastSquares,
    NonSaturating,
    RelativisticAverage,
    RelativisticPairing,
    Saturating,
    Wasserstein,
    require_loss,
)
from keras_gan_zoo.losses.divergences import normal_divergence
from keras_gan_zoo.losses.functions import (
    energy_margin_discriminator_loss,
    hinge_discriminator_loss,
    least_squares_discriminator_loss,
    least_squares_generator_loss,
    minimax_generator_loss,
    non_saturating_discriminator_loss,
    non_saturating_generator_loss,
    relativistic_average_loss,
    relativistic_pairing_loss,
    wasserstein_discriminator_loss,
    wasserstein_generator_loss,
)

__all__ = [
    "AdversarialLoss",
    "EnergyMargin",
    "Hinge",
    "LeastSquares",
    "NonSaturating",
    "RelativisticAverage",
    "RelativisticPairing",
    "Saturating",
    "Wasserstein",
    "energy_margin_discriminator_loss",
    "hinge_discriminator_loss",
    "least_squares_discriminator_loss",
    "least_squares_generator_loss",
    "minimax_generator_loss",
    "non_saturating_discriminator_loss",
    "non_saturating_generator_loss",
    "normal_divergence",
    "relativistic_average_loss",
    "relativistic_pairing_loss",
    "require_loss",
    "wasserstein_discriminator_loss",
    "wasserstein_generator_loss",
]
