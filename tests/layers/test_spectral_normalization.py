import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.layers import SpectralNormalization

CASES = {
    "dense": (keras.layers.Dense, {"activation": "tanh"}, (7,)),
    "conv2d": (
        keras.layers.Conv2D,
        {"kernel_size": 3, "strides": 2, "padding": "same"},
        (8, 8, 3),
    ),
    "conv2d_transpose": (
        keras.layers.Conv2DTranspose,
        {"kernel_size": 3, "strides": 2},
        (4, 4, 3),
    ),
}


class Case:
    """A wrapped layer of five outputs and a batch of inputs."""

    def __init__(self, kind, options, shape):
        self.make = lambda: kind(5, **options)
        self.inputs = tf.random.normal((2, *shape))
        self.layer = SpectralNormalization(self.make())
        self.layer.build(self.inputs.shape)
        # Not zeros, so that a bias that gets lost is seen.
        self.layer.layer.bias.assign(np.random.normal(size=5))
        self.kernel = self.layer.layer.kernel

    def converge(self):
        for _ in range(200):
            self.layer(self.inputs, training=True)

    def as_matrix(self, kernel):
        """Returns a kernel as `(inputs, outputs)`, in float64."""
        kernel = np.asarray(kernel, "float64")
        if isinstance(self.layer.layer, keras.layers.Conv2DTranspose):
            kernel = kernel.swapaxes(-1, -2)
        return kernel.reshape(-1, 5)

    def outputs_with(self, kernel):
        """Returns the outputs of the plain layer with another kernel."""
        plain = self.make()
        plain.build(self.inputs.shape)
        plain.set_weights([kernel, self.layer.layer.bias.numpy()])
        return plain(self.inputs)


@pytest.fixture(params=CASES)
def case(request):
    return Case(*CASES[request.param])


def test_effective_kernel_has_norm_one(case):
    # Also a kernel whose norm is far from one.
    case.kernel.assign(7.0 * case.kernel)
    case.converge()
    matrix = case.as_matrix(case.kernel.numpy())
    norm = np.linalg.svd(matrix, compute_uv=False)[0]
    assert norm > 3.0
    expected = case.outputs_with(case.kernel.numpy() / norm)
    for training in (True, False):
        outputs = case.layer(case.inputs, training=training)
        np.testing.assert_allclose(outputs, expected, rtol=1e-3, atol=1e-4)


def test_one_call_is_one_iteration(case):
    matrix = case.as_matrix(case.kernel.numpy())
    u = case.layer.u.numpy()[:, 0]
    for _ in range(3):
        v = matrix @ u / np.linalg.norm(matrix @ u)
        u = matrix.T @ v / np.linalg.norm(matrix.T @ v)
        expected = case.outputs_with(case.kernel.numpy() / (v @ matrix @ u))
        outputs = case.layer(case.inputs, training=True)
        np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(case.layer.u[:, 0], u, rtol=1e-4, atol=1e-5)


def test_the_size_of_the_kernel_has_no_effect(case):
    outputs = case.layer(case.inputs)
    case.kernel.assign(10.0 * case.kernel)
    larger = case.layer(case.inputs)
    np.testing.assert_allclose(outputs, larger, rtol=1e-4, atol=1e-5)


def test_gradient_is_orthogonal_to_the_kernel(case):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(case.layer(case.inputs, training=True) ** 2)
    gradient = tape.gradient(loss, case.kernel.value)
    product = tf.reduce_sum(gradient * case.kernel)
    scale = tf.norm(gradient) * tf.norm(case.kernel)
    assert scale > 0.1
    assert abs(product) < 1e-5 * scale


def test_gradient_flows_through_the_norm_with_fixed_vectors(case):
    # Far from convergence, where the vectors would have a gradient too.
    matrix = case.as_matrix(case.kernel.numpy())
    u = case.layer.u.numpy()[:, 0]
    v = matrix @ u / np.linalg.norm(matrix @ u)
    u = matrix.T @ v / np.linalg.norm(matrix.T @ v)
    sigma = v @ matrix @ u
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(case.layer(case.inputs, training=True) ** 2)
    gradient = case.as_matrix(tape.gradient(loss, case.kernel.value))
    plain = case.make()
    plain.build(case.inputs.shape)
    bias = case.layer.layer.bias.numpy()
    plain.set_weights([case.kernel.numpy() / sigma, bias])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(plain(case.inputs) ** 2)
    direct = case.as_matrix(tape.gradient(loss, plain.kernel.value))
    along = np.sum(direct * matrix) / sigma
    expected = (direct - along * np.outer(v, u)) / sigma
    scale = np.abs(expected).max()
    np.testing.assert_allclose(gradient / scale, expected / scale, atol=1e-4)


def test_stored_kernel_is_untouched(case):
    before = case.kernel.numpy()
    case.converge()
    np.testing.assert_array_equal(case.kernel.numpy(), before)


def test_vector_moves_only_in_training(case):
    before = case.layer.u.numpy()
    case.layer(case.inputs, training=False)
    case.layer(case.inputs)
    np.testing.assert_array_equal(case.layer.u.numpy(), before)
    case.layer(case.inputs, training=True)
    assert np.abs(case.layer.u.numpy() - before).max() > 0.01


def test_vector_is_not_trained(case):
    assert [w.name for w in case.layer.trainable_weights] == ["kernel", "bias"]
    assert [w.name for w in case.layer.non_trainable_weights] == ["u"]


