import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.layers import MinibatchStandardDeviation


def formula(features, number_of_groups, epsilon=1e-8):
    """Returns what each sample's new channel holds."""
    values = np.zeros(len(features))
    for group in range(number_of_groups):
        members = features[group::number_of_groups].astype("float64")
        variance = ((members - members.mean(0)) ** 2).mean(0)
        values[group::number_of_groups] = np.sqrt(variance + epsilon).mean()
    return values


def assert_appended(outputs, inputs, values, rtol=1e-5):
    np.testing.assert_array_equal(outputs[..., :-1], inputs)
    shape = [-1] + [1] * (inputs.ndim - 1)
    expected = np.broadcast_to(values.reshape(shape), [*inputs.shape[:-1], 1])
    np.testing.assert_allclose(outputs[..., -1:], expected, rtol=rtol)


def normal(shape):
    return np.random.default_rng(1).normal(3.0, 2.0, shape).astype("float32")


def test_by_hand():
    # Samples 0, 2, 4, 6 are one group and 1, 3, 5, 7 are the other.
    inputs = np.zeros((8, 2, 2, 3), "float32")
    # At one of 12 features, 0, 0, 4, 4 have a deviation of 2.
    inputs[[4, 6], 0, 1, 2] = 4.0
    # Everywhere, -3, 3, -3, 3 have a deviation of 3.
    inputs[[1, 5]], inputs[[3, 7]] = -3.0, 3.0
    layer = MinibatchStandardDeviation()
    values = np.array([(2 + 11 * 1e-4) / 12, 3.0] * 4)
    assert_appended(layer(inputs).numpy(), inputs, values)


@pytest.mark.parametrize(
    "size, group_size, number_of_groups",
    [
        (8, 4, 2),
        (8, 2, 4),
        (12, 4, 3),
        (3, 4, 1),  # Fewer than the group size.
        (7, 4, 1),
        (9, 4, 2),  # Groups of 5 and 4.
        (11, 3, 3),  # Groups of 4, 4 and 3.
        (1, 4, 1),
        (4, 1, 4),  # No sample differs from itself.
    ],
)
def test_groups(size, group_size, number_of_groups):
    inputs = normal((size, 2, 3, 5))
    outputs = MinibatchStandardDeviation(group_size)(inputs).numpy()
    assert_appended(outputs, inputs, formula(inputs, number_of_groups))


@pytest.mark.parametrize("shape", [(8, 5), (8, 3, 5), (8, 2, 3, 4, 5)])
def test_any_rank(shape):
    inputs = normal(shape)
    outputs = MinibatchStandardDeviation()(inputs).numpy()
    assert_appended(outputs, inputs, formula(inputs, 2))


def test_samples_that_are_alike_have_the_root_of_epsilon():
    inputs = np.tile(normal((1, 2, 2, 3)), (8, 1, 1, 1))
    for epsilon, value in ((1e-8, 1e-4), (0.25, 0.5)):
        outputs = MinibatchStandardDeviation(epsilon=epsilon)(inputs).numpy()
        assert_appended(outputs, inputs, np.full(8, value), rtol=1e-3)


def test_sizes_may_be_unknown():
    inputs = keras.Input((None, None, 3))
    outputs = MinibatchStandardDeviation()(inputs)
    assert outputs.shape == (None, None, None, 4)
    call = tf.function(keras.Model(inputs, outputs), reduce_retracing=True)
    for size, groups in ((8, 2), (9, 2), (3, 1)):
        images = normal((size, 2, 3, 3))
        assert_appended(call(images).numpy(), images, formula(images, groups))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_statistics_are_in_float32_in_mixed_precision(dtype):
    # In float16, the square of 500 is infinite.
    inputs = tf.constant([[500.0], [-500.0], [1e-3], [-1e-3]], dtype)
    layer = MinibatchStandardDeviation(2, dtype=f"mixed_{dtype}")
    outputs = layer(tf.gather(inputs, [0, 2, 1, 3]))
    assert outputs.dtype == dtype
    channel = tf.cast(outputs[:, 1], "float32")
    expected = np.sqrt([250000.0, 1e-6 + 1e-8] * 2)
    np.testing.assert_allclose(channel, expected, rtol=0.01)


