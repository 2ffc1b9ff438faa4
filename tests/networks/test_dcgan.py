import keras
import numpy as np
import pytest

from keras_gan_zoo import networks


def trainable_parameters(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


PAPER = {"widths": (128, 256, 512, 1024)}
SMALL = {"widths": (16, 32, 64)}
WITH_KERNEL = (
    keras.layers.Conv2D,
    keras.layers.Conv2DTranspose,
    keras.layers.Dense,
)


def test_networks_of_the_paper_have_its_parameters():
    generator = networks.dcgan_generator(100, (64, 64, 3), **PAPER)
    assert trainable_parameters(generator) == 18_885_760
    discriminator = networks.dcgan_discriminator((64, 64, 3), **PAPER)
    assert trainable_parameters(discriminator) == 17_232_768
    assert discriminator.layers[-2].output.shape[1:] == (4 * 4 * 1024,)


def test_networks_of_wgan_gp_for_mnist_have_its_parameters():
    options = {"widths": (64, 128, 256), "batch_normalization": False}
    generator = networks.dcgan_generator(128, (28, 28, 1), **options)
    assert trainable_parameters(generator) == 1_554_177
    discriminator = networks.dcgan_discriminator((28, 28, 1), **options)
    assert trainable_parameters(discriminator) == 1_030_145


@pytest.mark.parametrize(
    "network",
    [
        lambda: networks.dcgan_generator(32, (32, 32, 3), **SMALL),
        lambda: networks.dcgan_discriminator((32, 32, 3), **SMALL),
    ],
)
def test_initial_weights_of_the_paper(network):
    network = network()
    for layer in layers_of(network, WITH_KERNEL):
        assert not layer.use_bias
        kernel = layer.kernel.numpy()
        tolerance = 4 / kernel.size**0.5
        np.testing.assert_allclose(kernel.std(), 0.02, rtol=tolerance)
    normalizations = layers_of(network, keras.layers.BatchNormalization)
    gains = np.concatenate([layer.gamma.numpy() for layer in normalizations])
    assert abs(gains.mean() - 1.0) < 0.01
    np.testing.assert_allclose(gains.std(), 0.02, rtol=0.3)


def test_initial_weights_of_wgan_gp_keep_the_size_of_the_signal():
    network = networks.dcgan_discriminator(
        (32, 32, 3), (32, 64, 128), batch_normalization=False
    )
    images = np.random.uniform(-1, 1, (16, 32, 32, 3)).astype("float32")
    convolutions = layers_of(network, keras.layers.Conv2D)
    features = keras.Model(network.input, convolutions[-1].output)(images)
    # Kernels of N(0, 0.02) would shrink it to a tenth and less.
    assert 0.3 < np.std(features) < 3.0


def test_first_and_last_layers_are_not_normalized():
    generator = networks.dcgan_generator(4, (28, 28, 1), (2, 3, 4))
    names = [type(layer).__name__ for layer in generator.layers]
    assert names == [
        "InputLayer",
        "Dense",
        "BatchNormalization",
        "ReLU",
        "Reshape",
        "Conv2DTranspose",
        "Cropping2D",
        "BatchNormalization",
        "ReLU",
        "Conv2DTranspose",
        "BatchNormalization",
        "ReLU",
        "Conv2DTranspose",
        "Activation",
    ]
    discriminator = networks.dcgan_discriminator((28, 28, 1), (2, 3))
    names = [type(layer).__name__ for layer in discriminator.layers]
    assert names == [
        "InputLayer",
        "Conv2D",
        "LeakyReLU",
        "Conv2D",
        "BatchNormalization",
        "LeakyReLU",
        "Flatten",
        "Dense",
    ]
    for layer in layers_of(discriminator, keras.layers.LeakyReLU):
        np.testing.assert_allclose(layer(np.array([-1.0])), [-0.2], rtol=1e-6)


def test_feature_maps_are_mirrored():
    generator = networks.dcgan_generator(4, (28, 20, 1), (2, 3, 4))
    discriminator = networks.dcgan_discriminator((28, 20, 1), (2, 3, 4))
    down = [
        layer.output.shape
        for layer in layers_of(discriminator, keras.layers.Conv2D)
    ]
    up = [
        layer.input.shape
        for layer in layers_of(generator, keras.layers.Conv2DTranspose)
    ]
    assert up == down[::-1]


def test_too_many_stages_are_refused():
    with pytest.raises(ValueError, match="6 widths.*Use 1 to 5 widths"):
        networks.dcgan_generator(4, (28, 28, 1), (1,) * 6)
    with pytest.raises(ValueError, match="6 widths.*Use 1 to 5 widths"):
        networks.dcgan_discriminator((28, 28, 1), (1,) * 6)


def test_kernels_of_the_discriminator_may_begin_otherwise():
    network = networks.dcgan_discriminator(
        (32, 32, 3),
        widths=(48, 96),
        kernel_size=4,
        batch_normalization=False,
        kernel_initializer="glorot_uniform",
    )
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D):
            inputs, outputs = layer.kernel.shape[-2:]
            limit = (6 / (16 * (inputs + outputs))) ** 0.5
            largest = np.abs(layer.kernel.numpy()).max()
            assert 0.98 * limit < largest <= limit