def test_networks_load_as_they_were_saved(case, tmp_path):
    inputs = keras.Input(case.inputs.shape[1:])
    model = keras.Model(inputs, case.layer(inputs))
    model(case.inputs, training=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(
        model(case.inputs), loaded(case.inputs), rtol=1e-6, atol=1e-6
    )
    for weight, copy in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(weight, copy)


@pytest.mark.parametrize("training", [False, True])
def test_other_weights_may_be_lent(case, training):
    inputs = keras.Input(case.inputs.shape[1:])
    model = keras.Model(inputs, case.layer(inputs))
    stored = [weight.numpy() for weight in model.weights]
    lent = [np.random.normal(size=w.shape) for w in model.trainable_weights]
    outputs, states = model.stateless_call(
        [tf.constant(value, "float32") for value in lent],
        [weight.value for weight in model.non_trainable_weights],
        case.inputs,
        training=training,
    )
    for weight, value in zip(model.weights, stored, strict=True):
        np.testing.assert_array_equal(weight, value)
    for weight, value in zip(model.trainable_weights, lent, strict=True):
        weight.assign(value)
    expected = model(case.inputs, training=training)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(states[0], case.layer.u, rtol=1e-5, atol=1e-5)


def test_second_derivatives(case):
    kernel = case.kernel

    def penalty():
        with tf.GradientTape() as tape:
            tape.watch(case.inputs)
            scores = tf.reduce_sum(case.layer(case.inputs) ** 2)
        return tf.reduce_sum(tape.gradient(scores, case.inputs) ** 2)

    # The vectors are constants of the gradient, and at convergence they
    # hardly move with the kernel.
    case.converge()
    with tf.GradientTape() as tape:
        value = penalty()
    gradient = tape.gradient(value, kernel.value)
    start, step = kernel.numpy(), 1e-3 * gradient / tf.norm(gradient)
    kernel.assign(start + step)
    above = penalty()
    kernel.assign(start - step)
    below = penalty()
    difference = (above - below) / 2e-3
    np.testing.assert_allclose(tf.norm(gradient), difference, rtol=0.02)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_norm_is_in_float32_in_mixed_precision(policy):
    kernel = np.random.normal(size=(300, 40)).astype("float32")
    inputs = np.random.normal(size=(2, 300)).astype("float32")
    plain = SpectralNormalization(keras.layers.Dense(40))
    mixed = SpectralNormalization(keras.layers.Dense(40, dtype=policy))
    for layer in (plain, mixed):
        layer.build(inputs.shape)
        layer.layer.kernel.assign(kernel)
    mixed.u.assign(plain.u)
    tensor = keras.Input((300,))
    symbol = mixed(tensor)
    model = keras.Model(tensor, symbol)
    for _ in range(3):
        plain(inputs, training=True)
        outputs = model(inputs, training=True)
    assert f"mixed_{outputs.dtype.name}" == f"mixed_{symbol.dtype}" == policy
    assert mixed.u.dtype == mixed.layer.kernel.dtype == "float32"
    # In half precision the vectors would be off by a thousandth.
    np.testing.assert_allclose(mixed.u, plain.u, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(outputs, plain(inputs), rtol=0.05, atol=0.05)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_norm_is_in_float32_under_a_global_policy(policy):
    keras.config.set_dtype_policy(policy)
    try:
        layer = SpectralNormalization(keras.layers.Dense(40))
        inputs = keras.Input((300,))
        model = keras.Model(inputs, layer(inputs))
    finally:
        keras.config.set_dtype_policy("float32")
    assert f"mixed_{model.output.dtype}" == policy
    matrix, u = layer.layer.kernel.numpy(), layer.u.numpy()
    model(np.ones((2, 300), "float32"), training=True)
    u = matrix.T @ (matrix @ u)
    expected = u / np.linalg.norm(u)
    np.testing.assert_allclose(layer.u, expected, rtol=1e-4, atol=1e-6)


def test_inputs_are_handed_on_as_they_are():
    seen = []

    class Dense(keras.layers.Dense):
        def __call__(self, inputs):
            seen.append(inputs.dtype)
            return super().__call__(inputs)

    layer = SpectralNormalization(Dense(3, dtype="mixed_float16"))
    layer(tf.ones((1, 4), "float16"))
    assert seen == ["float16"]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_graph_and_xla_are_eager(case, jit_compile):
    u = case.layer.u.numpy()
    eager = case.layer(case.inputs, training=True)
    moved = case.layer.u.numpy()
    case.layer.u.assign(u)
    call = tf.function(case.layer, jit_compile=jit_compile)
    outputs = call(case.inputs, training=True)
    np.testing.assert_allclose(outputs, eager, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(case.layer.u, moved, rtol=1e-4, atol=1e-5)


def test_replicas_keep_the_same_vector(two_replicas):
    strategy = two_replicas
    with strategy.scope():
        layer = SpectralNormalization(keras.layers.Dense(3))
        layer.build((None, 4))
    before = layer.u.numpy()
    call = tf.function(lambda: layer(tf.ones((1, 4)), training=True))
    strategy.run(call)
    first, second = [copy.numpy() for copy in layer.u.value.values]
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - before).max() > 0.01


def test_layers_without_a_kernel_are_refused():
    with pytest.raises(ValueError, match="Call it without the wrapper"):
        SpectralNormalization(keras.layers.ReLU()).build((2, 3))
