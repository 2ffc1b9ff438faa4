"""What all kinds of samples have in common."""

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import images
from keras_gan_zoo.endpoints import Input


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Kind:
    """A kind of samples: how they are checked, drawn and served.

    A subclass says what it knows of its samples; what isn't said is as for
    arrays of any finite numbers, which are served as they are. It writes
    `get_config()` if its constructor takes arguments, and is registered by
    `keras.saving.register_keras_serializable()`.

    Attributes:
        name: String, a plural: samples are named so where they are served.
    """

    name = "samples"

    def check(self, samples):
        """Raises a `ValueError` unless samples are fit to learn from.

        Args:
            samples: Array or tensor of shape `(batch, ...)`: the first batch
                of a dataset, or all samples of an array.
        """
        values = np.asarray(samples)
        if values.dtype.kind != "f" or not np.isfinite(values).all():
            raise ValueError(
                f"Expected {self.name} of finite floats. Received: dtype "
                f"{values.dtype}. Cast them, and remove what holds NaN or "
                "infinity."
            )

    def require(self, samples):
        """Raises a `ValueError` unless a batch has the shape of the kind.

        Args:
            samples: Array or tensor, symbolic ones included.
        """

    def to_served(self, samples):
        """Returns samples of a model as they are served, float32.

        To be traced: it consists of TensorFlow operations.
        """
        return tf.cast(samples, tf.float32)

    def from_served(self, samples):
        """Returns served samples as a model has them; see `to_served`."""
        return samples

    def input(self, shape, name=None):
        """Returns the `endpoints.Input` of samples that are served.

        Args:
            shape: Tuple, the shape of one sample.
            name: String, by default the kind's.
        """
        spec = tf.TensorSpec((None, *shape), tf.float32, name or self.name)
        return Input(spec, take=self.from_served)

    def files(self, shape):
        """Returns what makes files of served samples, to be traced.

        Args:
            shape: Shape of a batch.

        Returns:
            Dictionary of functions by the suffix of their files, such as
            "png". Each makes a tensor of strings, `(batch,)`, of a batch of
            samples as they are served.
        """
        return {}

    def picture(self, samples, columns):
        """Draws samples, for people to look at.

        Args:
            samples: Array of shape `(number, ...)`, as a model has them.
            columns: Integer, samples in a row.

        Returns:
            Numpy array, uint8, of shape `(height, width, channels)` with 1 or 3
            channels. All rows of samples have the same height, and 2 white
            pixels between them.
        """
        return images.uint8_grid(self.cells(samples), columns)

    def cells(self, samples):
        """Draws each sample by itself.

        Args:
            samples: As of `picture`.

        Returns:
            Numpy array, uint8, of shape `(number, height, width, channels)`
            with 1 or 3 channels.
        """
        raise ValueError(
            f"There is no picture of {self.name} of this kind. Received: "
            f"{type(self).__name__}. Leave pictures out, or write `cells()` in "
            "a kind of your own."
        )

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
