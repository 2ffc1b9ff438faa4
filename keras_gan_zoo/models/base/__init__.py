"""The base classes of the zoo: the mechanics of adversarial training, once.

Each adds one concern to the one before: `SteppedModel` noise that is a function
of the step, `StoredModel` files, `PlayersModel` players, their optimizers and
their moves, `AdversarialModel` the data of `fit()` and its like. `GAN` adds the
latent prior and the generator's moving average, `ConditionalGAN` class labels.
"""

from keras_gan_zoo.models.base.adversarial_model import AdversarialModel
from keras_gan_zoo.models.base.conditional_gan import ConditionalGAN
from keras_gan_zoo.models.base.gan import GAN
