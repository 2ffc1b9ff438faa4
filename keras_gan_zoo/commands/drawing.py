"""What models draw from seeds, from a file or an export."""

import numpy as np
import tensorflow as tf

from keras_gan_zoo import samples, saved_files
from keras_gan_zoo.commands import loading
from keras_gan_zoo.endpoints import require_endpoints
from keras_gan_zoo.serving.facts import read_facts

_PART = 100  # Samples that are made in one go.
_ADVICE = "Export the model anew by `keras-gan-zoo export`."


def drawn(path, seeds):
    """Returns the samples that a model draws from seeds.

    Conditions, such as labels, are drawn as in training.

    Args:
        path: `pathlib.Path` of a `.keras` file, or of a SavedModel.
        seeds: Array of int64, `(number,)`.

    Returns:
        Tuple of an array of samples as they are served, and their
        `samples.Kind`. Of a kind that only its writer knows, that has no more
        than the name.

    Raises:
        ValueError: If it can't be read, or draws nothing from seeds.
        OSError: If it can't be opened.
    """
    if path.suffix == ".keras":
        model = loading.load_model(path)
        kind = getattr(model, "kind", None)
        served = _of_endpoints(require_endpoints(model))
    else:
        with saved_files.reading(path, "a SavedModel", _ADVICE):
            model = tf.saved_model.load(str(path))
        facts = read_facts(path).get("kind")
        kind = None if facts is None else samples.kind_of_facts(facts)
        served = _of_signatures(model.signatures)
    names, _ = served.get("sample", ((), None))
    if "seeds" not in names:
        raise ValueError(
            "Expected a model that draws samples from seeds, by `sample`. "
            f"Received: {path} with {sorted(served)}. One that takes images "
            "is served, and asked by `keras-gan-zoo translate`."
        )
    parts = []
    for first in range(0, len(seeds), _PART):
        with saved_files.reading(path, "a model that runs", _ADVICE):
            outputs = _sampled(served, seeds[first : first + _PART])
        ((name, rows),) = outputs.items()
        parts.append(rows.numpy())
    return np.concatenate(parts), _named(name) if kind is None else kind


def _of_endpoints(endpoints):
    """Returns by name the names of inputs, and a function of a dictionary."""

    def function(endpoint):
        names = [one.name for one in endpoint.inputs]
        compute = tf.function(
            endpoint, input_signature=endpoint.signature, autograph=False
        )
        return names, lambda inputs: compute(*[inputs[n] for n in names])

    return {name: function(endpoint) for name, endpoint in endpoints.items()}


def _of_signatures(signatures):
    """Does the same for what a SavedModel has."""

    def function(signature):
        names = [*signature.structured_input_signature[1]]
        return names, lambda inputs: signature(**inputs)

    return {name: function(one) for name, one in signatures.items()}


def _sampled(served, seeds):
    names, sample = served["sample"]
    inputs = {"seeds": tf.constant(seeds)}
    if len(names) > 1:
        _, prior = served["prior"]
        drawn = prior(dict(inputs))
        inputs.update({n: drawn[n] for n in names if n not in inputs})
    return sample(inputs)


def _named(name):
    if name == "images":  # Of exports before there were other kinds.
        return samples.Images()
    kind = samples.Kind()
    kind.name = name
    return kind
