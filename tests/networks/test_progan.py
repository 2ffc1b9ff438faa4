import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import networks
from keras_gan_zoo.layers import PixelNormalization

SMALL = {"base_width": 32, "max_width": 8}


def parameters(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def latents(size=6):
    values = np.random.default_rng(0).normal(size=(4, size))
    return tf.constant(values, tf.float32)


@pytest.mark.parametrize(
    "side, generator, discriminator",
    [(32, 20_719_628, 20_726_785), (1024, 23_079_115, 23_087_249)],
)
def test_networks_of_the_paper_have_its_parameters(
    side, generator, discriminator
):
    shape = (side, side, 3)
    assert parameters(networks.progan_generator(512, shape)) == generator
    assert parameters(networks.progan_discriminator(shape)) == discriminator


@pytest.mark.parametrize("shape", [(4, 4, 1), (32, 32, 3), (28, 56, 4)])
def test_images_of_every_size(shape):
    if shape == (28, 56, 4):
        with pytest.raises(ValueError, match="doubled equally often"):
            networks.progan_generator(6, shape, **SMALL)
        shape = (28, 24, 4)
    generator = networks.progan_generator(6, shape, **SMALL)
    images = generator(latents())
    assert images.shape == (4, *shape) and images.dtype == "float32"
    discriminator = networks.progan_discriminator(shape, **SMALL)
    assert discriminator(images).shape == (4, 1)


def test_the_length_of_latents_does_not_matter():
    generator = networks.progan_generator(6, (8, 8, 3), **SMALL)
    images = generator(latents())
    np.testing.assert_allclose(
        generator(3.0 * latents()), images, rtol=1e-4, atol=1e-5
    )


def test_all_kernels_begin_with_a_deviation_of_one():
    for network, number in (
        (networks.progan_generator(64, (8, 8, 3), 256, 64), 6),
        (networks.progan_discriminator((8, 8, 3), 256, 64), 7),
    ):
        kernels = [w for w in network.weights if w.path.endswith("kernel")]
        for kernel in kernels:
            kernel = kernel.numpy()
            tolerance = 4 / kernel.size**0.5
            np.testing.assert_allclose(kernel.std(), 1.0, rtol=tolerance)
        assert len(kernels) == number


def test_generator_alone_is_normalized_by_pixels():
    generator = networks.progan_generator(6, (8, 8, 3), **SMALL)
    discriminator = networks.progan_discriminator((8, 8, 3), **SMALL)

    def normalizations(network):
        return [
            layer
            for layer in network._flatten_layers()
            if isinstance(layer, PixelNormalization)
        ]

    # Latents, two convolutions of 4 x 4 pixels, and two of 8 x 8.
    assert len(normalizations(generator)) == 5
    assert not normalizations(discriminator)


def test_scores_tell_how_varied_a_batch_is():
    discriminator = networks.progan_discriminator((8, 8, 1), **SMALL)
    one = np.random.default_rng(0).uniform(-1, 1, (1, 8, 8, 1))
    other = np.random.default_rng(1).uniform(-1, 1, (3, 8, 8, 1))
    alike = discriminator(np.concatenate([one] * 4))[0]
    varied = discriminator(np.concatenate([one, other]))[0]
    assert np.abs(alike - varied) > 1e-4


def test_widths_that_end_in_nothing_are_refused():
    with pytest.raises(ValueError, match="Choose 8 or more"):
        networks.progan_generator(6, (16, 16, 3), base_width=4)


def test_outputs_are_float32_in_mixed_precision():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        generator = networks.progan_generator(6, (8, 8, 3), **SMALL)
        discriminator = networks.progan_discriminator((8, 8, 3), **SMALL)
    finally:
        keras.config.set_dtype_policy("float32")
    for network in (generator, discriminator):
        growth = network.get_layer("growing").growth
        for value in (0.0, 0.5, 1.0):
            growth.assign(value)
            images = generator(latents())
            assert images.dtype == "float32"
            assert np.isfinite(images).all()
            assert discriminator(images).dtype == "float32"
