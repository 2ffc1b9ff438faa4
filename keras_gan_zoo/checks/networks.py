"""Checks of the networks that a model is made of.

What a network doesn't tell, as a subclassed one doesn't, is let pass.
"""

import keras

from keras_gan_zoo.checks.data import first_input_shape
from keras_gan_zoo.checks.shapes import fits

# By the names of functions, layers and operations, without underscores.
_PROBABILITIES = ("sigmoid", "hardsigmoid", "softmax", "logsigmoid")
_NEVER_NEGATIVE = (*_PROBABILITIES[:3], "relu", "relu6", "softplus")

# Layers that change nothing of the values they pass on.
_PASSING_ON = ("reshape", "flatten", "identity", "cast", "squeeze", "linear")


def require_built(name, network):
    """Raises a `ValueError` if `network` isn't a Keras model with weights."""
    if not isinstance(network, keras.Model):
        raise ValueError(
            f"`{name}` must be a `keras.Model`. Received: {name}={network!r}."
        )
    if not network.built:
        raise ValueError(
            f"`{name}` must be built before it is passed, so that optimizers "
            f"know its variables. Received: the unbuilt model "
            f"`{network.name}`. Call it once, as in "
            f"`{name}(keras.Input(...))`, or use the functional API."
        )


def require_order(generator, discriminator):
    """Raises a `ValueError` if each network is in the other's place."""
    judges, made = _shape(discriminator, "input"), _shape(generator, "output")
    takes, judged = _shape(generator, "input"), _shape(discriminator, "output")
    if None in (judges, made, takes, judged):
        return
    if not fits(made, judges) and fits(judged, takes):
        raise ValueError(
            "The generator must make what the discriminator takes. Received: "
            f"a generator of samples of shape {made} and a discriminator that "
            f"takes {judges}, but makes {judged}, which the generator takes. "
            "Swap them: `generator` comes first, then `discriminator`."
        )


def require_latent_size(network, expected, name="generator"):
    """Raises a `ValueError` if a network takes other latents.

    Args:
        network: Built Keras model.
        expected: Integer, size of the latents that the model will draw.
        name: String, what the user calls the network.
    """
    latents = _shape(network, "input")
    if latents is not None and latents[-1] not in (None, expected):
        raise ValueError(
            f"The {name} must take the latents that the model draws, of "
            f"shape (batch, {expected}). Received: a {name} of latents of "
            f"shape {latents}. Set `latent_dim` to the {name}'s."
        )


def require_latents(inputs, generator):
    """Raises a `ValueError` if `inputs` aren't those of the generator.

    Args:
        inputs: Latents, or a tuple whose first are latents.
        generator: Built Keras model.
    """
    expected = _shape(generator, "input")
    first = keras.tree.flatten(inputs)[0]
    shape = getattr(first, "shape", None)
    if expected is None or shape is None or getattr(shape, "rank", 0) is None:
        return
    if not fits(shape, expected):
        raise ValueError(
            f"The model maps latents of shape {expected} to samples. "
            f"Received: inputs of shape {tuple(shape)}. Pass "
            "`model.sample_prior(16)`, or call `model.generate(16)`. Samples "
            "are judged by `model.discriminator`."
        )


def require_match(generator, discriminator):
    """Raises a `ValueError` if samples aren't what the discriminator takes."""
    made, judges = _shape(generator, "output"), _shape(discriminator, "input")
    if None not in (made, judges) and not fits(made, judges):
        raise ValueError(
            "The generator must make samples of the shape that the "
            f"discriminator takes, {judges}. Received: a generator of samples "
            f"of shape {made}. Build both for the shape of the data."
        )


def require_samples(samples, network, name="discriminator"):
    """Raises a `ValueError` unless samples have the shape a network takes.

    Args:
        samples: Batch of samples.
        network: Built Keras model.
        name: String, what the user calls it.
    """
    expected = first_input_shape(network)
    if expected is not None and not fits(samples.shape, expected):
        raise ValueError(
            f"The {name} takes samples of shape {expected}. "
            f"Received: a batch of shape {tuple(samples.shape)}. Resize the "
            "data or build the networks for their shape."
        )


