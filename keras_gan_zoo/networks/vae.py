"""Fully connected encoder and decoder of Kingma and Welling 2014."""

import math

import keras


def vae_encoder(
    input_shape,
    latent_dim,
    units=(500,),
    activation="tanh",
    stddev=None,
    weight_decay=0.0,
):
    """Fully connected encoder, appendix C.2 of the paper.

    The means and variances are linear in the last hidden layer.

    Args:
        input_shape: Tuple, shape of a sample: `(28, 28, 1)`.
        latent_dim: Integer, size of the latents.
        units: Tuple of integers, sizes of the hidden layers. The paper has one,
            of 500 for MNIST.
        activation: Activation of the hidden layers.
        stddev: Float, standard deviation of the first kernels and biases; by
            default kernels are Glorot's, and biases zero. The paper's N(0,
            0.01) is 0.01 in the first author's code (`anglepy`).
        weight_decay: Float. So much times the square of each weight is added to
            the loss: for weights from N(0, 1) as the paper's estimate of a
            posterior has them, 0.5 over the number of samples.

    Returns:
        `keras.Model` from samples `(batch, *input_shape)` to means and to
        logarithms of variances, both `(batch, latent_dim)`, float32.
    """
    dense = _dense(stddev, weight_decay)
    samples = keras.Input(input_shape, name="samples")
    x = keras.layers.Flatten()(samples)
    for size in units:
        x = dense(size, activation=activation)(x)
    means = dense(latent_dim, dtype="float32", name="means")(x)
    log_variances = dense(latent_dim, dtype="float32", name="log_variances")(x)
    return keras.Model(samples, [means, log_variances], name="vae_encoder")


def vae_decoder(
    latent_dim,
    output_shape,
    units=(500,),
    activation="tanh",
    stddev=None,
    weight_decay=0.0,
):
    """Fully connected decoder, appendix C.1 of the paper.

    Its sigmoid is left to the likelihood.

    Args:
        latent_dim: Integer, size of the latents.
        output_shape: Tuple, shape of a sample.
        units: As of `vae_encoder`, from the latents on.
        activation: As of `vae_encoder`.
        stddev: As of `vae_encoder`.
        weight_decay: As of `vae_encoder`.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)` to logits `(batch,
        *output_shape)`, float32.
    """
    dense = _dense(stddev, weight_decay)
    x = latents = keras.Input((latent_dim,), name="latents")
    for size in units:
        x = dense(size, activation=activation)(x)
    x = dense(int(math.prod(output_shape)), dtype="float32")(x)
    logits = keras.layers.Reshape(output_shape, dtype="float32")(x)
    return keras.Model(latents, logits, name="vae_decoder")


def _dense(stddev, weight_decay):
    """Returns a function that makes dense layers with options."""

    def initializer(default):
        if stddev is None:
            return default
        return keras.initializers.RandomNormal(stddev=stddev)

    def make(units, **options):
        decay = keras.regularizers.L2(weight_decay) if weight_decay else None
        return keras.layers.Dense(
            units,
            kernel_initializer=initializer("glorot_uniform"),
            bias_initializer=initializer("zeros"),
            kernel_regularizer=decay,
            bias_regularizer=decay,
            **options,
        )

    return make
