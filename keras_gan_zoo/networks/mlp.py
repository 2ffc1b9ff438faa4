"""Fully connected networks, for points in the plane and small images."""

import math

import keras

from keras_gan_zoo.layers import Dropout, Maxout
from keras_gan_zoo.networks import _blocks


def mlp_generator(
    latent_dim,
    output_shape,
    units=(128, 128, 128),
    activation="relu",
    output_activation=None,
    kernel_initializer="he_uniform",
):
    """Fully connected generator.

    With `latent_dim=2, output_shape=(2,), units=(512, 512, 512)` it is the toy
    generator of Gulrajani et al. 2017 (`gan_toy.py`). With `latent_dim=100,
    output_shape=(28, 28, 1), units=(1200, 1200)` and
    `kernel_initializer=keras.initializers.RandomUniform(-0.05, 0.05)` it is the
    MNIST generator of Goodfellow et al. 2014 (`mnist.yaml` of their code),
    but for its range: theirs ends in a sigmoid for pixels in [0, 1], and sets
    the last biases by the mean of the data.

    Args:
        latent_dim: Integer, size of the latents.
        output_shape: Tuple, shape of a sample: `(2,)`, `(28, 28, 1)`.
        units: Tuple of integers, sizes of the hidden layers.
        activation: Activation of the hidden layers.
        output_activation: Activation of the last layer. By default images,
            samples of three axes, end in tanh; all others are linear.
        kernel_initializer: Initializer of all kernels.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)` to samples
        `(batch, *output_shape)`, images in [-1, 1].
    """
    if output_activation is None:
        output_activation = "tanh" if len(output_shape) == 3 else "linear"
    latents = keras.Input((latent_dim,), name="latents")
    x = _hidden_layers(latents, units, activation, kernel_initializer)
    x = keras.layers.Dense(
        int(math.prod(output_shape)),  # Of integers of NumPy too.
        kernel_initializer=_fresh(kernel_initializer),
    )(x)
    x = keras.layers.Reshape(output_shape)(x)
    samples = keras.layers.Activation(output_activation, dtype="float32")(x)
    return keras.Model(latents, samples, name="mlp_generator")


def mlp_discriminator(
    input_shape,
    units=(128, 128, 128),
    activation="relu",
    kernel_initializer="he_uniform",
):
    """Fully connected discriminator, fit for gradient penalties.

    With `input_shape=(2,), units=(512, 512, 512)` it is the toy critic of
    Gulrajani et al. 2017 (`gan_toy.py`).

    Args:
        input_shape: Tuple, shape of a sample: `(2,)`, `(28, 28, 1)`.
        units: Tuple of integers, sizes of the hidden layers.
        activation: Activation of the hidden layers.
        kernel_initializer: Initializer of all kernels.

    Returns:
        `keras.Model` from samples `(batch, *input_shape)` to raw scores
        `(batch, 1)`.
    """
    samples = keras.Input(input_shape, name="samples")
    x = keras.layers.Flatten()(samples)
    x = _hidden_layers(x, units, activation, kernel_initializer)
    scores = _blocks.as_scores(x, kernel_initializer=_fresh(kernel_initializer))
    return keras.Model(samples, scores, name="mlp_discriminator")


def maxout_discriminator(input_shape, units=(240, 240), pieces=5):
    """Maxout discriminator with dropout, Goodfellow et al. 2014.

    As in `mnist.yaml` of their code: kernels from U(-0.005, 0.005); of the
    pixels a fifth is dropped, of the maxout units half, and what is kept is
    scaled up. A dropped pixel is 0, which was black in the paper's [0, 1] and
    is the middle grey of our [-1, 1]. The last sigmoid is left to the loss.

    Args:
        input_shape: Tuple, shape of a sample.
        units: Tuple of integers, sizes of the maxout layers.
        pieces: Integer, linear pieces of each maxout unit.

    Returns:
        `keras.Model` from samples `(batch, *input_shape)`, images in [-1, 1],
        to raw scores `(batch, 1)`.
    """
    samples = keras.Input(input_shape, name="samples")
    x = keras.layers.Flatten()(samples)
    x = Dropout(0.2)(x)
    for size in units:
        x = keras.layers.Dense(
            size * pieces, kernel_initializer=_narrow_uniform()
        )(x)
        x = Maxout(pieces)(x)
        x = Dropout(0.5)(x)
    scores = _blocks.as_scores(x, kernel_initializer=_narrow_uniform())
    return keras.Model(samples, scores, name="maxout_discriminator")


def _hidden_layers(x, units, activation, kernel_initializer):
    for size in units:
        x = keras.layers.Dense(
            size,
            activation=activation,
            kernel_initializer=_fresh(kernel_initializer),
        )(x)
    return x


def _narrow_uniform():
    return keras.initializers.RandomUniform(-0.005, 0.005)


def _fresh(initializer):
    """Returns a copy with another seed: one initializer repeats itself."""
    initializer = keras.initializers.get(initializer)
    if isinstance(initializer, keras.initializers.Initializer):
        return initializer.clone()
    return initializer
