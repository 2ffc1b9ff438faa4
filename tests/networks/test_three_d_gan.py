import keras
import numpy as np
import pytest

from keras_gan_zoo import networks

SIDES = {16: (2, 3), 32: (2, 3, 4), 64: (2, 3, 4, 5)}


def kernels_of(network):
    return [w for w in network.trainable_weights if w.path.endswith("kernel")]


def trainable_parameters(weights):
    return sum(int(np.prod(w.shape)) for w in weights)


def test_networks_of_the_paper_have_its_parameters():
    generator = networks.three_d_gan_generator()
    assert trainable_parameters(kernels_of(generator)) == 17_567_744
    discriminator = networks.three_d_gan_discriminator()
    assert trainable_parameters(kernels_of(discriminator)) == 11_046_912
    # Gains and offsets of all that is normalized, and the discriminator's
    # biases where nothing is.
    rest = 2 * (512 + 256 + 128 + 64)
    assert (
        trainable_parameters(generator.trainable_weights) == 17_567_744 + rest
    )
    rest = 2 * (512 + 256 + 128) + 64 + 1
    weights = discriminator.trainable_weights
    assert trainable_parameters(weights) == 11_046_912 + rest


def test_stages_of_the_paper_have_its_sizes():
    generator = networks.three_d_gan_generator(widths=(1, 2, 3, 4))
    sides = [
        layer.output.shape[1]
        for layer in generator.layers
        if isinstance(
            layer, (keras.layers.Reshape, keras.layers.Conv3DTranspose)
        )
    ]
    assert sides == [4, 8, 16, 32, 64]
    discriminator = networks.three_d_gan_discriminator(widths=(1, 2, 3, 4))
    sides = [
        layer.output.shape[1]
        for layer in discriminator.layers
        if isinstance(layer, keras.layers.Conv3D)
    ]
    assert sides == [32, 16, 8, 4]


@pytest.mark.parametrize("side", SIDES)
def test_volumes_of_every_size(side):
    shape, widths = (side, side, side, 1), SIDES[side]
    generator = networks.three_d_gan_generator(5, shape, widths)
    volumes = generator(np.random.default_rng(0).uniform(size=(2, 5)))
    assert volumes.shape == (2, *shape) and volumes.dtype == "float32"
    assert 0.0 < np.min(volumes) < np.max(volumes) < 1.0
    discriminator = networks.three_d_gan_discriminator(shape, widths)
    assert discriminator(volumes).shape == (2, 1)


def test_sides_may_differ():
    shape = (4, 8, 12, 2)
    generator = networks.three_d_gan_generator(5, shape, (2, 3))
    assert generator.output_shape == (None, *shape)
    discriminator = networks.three_d_gan_discriminator(shape, (2, 3))
    assert discriminator.input_shape == (None, *shape)


def test_zeros_are_half_filled_in_inference():
    generator = networks.three_d_gan_generator(5, (8, 8, 8, 1), (2,))
    volumes = generator(np.zeros((2, 5)), training=False)
    np.testing.assert_array_equal(volumes, np.full((2, 8, 8, 8, 1), 0.5))


def test_volumes_are_half_filled_at_first():
    generator = networks.three_d_gan_generator(20, (16, 16, 16, 1), (8, 16))
    latents = np.random.default_rng(0).uniform(size=(4, 20))
    volumes = generator(latents, training=True)
    np.testing.assert_allclose(np.mean(volumes), 0.5, atol=0.02)


@pytest.mark.parametrize(
    "shape", [(16, 16, 18, 1), (16, 16, 1), (0, 16, 16, 1)]
)
def test_a_size_that_cannot_be_halved_is_refused(shape):
    for build in (
        lambda: networks.three_d_gan_generator(5, shape, (2, 3)),
        lambda: networks.three_d_gan_discriminator(shape, (2, 3)),
    ):
        with pytest.raises(ValueError, match="divisible by 2"):
            build()


def test_outputs_are_float32_in_mixed_precision():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        generator = networks.three_d_gan_generator(5, (4, 4, 4, 1), (2,))
        discriminator = networks.three_d_gan_discriminator((4, 4, 4, 1), (2,))
    finally:
        keras.config.set_dtype_policy("float32")
    volumes = generator(np.ones((2, 5)))
    assert volumes.dtype == "float32"
    assert discriminator(volumes).dtype == "float32"
