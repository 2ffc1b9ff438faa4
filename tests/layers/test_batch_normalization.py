import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.layers import BatchNormalization

OPTIONS = {"momentum": 0.9, "epsilon": 1e-5}
SHAPES = {"vectors": (6, 3), "sequences": (4, 5, 3), "images": (4, 5, 2, 3)}


def layers(shape, **options):
    """Returns Keras's layer and ours, with the same weights."""
    pair = [
        kind(**OPTIONS, **options)
        for kind in (keras.layers.BatchNormalization, BatchNormalization)
    ]
    for layer in pair:
        layer.build(shape)
        rng = np.random.default_rng(1)
        for weight in layer.weights:
            weight.assign(rng.uniform(0.5, 2.0, 3))
    return pair


def derivatives(normalize, inputs, gain, offset):
    """Returns a pass's outputs, gradients, and gradients of their norm."""
    arguments = [inputs, gain, offset]
    with tf.GradientTape() as outer:
        outer.watch(arguments)
        with tf.GradientTape() as inner:
            inner.watch(arguments)
            outputs = normalize(*arguments)
            loss = tf.reduce_sum(tf.sin(outputs) * tf.cos(inputs))
        first = inner.gradient(loss, arguments)
        norm = sum(tf.reduce_sum(gradient**2) for gradient in first)
    return [outputs, *first, *outer.gradient(norm, arguments)]


def formula(inputs, gain, offset):
    """Algorithm 1 as it stands there."""
    axes = range(inputs.shape.rank - 1)
    centered = inputs - tf.reduce_mean(inputs, axes)
    variance = tf.reduce_mean(centered**2, axes)
    return centered / tf.sqrt(variance + OPTIONS["epsilon"]) * gain + offset


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_derivatives_are_those_of_the_formula(shape):
    layer = layers(shape)[1]
    inputs = tf.random.stateless_normal(shape, (0, 1), 5.0, 3.0)
    weights = [layer.gamma.value, layer.beta.value]
    # Keras's own layer has wrong second ones, which penalties of gradients
    # ask for: `tf.nn.moments` takes the mean within the variance for constant.
    found = derivatives(lambda x, *_: layer(x, training=True), inputs, *weights)
    exact = derivatives(
        formula, *(tf.cast(tensor, tf.float64) for tensor in (inputs, *weights))
    )
    for one, other in zip(found, exact):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_averages_move_as_in_keras(shape):
    keras_layer, layer = layers(shape)
    inputs = tf.random.stateless_normal(shape, (0, 1), 5.0, 3.0)
    for _ in range(2):
        np.testing.assert_allclose(
            layer(inputs, training=True),
            keras_layer(inputs, training=True),
            rtol=1e-4,
            atol=1e-5,
        )
    for one, other in zip(layer.weights, keras_layer.weights):
        np.testing.assert_allclose(one.value, other.value, rtol=1e-5)


