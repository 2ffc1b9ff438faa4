"""What is done to samples on their way to the discriminator.

It is done to all that the discriminator sees, real and generated, in the moves
of both players, and has derivatives, so that the generator learns through it.
Were only real samples changed, the generator would learn to draw changed ones.
"""

from keras_gan_zoo.augmentations.adaptive_augmentation import (
    AdaptiveAugmentation,
)
from keras_gan_zoo.augmentations.augmentation import Augmentation
from keras_gan_zoo.augmentations.diff_augment import DiffAugment
from keras_gan_zoo.augmentations.instance_noise import InstanceNoise

__all__ = [
    "AdaptiveAugmentation",
    "Augmentation",
    "DiffAugment",
    "InstanceNoise",
]
