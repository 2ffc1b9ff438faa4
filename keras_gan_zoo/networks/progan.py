"""The networks of ProGAN.

Karras, Aila, Laine, Lehtinen 2018, "Progressive Growing of GANs for Improved
Quality, Stability, and Variation", https://arxiv.org/abs/1710.10196, table 2.
"""

import keras

from keras_gan_zoo.layers import (
    EqualizedConv2D,
    EqualizedDense,
    GrowingDecoder,
    GrowingEncoder,
    MinibatchStandardDeviation,
    PixelNormalization,
)
from keras_gan_zoo.networks import _blocks

_SMALLEST_START = 4


def progan_generator(
    latent_dim=512, image_shape=(64, 64, 3), base_width=8192, max_width=512
):
    """Generator of images that grow from 4 x 4 pixels.

    The widths are the paper's by default, whatever the image's size: level `k`,
    of images of `4 * 2**k` pixels, has `min(base_width / 2**(k + 1),
    max_width)` channels. All latents, and all features after a convolution, are
    normalized pixel by pixel, and all weights have an equalized learning rate.

    It is fully grown if nobody shrinks it: the weight `growth` of its layer
    `keras_gan_zoo.layers.GrowingDecoder` says how far, and `ProGAN` moves it.

    Args:
        latent_dim: Integer, size of the latents.
        image_shape: Tuple `(height, width, channels)`. Each side is 4 to 7
            pixels, doubled as often as there are levels above the first.
        base_width: Integer, `fmap_base` in the authors' code.
        max_width: Integer, `fmap_max` in the authors' code.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)` to images
        `(batch, *image_shape)`. Their layer is linear, as in the paper: images
        are mostly in [-1, 1], and nothing holds them there.
    """
    (height, width), levels = _blocks.doubling_start(
        image_shape, _SMALLEST_START
    )
    widths = _widths(levels, base_width, max_width)
    latents = keras.Input((latent_dim,), name="latents")
    x = PixelNormalization()(latents)
    # "Conv 4 x 4" of table 2: one pixel, and zeros around it.
    x = keras.layers.Reshape((1, 1, latent_dim))(x)
    x = keras.layers.ZeroPadding2D((height - 1, width - 1))(x)
    first = [
        EqualizedConv2D(widths[0], (height, width)),
        *_activation(normalized=True),
        *_convolution(widths[0], normalized=True),
    ]
    for layer in first:
        x = layer(x)
    blocks = [
        keras.Sequential(
            [
                keras.layers.UpSampling2D(2),
                *_convolution(filters, normalized=True),
                *_convolution(filters, normalized=True),
            ],
            name=f"up_{level}",
        )
        for level, filters in enumerate(widths[1:], start=1)
    ]
    to_images = [
        EqualizedConv2D(
            image_shape[-1],
            1,
            gain=1.0,
            dtype="float32",
            name=f"to_images_{level}",
        )
        for level in range(levels + 1)
    ]
    images = GrowingDecoder(blocks, to_images, name="growing")(x)
    return keras.Model(latents, images, name="progan_generator")


def progan_discriminator(
    image_shape=(64, 64, 3), base_width=8192, max_width=512
):
    """Discriminator that grows with the generator, its mirror image.

    It has no normalization, but one channel that tells how much the samples of
    a group differ, of four by default: `MinibatchStandardDeviation`.

    Args:
        image_shape: As of `progan_generator`.
        base_width: As of `progan_generator`.
        max_width: As of `progan_generator`.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` in [-1, 1] to raw
        scores `(batch, 1)`.
    """
    _, levels = _blocks.doubling_start(image_shape, _SMALLEST_START)
    widths = _widths(levels, base_width, max_width)
    images = keras.Input(image_shape, name="images")
    from_images = [
        keras.Sequential(
            [EqualizedConv2D(filters, 1), *_activation()],
            name=f"from_images_{level}",
        )
        for level, filters in enumerate(widths)
    ]
    blocks = [
        keras.Sequential(
            [
                *_convolution(widths[level]),
                *_convolution(widths[level - 1]),
                keras.layers.AveragePooling2D(2),
            ],
            name=f"down_{level}",
        )
        for level in range(1, levels + 1)
    ]
    x = GrowingEncoder(blocks, from_images, name="growing")(images)
    last = [
        MinibatchStandardDeviation(),
        *_convolution(widths[0]),
        keras.layers.Flatten(),
        EqualizedDense(min(base_width, max_width)),
        *_activation(),
        EqualizedDense(1, gain=1.0, dtype="float32", name="scores"),
    ]
    for layer in last:
        x = layer(x)
    return keras.Model(images, x, name="progan_discriminator")


def _widths(levels, base_width, max_width):
    """Returns the channels of each level, from the smallest images on."""
    widths = [
        min(base_width // 2 ** (level + 1), max_width)
        for level in range(levels + 1)
    ]
    if widths[-1] < 1:
        raise ValueError(
            "Each doubling of the size halves `base_width`, and at least one "
            f"channel has to be left. Received: base_width={base_width}, "
            f"{levels} doublings. Choose {2 ** (levels + 1)} or more."
        )
    return widths


def _convolution(filters, normalized=False):
    convolution = EqualizedConv2D(filters, 3, padding="same")
    return [convolution, *_activation(normalized)]


def _activation(normalized=False):
    layers = [keras.layers.LeakyReLU(negative_slope=0.2)]
    return [*layers, PixelNormalization()] if normalized else layers
