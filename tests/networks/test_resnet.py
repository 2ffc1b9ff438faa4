import keras
import numpy as np
import pytest

from keras_gan_zoo import networks


def trainable_parameters(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def test_networks_of_the_paper_have_its_parameters():
    assert trainable_parameters(networks.resnet_generator(128)) == 1_204_483
    assert trainable_parameters(networks.resnet_discriminator()) == 1_053_825


@pytest.mark.parametrize(
    "side, start, blocks", [(28, 7, 2), (32, 4, 3), (48, 6, 3), (128, 4, 5)]
)
def test_one_block_for_each_doubling(side, start, blocks):
    generator = networks.resnet_generator(2, (side, side, 1), filters=2)
    ups = layers_of(generator, keras.layers.UpSampling2D)
    assert len(ups) == blocks
    assert ups[0].interpolation == "nearest"
    reshape = layers_of(generator, keras.layers.Reshape)[0]
    assert reshape.output.shape[1:] == (start, start, 2)


@pytest.mark.parametrize("side", [28, 32, 96])
def test_the_critic_halves_twice_at_every_size(side):
    critic = networks.resnet_discriminator((side, side, 1), filters=2)
    pool = layers_of(critic, keras.layers.GlobalAveragePooling2D)[0]
    assert pool.input.shape[1:] == (side // 4, side // 4, 2)


def test_the_critic_sees_dark_pixels():
    critic = networks.resnet_discriminator((8, 8, 1), filters=4)
    # Not only through the shortcuts.
    for layer in layers_of(critic, keras.layers.Conv2D):
        if layer.kernel_size == (1, 1):
            layer.kernel.assign(np.zeros(layer.kernel.shape))
    dark = np.full((2, 8, 8, 1), -0.5, "float32")
    dark[1] = -1.0
    first, second = critic(dark).numpy()
    assert abs(first - second) > 1e-3


def test_kernels_have_the_authors_initializers():
    critic = networks.resnet_discriminator((8, 8, 64), filters=64)
    for layer in layers_of(critic, keras.layers.Conv2D):
        kernel = layer.kernel.numpy()
        fans = kernel.size / 64 * 2
        # He for the 3x3 kernels, Glorot for the 1x1 of the shortcuts.
        variance = (4 if kernel.shape[0] == 3 else 2) / fans
        np.testing.assert_allclose(kernel.var(), variance, rtol=0.05)


def test_shortcuts_carry_the_signal():
    """Without the kernels of the residuals, a block is its shortcut."""
    critic = networks.resnet_discriminator((8, 8, 4), filters=4)
    shortcuts = []
    for layer in layers_of(critic, keras.layers.Conv2D):
        kernel = np.zeros(layer.kernel.shape, "float32")
        if layer.kernel_size == (1, 1):
            kernel[0, 0] = np.eye(4)
            shortcuts.append(layer)
        layer.kernel.assign(kernel)
    assert len(shortcuts) == 2
    images = np.random.uniform(-1, 1, (2, 8, 8, 4)).astype("float32")
    pool = layers_of(critic, keras.layers.GlobalAveragePooling2D)[0]
    features = keras.Model(critic.input, pool.output)(images)
    means = images.reshape(2, 2, 4, 2, 4, 4).mean((2, 4))
    expected = np.maximum(means, 0.0).mean((1, 2))
    np.testing.assert_allclose(features, expected, rtol=1e-5, atol=1e-6)
