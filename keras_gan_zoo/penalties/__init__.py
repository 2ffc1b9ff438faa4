"""Penalties on discriminators: functions, and objects that a model is given."""

from keras_gan_zoo.penalties.drift import Drift
from keras_gan_zoo.penalties.functions import (
    check_critic,
    dragan_penalty,
    gradient_penalty,
    squared_gradient_norm,
    squared_slope,
    standard_deviation,
)
from keras_gan_zoo.penalties.gradients import (
    R1,
    R2,
    ApproximateR1,
    ApproximateR2,
    DRAGANPenalty,
    GradientPenalty,
)
from keras_gan_zoo.penalties.lecam import LeCam
from keras_gan_zoo.penalties.penalty import (
    Penalty,
    Trial,
    labels_of,
    require_penalties,
    weighted,
)

__all__ = [
    "ApproximateR1",
    "ApproximateR2",
    "DRAGANPenalty",
    "Drift",
    "GradientPenalty",
    "LeCam",
    "Penalty",
    "R1",
    "R2",
    "Trial",
    "check_critic",
    "dragan_penalty",
    "gradient_penalty",
    "labels_of",
    "require_penalties",
    "squared_gradient_norm",
    "squared_slope",
    "standard_deviation",
    "weighted",
]
