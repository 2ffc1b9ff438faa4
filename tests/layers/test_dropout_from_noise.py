import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.layers import DropoutFromNoise


def network(rate=0.25, shape=(2, 2)):
    size = int(np.prod(shape))
    features, noise = keras.Input(shape), keras.Input((size,))
    return keras.Model(
        [features, noise], DropoutFromNoise(rate)([features, noise])
    )


@pytest.mark.parametrize("training", [False, True])
def test_features_are_kept_where_noise_is_at_least_the_rate(training):
    features = np.array([[[1.0, 2.0], [3.0, 4.0]]], "float32")
    noise = np.array([[0.0, 0.25, 0.249, 0.99]], "float32")
    dropped = network()([features, noise], training=training)
    np.testing.assert_allclose(
        dropped, [[[0.0, 2.0 / 0.75], [0.0, 4.0 / 0.75]]], rtol=1e-6
    )


def test_gradients_flow_through_what_is_kept():
    features = tf.ones((1, 2, 2))
    with tf.GradientTape() as tape:
        tape.watch(features)
        kept = network()([features, tf.constant([[0.0, 0.3, 0.1, 0.9]])])
    expected = [[[0.0, 4 / 3], [0.0, 4 / 3]]]
    np.testing.assert_allclose(tape.gradient(kept, features), expected)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_keeps_the_features_type_and_the_share(policy):
    features = keras.Input((64, 64), dtype=policy.removeprefix("mixed_"))
    noise = keras.Input((4096,))
    layer = DropoutFromNoise(0.5, dtype=policy)
    dropping = keras.Model([features, noise], layer([features, noise]))
    grid = (np.arange(4096, dtype="float32") / 4096)[None]
    dropped = dropping([np.ones((1, 64, 64)), grid])
    assert dropped.dtype == features.dtype
    # Rounded to half precision, noise below a half would count as one.
    assert np.count_nonzero(tf.cast(dropped, tf.float32)) == 2048


def test_it_comes_back_from_its_config():
    copy = keras.Model.from_config(network(0.3).get_config())
    noise = np.linspace(0.0, 0.99, 4, dtype="float32")[None]
    inputs = [np.ones((1, 2, 2), "float32"), noise]
    np.testing.assert_array_equal(copy(inputs), network(0.3)(inputs))


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_rates_beyond_are_refused(rate):
    with pytest.raises(ValueError, match=r"in \[0, 1\). Received: rate="):
        DropoutFromNoise(rate)


def test_another_amount_of_noise_is_refused():
    with pytest.raises(ValueError, match="Give it 6 numbers"):
        DropoutFromNoise(0.5)([keras.Input((2, 3)), keras.Input((5,))])