def require_outputs(discriminator, names):
    """Raises a `ValueError` if a discriminator returns something else.

    Args:
        discriminator: Built Keras model.
        names: Tuple of strings, what a model's losses take its outputs for:
            "scores" are raw, "reconstructions" are of the shape of its input.
    """
    outputs = getattr(discriminator, "outputs", None)
    if not outputs:
        return
    if len(outputs) != len(names):
        raise ValueError(
            f"The discriminator must return {' and '.join(names)}. Received: "
            f"a network of {len(outputs)} outputs, of shapes "
            f"{[tuple(output.shape) for output in outputs]}. Use the network "
            "that was made for this model."
        )
    taken = _shape(discriminator, "input")
    for name, output in zip(names, outputs):
        if name == "scores":
            _require_raw("discriminator", "scores", output)
        if name == "reconstructions" and not fits(output.shape, taken):
            raise ValueError(
                "The discriminator must return reconstructions of the shape "
                f"of its input, {taken}. Received: a network that returns "
                f"{tuple(output.shape)}. Use an autoencoder."
            )


def require_class_logits(name, network, index, num_classes):
    """Raises a `ValueError` if an output isn't the logits of the classes.

    Args:
        name: String, what the user calls the network.
        network: Built Keras model.
        index: Integer, which of its outputs.
        num_classes: Integer.
    """
    outputs = getattr(network, "outputs", None)
    if not outputs:
        return
    if len(outputs) <= index or outputs[index].shape[-1] != num_classes:
        shapes = [tuple(output.shape) for output in outputs]
        raise ValueError(
            f"Output {index} of the {name} must be the logits of "
            f"{num_classes} classes, of shape (batch, {num_classes}). "
            f"Received: a network that returns {shapes}. Build it for "
            f"{num_classes} classes, or give the model the network's number."
        )
    _require_raw(name, "logits", outputs[index])


def require_num_classes(name, network, num_classes):
    """Raises a `ValueError` if a network knows another number of classes.

    It is looked for where a network makes vectors of its labels, by an
    embedding or one-hot.

    Args:
        name: String, what the user calls the network.
        network: Built Keras model.
        num_classes: Integer.
    """
    for operation in getattr(network, "operations", ()):
        known = _known_classes(operation)
        if known not in (None, num_classes):
            raise ValueError(
                f"The {name} must know the classes of the model, "
                f"{num_classes} of them. Received: a {name} of {known} "
                f"classes. Build it by num_classes={num_classes}, or give the "
                "model the number of its networks."
            )


def require_reach(generator, images):
    """Raises a `ValueError` if a generator can't make values below zero.

    Args:
        generator: Built Keras model.
        images: Batch of shape `(batch, height, width, channels)` in [-1, 1];
            anything of another rank is let pass.
    """
    outputs = getattr(generator, "outputs", None)
    if not outputs or len(images.shape) != 4:
        return
    ending = last_activation(outputs[0])
    if ending in _NEVER_NEGATIVE and keras.ops.min(images) < 0:
        raise ValueError(
            "The generator must make images in [-1, 1], as the data are. "
            f"Received: a generator that ends in `{ending}` and never makes "
            'a value below 0. End it in `activation="tanh"`.'
        )


def _require_raw(name, what, output):
    ending = last_activation(output)
    if ending in _PROBABILITIES:
        raise ValueError(
            f"The {name} must return raw {what}: what makes probabilities of "
            "them is part of the loss, where there is one. Received: a "
            f"network that ends in `{ending}`. Leave it out: "
            f"`Dense({output.shape[-1]})`."
        )


def _shape(network, side):
    """Returns the shape of a network's first input or output, or `None`."""
    shape = getattr(network, f"{side}_shape", None)
    if isinstance(shape, list):
        shape = shape[0]
    return shape if isinstance(shape, tuple) else None


def last_activation(output):
    """Returns the name of the function whose values an output is."""
    operation, node_index, tensor_index = output._keras_history
    if hasattr(operation, "outputs"):  # A network within.
        return last_activation(operation.outputs[tensor_index])
    activation = getattr(operation, "activation", None)
    name = getattr(activation, "__name__", type(operation).__name__)
    name = name.lower().replace("_", "")
    if name not in _PASSING_ON or hasattr(operation, "kernel"):
        return name
    inputs = operation._inbound_nodes[node_index].input_tensors
    return last_activation(inputs[0]) if inputs else None


def _known_classes(operation):
    """Returns how many classes an operation on a network's labels knows."""
    if isinstance(operation, keras.layers.Embedding):
        known = operation.input_dim
    elif type(operation).__name__ == "OneHot":
        known = operation.num_classes
    else:
        return None
    for node in operation._inbound_nodes:
        source = node.input_tensors[0]._keras_history.operation
        is_input = isinstance(source, keras.layers.InputLayer)
        if is_input and len(node.input_tensors[0].shape) == 1:
            return known
    return None
