"""The games as the models of this package play them."""

from benchmarks.training import games, keras_networks
from keras_gan_zoo import models
from keras_gan_zoo.layers import BatchNormalization


def networks(name, width):
    """Returns the networks of a game, with this package's layers."""
    return keras_networks.networks(name, width, BatchNormalization)


def build(name, networks):
    """Returns a compiled model.

    Args:
        name: String, one of `games.MODELS`.
        networks: Dictionary, of `networks`.
    """
    arguments = {**networks, "latent_dim": games.latent_dim(name)}
    if name in games.CONDITIONAL:
        arguments["num_classes"] = games.NUM_CLASSES
    model = getattr(models, name)(**arguments)
    model.compile(
        generator_optimizer=keras_networks.optimizer(name),
        discriminator_optimizer=keras_networks.optimizer(name),
    )
    return model
