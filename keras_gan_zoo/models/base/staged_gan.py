"""A game whose networks grow while it is played."""

import keras
import tensorflow as tf

from keras_gan_zoo import replicas
from keras_gan_zoo.growth import require_growth
from keras_gan_zoo.layers import Growing
from keras_gan_zoo.layers.growing import as_grown
from keras_gan_zoo.models.base import resets
from keras_gan_zoo.models.base.gan import GAN


class StagedGAN(GAN):
    """A GAN that is trained on small images first, and on larger ones later.

    All of it is one `fit()`. The dataset yields images of the full size from
    the beginning, and the model samples images of that size: small ones consist
    of blocks of equal pixels. How far the networks have grown is a function of
    the images seen, `images_seen`, which is a weight, as is the `growth` of
    the networks' growing layers. So a training that was stopped goes on in the
    same stage. Several calls of `fit()` may have batches of different sizes.

    When a size begins to be faded in, and when it stays alone, the optimizers
    begin anew: their moments and their steps, not their learning rates.

    A subclass calls `grow(samples)` in its `train_step`, once for each batch,
    before the players move.

    Args:
        generator: Model from latents to images, with a layer
            `keras_gan_zoo.layers.Growing`.
        discriminator: Model from images to scores, with such a layer of as many
            levels.
        latent_dim: Integer, size of the latent space.
        growth: Object of `keras_gan_zoo.growth.Growth`.
        **kwargs: Further arguments of `GAN`.
    """

    # Of levels that take no part. In a graph, which has all, they are zero.
    unconnected_gradients = "zero"

    def __init__(self, generator, discriminator, latent_dim, growth, **kwargs):
        super().__init__(generator, discriminator, latent_dim, **kwargs)
        self.levels = _common_levels(generator, discriminator)
        require_growth(growth, self.levels)
        self.growth = growth
        self.images_seen = self._add_counter("images_seen")
        self.growth_tracker = keras.metrics.Mean("growth")
        for layer in self._growing_layers():
            layer.growth.assign(growth.at(0, self.levels))

    def compile(self, *args, **kwargs):
        super().compile(*args, **kwargs)
        self._fresh_states = {
            player: resets.fresh_state(self.optimizer_of(player))
            for player in self.players
        }

    def grow(self, samples):
        """Lets the networks be as large as they are after the images seen.

        Args:
            samples: A batch of images, which count as seen from then on.
        """
        growth = self.growth.at(self.images_seen.value, self.levels)
        begins = _stage(growth) != _stage(self._present_growth())
        for player, state in self._fresh_states.items():
            resets.reset(self.optimizer_of(player), state, begins)
        for layer in self._growing_layers():
            layer.growth.assign(growth)
        self.growth_tracker.update_state(growth)
        number = tf.shape(samples, tf.int64)[0] * replicas.count()
        self.images_seen.assign_add(number)

    def split(self, inputs):
        # The discriminator sees small images while the generator makes them.
        images, condition = super().split(inputs)
        growth = self._present_growth()
        return as_grown(images, growth, self.levels), condition

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {**super().get_config(), "growth": serialize(self.growth)}

    def _present_growth(self):
        return _growing_layer(self.discriminator).growth.value

    def _growing_layers(self):
        networks = [self.generator, self.discriminator]
        if self.ema_generator is not None:
            networks.append(self.ema_generator)
        return [_growing_layer(network) for network in networks]


def _stage(growth):
    """Returns a number that changes when a fade begins and when it ends."""
    return tf.floor(growth) + tf.math.ceil(growth)


def _growing_layer(network):
    return _growing_layers_of(network)[0]


def _growing_layers_of(network):
    layers = network._flatten_layers()
    return [layer for layer in layers if isinstance(layer, Growing)]


def _common_levels(*networks):
    """Returns how often the networks double the size of images."""
    levels = [
        [layer.levels for layer in _growing_layers_of(network)]
        for network in networks
    ]
    if [len(found) for found in levels] != [1, 1] or levels[0] != levels[1]:
        raise ValueError(
            "Generator and discriminator must each have one layer that grows, "
            "a `keras_gan_zoo.layers.GrowingDecoder` and a `GrowingEncoder` of "
            f"as many levels. Received: levels {levels[0]} in the generator "
            f"and {levels[1]} in the discriminator. Use "
            "`networks.progan_generator` and `networks.progan_discriminator` "
            "of one size."
        )
    return levels[0][0]
