"""The games as the models of this package play them."""

import keras

from benchmarks.training import games
from keras_gan_zoo import models


def build(name, networks):
    """Returns a compiled model.

    Args:
        name: String, one of `games.MODELS`.
        networks: Dictionary, of `keras_networks.networks`.
    """
    arguments = {**networks, "latent_dim": games.latent_dim(name)}
    if name in games.CONDITIONAL:
        arguments["num_classes"] = games.NUM_CLASSES
    model = getattr(models, name)(**arguments)
    model.compile(
        generator_optimizer=optimizer(name),
        discriminator_optimizer=optimizer(name),
    )
    return model


def optimizer(name):
    """Returns an optimizer for one player."""
    if name == "WGAN":
        return keras.optimizers.RMSprop(games.RMSPROP)
    return keras.optimizers.Adam(*games.ADAM_OF.get(name, games.ADAM))
