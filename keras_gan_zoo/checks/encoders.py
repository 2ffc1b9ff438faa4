"""Checks of networks between samples and latents, both ways.

What a network doesn't tell, as a subclassed one doesn't, is let pass.
"""

from keras_gan_zoo.checks.data import first_input_shape
from keras_gan_zoo.checks.networks import last_activation
from keras_gan_zoo.checks.shapes import fits

_SQUASHING = ("sigmoid", "hardsigmoid", "softmax", "logsigmoid", "tanh")


def require_encoder(encoder, sample_shape, latent_dim, names):
    """Raises a `ValueError` unless a network encodes samples as latents.

    Args:
        encoder: Built Keras model.
        sample_shape: Shape of a batch of samples, or `None` if nobody knows.
        latent_dim: Integer, size of the latent space.
        names: Tuple of strings, what a model takes the encoder's outputs for.
    """
    taken = first_input_shape(encoder)
    if None not in (taken, sample_shape) and not fits(sample_shape, taken):
        raise ValueError(
            "The encoder must take the samples that the model makes, of shape "
            f"{sample_shape}. Received: an encoder that takes {taken}. Build "
            "both for the shape of the data."
        )
    outputs = getattr(encoder, "outputs", None)
    if not outputs:
        return
    shapes = [tuple(output.shape) for output in outputs]
    if shapes != [(None, latent_dim)] * len(names):
        raise ValueError(
            f"The encoder must return {' and '.join(names)}, of shape (batch, "
            f"{latent_dim}). Received: an encoder that returns {shapes}. Build "
            "it for the model's `latent_dim`."
        )


def require_decoder(decoder, sample_shape):
    """Raises a `ValueError` unless a network decodes samples of a shape."""
    outputs = getattr(decoder, "outputs", None)
    if not outputs or sample_shape is None:
        return
    shapes = [tuple(output.shape) for output in outputs]
    if not all(fits(shape, sample_shape) for shape in shapes):
        raise ValueError(
            "The decoder must return something of the shape of samples, which "
            f"is {sample_shape} for the encoder. Received: a decoder that "
            f"returns {shapes}. Build both for the shape of the data."
        )


def require_joint_discriminator(discriminator, latent_dim):
    """Raises a `ValueError` unless a network judges samples with latents."""
    inputs = getattr(discriminator, "inputs", None)
    if not inputs:
        return
    shapes = [tuple(each.shape) for each in inputs]
    if len(shapes) != 2 or shapes[1] != (None, latent_dim):
        raise ValueError(
            "The discriminator must take samples and latents, the latter of "
            f"shape (batch, {latent_dim}). Received: a discriminator that "
            f"takes {shapes}. Build it for the model's `latent_dim`."
        )


def require_logits(name, network):
    """Raises a `ValueError` if a network ends in a squashing function.

    Args:
        name: String, what the user calls the network.
        network: Built Keras model.
    """
    outputs = getattr(network, "outputs", None)
    ending = last_activation(outputs[0]) if outputs else None
    if ending in _SQUASHING:
        raise ValueError(
            f"The {name} must return logits: what makes probabilities of them "
            f"is part of the likelihood. Received: a {name} that ends in "
            f"`{ending}`. Leave it out, or take another likelihood."
        )
