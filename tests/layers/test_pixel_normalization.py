import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.layers import PixelNormalization


def test_by_hand():
    inputs = np.array([[3.0, 4.0], [0.0, 0.0], [1.0, -1.0]], "float32")
    # The mean of 9 and 16 is 12.5.
    expected = [[3 / 12.5**0.5, 4 / 12.5**0.5], [0.0, 0.0], [1.0, -1.0]]
    outputs = PixelNormalization()(inputs)
    np.testing.assert_allclose(outputs, expected, rtol=1e-6)
    # 1 / sqrt(1 + 3) of features of size 1.
    outputs = PixelNormalization(epsilon=3.0)(inputs[2:])
    np.testing.assert_allclose(outputs, [[0.5, -0.5]], rtol=1e-6)


def test_epsilon_is_within_the_root():
    tiny = np.full((1, 4), 1e-4, "float32")
    outputs = PixelNormalization()(tiny)
    np.testing.assert_allclose(outputs, np.full((1, 4), 0.5**0.5), rtol=1e-5)


@pytest.mark.parametrize("shape", [(4, 8), (2, 5, 8), (2, 3, 4, 8)])
def test_each_pixel_is_normalized_by_itself(shape):
    inputs = np.random.normal(3.0, 2.0, shape).astype("float32")
    outputs = PixelNormalization()(inputs).numpy()
    np.testing.assert_allclose((outputs**2).mean(-1), 1.0, rtol=1e-5)
    scales = np.random.uniform(0.5, 2.0, (*shape[:-1], 1))
    scaled = PixelNormalization()(inputs * scales)
    np.testing.assert_allclose(scaled, outputs, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_statistics_are_in_float32_in_mixed_precision(dtype):
    # In float16, the square of 300 is infinite and that of 1e-4 is zero.
    inputs = tf.constant([[300.0, 0.0], [1e-4, 1e-4]], dtype)
    outputs = PixelNormalization(dtype=f"mixed_{dtype}")(inputs)
    assert outputs.dtype == dtype
    expected = [[2**0.5, 0.0], [0.5**0.5, 0.5**0.5]]
    outputs = tf.cast(outputs, "float32")
    np.testing.assert_allclose(outputs, expected, rtol=0.01)


def test_float64_stays():
    inputs = np.random.normal(size=(2, 5))
    outputs = PixelNormalization(dtype="float64")(inputs)
    root = np.sqrt((inputs**2).mean(-1, keepdims=True) + 1e-8)
    np.testing.assert_allclose(outputs, inputs / root, rtol=1e-14)


def derivatives(inputs):
    """Returns a call's outputs, first and second gradients."""
    layer = PixelNormalization(dtype=inputs.dtype.name)
    with tf.GradientTape() as outer:
        outer.watch(inputs)
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            outputs = layer(inputs)
            score = tf.reduce_sum(tf.sin(3.0 * outputs))
        first = inner.gradient(score, inputs)
        norm = tf.reduce_sum(first**2)
    return outputs, first, outer.gradient(norm, inputs)


def test_second_derivatives():
    inputs = tf.random.stateless_normal((3, 4), (0, 1), dtype="float64")
    direction = tf.random.stateless_normal((3, 4), (0, 2), dtype="float64")
    gradient = tf.reduce_sum(derivatives(inputs)[2] * direction)
    above, below = (
        tf.reduce_sum(derivatives(inputs + step * direction)[1] ** 2)
        for step in (1e-6, -1e-6)
    )
    assert abs(gradient) > 0.1
    np.testing.assert_allclose(gradient, (above - below) / 2e-6, rtol=1e-5)


def test_derivatives_at_zero_are_finite():
    for values in derivatives(tf.zeros((2, 3))):
        assert np.isfinite(values).all()


def test_xla_is_eager():
    inputs = tf.random.stateless_normal((3, 4), (0, 1))
    found = tf.function(derivatives, jit_compile=True)(inputs)
    for one, other in zip(found, derivatives(inputs)):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_networks_load_as_they_were_saved(tmp_path):
    model = keras.Sequential([keras.Input((4,)), PixelNormalization(0.25)])
    assert model.output_shape == (None, 4)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    inputs = np.random.normal(size=(3, 4))
    np.testing.assert_array_equal(loaded(inputs), model(inputs))
    assert not model.weights


@pytest.mark.parametrize("epsilon", [0.0, -1e-8, float("nan")])
def test_a_division_by_zero_is_refused(epsilon):
    with pytest.raises(ValueError, match="must be positive.*paper's is 1e-8"):
        PixelNormalization(epsilon=epsilon)
