"""Feature networks: what scores look at images through."""

from keras_gan_zoo.metrics.features.classifiers import (
    CLASSIFIERS,
    cifar10_cnn,
    fashion_mnist_cnn,
    mnist_cnn,
)
from keras_gan_zoo.metrics.features.feature_network import (
    FeatureNetwork,
    Features,
)
from keras_gan_zoo.metrics.features.inception_2015 import inception_2015
from keras_gan_zoo.metrics.features.vgg16_lpips import vgg16_lpips

__all__ = [
    "CLASSIFIERS",
    "FeatureNetwork",
    "Features",
    "cifar10_cnn",
    "fashion_mnist_cnn",
    "inception_2015",
    "mnist_cnn",
    "vgg16_lpips",
]
