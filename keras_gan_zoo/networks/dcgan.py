"""The networks of DCGAN, and of WGAN-GP for MNIST.

Radford, Metz, Chintala 2016, "Unsupervised Representation Learning with Deep
Convolutional Generative Adversarial Networks",
https://arxiv.org/abs/1511.06434.
"""

import math

import keras

from keras_gan_zoo.networks import _blocks


def dcgan_generator(
    latent_dim,
    image_shape,
    widths=(64, 128),
    kernel_size=5,
    batch_normalization=True,
    kernel_initializer=None,
):
    """Generator of transposed convolutions of stride 2.

    With batch normalization it is that of DCGAN (section 3 and the authors'
    Theano code): no biases, kernels from N(0, 0.02), normalization after all
    but the last layer. Its 64x64 network has `latent_dim=100,
    widths=(128, 256, 512, 1024)`.

    Without, it is that of WGAN-GP for MNIST (Gulrajani et al. 2017,
    `gan_mnist.py`): biases, He-like kernels. Theirs has `latent_dim=128,
    widths=(64, 128, 256)`, and ends in a sigmoid for pixels in [0, 1].

    Args:
        latent_dim: Integer, size of the latents.
        image_shape: Tuple `(height, width, channels)`, any size.
        widths: Tuple of integers, channels of the feature maps from the image
            inwards, the same as for the discriminator. Each is a stage that
            doubles the size; the first feature map, of `widths[-1]` channels,
            has the size of the image halved (and rounded up) as often.
        kernel_size: Integer.
        batch_normalization: Boolean.
        kernel_initializer: String, the name of a Keras initializer for all
            layers, or `None` for the authors'.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)` to images
        `(batch, *image_shape)` in [-1, 1].
    """
    latents = keras.Input((latent_dim,), name="latents")
    images = grow_images(
        latents,
        image_shape,
        widths,
        kernel_size,
        batch_normalization,
        kernel_initializer,
    )
    return keras.Model(latents, images, name="dcgan_generator")


def dcgan_discriminator(
    image_shape,
    widths=(64, 128),
    kernel_size=5,
    batch_normalization=True,
    kernel_initializer=None,
):
    """Discriminator of convolutions of stride 2.

    With batch normalization it is that of DCGAN (section 3 and the authors'
    Theano code): no biases, kernels from N(0, 0.02), normalization in all but
    the first and the last layer. Its 64x64 network has
    `widths=(128, 256, 512, 1024)`.

    Without, it is the critic of WGAN-GP for MNIST (Gulrajani et al. 2017,
    `gan_mnist.py`, `widths=(64, 128, 256)`): biases, He-like kernels. Only so
    is it fit for gradient penalties, which look at each sample by itself.

    Args:
        image_shape: Tuple `(height, width, channels)`, any size.
        widths: Tuple of integers, channels of the feature maps from the image
            inwards. Each is a stage that halves the size, rounded up.
        kernel_size: Integer.
        batch_normalization: Boolean.
        kernel_initializer: As of `dcgan_generator`.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` in [-1, 1] to raw
        scores `(batch, 1)`.
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
            **_options(
                batch_normalization,
                kernel_size,
                x.shape[-1],
                filters,
                (1, 2),
                kernel_initializer,
            ),
        )(x)
        if batch_normalization and stage > 0:
            x = _blocks.batch_normalization(gain_stddev=0.02)(x)
        x = _blocks.leaky_relu(x)
    x = keras.layers.Flatten()(x)
    scores = _blocks.as_scores(
        x, **_dense_options(batch_normalization, kernel_initializer)
    )
    return keras.Model(images, scores, name="dcgan_discriminator")


def grow_images(
    x,
    image_shape,
    widths,
    kernel_size,
    batch_normalization=True,
    kernel_initializer=None,
    normalize_first=True,
):
    """The layers of `dcgan_generator`, from a vector to images in [-1, 1].

    Args:
        x: Vectors `(batch, size)`.
        image_shape: As in `dcgan_generator`.
        widths: As in `dcgan_generator`.
        kernel_size: As in `dcgan_generator`.
        batch_normalization: As in `dcgan_generator`.
        kernel_initializer: As in `dcgan_generator`.
        normalize_first: Boolean, whether the first layer is normalized if the
            others are. If not, it has biases, and so has the last layer.

    Returns:
        Images `(batch, *image_shape)`.
    """
    *larger_sizes, start = _blocks.halved_sizes(image_shape, len(widths))
    start_shape = (*start, widths[-1])
    options = _dense_options(batch_normalization, kernel_initializer)
    options["use_bias"] |= not normalize_first
    x = keras.layers.Dense(math.prod(start_shape), **options)(x)
    if batch_normalization and normalize_first:
        # Of the flat vector, as in the authors' code: each place has its own
        # gain, where later layers have one for each channel.
        x = _blocks.batch_normalization(gain_stddev=0.02)(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.Reshape(start_shape)(x)
    outputs = (image_shape[-1], *widths[:-1])
    for stage in reversed(range(len(widths))):
        options = _options(
            batch_normalization,
            kernel_size,
            x.shape[-1],
            outputs[stage],
            (2, 1),
            kernel_initializer,
        )
        options["use_bias"] |= stage == 0 and not normalize_first
        x = _blocks.enlarge(
            x, outputs[stage], larger_sizes[stage], kernel_size, **options
        )
        if stage > 0:
            if batch_normalization:
                x = _blocks.batch_normalization(gain_stddev=0.02)(x)
            x = keras.layers.ReLU()(x)
    return _blocks.as_images(x)


def _options(
    batch_normalization, kernel_size, inputs, outputs, strides, initializer
):
    """Bias and initializer of a convolution."""
    if batch_normalization:
        default = _blocks.normal_initializer()
    else:
        default = _blocks.he_initializer(kernel_size, inputs, outputs, strides)
    return {
        "use_bias": not batch_normalization,
        "kernel_initializer": initializer or default,
    }


def _dense_options(batch_normalization, initializer):
    """Bias and initializer of a dense layer."""
    if batch_normalization:
        default = _blocks.normal_initializer()
    else:
        default = keras.initializers.GlorotUniform()
    return {
        "use_bias": not batch_normalization,
        "kernel_initializer": initializer or default,
    }
