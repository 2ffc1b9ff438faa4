"""The fully connected networks of Donahue et al. 2017, for MNIST.

As in the authors' code (`net.py`: `mnist_mlp`, `deconvnet_mnist_mlp`), which is
more exact than the paper: no layer has a bias, batch normalization has neither
gains nor biases, and kernels are from N(0, 0.02). The second layer of the
generator and of the discriminator sees the latents beside the first. Within,
images are in [0, 1], as theirs: a first layer moves much faster if the many
black pixels are -1, and the discriminator would run away.
"""

import math

import keras

from keras_gan_zoo.networks import _blocks


def bigan_generator(latent_dim, output_shape, units=1024, weight_decay=0.0):
    """Fully connected generator.

    Args:
        latent_dim: Integer, size of the latents.
        output_shape: Tuple, shape of a sample: `(28, 28, 1)`.
        units: Integer, size of both hidden layers.
        weight_decay: Float. So much times the square of each weight is added to
            the loss.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)` to images in [-1, 1] of
        shape `(batch, *output_shape)`.
    """
    latents = keras.Input((latent_dim,), name="latents")
    x = _normalized(_dense(units, weight_decay)(latents))
    x = keras.layers.ReLU()(x)
    x = keras.layers.Concatenate()([x, latents])
    x = _normalized(_dense(units, weight_decay)(x))
    x = keras.layers.ReLU()(x)
    x = _dense(int(math.prod(output_shape)), weight_decay)(x)
    x = keras.layers.Reshape(output_shape)(x)
    images = _blocks.as_images(_halved(x))
    return keras.Model(latents, images, name="bigan_generator")


def bigan_encoder(input_shape, latent_dim, units=1024, weight_decay=0.0):
    """Fully connected encoder, for latents from U[-1, 1).

    Args:
        input_shape: Tuple, shape of a sample.
        latent_dim: Integer, size of the latents.
        units: As of `bigan_generator`.
        weight_decay: As of `bigan_generator`.

    Returns:
        `keras.Model` from images `(batch, *input_shape)` in [-1, 1] to codes
        `(batch, latent_dim)` in (-1, 1), float32.
    """
    samples = keras.Input(input_shape, name="samples")
    x = _dense(units, weight_decay)(_pixels(samples))
    x = _dense(units, weight_decay)(_blocks.leaky_relu(x))
    x = _blocks.leaky_relu(_normalized(x))
    x = _dense(latent_dim, weight_decay, dtype="float32")(x)
    tanh = keras.layers.Activation("tanh", dtype="float32", name="codes")
    codes = tanh(_halved(x))
    return keras.Model(samples, codes, name="bigan_encoder")


def bigan_discriminator(input_shape, latent_dim, units=1024, weight_decay=0.0):
    """Fully connected discriminator of samples with their latents.

    Scores are 0 at first, since the last kernel is.

    Args:
        input_shape: Tuple, shape of a sample.
        latent_dim: Integer, size of the latents.
        units: As of `bigan_generator`.
        weight_decay: As of `bigan_generator`.

    Returns:
        `keras.Model` from images `(batch, *input_shape)` in [-1, 1] and latents
        `(batch, latent_dim)` to raw scores `(batch, 1)`.
    """
    samples = keras.Input(input_shape, name="samples")
    latents = keras.Input((latent_dim,), name="latents")
    x = _dense(units, weight_decay)(_pixels(samples))
    x = keras.layers.Concatenate()([_blocks.leaky_relu(x), latents])
    x = _normalized(_dense(units, weight_decay)(x))
    scores = _blocks.as_scores(
        _blocks.leaky_relu(x),
        use_bias=False,
        kernel_initializer="zeros",
        kernel_regularizer=_decay(weight_decay),
    )
    return keras.Model([samples, latents], scores, name="bigan_discriminator")


def _pixels(images):
    """Images in [-1, 1] as vectors of pixels in [0, 1]."""
    return keras.layers.Rescaling(0.5, 0.5)(keras.layers.Flatten()(images))


def _halved(x):
    """Half of `x`, of which tanh is `2 s(x) - 1`, with a sigmoid `s`."""
    return keras.layers.Rescaling(0.5, dtype="float32")(x)


def _dense(units, weight_decay, **options):
    return keras.layers.Dense(
        units,
        use_bias=False,
        kernel_initializer=_blocks.normal_initializer(),
        kernel_regularizer=_decay(weight_decay),
        **options,
    )


def _decay(weight):
    return keras.regularizers.L2(weight) if weight else None


def _normalized(features):
    return _blocks.batch_normalization(affine=False)(features)
