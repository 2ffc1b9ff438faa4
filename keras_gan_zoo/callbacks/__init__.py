"""What happens between epochs: pictures, scores and the speed of training."""

from keras_gan_zoo.callbacks.sample_grid import SampleGrid
from keras_gan_zoo.callbacks.scores import (
    FrechetInceptionDistance,
    GeneratedFeatures,
    InceptionScore,
    KernelInceptionDistance,
)
from keras_gan_zoo.callbacks.throughput import Throughput

__all__ = [
    "FrechetInceptionDistance",
    "GeneratedFeatures",
    "InceptionScore",
    "KernelInceptionDistance",
    "SampleGrid",
    "Throughput",
]
