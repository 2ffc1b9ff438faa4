"""What is served of a model that draws its samples from a prior."""

import tensorflow as tf

from keras_gan_zoo.endpoints import Endpoint, seeds


def endpoints_of(model):
    """Returns the endpoints of a model that draws its samples from a prior.

    Args:
        model: `LatentModel`.

    Returns:
        List of `Endpoint`s: `serving_default` from latents, `sample` from a
        seed for each row, `sample_<suffix>` for each kind of file, and `prior`
        from seeds to latents.
    """
    kind, inputs = model.kind, model.serving_inputs()
    # All that a model takes beside latents is the caller's choice.
    latents, *others = inputs

    def served(*values):
        inputs = values[0] if len(values) == 1 else values
        return kind.to_served(model(inputs, training=False))

    def prior(seeds):
        drawn = tf.nest.flatten(model.prior_of_seeds(seeds))
        return {one.name: rows for one, rows in zip(inputs, drawn)}

    def sample(seeds, *values):
        return served(prior(seeds)[latents.name], *values)

    def sample_file(encode, suffix):
        return lambda *values: {f"{suffix}_bytes": encode(sample(*values))}

    drawing = (seeds(), *others)
    found = [
        Endpoint("serving_default", inputs, lambda *v: {kind.name: served(*v)}),
        Endpoint("prior", drawing[:1], prior),
        Endpoint("sample", drawing, lambda *v: {kind.name: sample(*v)}),
    ]
    for suffix, encode in kind.files(model.sample_shape).items():
        compute = sample_file(encode, suffix)
        found.append(Endpoint(f"sample_{suffix}", drawing, compute))
    return found
