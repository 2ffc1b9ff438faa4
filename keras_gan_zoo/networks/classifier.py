"""A small residual classifier, to score generators by."""

import keras

from keras_gan_zoo.networks import _blocks


def residual_classifier(image_shape, num_classes, width=32, dtype=None):
    """Small residual network for images of 28 or 32 pixels a side.

    A convolution at full size, then three stages: a strided convolution and a
    residual one, each with batch normalization and ReLU, of `2 * width`, `4 *
    width` and `4 * width` channels. The classes are read from their means over
    the image, the layer named "features". At the default width
    it has 576,234 parameters and takes 34 million multiplications for an image
    of CIFAR-10.

    The layout is after He et al. 2016, "Deep residual learning for image
    recognition", https://arxiv.org/abs/1512.03385, shortened to train in
    minutes.

    Args:
        image_shape: Tuple `(height, width, channels)`, sides of 8 or more.
        num_classes: Integer, number of classes.
        width: Integer, channels of the first convolution.
        dtype: String or `keras.DTypePolicy` of the layers, such as
            "mixed_bfloat16"; `None` for the global policy.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` in [-1, 1] to class
        probabilities `(batch, num_classes)`, float32. The output of
        `get_layer("features")` is `(batch, 4 * width)`, float32 and not
        negative.

    Raises:
        ValueError: If the image shape isn't one, or a side is below 8 pixels.
    """
    height, image_width, _ = _blocks.check_image_shape(image_shape)
    if min(height, image_width) < 8:
        raise ValueError(
            "The classifier halves an image three times, so it needs sides "
            f"of at least 8 pixels. Received: image_shape={image_shape}. Pad "
            "or enlarge the images."
        )
    images = keras.Input(image_shape, name="images")
    x = _convolution(images, width, dtype)
    for filters in (2 * width, 4 * width, 4 * width):
        x = _convolution(x, filters, dtype, strides=2)
        residual = _convolution(x, filters, dtype)
        x = keras.layers.Add(dtype=dtype)([x, residual])
    # These in float32 also in mixed precision: what scores are made of.
    x = keras.layers.GlobalAveragePooling2D(dtype="float32", name="features")(x)
    logits = keras.layers.Dense(num_classes, dtype="float32")(x)
    probabilities = keras.layers.Softmax(dtype="float32")(logits)
    return keras.Model(images, probabilities, name="residual_classifier")


def _convolution(features, filters, dtype, strides=1):
    features = keras.layers.Conv2D(
        filters,
        3,
        strides=strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        dtype=dtype,
    )(features)
    features = _blocks.batch_normalization(dtype=dtype)(features)
    return keras.layers.ReLU(dtype=dtype)(features)