def derivatives(layer, inputs):
    """Returns outputs, first gradients, and those of their squares' sum."""
    with tf.GradientTape() as outer:
        outer.watch(inputs)
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            outputs = layer(inputs)
            # The channel weighs as much as all else.
            score = tf.reduce_sum(tf.sin(outputs) * [0.2, 0.3, 0.5, 5.0])
        first = inner.gradient(score, inputs)
        norm = tf.reduce_sum(first**2)
    return outputs, first, outer.gradient(norm, inputs)


@pytest.mark.parametrize("size", [8, 7])
def test_second_derivatives(size):
    layer = MinibatchStandardDeviation(dtype="float64")
    inputs = tf.constant(normal((size, 2, 2, 3)), "float64")
    direction = tf.random.stateless_normal(
        inputs.shape, (0, 1), dtype="float64"
    )
    gradient = tf.reduce_sum(derivatives(layer, inputs)[2] * direction)
    above, below = (
        tf.reduce_sum(derivatives(layer, inputs + step * direction)[1] ** 2)
        for step in (1e-6, -1e-6)
    )
    np.testing.assert_allclose(gradient, (above - below) / 2e-6, rtol=1e-4)


def test_derivatives_of_samples_that_are_alike_are_finite():
    for values in derivatives(
        MinibatchStandardDeviation(), tf.ones((8, 2, 2, 3))
    ):
        assert np.isfinite(values).all()


@pytest.mark.parametrize("size", [8, 7])
def test_xla_is_eager(size):
    layer = MinibatchStandardDeviation()
    inputs = tf.constant(normal((size, 2, 2, 3)))
    compiled = tf.function(
        lambda inputs: derivatives(layer, inputs), jit_compile=True
    )
    for one, other in zip(compiled(inputs), derivatives(layer, inputs)):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def on_two_replicas(strategy, layer, inputs):
    """Returns what `derivatives` are of the batch's two halves."""
    parts = strategy.experimental_distribute_values_from_function(
        lambda context: tf.split(inputs, 2)[context.replica_id_in_sync_group]
    )
    found = strategy.run(
        tf.function(lambda part: derivatives(layer, part)), (parts,)
    )
    local = strategy.experimental_local_results
    return [tf.concat(local(values), axis=0) for values in found]


@pytest.mark.parametrize("size", [8, 12, 14])
def test_replicas_see_the_groups_of_the_global_batch(size, two_replicas):
    inputs = tf.constant(normal((size, 2, 2, 3)))
    expected = derivatives(MinibatchStandardDeviation(), inputs)
    with two_replicas.scope():
        layer = MinibatchStandardDeviation()
    found = on_two_replicas(two_replicas, layer, inputs)
    for one, other in zip(found, expected):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_replicas_may_keep_to_their_own_rows(two_replicas):
    inputs = tf.constant(normal((8, 2, 2, 3)))
    layer = MinibatchStandardDeviation(synchronized=False)
    halves = [derivatives(layer, half) for half in tf.split(inputs, 2)]
    found = on_two_replicas(two_replicas, layer, inputs)
    for one, others in zip(found, zip(*halves)):
        np.testing.assert_allclose(
            one, tf.concat(others, axis=0), rtol=1e-4, atol=1e-5
        )


def test_only_replicas_that_keep_to_themselves_may_be_conditional(
    two_replicas,
):
    def lazily(layer):
        @tf.function
        def call(due):
            return tf.cond(due, lambda: layer(tf.ones((4, 3))), lambda: zeros)

        return two_replicas.run(call, (tf.constant(True),))

    zeros = tf.zeros((4, 4))
    lazily(MinibatchStandardDeviation(synchronized=False))
    with pytest.raises(RuntimeError, match="merge_call"):
        lazily(MinibatchStandardDeviation())


def test_networks_load_as_they_were_saved(tmp_path):
    layer = MinibatchStandardDeviation(3, epsilon=0.25, synchronized=False)
    model = keras.Sequential([keras.Input((2, 2, 3)), layer])
    assert model.output_shape == (None, 2, 2, 4)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    inputs = normal((9, 2, 2, 3))
    np.testing.assert_array_equal(loaded(inputs), model(inputs))
    assert not loaded.layers[-1].synchronized


def test_errors():
    with pytest.raises(ValueError, match="`group_size` must be an integer"):
        MinibatchStandardDeviation(group_size=0)
    for epsilon in (0.0, -1e-8, float("nan")):
        with pytest.raises(ValueError, match="must be positive.*1e-8"):
            MinibatchStandardDeviation(epsilon=epsilon)
