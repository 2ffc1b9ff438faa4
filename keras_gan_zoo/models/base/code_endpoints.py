"""What is served of a model with an encoder, beside its samples."""

from keras_gan_zoo.endpoints import Endpoint


def code_endpoints_of(model):
    """Returns the endpoints of a model that has `encode` and `reconstruct`.

    Args:
        model: `LatentModel` with these methods, whose `sample_shape` is known.

    Returns:
        List of `Endpoint`s: `encode`, from samples to `codes`, and
        `reconstruct`, from samples to samples.
    """
    kind = model.kind
    samples = kind.input(tuple(model.sample_shape[1:]))

    def encode(samples):
        return {"codes": model.encode(samples)}

    def reconstruct(samples):
        return {kind.name: kind.to_served(model.reconstruct(samples))}

    return [
        Endpoint("encode", (samples,), encode),
        Endpoint("reconstruct", (samples,), reconstruct),
    ]
