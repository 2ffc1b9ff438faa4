"""The noise of translators that take any, beside images."""

import tensorflow as tf

from keras_gan_zoo import noise


def noise_size(network):
    """Returns how many numbers of noise a network takes for an image."""
    if len(network.inputs) == 1:
        return None
    return network.inputs[1].shape[-1]


def with_noise(network, images, seeds):
    """Returns what a network takes for images.

    Args:
        network: Model from images, or from images and noise.
        images: Tensor of shape `(batch, ...)`.
        seeds: Integer tensor `(batch,)`. The noise of a row depends on its own
            seed only.
    """
    size = noise_size(network)
    if size is None:
        return images
    drawn = tf.map_fn(
        lambda seed: noise.uniform([1, size], noise.as_seed(seed))[0],
        seeds,
        fn_output_signature=tf.TensorSpec((size,), tf.float32),
    )
    return [images, drawn]
