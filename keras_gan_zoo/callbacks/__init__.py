"""What happens between steps: checkpoints, health, pictures, scores, speed."""

from keras_gan_zoo.callbacks.checkpoint import Checkpoint
from keras_gan_zoo.callbacks.csv_log import CSVLog
from keras_gan_zoo.callbacks.doctor import Doctor
from keras_gan_zoo.callbacks.reconstruction_grid import ReconstructionGrid
from keras_gan_zoo.callbacks.sample_grid import SampleGrid
from keras_gan_zoo.callbacks.scores import (
    FrechetInceptionDistance,
    GeneratedFeatures,
    InceptionScore,
    KernelInceptionDistance,
)
from keras_gan_zoo.callbacks.throughput import Throughput
from keras_gan_zoo.callbacks.translation_grid import TranslationGrid

__all__ = [
    "CSVLog",
    "Checkpoint",
    "Doctor",
    "FrechetInceptionDistance",
    "GeneratedFeatures",
    "InceptionScore",
    "KernelInceptionDistance",
    "ReconstructionGrid",
    "SampleGrid",
    "Throughput",
    "TranslationGrid",
]
