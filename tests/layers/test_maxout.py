import keras
import numpy as np
import pytest

from keras_gan_zoo.layers import Maxout


def test_groups_are_strided():
    features = np.array([[0.0, 9.0, 2.0, 3.0, -1.0, 5.0]])
    # Unit 0 of 2 takes the features 0, 2, 4; unit 1 takes 1, 3, 5.
    np.testing.assert_array_equal(Maxout(3)(features), [[2.0, 9.0]])
    # Unit 0 of 3 takes the features 0 and 3, and so on.
    np.testing.assert_array_equal(Maxout(2)(features), [[3.0, 9.0, 5.0]])


@pytest.mark.parametrize("axis", [1, 2, 3, -1])
def test_any_axis(axis):
    features = np.random.normal(size=(2, 4, 6, 8)).astype("float32")
    units = features.shape[axis] // 2
    first, second = np.split(features, 2, axis)
    outputs = Maxout(2, axis=axis)(features)
    assert outputs.shape[axis] == units
    np.testing.assert_array_equal(outputs, np.maximum(first, second))


def test_sizes_may_be_unknown_in_one_place():
    inputs = keras.Input((4, 6))
    outputs = Maxout(3)(inputs)
    assert outputs.shape == (None, 4, 2)
    model = keras.Model(inputs, outputs)
    for batch_size in (1, 5):
        assert model(np.zeros((batch_size, 4, 6))).shape == (batch_size, 4, 2)


def test_only_the_largest_has_a_gradient():
    tf = pytest.importorskip("tensorflow")
    features = tf.constant([[1.0, 2.0, 3.0, 0.0]])
    with tf.GradientTape() as tape:
        tape.watch(features)
        outputs = Maxout(2)(features)
    gradient = tape.gradient(outputs, features)
    np.testing.assert_array_equal(gradient, [[0.0, 1.0, 1.0, 0.0]])


def test_round_trip():
    layer = Maxout(3, axis=1)
    copy = Maxout.from_config(layer.get_config())
    assert (copy.pieces, copy.axis) == (3, 1)


def test_errors():
    with pytest.raises(ValueError, match="pieces=0. Use a positive integer"):
        Maxout(0)
    with pytest.raises(ValueError, match="7 features on axis -1, pieces=2"):
        Maxout(2)(np.zeros((1, 7)))
    with pytest.raises(ValueError, match="must be known.* None features"):
        Maxout(2)(keras.Input((None,)))
