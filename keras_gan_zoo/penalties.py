"""Penalties on the gradient of a discriminator with respect to its input.

They take any callable from samples to scores, so a conditional discriminator
can be passed as a `lambda`. A discriminator under a penalty scores each sample
by itself and has second derivatives: `check_critic` refuses others.
"""

import keras
import tensorflow as tf

from keras_gan_zoo import noise, replicas


def gradient_penalty(discriminator, real, fake, seed):
    """Mean of `(||grad D(y)|| - 1)^2`, with `y` between real and fake samples.

    `y` lies on the line from a real to a fake sample, at a position drawn
    uniformly and once for each sample: Gulrajani et al. 2017, algorithm 1.

    Args:
        discriminator: Callable from samples to scores.
        real: Tensor of shape `(batch, ...)`.
        fake: Tensor of the same shape.
        seed: Seed of shape `(2,)`, see `keras_gan_zoo.noise`.

    Returns:
        Scalar, float32.
    """
    shape = [tf.shape(real)[0]] + [1] * (real.shape.rank - 1)
    position = tf.cast(noise.uniform(shape, seed), real.dtype)
    samples = real + position * (tf.cast(fake, real.dtype) - real)
    # The square root has no gradient at zero, where a fresh network may be.
    norms = tf.sqrt(_squared_gradient_norms(discriminator, samples) + 1e-12)
    return tf.reduce_mean((norms - 1.0) ** 2)


def dragan_penalty(discriminator, real, seed, scale=0.5):
    """Mean of `(||grad D(y)|| - 1)^2`, with `y` near real samples.

    Kodali et al. 2017, with the noise of their code: `y` lies between a real
    sample and that sample plus `scale * std * U[0, 1]` in each pixel, where
    `std` is one number, the standard deviation of the batch.

    Args:
        discriminator: Callable from samples to scores.
        real: Tensor of shape `(batch, ...)`.
        seed: Seed of shape `(2,)`, see `keras_gan_zoo.noise`.
        scale: Float, size of the noise in standard deviations.

    Returns:
        Scalar, float32.
    """
    noise_seed, position_seed = noise.split(seed)
    real = tf.cast(real, tf.float32)  # Sums over a batch overflow in float16.
    center = replicas.mean(tf.reduce_mean(real))
    variance = replicas.mean(tf.reduce_mean((real - center) ** 2))
    shape = [tf.shape(real)[0], *real.shape[1:]]
    shifts = noise.uniform(shape, noise_seed)
    noisy = real + scale * tf.sqrt(variance) * shifts
    return gradient_penalty(discriminator, real, noisy, position_seed)


def check_critic(discriminator):
    """Raises a `ValueError` if a network can't be held by a gradient penalty.

    Args:
        discriminator: Keras model.
    """
    layers = list(discriminator._flatten_layers())
    operations = [o for net in layers for o in getattr(net, "operations", [])]
    for layer in [*layers, *operations]:
        if isinstance(layer, keras.layers.BatchNormalization):
            raise ValueError(
                "A gradient penalty holds the gradient at each sample by "
                "itself, so the discriminator must not use batch "
                "normalization, which mixes the samples of a batch. "
                f"Received: a layer `{layer.name}` (BatchNormalization). "
                "Leave it out, or use LayerNormalization or "
                "GroupNormalization."
            )
        interpolation = getattr(layer, "interpolation", None)
        repeats = interpolation == "nearest" and isinstance(
            layer, keras.layers.UpSampling2D
        )
        if interpolation is not None and not repeats:
            raise ValueError(
                "A gradient penalty needs second derivatives, which "
                "TensorFlow's image resizing lacks or takes as zero. "
                f"Received: a layer `{layer.name}` "
                f"({type(layer).__name__}, interpolation={interpolation!r}). "
                "Use pooling, strided convolutions or "
                "UpSampling2D(interpolation='nearest')."
            )


def _squared_gradient_norms(discriminator, samples):
    """Returns one value for each sample, in float32."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(samples)
        scores = discriminator(samples)
    # Squares of half-precision gradients overflow or vanish.
    gradients = tf.cast(tape.gradient(scores, samples), tf.float32)
    return tf.reduce_sum(gradients**2, axis=range(1, gradients.shape.rank))
