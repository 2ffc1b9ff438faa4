"""Moving averages of networks, in the graph, right after each move."""

import keras
import tensorflow as tf

from keras_gan_zoo import averages, replicas
from keras_gan_zoo.models.base.stored_model import StoredModel


class AveragedModel(StoredModel):
    """A model that keeps averages of the weights of its networks."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._followers = _Followers()

    def keep_average(self, network, average):
        """Returns a network whose weights will be an average of another's.

        It is updated right after each move of the player whose network it is,
        and not when that player rests. Trained weights are averaged, others,
        such as the statistics of batch normalization, are copied. To be called
        in the constructor, and assigned to an attribute of the model, so that
        it is saved and resumed:

            self.ema_encoder = self.keep_average(encoder, average)

        Args:
            network: Built Keras model, one of a player.
            average: Object of `keras_gan_zoo.averages`. One may serve several
                networks.

        Returns:
            A copy of the network, which isn't trainable.
        """
        averages.require_average(average)
        copy = keras.models.clone_model(network)
        # `summary()` shows it, and tells the two apart by their names.
        copy.name = f"{network.name}_moving_average"
        copy.set_weights(network.get_weights())
        copy.trainable = False
        images = None
        if average.counts_images:
            images = self._add_counter(f"images_of_{network.name}")
        self._followers.list.append((network, copy, average, images))
        return copy

    def _update_averages(self, networks, inputs):
        """Updates the averages of networks that have moved.

        Args:
            networks: List of networks.
            inputs: Batch that they have moved with.
        """
        moved = {id(network) for network in networks}
        for network, copy, average, images in self._followers.list:
            if id(network) in moved:
                self._follow(network, copy, average, images, inputs)

    def _follow(self, network, copy, average, images, inputs):
        batch_size = None
        if images is not None:
            rows = tf.shape(tf.nest.flatten(inputs)[0], tf.int64)[0]
            batch_size = replicas.count() * rows
        decay = average.decay_after(self.step.value, images, batch_size)
        if images is not None:
            images.assign_add(batch_size)
        for mean, weight in zip(copy.weights, network.weights):
            if weight.trainable:
                rate = tf.cast(decay, weight.dtype)
                mean.assign(weight + rate * (mean - weight))
            else:  # Statistics of normalization layers.
                mean.assign(weight)


class _Followers:
    """Holds who follows whom, where Keras doesn't look for networks.

    It would save each a second time, and list the average before what it
    follows.
    """

    def __init__(self):
        self.list = []
