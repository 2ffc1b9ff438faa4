import keras
import numpy as np
import pytest

from keras_gan_zoo import networks


def trainable_parameters(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def kernels(network):
    return [w.numpy() for w in network.trainable_weights if len(w.shape) > 1]


def test_mnist_networks_of_goodfellow():
    generator = networks.mlp_generator(
        100,
        (28, 28, 1),
        units=(1200, 1200),
        kernel_initializer=keras.initializers.RandomUniform(-0.05, 0.05),
    )
    assert trainable_parameters(generator) == 2_503_984
    discriminator = networks.maxout_discriminator((28, 28, 1))
    assert trainable_parameters(discriminator) == 1_231_441
    for network, limit in [(generator, 0.05), (discriminator, 0.005)]:
        for kernel in kernels(network):
            largest = np.abs(kernel).max()
            assert 0.95 * limit < largest <= limit
            np.testing.assert_allclose(kernel.std(), limit / 3**0.5, rtol=0.05)


def test_toy_networks_of_gulrajani():
    generator = networks.mlp_generator(2, (2,), (512, 512, 512))
    discriminator = networks.mlp_discriminator((2,), (512, 512, 512))
    assert trainable_parameters(generator) == 527_874
    assert trainable_parameters(discriminator) == 527_361
    assert generator.output_shape == (None, 2)
    for kernel in kernels(generator) + kernels(discriminator):
        he = (2 / kernel.shape[0]) ** 0.5
        np.testing.assert_allclose(kernel.std(), he, rtol=0.1)


@pytest.mark.parametrize(
    "initializer", ["he_uniform", keras.initializers.RandomUniform(-1, 1)]
)
@pytest.mark.parametrize("build", ["generator", "discriminator"])
def test_no_two_kernels_are_the_same(build, initializer):
    if build == "generator":
        network = networks.mlp_generator(
            4, (2, 2), (4, 4), kernel_initializer=initializer
        )
    else:
        network = networks.mlp_discriminator(
            (4,), (4, 4), kernel_initializer=initializer
        )
    first, second = kernels(network)[:2]
    assert np.abs(first - second).max() > 0.01


def test_initializers_may_be_functions():
    network = networks.mlp_generator(
        2, (2,), (3,), kernel_initializer=lambda *args, **kwargs: np.ones(*args)
    )
    assert all((kernel == 1.0).all() for kernel in kernels(network))


def test_images_end_in_tanh_and_points_do_not():
    def last_activation(*arguments):
        generator = networks.mlp_generator(2, *arguments)
        latents = 100.0 * np.random.normal(size=(64, 2))
        return np.abs(generator(latents)).max()

    assert last_activation((4, 4, 1)) <= 1.0
    assert last_activation((2,)) > 10.0
    assert last_activation((2,), (8,), "relu", "tanh") <= 1.0


def test_dropout_keeps_a_pixel_more_often_than_a_unit():
    network = networks.maxout_discriminator((4, 4, 1), (3, 2))
    layers = [
        layer
        for layer in network.layers
        if isinstance(layer, keras.layers.Dropout)
    ]
    ones = np.ones((1, 10_000), "float32")
    kept = [layer(ones, training=True).numpy() for layer in layers]
    for values, keep in zip(kept, (0.8, 0.5, 0.5), strict=True):
        assert abs((values > 0).mean() - keep) < 0.02
        np.testing.assert_allclose(values.max(), 1 / keep)
