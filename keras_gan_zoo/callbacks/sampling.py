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


def require_kind(model):
    """Raises a `ValueError` unless `model` says what its samples are."""
    if not hasattr(model, "kind"):
        raise ValueError(
            "This callback draws samples as their kind says, an object of "
            "`keras_gan_zoo.samples` that is the model's attribute `kind`. "
            f"Received: a `{type(model).__name__}`, which has none. Set it, or "
            "leave the callback out."
        )


def require_game(model):
    """Raises a `ValueError` unless a generator plays against scores."""
    needed = ("fakes_like", "scores", "undisturbed")
    missing = [name for name in needed if not hasattr(model, name)]
    if missing:
        raise ValueError(
            "This callback examines a game of a generator against a "
            f"discriminator, by the methods {', '.join(needed)} of a `GAN`. "
            f"Received: a `{type(model).__name__}` without "
            f"{', '.join(missing)}. Leave the callback out for it."
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
