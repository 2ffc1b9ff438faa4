"""Batch normalization whose pass in training is one operation."""

import keras
import tensorflow as tf

from keras_gan_zoo import replicas


@keras.saving.register_keras_serializable("keras_gan_zoo")
class BatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization` of the last axis, in less time.

    Ioffe and Szegedy 2015, "Batch Normalization", algorithm 1,
    https://arxiv.org/abs/1502.03167.

    Keras computes mean, variance and result with a dozen operations, each of
    which goes through all features; TensorFlow has one operation for all of it,
    and one for its gradient. Replicas that share their statistics communicate
    once for a pass and once for its gradient, where Keras's do so three times
    and twice. Weights, names, inference and results are those of Keras's layer
    up to rounding, so files of one load into the other.

    Args:
        **kwargs: As of `keras.layers.BatchNormalization`, but `axis`, and
            without `renorm`.

    Call arguments:
        inputs: Tensor of shape `(batch, ..., channels)`.
        training: Boolean, whether to normalize by the batch's own statistics,
            and to move the moving ones.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        if self.renorm or self.axis != -1:
            raise ValueError(
                "Only plain normalization of the last axis is fused. Received: "
                f"axis={self.axis}, renorm={self.renorm}. Use "
                "`keras.layers.BatchNormalization`."
            )

    def call(self, inputs, training=None, mask=None):
        learning = training and self.trainable and mask is None
        # TensorFlow's operation has no float64.
        if not learning or inputs.dtype == tf.float64:
            return super().call(inputs, training=training, mask=mask)
        across = self.synchronized and replicas.count() > 1
        normalized = self._over_replicas if across else self._fused
        outputs, mean, variance = normalized(inputs)
        self._move(self.moving_mean, mean)
        self._move(self.moving_variance, variance)
        return outputs

    def _fused(self, inputs):
        channels = inputs.shape[-1]
        images = inputs
        if inputs.shape.rank != 4:  # The operation knows images only.
            images = tf.reshape(inputs, (-1, 1, 1, channels))
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=images,
            scale=self.gamma if self.scale else tf.ones(channels),
            offset=self.beta if self.center else tf.zeros(channels),
            mean=tf.zeros(0),
            variance=tf.zeros(0),
            epsilon=self.epsilon,
            is_training=True,
        )
        if inputs.shape.rank != 4:
            outputs = tf.reshape(outputs, tf.shape(inputs))
        # The operation gives the unbiased variance, Keras keeps the other one.
        number = tf.cast(tf.size(inputs) // channels, variance.dtype)
        return outputs, mean, variance * (number - 1.0) / number

    def _over_replicas(self, inputs):
        features = tf.cast(inputs, tf.float32)
        channels = inputs.shape[-1]
        rows = tf.reshape(features, (-1, channels))
        # All in one tensor, since each has to wait for the others.
        sums = tf.concat(
            [
                tf.reduce_sum(rows, axis=0),
                tf.reduce_sum(rows**2, axis=0),
                [tf.cast(tf.shape(rows)[0], tf.float32)],
            ],
            axis=0,
        )
        sums = replicas.sum(sums)
        mean, square = tf.split(sums[:-1] / sums[-1], 2)
        variance = tf.maximum(square - mean**2, 0.0)
        outputs = tf.nn.batch_normalization(
            *(features, mean, variance),
            offset=self.beta if self.center else None,
            scale=self.gamma if self.scale else None,
            variance_epsilon=self.epsilon,
        )
        return tf.cast(outputs, inputs.dtype), mean, variance

    def _move(self, average, value):
        average.assign(average * self.momentum + value * (1.0 - self.momentum))
