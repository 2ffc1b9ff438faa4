"""Feature networks: what scores look at images through."""

from keras_gan_zoo.metrics.features.feature_network import (
    FeatureNetwork,
    Features,
)
from keras_gan_zoo.metrics.features.inception_2015 import inception_2015
from keras_gan_zoo.metrics.features.vgg16_lpips import vgg16_lpips

__all__ = [
    "FeatureNetwork",
    "Features",
    "inception_2015",
    "vgg16_lpips",
]
