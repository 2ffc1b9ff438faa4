"""The games: one file for each paper, a folder for each family.

Networks are passed in. Importing this package is all that
`keras.models.load_model` needs to load a model that was saved.
"""

import importlib
import pkgutil

# Their classes may be part of a saved model.
from keras_gan_zoo import layers, optimizers
from keras_gan_zoo.models.base import GAN, AdversarialModel, ConditionalGAN

__all__ = ["AdversarialModel", "ConditionalGAN", "GAN"]


def _offer_models():
    """Makes the models of each family's files names of this package."""
    for found in pkgutil.walk_packages(__path__, f"{__name__}."):
        for name, value in vars(importlib.import_module(found.name)).items():
            is_defined_there = (
                getattr(value, "__module__", None) == found.name
                and isinstance(value, type)
                and issubclass(value, AdversarialModel)
            )
            if is_defined_there and name not in globals():
                globals()[name] = value
                __all__.append(name)
    __all__.sort()


_offer_models()
