"""How callbacks draw samples of a model."""

import tensorflow as tf


def require_generator(model):
    """Raises a `ValueError` unless `model` draws samples from a prior."""
    if not hasattr(model, "sample_prior"):
        raise ValueError(
            "This callback looks at samples that a model draws from latents, "
            f"by its `sample_prior()`. Received: a `{type(model).__name__}`, "
            "which has none. Leave the callback out for it."
        )


def sampler(model):
    """Returns `model` in inference as a function that is traced once.

    Args:
        model: Model from what its `sample_prior()` draws to samples.

    Returns:
        Function from inputs to samples. Called with inputs of one shape, it
        holds one graph, however often it is called.
    """
    return tf.function(lambda inputs: model(inputs, training=False))
