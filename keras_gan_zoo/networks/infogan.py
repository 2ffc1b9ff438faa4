"""The networks of InfoGAN for MNIST.

Chen, Duan, Houthooft, Schulman, Sutskever, Abbeel 2016, "InfoGAN:
Interpretable Representation Learning by Information Maximizing Generative
Adversarial Nets", https://arxiv.org/abs/1606.03657, and the authors' code
(`models/regularized_gan.py`, `misc/custom_ops.py`), from which the details
are: biases everywhere, also before batch normalization; kernels from
N(0, 0.02); leaky ReLU of slope 0.01.
"""

import math

import keras

from keras_gan_zoo.networks import _blocks

_SLOPE = 0.01


def infogan_generator(
    input_dim, image_shape, widths=(64, 128), kernel_size=4, dense_units=1024
):
    """Generator of noise and codes, which come concatenated.

    The paper's for MNIST has `input_dim=74`: 62 of noise, a category of ten
    as a one-hot vector, two continuous codes. It ends in a sigmoid for pixels
    in [0, 1].

    Args:
        input_dim: Integer, size of noise and codes together.
        image_shape: Tuple `(height, width, channels)`, any size.
        widths: Tuple of integers, channels of the feature maps from the image
            inwards. Each is a stage that doubles the size.
        kernel_size: Integer.
        dense_units: Integer, size of the first layer.

    Returns:
        `keras.Model` from vectors `(batch, input_dim)` to images
        `(batch, *image_shape)` in [-1, 1].
    """
    *larger_sizes, start = _blocks.halved_sizes(image_shape, len(widths))
    start_shape = (*start, widths[-1])
    latents = keras.Input((input_dim,), name="latents")
    x = latents
    for units in (dense_units, math.prod(start_shape)):
        x = _dense(x, units)
        x = _blocks.batch_normalization(gain_stddev=0.02)(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Reshape(start_shape)(x)
    outputs = (image_shape[-1], *widths[:-1])
    for stage in reversed(range(len(widths))):
        x = _blocks.enlarge(
            x,
            outputs[stage],
            larger_sizes[stage],
            kernel_size,
            kernel_initializer=_blocks.normal_initializer(),
        )
        if stage > 0:
            x = _blocks.batch_normalization(gain_stddev=0.02)(x)
            x = keras.layers.ReLU()(x)
    images = _blocks.as_images(x)
    return keras.Model(latents, images, name="infogan_generator")


def infogan_discriminator(
    image_shape, widths=(64, 128), kernel_size=4, dense_units=1024
):
    """Discriminator that also returns the features its score is made of.

    The features are the input of `infogan_recognition`: the two share all
    layers but the last.

    Args:
        image_shape: Tuple `(height, width, channels)`, any size.
        widths: Tuple of integers, channels of the feature maps from the image
            inwards. Each is a stage that halves the size, rounded up.
        kernel_size: Integer.
        dense_units: Integer, number of features.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` in [-1, 1] to
        `(scores, features)`, of shapes `(batch, 1)`, raw, and
        `(batch, dense_units)`.
    """
    _blocks.halved_sizes(image_shape, len(widths))
    images = keras.Input(image_shape, name="images")
    x = images
    for stage, filters in enumerate(widths):
        x = keras.layers.Conv2D(
            filters,
            kernel_size,
            strides=2,
            padding="same",
            # Truncated here, and only here, in the authors' code.
            kernel_initializer=keras.initializers.TruncatedNormal(stddev=0.02),
        )(x)
        if stage > 0:
            x = _blocks.batch_normalization(gain_stddev=0.02)(x)
        x = _blocks.leaky_relu(x, _SLOPE)
    x = keras.layers.Flatten()(x)
    x = _dense(x, dense_units)
    x = _blocks.batch_normalization(gain_stddev=0.02)(x)
    features = _blocks.leaky_relu(x, _SLOPE)
    scores = _blocks.as_scores(
        features, kernel_initializer=_blocks.normal_initializer()
    )
    outputs = [scores, features]
    return keras.Model(images, outputs, name="infogan_discriminator")


def infogan_recognition(
    feature_dim, num_categories, num_codes, fixed_stddev=True
):
    """Posterior Q of the codes, from the features of the discriminator.

    Args:
        feature_dim: Integer, size of the features.
        num_categories: Integer, categories of the discrete code.
        num_codes: Integer, number of continuous codes.
        fixed_stddev: Boolean, whether the standard deviations of the
            continuous codes are 1, as the authors have it for MNIST, and not
            learned.

    Returns:
        `keras.Model` from features `(batch, feature_dim)` to
        `(category_logits, code_means, code_log_stddevs)`, of shapes
        `(batch, num_categories)`, `(batch, num_codes)` and
        `(batch, num_codes)`, float32.
    """
    features = keras.Input((feature_dim,), name="features")
    x = _dense(features, 128)
    x = _blocks.batch_normalization(gain_stddev=0.02)(x)
    x = _blocks.leaky_relu(x, _SLOPE)

    def head(name, units):
        return _blocks.as_scores(
            x,
            name=name,
            units=units,
            kernel_initializer=_blocks.normal_initializer(),
        )

    logits = head("category_logits", num_categories)
    means = head("code_means", num_codes)
    if fixed_stddev:
        log_stddevs = keras.ops.zeros_like(means)
    else:
        log_stddevs = head("code_log_stddevs", num_codes)
    outputs = [logits, means, log_stddevs]
    return keras.Model(features, outputs, name="infogan_recognition")


def _dense(x, units):
    return keras.layers.Dense(
        units, kernel_initializer=_blocks.normal_initializer()
    )(x)
