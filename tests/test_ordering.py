"""A step reads a weight everywhere before it moves it: graph equals eager."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import noise, ordering, penalties
from keras_gan_zoo.models.base import AdversarialModel


class Product(layers.Layer):
    """Reads `b` after some milliseconds, in which a write could overtake."""

    def build(self, _):
        self.a = self.add_weight(shape=(2,), initializer="ones")
        self.b = self.add_weight(shape=(2,), initializer="ones")

    def call(self, inputs):
        slow = tf.fill((700, 700), tf.stop_gradient(inputs[0, 0]) / 700.0)
        slow = tf.reduce_mean(slow @ slow)
        with tf.control_dependencies([slow]):
            b = tf.identity(self.b.value)
        # Part of the result, or TensorFlow would leave it out.
        return inputs * self.a * b + 1e-20 * slow


class Game(AdversarialModel):
    def __init__(self, penalty_weight):
        super().__init__()
        inputs = keras.Input((2,))
        self.network = keras.Model(inputs, Product()(inputs))
        self.penalty_weight = penalty_weight

    @property
    def players(self):
        return {"player": [self.network]}

    def player_loss(self, inputs, training=True):
        def network(samples):
            return self.network(samples, training=training)

        loss = tf.reduce_mean(network(inputs))
        if self.penalty_weight:
            loss += self.penalty_weight * penalties.gradient_penalty(
                network, inputs, -inputs, noise.as_seed(0)
            )
        return loss

    def train_step(self, data):
        self.update("player", data)
        return self.loss_results()


@pytest.mark.parametrize("penalty_weight, steps", [(0.0, 1), (1.0, 2)])
def test_no_weight_moves_before_it_is_read(penalty_weight, steps):
    batches = np.float32([[[0.5, -1.0], [2.0, 1.0]], [[1.0, 3.0], [-1.0, 0.5]]])
    results = []
    for eager in (True, False):
        game = Game(penalty_weight)
        game.compile(
            optimizer=keras.optimizers.SGD(0.5),
            run_eagerly=eager,
            steps_per_execution=steps,
        )
        game.fit(tf.data.Dataset.from_tensor_slices(batches), verbose=0)
        results.append(game.network.get_weights())
    eager_weights, weights = results
    np.testing.assert_allclose(weights, eager_weights, rtol=1e-5)


def test_gradients_keep_their_values_and_their_gaps():
    @tf.function
    def together(x):
        rows = tf.IndexedSlices(x, tf.constant([1]), tf.constant([3, 2]))
        return ordering.together([2.0 * x, None, rows])

    double, none, rows = together(tf.ones((1, 2)))
    np.testing.assert_array_equal(double, [[2.0, 2.0]])
    assert none is None
    np.testing.assert_array_equal(tf.convert_to_tensor(rows)[1], [1.0, 1.0])
    assert ordering.together([None, None]) == [None, None]
    assert ordering.together([]) == []
