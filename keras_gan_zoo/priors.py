"""What latents are drawn from: objects that `GAN(prior=...)` takes.

Training, `generate()`, callbacks and the exported generator all draw from the
same prior, and it is saved with the model. For one of your own, write a
subclass of `Prior`, registered by `keras.saving.register_keras_serializable()`.
"""

import math

import keras
import numpy as np

from keras_gan_zoo import noise


class Prior:
    """A distribution of latents.

    A subclass writes `draw(shape, seed)`, and `get_config()` if its
    constructor takes arguments.
    """

    def draw(self, shape, seed):
        """Draws latents.

        Args:
            shape: List of integers or scalar tensors, the batch size first.
            seed: Seed of shape `(2,)`; see `keras_gan_zoo.noise`. A prior of
                your own should draw with its functions, which give each replica
                of a strategy its own rows. To draw twice, make two seeds with
                `noise.split(seed)`.

        Returns:
            Tensor, float32, of shape `shape`.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must implement `draw(shape, seed)`."
        )

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Normal(Prior):
    """Each latent from N(0, 1), independently."""

    def draw(self, shape, seed):
        return noise.normal(shape, seed)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Uniform(Prior):
    """Each latent from U[low, high), independently.

    Args:
        low: Float.
        high: Float above `low`. `Uniform(-3**0.5, 3**0.5)` has the variance
            of `Normal()`.
    """

    def __init__(self, low=-1.0, high=1.0):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(
                "`low` must be below `high`, and both finite. Received: "
                f"low={low}, high={high}."
            )
        self.low = low
        self.high = high

    def draw(self, shape, seed):
        return noise.uniform(shape, seed, self.low, self.high)

    def get_config(self):
        return {"low": self.low, "high": self.high}


def require_prior(prior, latent_dim):
    """Raises a `ValueError` unless latents can be drawn from an object.

    Args:
        prior: What a caller passed for a prior.
        latent_dim: Integer, size of the latent space.
    """
    if not isinstance(prior, Prior):
        raise ValueError(
            "`prior` must be an object of `keras_gan_zoo.priors`, such as "
            "`Uniform(-1.0, 1.0)`, or of a subclass of its `Prior`. Received: "
            f"prior={prior!r}."
        )
    shape = (2, latent_dim)
    drawn = prior.draw([*shape], noise.as_seed(0))
    if drawn.shape != shape or drawn.dtype != "float32":
        raise ValueError(
            "`prior.draw(shape, seed)` must return float32 of that shape. "
            f"Received: {drawn.dtype.name} of shape {tuple(drawn.shape)} for "
            f"shape {shape}. Draw by the functions of `keras_gan_zoo.noise`."
        )
    copy = type(prior).from_config(prior.get_config())
    if not np.array_equal(drawn, copy.draw([*shape], noise.as_seed(0))):
        raise ValueError(
            "A prior must draw the same for the same seed, and so must the "
            "one that is made of its `get_config()`, or replicas and resumed "
            "runs would differ. Received: two draws of "
            f"`{type(prior).__name__}` that differ. Draw by the functions of "
            "`keras_gan_zoo.noise`, and put all arguments into the config."
        )
