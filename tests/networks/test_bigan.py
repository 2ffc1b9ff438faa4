"""The networks of BiGAN, against the authors' code."""

import numpy as np

from keras_gan_zoo import networks

SHAPE = (28, 28, 1)


def trained(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def test_weights_are_those_of_the_authors_networks():
    pixels, units, latents = 784, 1024, 50
    generator = networks.bigan_generator(latents, SHAPE)
    assert trained(generator) == (
        latents * units + (units + latents) * units + units * pixels
    )
    encoder = networks.bigan_encoder(SHAPE, latents)
    assert trained(encoder) == pixels * units + units * units + units * latents
    discriminator = networks.bigan_discriminator(SHAPE, latents)
    assert trained(discriminator) == (
        pixels * units + (units + latents) * units + units
    )


def test_first_scores_are_zero_and_codes_and_images_are_in_their_range():
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (6, *SHAPE)).astype("float32")
    latents = rng.uniform(-1, 1, (6, 5)).astype("float32")
    discriminator = networks.bigan_discriminator(SHAPE, 5, units=8)
    assert not np.any(discriminator([images, latents]))
    codes = networks.bigan_encoder(SHAPE, 5, units=8)(images)
    assert codes.shape == (6, 5) and np.abs(codes).max() < 1.0
    made = networks.bigan_generator(5, SHAPE, units=8)(latents)
    assert made.shape == (6, *SHAPE) and np.abs(made).max() < 1.0


def test_black_pixels_are_zero_within():
    encoder = networks.bigan_encoder(SHAPE, 3, units=8)
    black = -np.ones((2, *SHAPE), "float32")
    assert not np.any(encoder(black))  # There are no biases.


def test_weight_decay_is_of_every_kernel():
    for network in (
        networks.bigan_generator(5, SHAPE, 8, weight_decay=0.5),
        networks.bigan_encoder(SHAPE, 5, 8, weight_decay=0.5),
        networks.bigan_discriminator(SHAPE, 5, 8, weight_decay=0.5),
    ):
        squares = [np.sum(np.square(w)) for w in network.trainable_weights]
        np.testing.assert_allclose(
            sum(network.losses), 0.5 * sum(squares), rtol=1e-5
        )
