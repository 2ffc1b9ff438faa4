import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo.layers import GrowingDecoder, GrowingEncoder
from keras_gan_zoo.layers.growing import as_grown, enlarge, shrink

LEVELS = 2
FEATURES = (1, 1, 3)
IMAGES = (4, 4, 2)


def decoder():
    blocks = [
        keras.Sequential(
            [layers.UpSampling2D(2), layers.Conv2D(3, 3, padding="same")]
        )
        for _ in range(LEVELS)
    ]
    to_images = [layers.Conv2D(2, 1) for _ in range(LEVELS + 1)]
    layer = GrowingDecoder(blocks, to_images)
    layer.build((None, *FEATURES))
    return layer


def encoder():
    blocks = [
        keras.Sequential(
            [
                layers.Conv2D(3, 3, padding="same", activation="tanh"),
                layers.AveragePooling2D(2),
            ]
        )
        for _ in range(LEVELS)
    ]
    from_images = [layers.Conv2D(3, 1) for _ in range(LEVELS + 1)]
    layer = GrowingEncoder(blocks, from_images)
    layer.build((None, *IMAGES))
    return layer


def random(shape, seed=0):
    values = np.random.default_rng(seed).normal(size=(5, *shape))
    return tf.constant(values, tf.float32)


def at(layer, growth, inputs):
    layer.growth.assign(growth)
    return layer(inputs).numpy()


def spoil(layer):
    layer.set_weights([np.full_like(w, 1e3) for w in layer.get_weights()])


CASES = [(decoder, FEATURES), (encoder, IMAGES)]
BOTH = pytest.mark.parametrize("build, shape", CASES)


def test_decoder_makes_small_images_of_blocks_of_equal_pixels():
    layer, features = decoder(), random(FEATURES)
    for growth, side in [(0.0, 1), (0.5, 2), (1.0, 2), (1.5, 4), (2.0, 4)]:
        images = at(layer, growth, features)
        assert images.shape == (5, *IMAGES)
        factor = 4 // side
        small = images[:, ::factor, ::factor]
        np.testing.assert_array_equal(images, enlarge(small, factor))
        if side > 1:
            assert np.ptp(small, axis=(1, 2)).min() > 0


@BOTH
def test_a_share_of_zero_is_exactly_the_level_below(build, shape):
    layer, inputs = build(), random(shape)
    for level in range(LEVELS):
        below = at(layer, level, inputs)
        above = at(
            layer, np.nextafter(np.float32(level), np.float32(9)), inputs
        )
        np.testing.assert_allclose(above, below, rtol=1e-5, atol=1e-6)


@BOTH
def test_a_share_of_one_knows_nothing_of_the_end_below(build, shape):
    for level in range(1, LEVELS + 1):
        layer, inputs = build(), random(shape)
        before = at(layer, level, inputs)
        for other in range(LEVELS + 1):
            if other != level:
                spoil(layer.ends[other])
        np.testing.assert_array_equal(at(layer, level, inputs), before)


@BOTH
def test_levels_above_take_no_part(build, shape):
    layer, inputs = build(), random(shape)
    before = at(layer, 0.5, inputs)
    spoil(layer.blocks[1])
    spoil(layer.ends[2])
    np.testing.assert_array_equal(at(layer, 0.5, inputs), before)
    assert not np.array_equal(at(layer, 1.5, inputs), before)


def test_decoder_mixes_images_of_two_levels():
    layer, features = decoder(), random(FEATURES)
    first, second = layer.blocks
    x = first(features)
    old = enlarge(layer.ends[1](x), 2)
    new = layer.ends[2](second(x))
    expected = 0.25 * old + 0.75 * new
    found = at(layer, 1.75, features)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_encoder_mixes_features_of_two_levels():
    layer, images = encoder(), random(IMAGES)
    first, second = layer.blocks
    old = layer.ends[1](shrink(images, 2))
    new = second(layer.ends[2](images))
    expected = first(0.25 * old + 0.75 * new)
    found = at(layer, 1.75, images)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("growth", [0.0, 0.5, 1.0])
def test_encoder_sees_blocks_of_pixels_by_their_mean(growth):
    layer, images = encoder(), random(IMAGES)
    expected = at(layer, growth, enlarge(shrink(images, 2), 2))
    found = at(layer, growth, images)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_data_are_shrunk_and_mixed_as_samples_are():
    images = random(IMAGES)
    for growth, share in [(1.0, 0.0), (1.25, 0.25), (2.0, 1.0)]:
        half = enlarge(shrink(images, 2), 2)
        expected = (1 - share) * half + share * images
        found = as_grown(images, tf.constant(growth), LEVELS)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)
    found = as_grown(images, tf.constant(0.0), LEVELS)
    mean = np.mean(images, axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(found, mean * np.ones_like(images), atol=1e-6)


def test_shrinking_takes_means_and_enlarging_repeats():
    image = tf.constant([[1.0, 2.0, 3.0, 4.0]] * 2)[tf.newaxis, ..., tf.newaxis]
    small = shrink(image, 2)
    np.testing.assert_array_equal(small[0, ..., 0], [[1.5, 3.5]])
    again = enlarge(small, 2)[0, ..., 0]
    np.testing.assert_array_equal(again, [[1.5, 1.5, 3.5, 3.5]] * 2)


def penalty(layer, images):
    with tf.GradientTape() as tape:
        tape.watch(images)
        scores = tf.reduce_sum(layer(images) ** 2, axis=[1, 2, 3])
    slopes = tape.gradient(scores, images)
    return tf.reduce_mean(tf.norm(tf.reshape(slopes, (5, -1)), axis=1))


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("growth", [0.0, 0.5, 2.0])
def test_penalties_have_the_same_gradient_in_a_graph(growth, jit_compile):
    layer, images = encoder(), random(IMAGES)
    layer.growth.assign(growth)
    values = [variable.value for variable in layer.trainable_variables]

    def gradients():
        with tf.GradientTape() as tape:
            loss = penalty(layer, images)
        return tape.gradient(
            loss, values, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )

    eager = gradients()
    compiled = tf.function(gradients, jit_compile=jit_compile)()
    for expected, found in zip(eager, compiled, strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-4, atol=1e-4)
    assert max(np.abs(gradient).max() for gradient in eager) > 0


@BOTH
def test_a_layer_is_copied_with_its_growth(build, shape, tmp_path):
    inputs = keras.Input(shape)
    layer = build()
    network = keras.Model(inputs, layer(inputs))
    layer.growth.assign(0.75)
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    network.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    for other in (copy, loaded):
        np.testing.assert_array_equal(
            other(random(shape)), network(random(shape))
        )


def test_there_is_an_end_for_each_size():
    with pytest.raises(ValueError, match="1 blocks, 1 layers of `to_images`"):
        GrowingDecoder([layers.UpSampling2D(2)], [layers.Conv2D(1, 1)])
