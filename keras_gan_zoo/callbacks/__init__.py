"""What happens between epochs: pictures, scores and the speed of training."""

from keras_gan_zoo.callbacks.inception_score import InceptionScore
from keras_gan_zoo.callbacks.sample_grid import SampleGrid
from keras_gan_zoo.callbacks.throughput import Throughput

__all__ = [
    "InceptionScore",
    "SampleGrid",
    "Throughput",
]
