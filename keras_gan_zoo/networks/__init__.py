"""Generators and discriminators: functions that return built Keras models.

One file holds one architecture; sizes are arguments. Images in and out are in
[-1, 1], whatever the range in the paper was, and scores are raw.
"""

from keras_gan_zoo.networks.autoencoder import (
    began_discriminator,
    began_generator,
    ebgan_discriminator,
)
from keras_gan_zoo.networks.bigan import (
    bigan_discriminator,
    bigan_encoder,
    bigan_generator,
)
from keras_gan_zoo.networks.classifier import residual_classifier
from keras_gan_zoo.networks.conditional import (
    acgan_discriminator,
    acgan_generator,
    cgan_discriminator,
    cgan_generator,
    conditional_dcgan_discriminator,
    conditional_dcgan_generator,
)
from keras_gan_zoo.networks.dcgan import dcgan_discriminator, dcgan_generator
from keras_gan_zoo.networks.infogan import (
    infogan_discriminator,
    infogan_generator,
    infogan_recognition,
)
from keras_gan_zoo.networks.mlp import (
    maxout_discriminator,
    mlp_discriminator,
    mlp_generator,
)
from keras_gan_zoo.networks.patch_discriminator import patch_discriminator
from keras_gan_zoo.networks.progan import (
    progan_discriminator,
    progan_generator,
)
from keras_gan_zoo.networks.resnet import resnet_discriminator, resnet_generator
from keras_gan_zoo.networks.resnet_translator import resnet_translator
from keras_gan_zoo.networks.three_d_gan import (
    three_d_gan_discriminator,
    three_d_gan_generator,
)
from keras_gan_zoo.networks.unet import unet_generator
from keras_gan_zoo.networks.vae import vae_decoder, vae_encoder

__all__ = [
    "acgan_discriminator",
    "acgan_generator",
    "began_discriminator",
    "began_generator",
    "bigan_discriminator",
    "bigan_encoder",
    "bigan_generator",
    "cgan_discriminator",
    "cgan_generator",
    "conditional_dcgan_discriminator",
    "conditional_dcgan_generator",
    "dcgan_discriminator",
    "dcgan_generator",
    "ebgan_discriminator",
    "infogan_discriminator",
    "infogan_generator",
    "infogan_recognition",
    "maxout_discriminator",
    "mlp_discriminator",
    "mlp_generator",
    "patch_discriminator",
    "progan_discriminator",
    "progan_generator",
    "residual_classifier",
    "resnet_discriminator",
    "resnet_generator",
    "three_d_gan_discriminator",
    "three_d_gan_generator",
    "resnet_translator",
    "unet_generator",
    "vae_decoder",
    "vae_encoder",
]
