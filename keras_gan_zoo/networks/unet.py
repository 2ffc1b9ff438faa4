"""The U-Net of pix2pix.

Isola, Zhu, Zhou, Efros 2017, "Image-to-Image Translation with Conditional
Adversarial Networks", https://arxiv.org/abs/1611.07004.
"""

import math

import keras

from keras_gan_zoo.layers import DropoutFromNoise
from keras_gan_zoo.networks import _blocks


def unet_generator(
    image_shape,
    channels=3,
    widths=(64, 128, 256, 512, 512, 512, 512, 512),
    dropout=(0.5, 0.5, 0.5),
):
    """Translator of images, with a shortcut at each size.

    The encoder halves the image once for each width, by convolutions; the
    decoder doubles it as often, and sees at each size what the encoder saw
    there (paper, section 6.1.1). With its eight widths, 256 x 256 pixels are
    brought down to one, in 54.4 million weights.

    Noise comes as dropout in the first blocks of the decoder, in training and
    later (section 2.1). It is the second input, from U[0, 1). The paper's three
    are those of up to 8 x 8 features of 256 x 256 pixels.

    Normalization is by instance. It is what the paper's batch normalization
    does in its batches of one image, where "batch statistics of the test
    batch" are those of the image; so here images don't depend on each other in
    larger batches either. The innermost features, which may be of one pixel,
    are not normalized, as in the authors' code since its first correction.
    Only the last layer has a bias; the authors' code sets all biases to zero
    before each step.

    Args:
        image_shape: Tuple `(height, width, channels)` of what is translated.
            Both sides must be multiples of two to the number of widths.
        channels: Integer, channels of the translations.
        widths: Tuple of integers, at least two: channels of the encoder's
            feature maps from the image inwards.
        dropout: Tuple of floats in [0, 1), the share of dropped features after
            each of the decoder's first blocks, at most one less than there are
            widths. If it is empty there is no noise, and images are the only
            input.

    Returns:
        `keras.Model` from images `(batch, height, width, channels)` in
        [-1, 1] and noise `(batch, size)` in [0, 1) to images of the same size
        in [-1, 1].
    """
    _check_sides(image_shape, widths)
    if len(dropout) >= len(widths):
        raise ValueError(
            "There is a decoder's block with dropout for each width but one. "
            f"Received: dropout={dropout}, and {len(widths)} widths. Use fewer "
            "rates."
        )
    sources = keras.Input(image_shape, name="sources")
    encoded = _encode(sources, widths)
    sizes = [math.prod(features.shape[1:]) for features in encoded[-2::-1]]
    sizes = sizes[: len(dropout)]
    inputs = sources
    if dropout:
        noise = keras.Input((sum(sizes),), name="noise")
        inputs = [sources, noise]
    *shortcuts, x = encoded
    first = 0
    for block, shortcut in enumerate(reversed(shortcuts)):
        x = keras.layers.ReLU()(x)
        x = _enlarged(x, shortcut.shape[-1], use_bias=False)
        x = _blocks.instance_normalization()(x)
        if block < len(dropout):
            part = noise[:, first : first + sizes[block]]
            x = DropoutFromNoise(dropout[block])([x, part])
            first += sizes[block]
        x = keras.layers.Concatenate()([x, shortcut])
    x = _enlarged(keras.layers.ReLU()(x), channels)
    return keras.Model(inputs, _blocks.as_images(x), name="unet_generator")


def _encode(x, widths):
    """Returns the feature maps of each size, from the image inwards."""
    encoded = []
    for stage, filters in enumerate(widths):
        if stage > 0:
            x = _blocks.leaky_relu(x)
        x = keras.layers.Conv2D(
            filters,
            4,
            strides=2,
            padding="same",
            use_bias=False,
            kernel_initializer=_blocks.normal_initializer(),
        )(x)
        if 0 < stage < len(widths) - 1:
            x = _blocks.instance_normalization()(x)
        encoded.append(x)
    return encoded


def _enlarged(x, filters, use_bias=True):
    return keras.layers.Conv2DTranspose(
        filters,
        4,
        strides=2,
        padding="same",
        use_bias=use_bias,
        kernel_initializer=_blocks.normal_initializer(),
    )(x)


def _check_sides(image_shape, widths):
    """Raises a `ValueError` unless each width can halve the image."""
    height, width, _ = _blocks.check_image_shape(image_shape)
    factor = 2 ** len(widths)
    if len(widths) < 2 or height % factor or width % factor:
        raise ValueError(
            "Each of at least two widths halves the image, so both sides must "
            f"be multiples of {factor} for {len(widths)} widths. Received: "
            f"image_shape={tuple(image_shape)}. Resize the images, or use "
            "fewer widths."
        )
