import math

import keras
import numpy as np
import pytest

from keras_gan_zoo import networks

WITH_KERNEL = (
    keras.layers.Conv2D,
    keras.layers.Conv2DTranspose,
    keras.layers.Dense,
)


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def kernel_shapes(network):
    layers = layers_of(network, WITH_KERNEL)
    return [tuple(layer.kernel.shape) for layer in layers]


def inputs_of_kernel(kernel, layer):
    """Number of channels or features that a kernel takes."""
    transposed = isinstance(layer, keras.layers.Conv2DTranspose)
    return kernel.shape[-1 if transposed else -2]


@pytest.mark.parametrize(
    "build",
    [
        lambda classes: networks.conditional_dcgan_generator(
            5, (28, 28, 1), classes, (2, 3, 4), dense_units=6
        ),
        lambda classes: networks.conditional_dcgan_discriminator(
            (28, 28, 1), classes, (2, 3, 4), dense_units=6
        ),
    ],
)
def test_the_label_reaches_every_layer_of_conditional_dcgan(build):
    few, more = (layers_of(build(n), WITH_KERNEL) for n in (3, 5))
    assert len(few) == 5
    for layer, other in zip(few, more, strict=True):
        taken = inputs_of_kernel(layer.kernel, layer)
        assert inputs_of_kernel(other.kernel, other) == taken + 2


def test_conditional_dcgan_is_that_of_the_authors():
    generator = networks.conditional_dcgan_generator(100, (28, 28, 1), 10)
    kernels = kernel_shapes(generator)
    assert kernels == [
        (110, 1024),
        (1034, 7 * 7 * 128),
        (5, 5, 64, 138),
        (5, 5, 1, 74),
    ]
    discriminator = networks.conditional_dcgan_discriminator((28, 28, 1), 10)
    assert kernel_shapes(discriminator) == [
        (5, 5, 11, 64),
        (5, 5, 74, 128),
        (7 * 7 * 128 + 10, 1024),
        (1034, 1),
    ]
    # Kernels alone: no biases, and normalization without gain and bias.
    for network, normalized, parameters in [
        (generator, 3, 6_820_538),
        (discriminator, 2, 6_688_202),
    ]:
        kind = keras.layers.BatchNormalization
        assert len(layers_of(network, kind)) == normalized
        counts = [math.prod(w.shape) for w in network.trainable_weights]
        assert sum(counts) == parameters
        for layer in layers_of(network, WITH_KERNEL):
            assert not layer.use_bias
            kernel = layer.kernel.numpy()
            tolerance = 4 / kernel.size**0.5
            np.testing.assert_allclose(kernel.std(), 0.02, rtol=tolerance)


def test_cgan_is_that_of_the_paper():
    generator = networks.cgan_generator(100, (28, 28, 1), 10)
    assert sorted(kernel_shapes(generator)) == [
        (10, 1000),
        (100, 200),
        (1200, 784),
        (1200, 1200),
    ]
    discriminator = networks.cgan_discriminator((28, 28, 1), 10)
    assert sorted(kernel_shapes(discriminator)) == [
        (10, 50 * 5),
        (240, 1),
        (290, 240 * 4),
        (784, 240 * 5),
    ]
    for network in (generator, discriminator):
        dropouts = layers_of(network, keras.layers.Dropout)
        assert [layer.rate for layer in dropouts] == [0.5] * 3


@pytest.mark.parametrize(
    "build",
    [
        lambda: networks.conditional_dcgan_generator(
            5, (8, 8, 1), 3, (4, 8), dense_units=8
        ),
        lambda: networks.cgan_generator(5, (8, 8, 1), 3, (8, 8, 8)),
        lambda: networks.acgan_generator(5, (8, 8, 1), 3, (4, 8)),
    ],
)
def test_generators_listen_to_the_label(build):
    generator = build()
    latents = np.random.normal(size=(1, 5)).repeat(4, axis=0)
    labels = np.array([0, 1, 2, 0])
    # Also where the label is of another integer type.
    images = generator([latents, labels.astype("int64")], training=False)
    assert np.ptp(images[:3], axis=0).max() > 1e-4
    np.testing.assert_allclose(images[0], images[3], atol=1e-6)


@pytest.mark.parametrize(
    "build",
    [
        lambda: networks.conditional_dcgan_discriminator(
            (8, 8, 1), 3, (4, 8), dense_units=8
        ),
        lambda: networks.cgan_discriminator((8, 8, 1), 3, (8, 8, 8)),
    ],
)
def test_discriminators_listen_to_the_label(build):
    discriminator = build()
    images = np.random.uniform(-1, 1, (1, 8, 8, 1)).repeat(4, axis=0)
    scores = discriminator([images, np.array([0, 1, 2, 0])], training=False)
    assert np.ptp(scores[:3]) > 1e-5
    np.testing.assert_allclose(scores[0], scores[3], atol=1e-6)


def test_acgan_is_that_of_the_paper():
    generator = networks.acgan_generator(100, (32, 32, 3), 10)
    kernels = kernel_shapes(generator)
    assert kernels == [
        (110, 4 * 4 * 384),
        (5, 5, 192, 384),
        (5, 5, 96, 192),
        (5, 5, 3, 96),
    ]
    # Two layers are normalized, the others have biases.
    assert len(layers_of(generator, keras.layers.BatchNormalization)) == 2
    biased = [layer.use_bias for layer in layers_of(generator, WITH_KERNEL)]
    assert biased == [True, False, False, True]
    discriminator = networks.acgan_discriminator((32, 32, 3), 10)
    convolutions = layers_of(discriminator, keras.layers.Conv2D)
    assert [(c.filters, c.strides[0]) for c in convolutions] == [
        (16, 2),
        (32, 1),
        (64, 2),
        (128, 1),
        (256, 2),
        (512, 1),
    ]
    assert len(layers_of(discriminator, keras.layers.BatchNormalization)) == 5
    dropouts = layers_of(discriminator, keras.layers.Dropout)
    assert [layer.rate for layer in dropouts] == [0.5] * 6
    heads = layers_of(discriminator, keras.layers.Dense)
    shapes = [tuple(head.kernel.shape) for head in heads]
    assert shapes == [(4 * 4 * 512, 1), (4 * 4 * 512, 10)]
    for head in heads:
        np.testing.assert_allclose(head.kernel.numpy().std(), 0.02, rtol=0.05)


def test_acgan_has_the_generator_of_dcgan_too():
    generator = networks.acgan_generator(
        100, (32, 32, 3), 10, normalize_first=True
    )
    assert len(layers_of(generator, keras.layers.BatchNormalization)) == 3
    biased = [layer.use_bias for layer in layers_of(generator, WITH_KERNEL)]
    assert biased == [False] * 4


def test_acgan_refuses_too_many_stages():
    with pytest.raises(ValueError, match="Use 1 to 3 widths"):
        networks.acgan_discriminator((8, 8, 3), 10, widths=(1,) * 7)
