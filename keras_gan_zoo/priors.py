"""What latents are drawn from: objects that `GAN(prior=...)` takes.

A prior is drawn from in training, by `generate()`, by callbacks and by the
exported generator alike, and is saved with the model.
"""

import math

import keras

from keras_gan_zoo import noise


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Normal:
    """Each latent from N(0, 1), independently."""

    def draw(self, shape, seed):
        """Draws latents.

        Args:
            shape: List of integers or scalar tensors, the batch size first.
            seed: Seed of shape `(2,)`; see `keras_gan_zoo.noise`, whose
                functions a prior of your own should draw by: they give
                replicas of a strategy rows of their own.

        Returns:
            Tensor, float32, of shape `shape`.
        """
        return noise.normal(shape, seed)

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Uniform:
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
        """Draws latents; see `Normal.draw`."""
        return noise.uniform(shape, seed, self.low, self.high)

    def get_config(self):
        return {"low": self.low, "high": self.high}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def require_prior(prior):
    """Raises a `ValueError` unless latents can be drawn from an object."""
    if isinstance(prior, type) or not callable(getattr(prior, "draw", None)):
        raise ValueError(
            "`prior` must be an object with `draw(shape, seed)`, such as "
            f"`keras_gan_zoo.priors.Uniform(-1.0, 1.0)`. Received: "
            f"prior={prior!r}."
        )
