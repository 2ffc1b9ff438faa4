"""Minibatch standard deviation: how much the samples of a batch differ."""

import keras
import tensorflow as tf

from keras_gan_zoo import replicas
from keras_gan_zoo.integers import check_integer


@keras.saving.register_keras_serializable("keras_gan_zoo")
class MinibatchStandardDeviation(keras.layers.Layer):
    """Appends one channel that tells how much the samples of a group differ.

    Karras et al. 2018, "Progressive Growing of GANs for Improved Quality,
    Stability, and Variation", https://arxiv.org/abs/1710.10196, section 3.

    A discriminator that sees each sample by itself can't see that a generator
    draws the same one again and again. This layer, near the discriminator's
    end, lets it. The batch is split into groups, and for each group,

        s = mean over all features of sqrt(variance over the group + epsilon),

    where the variance is the mean square of deviations from the mean. The new
    channel of a sample holds the `s` of its group at each position.

    A batch of `n` samples has `m = n // group_size` groups, but at least one,
    and sample `i` is in group `i % m`. So a batch of fewer samples than
    `group_size` is one group, and where `group_size` doesn't divide `n`, some
    groups are larger.

    In mixed precision the statistics are in float32. A gradient penalty of a
    discriminator with this layer is that of the batch: a score changes with
    the other samples of its group.

    Args:
        group_size: Positive integer, the least number of samples in a group.
        epsilon: Positive float. Samples that are all alike have
            `s = sqrt(epsilon)`.
        synchronized: Boolean, for the replicas of a `tf.distribute` strategy.
            With `True`, groups are those of the global batch, as if one device
            had seen it: replicas gather each other's inputs at each call, and
            pass gradients back. They can't do that inside of `tf.cond`, where
            a penalty is computed that isn't due at each step. With `False`,
            each replica takes its own rows for the batch, and results depend
            on the number of replicas.

    Input shape:
        `(batch, ..., channels)`; replicas need parts of equal size.

    Output shape:
        `(batch, ..., channels + 1)`.
    """

    def __init__(self, group_size=4, epsilon=1e-8, synchronized=True, **kwargs):
        super().__init__(**kwargs)
        self.group_size = check_integer("group_size", group_size, 1)
        if not epsilon > 0:
            raise ValueError(
                "`epsilon` must be positive, as the square root has no "
                f"gradient at zero. Received: epsilon={epsilon}. The paper's "
                "is 1e-8."
            )
        self.epsilon = epsilon
        self.synchronized = synchronized

    def call(self, inputs):
        dtype = keras.backend.result_type(inputs.dtype, "float32")
        features = tf.cast(inputs, dtype)
        size = _size(inputs)
        across = self.synchronized and replicas.count() > 1
        if across:
            features = replicas.gather(features)
        deviations = self._deviations(features)
        if across:
            context = tf.distribute.get_replica_context()
            first = context.replica_id_in_sync_group * size
            deviations = deviations[first : first + size]
        ones = tf.ones_like(inputs[..., :1])
        shape = [-1] + [1] * (inputs.shape.rank - 1)
        channel = ones * tf.cast(tf.reshape(deviations, shape), inputs.dtype)
        return tf.concat([inputs, channel], axis=-1)

    def _deviations(self, features):
        """Returns the `s` of each sample's group."""
        size = _size(features)
        groups = tf.maximum(size // self.group_size, 1)
        members = -(-size // groups)
        # Groups with one sample less have zeros in its place, of no weight.
        missing = members * groups - size
        axes = features.shape.rank - 1
        present = tf.pad(tf.ones([size], features.dtype), [[0, missing]])
        weights = tf.reshape(present, [members, groups] + [1] * axes)
        weights /= tf.reduce_sum(weights, axis=0)
        features = tf.reshape(
            tf.pad(features, [[0, missing]] + [[0, 0]] * axes),
            tf.concat([[members, groups], tf.shape(features)[1:]], axis=0),
        )
        mean = tf.reduce_sum(weights * features, axis=0)
        variance = tf.reduce_sum(weights * (features - mean) ** 2, axis=0)
        deviations = tf.reduce_mean(
            tf.sqrt(variance + self.epsilon), axis=range(1, 1 + axes)
        )
        return tf.tile(deviations, [members])[:size]

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self):
        return {
            **super().get_config(),
            "group_size": self.group_size,
            "epsilon": self.epsilon,
            "synchronized": self.synchronized,
        }


def _size(tensor):
    """Returns the batch size, an integer or a scalar tensor."""
    return tf.shape(tensor)[0] if tensor.shape[0] is None else tensor.shape[0]
