"""What happens between steps and epochs: pictures, scores, speed, health."""

from keras_gan_zoo.callbacks.doctor import Doctor
from keras_gan_zoo.callbacks.sample_grid import SampleGrid
from keras_gan_zoo.callbacks.scores import (
    FrechetInceptionDistance,
    GeneratedFeatures,
    InceptionScore,
    KernelInceptionDistance,
)
from keras_gan_zoo.callbacks.throughput import Throughput

__all__ = [
    "Doctor",
    "FrechetInceptionDistance",
    "GeneratedFeatures",
    "InceptionScore",
    "KernelInceptionDistance",
    "SampleGrid",
    "Throughput",
]
