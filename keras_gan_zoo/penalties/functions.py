"""Penalties on the gradient of a discriminator with respect to its input.

The functions take any callable from samples to scores, so a conditional
discriminator can be passed as a `lambda`. A discriminator under a penalty
scores each sample by itself and has second derivatives: `check_critic` refuses
others.
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
        real: Tensor of shape `(batch, ...)`, or a structure of such, whose norm
            is that of all of them.
        fake: The same.
        seed: Seed of shape `(2,)`, see `keras_gan_zoo.noise`.

    Returns:
        Scalar, float32.
    """
    number = tf.shape(tf.nest.flatten(real)[0])[0]
    position = noise.uniform([number], seed)

    def between(real, fake):
        share = tf.reshape(position, [-1] + [1] * (real.shape.rank - 1))
        return real + tf.cast(share, real.dtype) * (
            tf.cast(fake, real.dtype) - real
        )

    samples = tf.nest.map_structure(between, real, fake)
    # The square root has no gradient at zero, where a fresh network may be.
    norms = tf.sqrt(_squared_gradient_norms(discriminator, samples) + 1e-12)
    return tf.reduce_mean((norms - 1.0) ** 2)


def dragan_penalty(discriminator, real, seed, scale=0.5, deviation=None):
    """Mean of `(||grad D(y)|| - 1)^2`, with `y` near real samples.

    Kodali et al. 2017, with the noise of their code: `y` lies between a real
    sample and that sample plus `scale * std * U[0, 1]` in each pixel, where
    `std` is one number, the standard deviation of the batch.

    Args:
        discriminator: Callable from samples to scores.
        real: Tensor of shape `(batch, ...)`, or a structure of such, each of
            which has a deviation of its own.
        seed: Seed of shape `(2,)`, see `keras_gan_zoo.noise`.
        scale: Float, size of the noise in standard deviations.
        deviation: `standard_deviation(real)`, if it is known.

    Returns:
        Scalar, float32.
    """
    noise_seed, position_seed = noise.split(seed)
    if deviation is None:
        deviation = standard_deviation(real)
    real = tf.nest.map_structure(_in_float32, real)

    def shifted(real, deviation, seed):
        shape = [tf.shape(real)[0], *real.shape[1:]]
        return real + scale * deviation * noise.uniform(shape, seed)

    seeds = _seeds_for(real, noise_seed)
    noisy = tf.nest.map_structure(shifted, real, deviation, seeds)
    return gradient_penalty(discriminator, real, noisy, position_seed)


def standard_deviation(samples):
    """Returns that of all numbers of the global batch, a float32 scalar.

    Of a structure it returns a structure.
    """

    def of_one(samples):
        samples = _in_float32(samples)  # Sums overflow in float16.
        center = replicas.mean(tf.reduce_mean(samples))
        return tf.sqrt(replicas.mean(tf.reduce_mean((samples - center) ** 2)))

    return tf.nest.map_structure(of_one, samples)


def squared_gradient_norm(discriminator, samples):
    """Mean of `||grad D(x)||^2` over samples, a float32 scalar.

    Args:
        discriminator: Callable from samples to scores. The scores that it has
            for one sample, such as those of patches, are added up.
        samples: Tensor of shape `(batch, ...)`, or a structure of such, whose
            norm is that of all of them.
    """
    return tf.reduce_mean(_squared_gradient_norms(discriminator, samples))


def squared_slope(discriminator, samples, seed, scale):
    """Mean of `((D(x + scale * n) - D(x)) / scale)^2`, `n` from N(0, 1).

    As `scale` goes to zero, the mean over `n` goes to `||grad D(x)||^2`: the
    finite difference needs no second derivative.

    Args:
        discriminator: Callable from samples to scores.
        samples: Tensor of shape `(batch, ...)`, or a structure of such, which
            are all moved at once.
        seed: Seed of shape `(2,)`, see `keras_gan_zoo.noise`.
        scale: Float above 0, in units of the samples.

    Returns:
        Scalar, float32.
    """
    samples = tf.nest.map_structure(_in_float32, samples)

    def step(samples, seed):
        shape = [tf.shape(samples)[0], *samples.shape[1:]]
        return samples + scale * noise.normal(shape, seed)

    moved = tf.nest.map_structure(step, samples, _seeds_for(samples, seed))
    rises = [
        (tf.cast(there, tf.float32) - tf.cast(here, tf.float32)) / scale
        for there, here in zip(
            tf.nest.flatten(discriminator(moved)),
            tf.nest.flatten(discriminator(samples)),
        )
    ]
    number = tf.shape(tf.nest.flatten(samples)[0])[0]
    rises = tf.concat([tf.reshape(rise, [number, -1]) for rise in rises], 1)
    return tf.reduce_mean(tf.reduce_sum(rises, axis=1) ** 2)


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
    gradients = [
        tf.cast(gradient, tf.float32)
        for gradient in tf.nest.flatten(tape.gradient(scores, samples))
    ]
    return sum(
        tf.reduce_sum(gradient**2, axis=range(1, gradient.shape.rank))
        for gradient in gradients
    )


def _seeds_for(structure, seed):
    """Returns a seed for each tensor of a structure; of one, the seed."""
    number = len(tf.nest.flatten(structure))
    seeds = [noise.as_seed(seed)] if number == 1 else noise.split(seed, number)
    return tf.nest.pack_sequence_as(structure, seeds)


def _in_float32(values):
    return tf.cast(values, tf.float32)
