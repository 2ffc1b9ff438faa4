"""The generator of CycleGAN.

Zhu, Park, Isola, Efros 2017, "Unpaired Image-to-Image Translation using
Cycle-Consistent Adversarial Networks", section 7.2,
https://arxiv.org/abs/1703.10593.
"""

import keras

from keras_gan_zoo.networks import _blocks


def resnet_translator(image_shape, channels=3, blocks=9, width=64):
    """Translator of images by residual blocks at a quarter of their size.

    That of Johnson et al. 2016 with instance normalization. The paper has nine
    blocks for images of 256 x 256 pixels, 11.4 million weights, and six for
    128 x 128. At edges images are mirrored, where zeros would leave marks.

    Layers before a normalization have no bias; the authors' code sets all
    biases to zero before each step.

    Args:
        image_shape: Tuple `(height, width, channels)` of what is translated.
            Both sides must be multiples of 4, and 8 at least.
        channels: Integer, channels of the translations.
        blocks: Integer, number of residual blocks.
        width: Integer, channels of the features of full size. There are four
            times as many at a quarter of it.

    Returns:
        `keras.Model` from images `(batch, height, width, channels)` in
        [-1, 1] to such of `channels` channels.
    """
    _check_sides(image_shape)
    sources = keras.Input(image_shape, name="sources")
    x = _mirrored(sources, 3)
    x = _normalized(keras.layers.Conv2D(width, 7, **_options())(x))
    for filters in (2 * width, 4 * width):
        x = keras.layers.ZeroPadding2D(1)(x)
        x = keras.layers.Conv2D(filters, 3, strides=2, **_options())(x)
        x = _normalized(x)
    for _ in range(blocks):
        x = _residual_block(x)
    for filters in (2 * width, width):
        x = _normalized(_doubled(x, filters))
    x = _mirrored(x, 3)
    x = keras.layers.Conv2D(channels, 7, **_options(use_bias=True))(x)
    return keras.Model(sources, _blocks.as_images(x), name="resnet_translator")


def _residual_block(x):
    """Two convolutions whose result is added; nothing follows the sum."""
    filters = x.shape[-1]
    change = keras.layers.Conv2D(filters, 3, **_options())(_mirrored(x, 1))
    change = _mirrored(_normalized(change), 1)
    change = keras.layers.Conv2D(filters, 3, **_options())(change)
    return keras.layers.Add()([x, _blocks.instance_normalization()(change)])


def _doubled(x, filters):
    """Transposed convolution of 3 x 3 that doubles the size.

    Torch's, with a padding of one and one more at the end, cuts off one row and
    column at the beginning. Keras's "same" would cut them at the end, which
    moves the image by a pixel.
    """
    x = keras.layers.Conv2DTranspose(filters, 3, strides=2, **_options())(x)
    return keras.layers.Cropping2D(((1, 0), (1, 0)))(x)


def _normalized(x):
    return keras.layers.ReLU()(_blocks.instance_normalization()(x))


def _mirrored(x, size):
    """Pads images by what is reflected in their edges."""
    sides = [[0, 0], [size, size], [size, size], [0, 0]]
    return keras.ops.pad(x, sides, mode="reflect")


def _options(use_bias=False):
    return {
        "padding": "valid",
        "use_bias": use_bias,
        "kernel_initializer": _blocks.normal_initializer(),
    }


def _check_sides(image_shape):
    """Raises a `ValueError` unless sizes are halved and doubled back."""
    height, width, _ = _blocks.check_image_shape(image_shape)
    if height % 4 or width % 4 or min(height, width) < 8:
        raise ValueError(
            "Images are translated at a quarter of their size, so both sides "
            "must be multiples of 4, and 8 at least. Received: "
            f"image_shape={tuple(image_shape)}. Resize or crop the images."
        )
