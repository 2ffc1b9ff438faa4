"""The networks of pix2pix and CycleGAN, against their papers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import networks
from keras_gan_zoo.layers import DropoutFromNoise

SHAPE = (256, 256, 3)


def random_images(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")


def test_the_unet_of_the_paper_has_its_layers_and_weights():
    network = networks.unet_generator(SHAPE)
    # That of `unet_256` in the authors' PyTorch code with batch normalization.
    assert network.count_params() == 54_413_955
    sizes = [
        layer.output.shape[1]
        for layer in network.layers
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.ReLU))
    ]
    assert sizes[:8] == [128, 64, 32, 16, 8, 4, 2, 1]
    kinds = [type(layer) for layer in network.layers]
    assert kinds.count(keras.layers.GroupNormalization) == 6 + 7
    assert kinds.count(DropoutFromNoise) == 3
    assert network.inputs[1].shape == (None, 512 * (2**2 + 4**2 + 8**2))


def test_the_discriminators_of_the_papers_have_their_weights():
    pairs = networks.patch_discriminator(SHAPE, SHAPE)
    assert pairs.output_shape == (None, 30, 30, 1)
    assert pairs.count_params() == 2_768_705  # 2.77 million.
    alone = networks.patch_discriminator(SHAPE)
    # Kernels of 4 x 4 see three channels less.
    assert alone.count_params() == 2_768_705 - 4 * 4 * 3 * 64


@pytest.mark.parametrize("blocks, weights", [(9, 11_383_427), (6, 7_841_411)])
def test_the_translators_of_cyclegan_have_their_weights(blocks, weights):
    network = networks.resnet_translator((128, 128, 3), blocks=blocks)
    # 11.4 million of nine blocks: without biases, with gains and offsets.
    assert network.count_params() == weights
    assert network.output_shape == (None, 128, 128, 3)


def test_a_translator_mirrors_images_beyond_their_edges():
    network = without_normalization(
        networks.resnet_translator((8, 8, 1), 1, blocks=0, width=1)
    )
    first = network.get_layer(index=1)
    assert isinstance(first, keras.layers.Conv2D)
    first.set_weights([np.ones((7, 7, 1, 1)) / 49])
    inside = keras.Model(network.input, first.output)
    images = random_images(1, 8, 8, 1)
    mirrored = np.pad(images[0, :, :, 0], 3, mode="reflect")
    means = [
        [mirrored[i : i + 7, j : j + 7].mean() for j in range(8)]
        for i in range(8)
    ]
    np.testing.assert_allclose(inside(images)[0, :, :, 0], means, atol=1e-5)


def test_doubling_is_that_of_torch():
    """Row `i` goes to row `2 i`, by the middle of the kernel."""
    network = without_normalization(
        networks.resnet_translator((8, 8, 1), 1, blocks=0, width=1)
    )
    transposed = [
        layer
        for layer in network.layers
        if isinstance(layer, keras.layers.Conv2DTranspose)
    ]
    cropping = [
        layer
        for layer in network.layers
        if isinstance(layer, keras.layers.Cropping2D)
    ]
    rows = tf.reshape(tf.range(16.0), (1, 4, 4, 1))
    layer = keras.layers.Conv2DTranspose.from_config(
        {**transposed[1].get_config(), "filters": 1}
    )
    layer.build(rows.shape)
    kernel = np.zeros((3, 3, 1, 1))
    kernel[1, 1] = 1.0
    layer.set_weights([kernel])
    doubled = cropping[1](layer(rows))
    assert doubled.shape == (1, 8, 8, 1)
    np.testing.assert_array_equal(doubled[:, ::2, ::2], rows)
    assert np.count_nonzero(doubled) == 15


@pytest.mark.parametrize(
    "halvings, patch, side",
    [(0, 1, 4), (1, 16, 40), (2, 34, 72), (3, 70, 160), (5, 286, 608)],
)
def test_a_score_sees_a_patch_and_no_more(halvings, patch, side):
    network = without_normalization(
        networks.patch_discriminator((side, side, 1), None, halvings, width=2)
    )
    images = tf.Variable(random_images(1, side, side, 1))
    with tf.GradientTape() as tape:
        scores = network(images)
        middle = scores.shape[1] // 2
        score = scores[0, middle, middle, 0]
    gradient = tape.gradient(score, images)[0, :, :, 0]
    rows = np.flatnonzero(np.abs(gradient).max(axis=1))
    columns = np.flatnonzero(np.abs(gradient).max(axis=0))
    for seen in (rows, columns):
        assert seen[-1] - seen[0] + 1 == patch


def without_normalization(network):
    """Returns a network that normalizes nothing: what it sees is local."""

    def clone(layer):
        if isinstance(layer, keras.layers.GroupNormalization):
            return keras.layers.Identity(name=layer.name)
        return layer.__class__.from_config(layer.get_config())

    return keras.models.clone_model(network, clone_function=clone)


def test_normalization_is_of_each_channel_of_each_image():
    network = networks.unet_generator(
        (16, 16, 1), widths=(3, 4, 5), dropout=(0.5, 0.5)
    )
    layers = [
        layer
        for layer in network.layers
        if isinstance(layer, keras.layers.GroupNormalization)
    ]
    for layer in layers:
        layer.gamma.assign(tf.ones_like(layer.gamma))
    inside = keras.Model(network.inputs, [layer.output for layer in layers])
    noise = random_images(2, network.inputs[1].shape[1]) % 1.0
    for features in inside([5 * random_images(2, 16, 16, 1) + 3, noise]):
        np.testing.assert_allclose(
            np.mean(features, axis=(1, 2)), 0.0, atol=1e-4
        )
        # Small features count for less than the epsilon.
        assert np.var(features, axis=(1, 2)).max() < 1.0 + 1e-4


def test_a_shortcut_joins_features_of_one_size():
    network = networks.unet_generator(
        (16, 16, 1), widths=(3, 4, 5), dropout=(0.5, 0.5)
    )
    joins = [
        layer
        for layer in network.layers
        if isinstance(layer, keras.layers.Concatenate)
    ]
    channels = [[i.shape[1:] for i in layer.input] for layer in joins]
    assert channels == [[(4, 4, 4)] * 2, [(8, 8, 3)] * 2]


def test_noise_of_each_row_decides_what_is_dropped():
    network = networks.unet_generator(
        (16, 16, 1), widths=(3, 4, 5), dropout=(0.5, 0.5)
    )
    images = random_images(2, 16, 16, 1)
    noise = np.random.default_rng(1).uniform(size=(2, 4 * 16 + 3 * 64))
    both = network([images, noise]).numpy()
    for row in range(2):
        one = network([images[row : row + 1], noise[row : row + 1]])
        np.testing.assert_allclose(one[0], both[row], atol=1e-6)
    other = network([images, noise[::-1]]).numpy()
    assert np.abs(other - both).max(axis=(1, 2, 3)).min() > 0


def test_without_dropout_images_are_the_only_input():
    network = networks.unet_generator((8, 8, 2), 1, (3, 4), dropout=())
    assert [i.shape for i in network.inputs] == [(None, 8, 8, 2)]
    assert network.output_shape == (None, 8, 8, 1)


@pytest.mark.parametrize(
    "build, message",
    [
        (
            lambda: networks.unet_generator((24, 32, 3), widths=(2,) * 4),
            "of 16",
        ),
        (
            lambda: networks.unet_generator((32, 32, 3), widths=(2,)),
            "at least two",
        ),
        (
            lambda: networks.unet_generator((8, 8, 3), widths=(2, 2, 2)),
            "fewer rates",
        ),
        (lambda: networks.resnet_translator((30, 32, 3)), "multiples of 4"),
        (lambda: networks.patch_discriminator((20, 20, 3)), "Use fewer"),
        (lambda: networks.patch_discriminator((16, 16, 3)), "Use fewer"),
        (
            lambda: networks.patch_discriminator((32, 32, 3), (16, 32, 3)),
            "height and width of the images",
        ),
    ],
)
def test_sides_that_cannot_be_halved_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_scores_and_images_are_float32_in_half_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        outputs = [
            networks.unet_generator(
                (8, 8, 1), widths=(2, 2), dropout=(0.5,)
            ).output,
            networks.patch_discriminator((8, 8, 1), halvings=1).output,
            networks.patch_discriminator((8, 8, 1), halvings=0).output,
        ]
    finally:
        keras.config.set_dtype_policy(before)
    assert {output.dtype for output in outputs} == {"float32"}
