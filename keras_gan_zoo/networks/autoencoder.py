"""Autoencoders: the discriminators of EBGAN and BEGAN, BEGAN's generator.

Zhao, Mathieu, LeCun 2017, "Energy-based Generative Adversarial Network",
https://arxiv.org/abs/1609.03126. Berthelot, Schumm, Metz 2017, "BEGAN:
Boundary Equilibrium Generative Adversarial Networks",
https://arxiv.org/abs/1703.10717.

A discriminator's reconstruction is linear, though images are in [-1, 1]. The
energy is the distance of image and reconstruction; a tanh would never reach
the pixels at -1 and 1, of which drawings mostly consist, would pass hardly any
gradient near them, and would bound the energy, which a margin may exceed.
"""

import math

import keras

from keras_gan_zoo.networks import _blocks

# The smallest side of BEGAN's first feature map, which is of 6 to 11 pixels:
# 8 for 64 pixels, as in the paper, 7 for 28.
_SMALLEST_START = 6


def ebgan_discriminator(image_shape, widths=(64, 128), embedding_dim=32):
    """Convolutional autoencoder, Zhao et al. 2017, appendix C.

    Convolutions of stride 2 with kernels of 4, mirrored by transposed ones;
    batch normalization in all but the first and the last layer, leaky ReLU of
    slope 0.2, kernels from N(0, 0.02). Between them the image is a short
    vector, the embedding, whose angles the pulling-away term compares. (The
    paper's is the last feature map; its networks for 64x64 images have
    `widths=(64, 128, 256)`.)

    Args:
        image_shape: Tuple `(height, width, channels)`, any size.
        widths: Tuple of integers, channels of the feature maps from the image
            inwards. Each is a stage that halves the size, rounded up.
        embedding_dim: Integer, size of the embedding.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` in [-1, 1] to
        `(reconstruction, embedding)`, of shapes `(batch, *image_shape)` and
        `(batch, embedding_dim)`, both without bounds.
    """
    sizes = _blocks.halved_sizes(image_shape, len(widths))
    images = keras.Input(image_shape, name="images")
    x = images
    for stage, filters in enumerate(widths):
        x = keras.layers.Conv2D(
            filters,
            4,
            strides=2,
            padding="same",
            use_bias=stage == 0,
            kernel_initializer=_blocks.normal_initializer(),
        )(x)
        if stage > 0:
            x = _blocks.batch_normalization(gain_stddev=0.02)(x)
        x = _blocks.leaky_relu(x)
    x = keras.layers.Flatten()(x)
    embedding = _blocks.as_scores(
        x,
        name="embedding",
        units=embedding_dim,
        kernel_initializer=_blocks.normal_initializer(),
    )
    start_shape = (*sizes[-1], widths[-1])
    x = keras.layers.Dense(
        math.prod(start_shape),
        use_bias=False,
        kernel_initializer=_blocks.normal_initializer(),
    )(embedding)
    x = keras.layers.Reshape(start_shape)(x)
    outputs = (image_shape[-1], *widths[:-1])
    for stage in reversed(range(len(widths))):
        x = _blocks.batch_normalization(gain_stddev=0.02)(x)
        x = _blocks.leaky_relu(x)
        x = _blocks.enlarge(
            x,
            outputs[stage],
            sizes[stage],
            4,
            use_bias=stage == 0,
            kernel_initializer=_blocks.normal_initializer(),
        )
    reconstruction = _as_reconstruction(x)
    outputs = [reconstruction, embedding]
    return keras.Model(images, outputs, name="ebgan_discriminator")


def began_generator(latent_dim, image_shape, filters=128):
    """Decoder of nearest-neighbour up-sampling, Berthelot et al. 2017, 3.5.

    A linear layer to the first feature map; at each size two convolutions
    with ELU; no normalization. The paper's last layer is linear; this one ends
    in tanh, as all generators of the zoo do. Its vanishing residuals and skip
    connections are left out.

    Args:
        latent_dim: Integer, size of the latents; 64 in the paper.
        image_shape: Tuple `(height, width, channels)`. Each side is 6 to 11
            pixels, doubled some number of times: 64 is 8 doubled three times,
            28 is 7 doubled twice.
        filters: Integer, channels of all feature maps (`n` in the paper).

    Returns:
        `keras.Model` from latents `(batch, latent_dim)` to images
        `(batch, *image_shape)` in [-1, 1].
    """
    latents = keras.Input((latent_dim,), name="latents")
    images = _blocks.as_images(_decode(latents, image_shape, filters))
    return keras.Model(latents, images, name="began_generator")


def began_discriminator(image_shape, filters=128, embedding_dim=64):
    """Autoencoder, Berthelot et al. 2017, section 3.5 and figure 1.

    The decoder is built like the generator. In the encoder, the channels grow
    linearly with each halving: `n`, `2 n`, `3 n`, ...

    Args:
        image_shape: Tuple `(height, width, channels)`, as for
            `began_generator`.
        filters: Integer, channels of the first feature map (`n`).
        embedding_dim: Integer, size of the embedding (`h` in the paper).

    Returns:
        `keras.Model` from images `(batch, *image_shape)` in [-1, 1] to
        reconstructions of the same shape, without bounds.
    """
    _, doublings = _blocks.doubling_start(image_shape, _SMALLEST_START)
    images = keras.Input(image_shape, name="images")
    x = _convolution(images, filters)
    for stage in range(doublings + 1):
        channels = (stage + 1) * filters
        x = _convolution(x, channels)
        x = _convolution(x, channels)
        if stage < doublings:
            x = _convolution(x, channels, strides=2)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(embedding_dim, name="embedding")(x)
    reconstruction = _as_reconstruction(_decode(x, image_shape, filters))
    return keras.Model(images, reconstruction, name="began_discriminator")


def _decode(x, image_shape, filters):
    start, doublings = _blocks.doubling_start(image_shape, _SMALLEST_START)
    start_shape = (*start, filters)
    x = keras.layers.Dense(math.prod(start_shape))(x)
    x = keras.layers.Reshape(start_shape)(x)
    for stage in range(doublings + 1):
        x = _convolution(x, filters)
        x = _convolution(x, filters)
        if stage < doublings:
            x = keras.layers.UpSampling2D(interpolation="nearest")(x)
    return keras.layers.Conv2D(image_shape[-1], 3, padding="same")(x)


def _convolution(x, filters, strides=1):
    return keras.layers.Conv2D(
        filters, 3, strides=strides, padding="same", activation="elu"
    )(x)


def _as_reconstruction(x):
    """Float32 also in mixed precision, where its distance is computed."""
    return keras.layers.Activation(
        "linear", dtype="float32", name="reconstruction"
    )(x)
