"""The PatchGAN discriminators of pix2pix and CycleGAN.

Isola, Zhu, Zhou, Efros 2017, "Image-to-Image Translation with Conditional
Adversarial Networks", section 6.1.2, https://arxiv.org/abs/1611.07004.
"""

import keras

from keras_gan_zoo.networks import _blocks


def patch_discriminator(
    image_shape, condition_shape=None, halvings=3, width=64
):
    """Discriminator that scores each patch of an image by itself.

    It is a convolution over the image, so it judges style and texture, and
    leaves what is further apart than a patch to another loss (paper, section
    2.2.2). The side of a patch is 16, 34, 70, 142 or 286 pixels for 1 to 5
    halvings, and one pixel for none.

    With three halvings, 64 features and a condition of three channels it is the
    70 x 70 discriminator of pix2pix, of 2.77 million weights; without a
    condition, that of CycleGAN. The scores are raw: the sigmoid of pix2pix is
    part of its loss. See `unet_generator` on normalization and biases.

    Args:
        image_shape: Tuple `(height, width, channels)`.
        condition_shape: The same for an image that the other is to fit to, of
            the same height and width, or `None` for none.
        halvings: Integer, number of convolutions of stride 2.
        width: Integer, channels of the first features. They double with each
            further layer, up to eight times as many.

    Returns:
        `keras.Model` from images `(batch, height, width, channels)` in
        [-1, 1], or a pair of such and of conditions, to scores `(batch, rows,
        columns, 1)`: of 256 x 256 pixels, 30 x 30 patches.
    """
    _check_sides(image_shape, condition_shape, halvings)
    images = inputs = x = keras.Input(image_shape, name="images")
    if condition_shape is not None:
        condition = keras.Input(condition_shape, name="condition")
        inputs = [images, condition]
        x = keras.layers.Concatenate()([condition, images])
    if halvings == 0:
        x = _layer(x, width, 1, normalized=False)
        x = _layer(x, 2 * width, 1)
        scores = _convolution(1, 1, dtype="float32", name="scores")(x)
        return keras.Model(inputs, scores, name="pixel_discriminator")
    for stage in range(halvings):
        filters = width * min(2**stage, 8)
        x = _layer(x, filters, 4, normalized=stage > 0, strides=2)
    x = keras.layers.ZeroPadding2D(1)(x)
    x = _layer(x, width * min(2**halvings, 8), 4, padding="valid")
    x = keras.layers.ZeroPadding2D(1)(x)
    scores = _convolution(1, 4, padding="valid", dtype="float32", name="scores")
    return keras.Model(inputs, scores(x), name="patch_discriminator")


def _layer(x, filters, kernel_size, normalized=True, **options):
    x = _convolution(filters, kernel_size, use_bias=not normalized, **options)(
        x
    )
    if normalized:
        x = _blocks.instance_normalization()(x)
    return _blocks.leaky_relu(x)


def _convolution(filters, kernel_size, padding="same", **options):
    return keras.layers.Conv2D(
        filters,
        kernel_size,
        padding=padding,
        kernel_initializer=_blocks.normal_initializer(),
        **options,
    )


def _check_sides(image_shape, condition_shape, halvings):
    """Raises a `ValueError` unless there is a patch of an image."""
    height, width, _ = _blocks.check_image_shape(image_shape)
    if condition_shape is not None and (height, width) != tuple(
        _blocks.check_image_shape(condition_shape)[:2]
    ):
        raise ValueError(
            "A condition must have the height and width of the images. "
            f"Received: image_shape={tuple(image_shape)}, "
            f"condition_shape={tuple(condition_shape)}. Resize one of them."
        )
    smallest = 3 * 2**halvings  # Features of 3 pixels give one score.
    if halvings < 0 or (
        halvings
        and (min(height, width) < smallest or (height | width) % 2**halvings)
    ):
        raise ValueError(
            "Both sides of an image must be multiples of two to the number of "
            "halvings, and three of them at least. Received: "
            f"image_shape={tuple(image_shape)}, halvings={halvings}. Use fewer "
            "halvings, or resize the images."
        )
