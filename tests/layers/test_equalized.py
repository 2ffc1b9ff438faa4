"""`EqualizedDense` and `EqualizedConv2D`: one idea, tested on both."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.layers import EqualizedConv2D, EqualizedDense

CASES = {
    "dense": (EqualizedDense, keras.layers.Dense, {"units": 5}, (50,)),
    "sequence": (EqualizedDense, keras.layers.Dense, {"units": 5}, (3, 50)),
    "convolution": (
        EqualizedConv2D,
        keras.layers.Conv2D,
        {"filters": 6, "kernel_size": (3, 2), "strides": 2, "padding": "same"},
        (5, 6, 8),
    ),
    "groups": (
        EqualizedConv2D,
        keras.layers.Conv2D,
        {"filters": 6, "kernel_size": 3, "groups": 2},
        (5, 6, 8),
    ),
}
FAN_IN = {"dense": 50, "sequence": 50, "convolution": 48, "groups": 36}
EVERY_CASE = pytest.mark.parametrize("name", CASES)


def made(name, **options):
    """Returns the layer, Keras's and inputs; biases aren't zero."""
    kind, keras_kind, arguments, shape = CASES[name]
    shape = (4, *shape)
    inputs = tf.random.stateless_normal(shape, (0, 1))
    layer, plain = kind(**arguments, **options), keras_kind(**arguments)
    layer.build(shape)
    plain.build(shape)
    layer.bias.assign(np.arange(1.0, 1.0 + layer.bias.shape[0]))
    return layer, plain, inputs


@EVERY_CASE
@pytest.mark.parametrize("gain, factor", [(2**0.5, 1.0), (1.0, 0.01)])
def test_a_call_multiplies_the_weights(name, gain, factor):
    layer, plain, inputs = made(name, gain=gain, learning_rate_factor=factor)
    scale = gain * factor / FAN_IN[name] ** 0.5
    plain.kernel.assign(scale * layer.kernel.numpy())
    plain.bias.assign(factor * layer.bias.numpy())
    np.testing.assert_allclose(layer(inputs), plain(inputs), rtol=0, atol=1e-5)


@EVERY_CASE
def test_usual_arguments(name):
    layer, plain, inputs = made(name)
    plain.kernel.assign(layer.kernel.numpy() * (2 / FAN_IN[name]) ** 0.5)
    plain.bias.assign(layer.bias)
    np.testing.assert_allclose(layer(inputs), plain(inputs), rtol=0, atol=1e-5)


@pytest.mark.parametrize("factor", [1.0, 0.01])
def test_kernels_are_drawn_from_a_normal_distribution(factor):
    options = {"learning_rate_factor": factor}
    dense = EqualizedDense(300, **options)
    convolution = EqualizedConv2D(100, 3, **options)
    dense.build((None, 300))
    convolution.build((None, 8, 8, 100))
    for layer in (dense, convolution):
        values = layer.kernel.numpy() * factor
        assert abs(values.mean()) < 0.02
        assert abs(values.std() - 1) < 0.02
        # Not cut off: of the normal distribution, 4.55 % are beyond 2.
        assert abs((abs(values) > 2).mean() - 0.0455) < 0.005
        assert not layer.bias.numpy().any()


@pytest.mark.parametrize("factor", [1.0, 0.1])
def test_adam_moves_what_is_computed_by_the_factor(factor):
    layer = EqualizedDense(1, gain=1.0, learning_rate_factor=factor)
    layer.build((None, 1))
    optimizer = keras.optimizers.Adam(0.001)
    before = layer(tf.ones((1, 1)))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(tf.ones((1, 1))))
    variables = layer.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    # Kernel and bias, each by the learning rate times the factor.
    moved = layer(tf.ones((1, 1))) - before
    np.testing.assert_allclose(moved, [[-0.002 * factor]], rtol=1e-2)


def test_biases_and_activations_are_as_in_keras():
    for kind, arguments, shape in (
        (EqualizedDense, (5,), (4, 50)),
        (EqualizedConv2D, (5, 3), (4, 5, 6, 8)),
    ):
        inputs = tf.random.stateless_normal(shape, (0, 1))
        layer = kind(*arguments, use_bias=False, activation="relu")
        outputs = layer(inputs)
        assert [weight.name for weight in layer.weights] == ["kernel"]
        assert np.min(outputs) == 0 < np.max(outputs)
        biased = kind(*arguments, bias_initializer="ones")
        biased.build(shape)
        biased.kernel.assign(tf.zeros_like(biased.kernel))
        np.testing.assert_array_equal(
            biased(inputs), tf.ones_like(biased(inputs))
        )


def test_channels_may_be_first():
    """TensorFlow has no such convolution on a CPU, so it is a pointwise one."""
    layer = EqualizedConv2D(5, 1, data_format="channels_first")
    layer.build((2, 3, 6, 7))
    layer.bias.assign(np.arange(5.0))
    layer.convolution_op = lambda inputs, kernel: tf.einsum(
        "bihw,io->bohw", inputs, kernel[0, 0]
    )
    inputs = tf.random.stateless_normal((2, 3, 6, 7), (0, 1))
    kernel = layer.kernel.numpy()[0, 0] * (2 / 3) ** 0.5
    expected = np.einsum("bihw,io->bohw", inputs, kernel)
    expected += np.arange(5.0)[:, None, None]
    np.testing.assert_allclose(layer(inputs), expected, rtol=0, atol=1e-5)


@EVERY_CASE
def test_second_derivatives(name):
    layer, _, inputs = made(name, activation="tanh")

    def penalty():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            score = tf.reduce_sum(layer(inputs))
        return tf.reduce_sum(tape.gradient(score, inputs) ** 2)

    kernel = layer.kernel
    layer.bias.assign(0.1 * layer.bias.numpy())
    with tf.GradientTape() as tape:
        value = penalty()
    gradient = tape.gradient(value, kernel.value)
    start, step = kernel.numpy(), 1e-2 * gradient / tf.norm(gradient)
    kernel.assign(start + step)
    above = penalty()
    kernel.assign(start - step)
    difference = (above - penalty()) / 2e-2
    np.testing.assert_allclose(tf.norm(gradient), difference, rtol=0.02)


@EVERY_CASE
def test_xla_is_eager(name):
    layer, _, inputs = made(name)
    call = tf.function(layer, jit_compile=True)
    np.testing.assert_allclose(
        call(inputs), layer(inputs), rtol=1e-5, atol=1e-5
    )


@EVERY_CASE
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(name, policy):
    options = {"learning_rate_factor": 0.01}
    layer, _, inputs = made(name, **options)
    mixed, _, _ = made(name, dtype=policy, **options)
    mixed.set_weights(layer.get_weights())
    outputs = mixed(inputs)
    assert f"mixed_{outputs.dtype.name}" == policy
    assert mixed.kernel.dtype == "float32"
    outputs = tf.cast(outputs, "float32")
    np.testing.assert_allclose(outputs, layer(inputs), rtol=0.05, atol=0.05)


@EVERY_CASE
def test_networks_load_as_they_were_saved(name, tmp_path):
    layer, _, inputs = made(name, gain=1.5, learning_rate_factor=0.5)
    tensor = keras.Input(inputs.shape[1:])
    model = keras.Model(tensor, layer(tensor))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    copy = loaded.layers[-1]
    assert type(copy) is type(layer)
    assert (copy.gain, copy.learning_rate_factor) == (1.5, 0.5)
    assert copy.kernel_initializer.stddev == 2.0
    np.testing.assert_array_equal(loaded(inputs), model(inputs))


@pytest.mark.parametrize("argument", ["gain", "learning_rate_factor"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_what_would_stop_learning_is_refused(argument, value):
    for kind, arguments in ((EqualizedDense, (5,)), (EqualizedConv2D, (5, 3))):
        with pytest.raises(ValueError, match=f"`{argument}` multiplies.*Leave"):
            kind(*arguments, **{argument: value})
