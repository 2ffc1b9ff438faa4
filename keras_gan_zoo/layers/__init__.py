"""Layers that Keras lacks: one file, one layer."""

from keras_gan_zoo.layers.batch_normalization import BatchNormalization
from keras_gan_zoo.layers.dropout import Dropout
from keras_gan_zoo.layers.maxout import Maxout
from keras_gan_zoo.layers.spectral_normalization import SpectralNormalization

__all__ = [
    "BatchNormalization",
    "Dropout",
    "Maxout",
    "SpectralNormalization",
]
