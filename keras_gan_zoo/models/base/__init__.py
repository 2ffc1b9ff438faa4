"""The base classes of the zoo: the mechanics of adversarial training, once.

Each adds one concern to the one before: `SteppedModel` noise that is a function
of the step, `StoredModel` files, `PlayersModel` players, their optimizers and
their moves, `AdversarialModel` the data of `fit()` and its like, `LatentModel`
a prior and the samples that are made of it, `GeneratorModel` a generator and
its moving average, `JudgedModel` a discriminator. `GAN` sets the last two
against each other, `ConditionalGAN` adds class labels, `EncoderGAN` a way back
from samples to latents, `StagedGAN` networks that grow; `Translator` has two
domains of data, `TwoWayTranslator` a generator and a discriminator for each.
`LikelihoodModel` says how likely a sample is, `VariationalModel` by an encoder
and a decoder.
"""

from keras_gan_zoo.models.base.adversarial_model import AdversarialModel
from keras_gan_zoo.models.base.conditional_gan import ConditionalGAN
from keras_gan_zoo.models.base.encoder_gan import EncoderGAN
from keras_gan_zoo.models.base.gan import GAN
from keras_gan_zoo.models.base.judged_model import JudgedModel
from keras_gan_zoo.models.base.likelihood_model import LikelihoodModel
from keras_gan_zoo.models.base.staged_gan import StagedGAN
from keras_gan_zoo.models.base.translator import Translator
from keras_gan_zoo.models.base.two_way_translator import TwoWayTranslator
from keras_gan_zoo.models.base.variational_model import VariationalModel
