"""The residual networks of WGAN-GP.

Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville 2017, "Improved Training of
Wasserstein GANs", https://arxiv.org/abs/1704.00028, appendix F, and the
authors' `gan_cifar_resnet.py`, from which the details are.
"""

import math

import keras

from keras_gan_zoo.networks import _blocks

# The smallest side of the generator's first feature map: 4 for 32 pixels.
_SMALLEST_START = 4


def resnet_generator(latent_dim, image_shape=(32, 32, 3), filters=128):
    """Residual generator with nearest-neighbour up-sampling.

    A dense layer to the first feature map, then one residual block for each
    doubling, all of the same width. The paper's has `latent_dim=128`. As in
    the authors' code the convolutions have biases, also where normalization
    follows.

    Args:
        latent_dim: Integer, size of the latents.
        image_shape: Tuple `(height, width, channels)`. Each side is 4 to 7
            pixels, doubled as often as there are blocks: 32 is 4 with three,
            28 is 7 with two.
        filters: Integer, channels of all feature maps.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)` to images
        `(batch, *image_shape)` in [-1, 1].
    """
    start, blocks = _blocks.doubling_start(image_shape, _SMALLEST_START)
    start_shape = (*start, filters)
    latents = keras.Input((latent_dim,), name="latents")
    x = keras.layers.Dense(math.prod(start_shape))(latents)
    x = keras.layers.Reshape(start_shape)(x)
    for _ in range(blocks):
        x = _up_block(x, filters)
    x = _blocks.batch_normalization()(x)
    x = keras.layers.ReLU()(x)
    # Glorot's initializer, the default, is what the authors give this layer
    # and the shortcuts.
    x = keras.layers.Conv2D(image_shape[-1], 3, padding="same")(x)
    images = _blocks.as_images(x)
    return keras.Model(latents, images, name="resnet_generator")


def resnet_discriminator(image_shape=(32, 32, 3), filters=128):
    """Residual critic without normalization, fit for gradient penalties.

    Two blocks that halve the size, two that keep it, the mean over all
    places, and a linear layer, whatever the size of the image.

    Args:
        image_shape: Tuple `(height, width, channels)` of a size that
            `resnet_generator` makes.
        filters: Integer, channels of all feature maps.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` in [-1, 1] to raw
        scores `(batch, 1)`.
    """
    _blocks.doubling_start(image_shape, _SMALLEST_START)
    images = keras.Input(image_shape, name="images")
    x = _first_block(images, filters)
    x = _down_block(x, filters)
    x = _plain_block(x, filters)
    x = _plain_block(x, filters)
    x = keras.layers.ReLU()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    scores = _blocks.as_scores(x)
    return keras.Model(images, scores, name="resnet_discriminator")


def _up_block(x, filters):
    # Not `keras.ops.image.resize`, which has no second derivative.
    up = keras.layers.UpSampling2D(interpolation="nearest")
    shortcut = keras.layers.Conv2D(filters, 1)(up(x))
    x = _blocks.batch_normalization()(x)
    x = keras.layers.ReLU()(x)
    x = _convolution(up(x), filters)
    x = _blocks.batch_normalization()(x)
    x = keras.layers.ReLU()(x)
    x = _convolution(x, filters)
    return keras.layers.Add()([x, shortcut])


def _first_block(images, filters):
    # No activation before the first convolution, which would cut away all
    # dark pixels, and the cheap order in the shortcut: first pool, then
    # convolve.
    x = _convolution(images, filters)
    x = keras.layers.ReLU()(x)
    x = _convolution(x, filters)
    x = keras.layers.AveragePooling2D(2)(x)
    shortcut = keras.layers.AveragePooling2D(2)(images)
    shortcut = keras.layers.Conv2D(filters, 1)(shortcut)
    return keras.layers.Add()([x, shortcut])


def _down_block(x, filters):
    shortcut = keras.layers.Conv2D(filters, 1)(x)
    shortcut = keras.layers.AveragePooling2D(2)(shortcut)
    x = _residual(x, filters)
    x = keras.layers.AveragePooling2D(2)(x)
    return keras.layers.Add()([x, shortcut])


def _plain_block(x, filters):
    return keras.layers.Add()([_residual(x, filters), x])


def _residual(x, filters):
    x = keras.layers.ReLU()(x)
    x = _convolution(x, filters)
    x = keras.layers.ReLU()(x)
    return _convolution(x, filters)


def _convolution(x, filters):
    return keras.layers.Conv2D(
        filters,
        3,
        padding="same",
        kernel_initializer=_blocks.he_initializer(3, x.shape[-1], filters),
    )(x)
