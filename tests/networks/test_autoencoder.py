import keras
import numpy as np

from keras_gan_zoo import networks


def trainable_parameters(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def test_began_of_the_paper_has_its_parameters():
    generator = networks.began_generator(64, (64, 64, 3))
    assert trainable_parameters(generator) == 1_716_611
    discriminator = networks.began_discriminator((64, 64, 3))
    assert trainable_parameters(discriminator) == 13_405_379


def test_channels_of_began_grow_linearly():
    discriminator = networks.began_discriminator((32, 32, 1), filters=3)
    downs = [
        (layer.input.shape[1], layer.filters)
        for layer in layers_of(discriminator, keras.layers.Conv2D)
        if layer.strides == (2, 2)
    ]
    assert downs == [(32, 3), (16, 6)]
    flat = layers_of(discriminator, keras.layers.Flatten)[0]
    assert flat.input.shape[1:] == (8, 8, 9)
    assert discriminator.get_layer("embedding").output.shape == (None, 64)


def test_began_starts_from_seven_pixels_for_mnist():
    generator = networks.began_generator(2, (28, 28, 1), filters=2)
    reshape = layers_of(generator, keras.layers.Reshape)[0]
    assert reshape.output.shape[1:] == (7, 7, 2)


def test_ebgan_is_mirrored():
    discriminator = networks.ebgan_discriminator((28, 20, 1), (2, 3, 4))
    down = [
        (layer.input.shape, layer.output.shape)
        for layer in layers_of(discriminator, keras.layers.Conv2D)
    ]
    shapes = [
        layer.input.shape
        for layer in layers_of(discriminator, keras.layers.Conv2DTranspose)
    ]
    shapes.append(discriminator.get_layer("reconstruction").output.shape)
    up = list(zip(shapes, shapes[1:]))
    assert [(larger, smaller) for smaller, larger in up] == down[::-1]


def test_ebgan_has_no_normalization_in_first_and_last_layer():
    discriminator = networks.ebgan_discriminator((28, 28, 1), (2, 3))
    names = [type(layer).__name__ for layer in discriminator.layers]
    assert names[1:3] == ["Conv2D", "LeakyReLU"]
    assert names[-2:] == ["Conv2DTranspose", "Activation"]
    # After the second convolution, the layer above the embedding, and the
    # first transposed convolution.
    assert names.count("BatchNormalization") == 3


def test_reconstructions_have_no_bounds():
    image = np.zeros((1, 28, 28, 1), "float32")
    for discriminator in (
        networks.ebgan_discriminator((28, 28, 1), (2, 3)),
        networks.began_discriminator((28, 28, 1), filters=2),
    ):
        last_bias = discriminator.trainable_weights[-1]
        assert last_bias.shape == (1,)
        last_bias.assign([100.0])
        reconstruction = keras.tree.flatten(discriminator(image))[0]
        np.testing.assert_allclose(reconstruction, 100.0, atol=20.0)


def test_the_reconstruction_is_made_of_the_embedding():
    discriminator = networks.ebgan_discriminator(
        (28, 28, 1), (2, 3), embedding_dim=2
    )
    images = np.random.uniform(-1, 1, (3, 28, 28, 1)).astype("float32")
    assert np.std(discriminator(images)[0], axis=0).max() > 0.0
    kernel = discriminator.get_layer("embedding").kernel
    kernel.assign(np.zeros(kernel.shape))
    assert np.ptp(discriminator(images)[0], axis=0).max() < 1e-6


def test_kernels_of_ebgan_begin_alike():
    discriminator = networks.ebgan_discriminator((28, 28, 1))
    for weight in discriminator.trainable_weights:
        if weight.name == "kernel":
            kernel = weight.numpy()
            tolerance = 4 / kernel.size**0.5
            np.testing.assert_allclose(kernel.std(), 0.02, rtol=tolerance)
