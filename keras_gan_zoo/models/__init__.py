"""The games: one file for each paper. Networks are passed in.

Importing this package is all that `keras.models.load_model` needs to load a
model that was saved.
"""

# Their classes may be part of a saved model.
from keras_gan_zoo import layers, optimizers
from keras_gan_zoo.models.acgan import ACGAN
from keras_gan_zoo.models.base import GAN, AdversarialModel, ConditionalGAN
from keras_gan_zoo.models.began import BEGAN
from keras_gan_zoo.models.cgan import CGAN
from keras_gan_zoo.models.dcgan import DCGAN
from keras_gan_zoo.models.dragan import DRAGAN
from keras_gan_zoo.models.ebgan import EBGAN
from keras_gan_zoo.models.infogan import InfoGAN
from keras_gan_zoo.models.lsgan import LSGAN
from keras_gan_zoo.models.vanilla_gan import VanillaGAN
from keras_gan_zoo.models.wgan import WGAN
from keras_gan_zoo.models.wgan_gp import WGANGP

__all__ = [
    "ACGAN",
    "AdversarialModel",
    "BEGAN",
    "CGAN",
    "ConditionalGAN",
    "DCGAN",
    "DRAGAN",
    "EBGAN",
    "GAN",
    "InfoGAN",
    "LSGAN",
    "VanillaGAN",
    "WGAN",
    "WGANGP",
]
