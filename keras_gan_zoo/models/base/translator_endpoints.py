"""What is served of a translator."""

import tensorflow as tf

from keras_gan_zoo.endpoints import Endpoint, Input, seeds
from keras_gan_zoo.models.base.translator_noise import noise_size, with_noise


def endpoints_of(model):
    """Returns the endpoints of a model that translates between domains.

    Args:
        model: `Translator`.

    Returns:
        List of `Endpoint`s. `serving_default` translates to the second domain,
        with the noise as an input if the network takes any, so that nothing is
        drawn. For each direction, `translate_<domain>` takes a seed for each
        row instead, and `translate_<domain>_<suffix>` makes files.
    """
    domain = model.domains[1]
    made, inputs = model.kind_of(domain), [_input_of(model, domain)]
    size = noise_size(model.translators[domain])
    if size is not None:
        inputs.append(_noise(size))

    def default(*values):
        inputs = values[0] if len(values) == 1 else [*values]
        return {made.name: made.to_served(model(inputs, training=False))}

    found = [Endpoint("serving_default", inputs, default)]
    for domain in model.translators:
        found.extend(_direction(model, domain))
    return found


def _direction(model, domain):
    """Returns the endpoints of a translation to a domain."""
    network, kind = model.translators[domain], model.kind_of(domain)
    inputs = [_input_of(model, domain)]
    if noise_size(network) is not None:
        inputs.append(seeds())

    def translated(samples, seeds=None):
        inputs = with_noise(network, samples, seeds)
        return kind.to_served(network(inputs, training=False))

    def file_of(encode, suffix):
        return lambda *values: {f"{suffix}_bytes": encode(translated(*values))}

    name = f"translate_{domain}"
    found = [Endpoint(name, inputs, lambda *v: {kind.name: translated(*v)})]
    for suffix, encode in kind.files(network.output_shape).items():
        found.append(
            Endpoint(f"{name}_{suffix}", inputs, file_of(encode, suffix))
        )
    return found


def _input_of(model, domain):
    """Returns the input of what is translated to a domain."""
    other = model.other(domain)
    shape = model.translators[domain].inputs[0].shape[1:]
    return model.kind_of(other).input(shape)


def _noise(size):
    return Input(
        tf.TensorSpec((None, size), tf.float32, "noise"),
        is_right=lambda values: (values >= 0.0) & (values < 1.0),
        expected="in [0, 1)",
    )
