import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.layers import Dropout


def masks(layer, number=3, shape=(6, 5), call=None):
    """Returns what so many calls make of ones."""
    call = call or layer
    ones = tf.ones(shape)
    return np.stack([call(ones, training=True) for _ in range(number)])


def test_features_are_zero_or_enlarged():
    outputs = Dropout(0.2, seed=1)(tf.fill((100, 100), 4.0), training=True)
    assert set(np.unique(outputs)) == {0.0, 5.0}
    assert abs(np.mean(np.equal(outputs, 0.0)) - 0.2) < 0.02


def test_each_call_row_and_feature_has_a_mask_of_its_own():
    drawn = masks(Dropout(0.5, seed=1), number=4, shape=(8, 8))
    for axis in range(3):
        rows = np.moveaxis(drawn, axis, 0).reshape(drawn.shape[axis], -1)
        assert len(np.unique(rows, axis=0)) == len(rows)


def test_only_training_drops():
    layer = Dropout(0.5, seed=1)
    ones = tf.ones((4, 5))
    for outputs in (layer(ones), layer(ones, training=False)):
        np.testing.assert_array_equal(outputs, ones)
    # Nor does anything else move the masks on.
    np.testing.assert_array_equal(masks(layer), masks(Dropout(0.5, seed=1)))


def test_seeds_decide_the_masks():
    drawn = masks(Dropout(0.5, seed=1))
    assert not np.array_equal(drawn, masks(Dropout(0.5, seed=2)))
    assert not np.array_equal(masks(Dropout(0.5)), masks(Dropout(0.5)))


def test_extreme_rates():
    inputs = tf.random.normal((4, 5))
    np.testing.assert_array_equal(Dropout(0.0)(inputs, training=True), inputs)
    zeros = Dropout(1.0)(inputs, training=True)
    np.testing.assert_array_equal(zeros, tf.zeros((4, 5)))
    with pytest.raises(ValueError, match="between 0 and 1"):
        Dropout(1.5)


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_masks_are_the_same_in_a_function(jit_compile):
    layer = Dropout(0.5, seed=1)
    call = tf.function(layer, jit_compile=jit_compile)
    np.testing.assert_array_equal(
        masks(layer, call=call), masks(Dropout(0.5, seed=1))
    )


@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
def test_replicas_take_their_rows_of_one_mask(graph, two_replicas):
    with two_replicas.scope():
        layer = Dropout(0.5, seed=1)

    def call():
        return layer(tf.ones((3, 5)), training=True)

    run = tf.function(two_replicas.run) if graph else two_replicas.run
    drawn = [tf.concat(run(call).values, axis=0) for _ in range(3)]
    np.testing.assert_array_equal(drawn, masks(Dropout(0.5, seed=1)))


def test_the_batch_size_may_be_unknown():
    inputs = keras.Input((5,))
    model = keras.Model(inputs, Dropout(0.5, seed=1)(inputs))
    assert model.output_shape == (None, 5)
    call = tf.function(model, reduce_retracing=True)
    for size in (6, 2):
        assert call(tf.ones((size, 5)), training=True).shape == (size, 5)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_masks_are_the_same_in_mixed_precision(policy):
    mixed = Dropout(0.75, seed=1, dtype=policy)
    outputs = mixed(tf.ones((6, 5)), training=True)
    assert f"mixed_{outputs.dtype.name}" == policy
    expected = masks(Dropout(0.75, seed=1), number=1)[0]
    np.testing.assert_array_equal(tf.cast(outputs, "float32"), expected)


def test_a_loaded_layer_goes_on_with_its_masks(tmp_path):
    layer = Dropout(0.25, seed=3, name="dropout")
    copy = Dropout.from_config(layer.get_config())
    assert (copy.rate, copy.seed, copy.name) == (0.25, 3, "dropout")
    # Keras's files have no states of layers; those of games do.
    masks(layer)
    copy.seed_generator.state.assign(layer.seed_generator.state)
    np.testing.assert_array_equal(masks(layer), masks(copy))
    model = keras.Sequential([keras.Input((5,)), layer])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.layers[-1]) is Dropout
