"""The networks of 3D-GAN.

Wu, Zhang, Xue, Freeman, Tenenbaum 2016, "Learning a Probabilistic Latent Space
of Object Shapes via 3D Generative-Adversarial Modeling",
https://arxiv.org/abs/1610.07584, section 3.1.
"""

import math

import keras

from keras_gan_zoo.networks import _blocks

_KERNEL_SIZE = 4


def three_d_gan_generator(
    latent_dim=200, volume_shape=(64, 64, 64, 1), widths=(64, 128, 256, 512)
):
    """Generator of volumes, of transposed convolutions of stride 2.

    The defaults are the paper's. Its first layer is a transposed convolution of
    one voxel to 4 x 4 x 4, which is a dense layer. As in the network that the
    authors released there are no biases; in between are batch normalization
    and ReLU.

    Args:
        latent_dim: Integer, size of the latents.
        volume_shape: Tuple `(depth, height, width, channels)`. Each side is
            divisible by `2 ** len(widths)`.
        widths: Tuple of integers, channels of the feature maps from the volume
            inwards, the same as for the discriminator. Each is a stage that
            doubles the size.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)` to volumes
        `(batch, *volume_shape)` in (0, 1): how likely a voxel is filled.
    """
    start_shape = (*_start(volume_shape, len(widths)), widths[-1])
    latents = keras.Input((latent_dim,), name="latents")
    x = keras.layers.Dense(math.prod(start_shape), **_options())(latents)
    x = keras.layers.Reshape(start_shape)(x)
    for filters in (*reversed(widths[:-1]), volume_shape[-1]):
        x = _blocks.batch_normalization()(x)
        x = keras.layers.ReLU()(x)
        x = keras.layers.Conv3DTranspose(
            filters, _KERNEL_SIZE, strides=2, padding="same", **_options()
        )(x)
    # In float32 in mixed precision, too.
    sigmoid = keras.layers.Activation(
        "sigmoid", dtype="float32", name="volumes"
    )
    return keras.Model(latents, sigmoid(x), name="three_d_gan_generator")


def three_d_gan_discriminator(
    volume_shape=(64, 64, 64, 1), widths=(64, 128, 256, 512)
):
    """Discriminator of volumes, the mirror image of the generator.

    The defaults are the paper's. As the generator has no normalization next to
    the volumes, this one has none in its first layer; it has leaky ReLU of
    slope 0.2. Where nothing is normalized there is a bias, of which the paper
    doesn't speak: without, and with statistics of generated volumes alone, it
    would not see the difference between a solid and a faint one.

    Args:
        volume_shape: As of `three_d_gan_generator`.
        widths: As of `three_d_gan_generator`.

    Returns:
        `keras.Model` from volumes `(batch, *volume_shape)` in [0, 1] to raw
        scores `(batch, 1)`.
    """
    _start(volume_shape, len(widths))
    volumes = keras.Input(volume_shape, name="volumes")
    x = volumes
    for stage, filters in enumerate(widths):
        x = keras.layers.Conv3D(
            filters,
            _KERNEL_SIZE,
            strides=2,
            padding="same",
            **_options(use_bias=stage == 0),
        )(x)
        if stage > 0:
            x = _blocks.batch_normalization()(x)
        x = _blocks.leaky_relu(x)
    scores = _blocks.as_scores(
        keras.layers.Flatten()(x), **_options(use_bias=True)
    )
    return keras.Model(volumes, scores, name="three_d_gan_discriminator")


def _options(use_bias=False):
    return {
        "use_bias": use_bias,
        "kernel_initializer": _blocks.normal_initializer(),
    }


def _start(volume_shape, stages):
    """Returns the size of the smallest feature map."""
    sides = tuple(volume_shape)[:3]
    multiple = 2**stages
    if (
        len(volume_shape) != 4
        or stages < 1
        or any(side < 1 or side % multiple for side in sides)
    ):
        raise ValueError(
            "A volume shape is (depth, height, width, channels), and each "
            "width is a stage that halves the sides, which must be divisible "
            f"by 2 as often. Received: volume_shape={volume_shape}, {stages} "
            "widths. Use 4 widths for 64 voxels, 3 for 32, 2 for 16, or pad "
            "the volumes."
        )
    return tuple(side // multiple for side in sides)
