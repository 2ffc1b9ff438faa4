"""Layers that Keras lacks: one file, one layer."""

from keras_gan_zoo.layers.batch_normalization import BatchNormalization
from keras_gan_zoo.layers.dropout import Dropout
from keras_gan_zoo.layers.dropout_from_noise import DropoutFromNoise
from keras_gan_zoo.layers.equalized_conv2d import EqualizedConv2D
from keras_gan_zoo.layers.equalized_dense import EqualizedDense
from keras_gan_zoo.layers.growing import Growing
from keras_gan_zoo.layers.growing_decoder import GrowingDecoder
from keras_gan_zoo.layers.growing_encoder import GrowingEncoder
from keras_gan_zoo.layers.maxout import Maxout
from keras_gan_zoo.layers.minibatch_standard_deviation import (
    MinibatchStandardDeviation,
)
from keras_gan_zoo.layers.pixel_normalization import PixelNormalization
from keras_gan_zoo.layers.spectral_normalization import SpectralNormalization

__all__ = [
    "BatchNormalization",
    "Dropout",
    "DropoutFromNoise",
    "EqualizedConv2D",
    "EqualizedDense",
    "Growing",
    "GrowingDecoder",
    "GrowingEncoder",
    "Maxout",
    "MinibatchStandardDeviation",
    "PixelNormalization",
    "SpectralNormalization",
]