@pytest.mark.parametrize("options", [{"scale": False}, {"center": False}])
def test_it_may_lack_a_gain_or_an_offset(options):
    keras_layer, layer = layers((4, 5, 2, 3), **options)
    inputs = tf.random.stateless_normal((4, 5, 2, 3), (0, 1), 5.0, 3.0)
    np.testing.assert_allclose(
        layer(inputs, training=True),
        keras_layer(inputs, training=True),
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize("training", [False, True])
def test_it_keeps_its_statistics_in_inference_and_when_frozen(training):
    keras_layer, layer = layers((4, 3))
    layer.trainable = keras_layer.trainable = not training
    before = [weight.numpy() for weight in layer.weights]
    inputs = tf.random.stateless_normal((4, 3), (0, 1))
    outputs = layer(inputs, training=training)
    np.testing.assert_array_equal(
        outputs, keras_layer(inputs, training=training)
    )
    for weight, value in zip(layer.weights, before):
        np.testing.assert_array_equal(weight.value, value)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
def test_statistics_are_in_float32_in_mixed_precision(dtype):
    keras_layer, layer = layers((64, 3), dtype=dtype)
    inputs = tf.random.stateless_normal((64, 3), (0, 1), 5.0, 3.0)
    outputs = layer(inputs, training=True)
    expected = keras_layer(inputs, training=True)
    assert outputs.dtype == expected.dtype == layer.compute_dtype
    np.testing.assert_allclose(
        tf.cast(outputs, tf.float32),
        tf.cast(expected, tf.float32),
        rtol=0.01,
        atol=0.02,
    )
    for one, other in zip(layer.weights, keras_layer.weights):
        assert one.dtype == "float32"
        np.testing.assert_allclose(one.value, other.value, rtol=1e-3)


def test_float64_is_as_in_keras():
    keras_layer, layer = layers((4, 3), dtype="float64")
    inputs = tf.random.stateless_normal((4, 3), (0, 1), dtype=tf.float64)
    outputs = layer(inputs, training=True)
    assert outputs.dtype == tf.float64
    np.testing.assert_array_equal(outputs, keras_layer(inputs, training=True))


def test_a_pass_is_one_operation():
    layer = layers((4, 5, 2, 3), synchronized=True)[1]
    inputs = tf.ones((4, 5, 2, 3))
    step = tf.function(lambda inputs: layer(inputs, training=True))
    graph = step.get_concrete_function(inputs).graph
    types = [operation.type for operation in graph.get_operations()]
    assert types.count("FusedBatchNormV3") == 1
    assert not {"Mean", "Sum", "SquaredDifference"} & {*types}


def with_gradients(layer, inputs):
    """Returns a pass's outputs, and first and second gradients of inputs."""
    with tf.GradientTape() as outer:
        outer.watch(inputs)
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            outputs = layer(inputs, training=True)
            loss = tf.reduce_sum(tf.sin(outputs) * tf.cos(inputs))
        first = inner.gradient(loss, inputs)
        norm = tf.reduce_sum(first**2)
    return outputs, first, outer.gradient(norm, inputs)


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        *((shape, {}) for shape in SHAPES.values()),
        (SHAPES["vectors"], {"scale": False, "center": False}),
    ],
    ids=[*SHAPES, "plain"],
)
def test_replicas_normalize_by_the_global_batch(shape, options, two_replicas):
    inputs = tf.random.stateless_normal(shape, (0, 1), 1.0, 3.0)
    alone = layers(shape, **options)[1]
    expected = with_gradients(alone, inputs)
    with two_replicas.scope():
        shared = layers(shape, synchronized=True, **options)[1]
    # They may have parts of different sizes.
    parts = two_replicas.experimental_distribute_values_from_function(
        lambda context: [inputs[:1], inputs[1:]][
            context.replica_id_in_sync_group
        ]
    )
    found = two_replicas.run(
        tf.function(lambda part: with_gradients(shared, part)), (parts,)
    )
    for one, other in zip(found, expected):
        rows = tf.concat(two_replicas.experimental_local_results(one), 0)
        np.testing.assert_allclose(rows, other, rtol=1e-3, atol=1e-4)
    for one, other in zip(shared.weights, alone.weights):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5)


def test_replicas_ask_once_each_way(two_replicas, monkeypatch):
    with two_replicas.scope():
        layer = layers((4, 3), synchronized=True)[1]
    asked = []
    all_reduce = tf.distribute.ReplicaContext.all_reduce

    def counted(context, *args, **kwargs):
        asked.append(args)
        return all_reduce(context, *args, **kwargs)

    monkeypatch.setattr(tf.distribute.ReplicaContext, "all_reduce", counted)

    @tf.function
    def gradient(inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs, training=True)
        return tape.gradient(outputs, inputs)

    two_replicas.run(gradient, (tf.ones((4, 3)),))
    assert len(asked) == 2 * 2  # Of two replicas.


def test_files_of_keras_layer_load_into_it(tmp_path):
    pair = layers((4, 3))
    models = [keras.Sequential([keras.Input((3,)), each]) for each in pair]
    inputs = tf.random.stateless_normal((4, 3), (0, 1))
    models[0](inputs, training=True)
    models[0].save_weights(tmp_path / "of_keras.weights.h5")
    models[1].load_weights(tmp_path / "of_keras.weights.h5")
    models[1].save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.layers[0], BatchNormalization)
    np.testing.assert_array_equal(loaded(inputs), models[0](inputs))


@pytest.mark.parametrize("options", [{"axis": 1}, {"renorm": True}])
def test_other_normalizations_are_refused(options):
    with pytest.raises(ValueError, match="Only plain normalization"):
        BatchNormalization(**options)
