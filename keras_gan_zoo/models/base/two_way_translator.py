"""Translators there and back, each with a discriminator."""

import keras

from keras_gan_zoo import checks
from keras_gan_zoo.models.base.translator import Translator

_NETWORKS = (
    "forward",
    "backward",
    "first_discriminator",
    "second_discriminator",
)


class TwoWayTranslator(Translator):
    """A game of two generators against two discriminators.

    Its players are `generators` and `discriminators`.

    Args:
        forward: Model from samples of the first domain to such of the second.
        backward: Model the other way round.
        first_discriminator: Model from samples of the first domain to scores
            of any shape.
        second_discriminator: The same for the second domain.
        **kwargs: Arguments of `Translator`.
    """

    def __init__(
        self,
        forward,
        backward,
        first_discriminator,
        second_discriminator,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.forward, self.backward = forward, backward
        self.first_discriminator = first_discriminator
        self.second_discriminator = second_discriminator
        for name in _NETWORKS:
            checks.require_built(name, getattr(self, name))
        self.ema_forward = self.average_of(forward)
        self.ema_backward = self.average_of(backward)

    @property
    def discriminators(self):
        return [self.first_discriminator, self.second_discriminator]

    @property
    def players(self):
        return {
            "generators": [self.forward, self.backward],
            "discriminators": self.discriminators,
        }

    @property
    def translators(self):
        networks = [
            self.ema_backward or self.backward,
            self.ema_forward or self.forward,
        ]
        return dict(zip(self.domains, networks))

    @property
    def readers(self):
        return dict(zip(self.domains, [self.forward, self.backward]))

    def translated(self, inputs, training):
        """Translates a batch of each domain into the other.

        Args:
            inputs: Samples of the first domain and of the second.
            training: See `keras.Model.call()`.

        Returns:
            Pair of samples of the first domain, made of the second, and of
            samples of the second, made of the first.
        """
        first, second = inputs
        return (
            self.backward(second, training=training),
            self.forward(first, training=training),
        )

    def check_networks(self):
        checks.require_match(self.forward, self.second_discriminator)
        checks.require_match(self.backward, self.first_discriminator)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        networks = {name: serialize(getattr(self, name)) for name in _NETWORKS}
        return {**super().get_config(), **networks}
