"""What all kinds of samples have in common."""

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import images, sample_files
from keras_gan_zoo.endpoints import Input

# Rounding, or noise that takes steps out of values, may go beyond.
_TOLERANCE = 1 / 64


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Kind:
    """A kind of samples: how they are checked, drawn and served.

    A subclass says what it knows of its samples; what isn't said is as for
    arrays of any finite numbers, which are served as they are. It writes
    `get_config()`, of values that JSON has, if its constructor takes arguments,
    and is registered by `keras.saving.register_keras_serializable()`.

    Attributes:
        name: String, a plural: samples are named so where they are served.
        axes: Tuple of strings, what the axes of a batch are; `None` if there
            may be any.
        limits: Tuple of the lowest and the highest value; `None` if there are
            none.
        remedy: String, what to do with data beyond the limits.
        suffix: String, that of files that a client makes of served samples:
            see `keras_gan_zoo.sample_files`.
        picture_rows: Integer, rows of a picture if nobody asks for another
            number.
        picture_columns: Integer, samples in a row, likewise.
    """

    name = "samples"
    axes = None
    limits = None
    remedy = "Scale them."
    suffix = "npz"
    picture_rows = 8
    picture_columns = 8

    def check(self, samples):
        """Raises a `ValueError` unless samples are fit to learn from.

        Args:
            samples: Array or tensor of shape `(batch, ...)`: the first batch
                of a dataset, or all samples of an array.
        """
        self.require(samples)
        values = keras.ops.convert_to_numpy(samples)
        is_float = keras.backend.is_float_dtype(values.dtype.name)
        if not is_float or not np.isfinite(values.astype("float32")).all():
            raise ValueError(
                f"Expected {self.name} of finite floats. Received: dtype "
                f"{values.dtype}. Cast them, and remove what holds NaN or "
                "infinity."
            )
        if self.limits is None:
            return
        low, high = self.limits
        least, most = float(values.min()), float(values.max())
        if least < low - _TOLERANCE or most > high + _TOLERANCE:
            raise ValueError(
                f"Expected {self.name} in [{low:g}, {high:g}]. Received: "
                f"values from {least:g} to {most:g}. {self.remedy}"
            )

    def require(self, samples):
        """Raises a `ValueError` unless a batch has the shape of the kind.

        Args:
            samples: Array or tensor, symbolic ones included.
        """
        if self.axes is None:
            return
        shape = getattr(samples, "shape", None)
        if shape is None or len(shape) != len(self.axes):
            received = type(samples).__name__ if shape is None else tuple(shape)
            raise ValueError(
                f"Expected {self.name} as one array of shape "
                f"({', '.join(self.axes)}). Received: {received}. Reshape "
                "them, or say by `kind=` what else they are."
            )

    def to_served(self, samples):
        """Returns samples of a model as they are served, float32.

        To be traced: it consists of TensorFlow operations.
        """
        self.require(samples)
        samples = tf.cast(samples, tf.float32)
        if self.limits is None:
            return samples
        return tf.clip_by_value(samples, *self.limits)

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
        if self.limits is None:
            return Input(spec, take=self.from_served)
        return input_within(spec, self.limits, self.from_served)

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

    def to_file(self, samples):
        """Returns samples as they are served as the content of one file.

        Args:
            samples: Array `(number, ...)`; of suffixes that hold one sample,
                `number` is 1. See `sample_files.HOLDS_MANY`.

        Returns:
            Bytes of a file with the kind's `suffix`.
        """
        return sample_files.content(samples, self.facts())

    def facts(self):
        """Returns what a client has to know of served samples.

        Returns:
            Dictionary of values that JSON has: `name`, `suffix`, and the
            arguments of the kind.
        """
        return {"name": self.name, "suffix": self.suffix, **self.get_config()}

    def picture(self, samples, columns, shown=None):
        """Draws samples, for people to look at.

        Args:
            samples: Array of shape `(number, ...)`, as a model has them.
            columns: Integer, samples in a row.
            shown: Array of booleans `(number,)`: of samples that aren't shown
                the places stay white. By default all are.

        Returns:
            Numpy array, uint8, of shape `(height, width, channels)` with 1 or 3
            channels. All rows of samples have the same height, and 2 white
            pixels between them.
        """
        cells = self.cells(samples)
        if shown is not None:
            cells = np.array(cells)
            cells[~np.asarray(shown)] = 255
        return images.uint8_grid(cells, columns)

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

    def drawable(self, samples):
        """Returns samples as a numpy array of finite float32.

        Raises:
            ValueError: If they are of another shape or hold NaN.
        """
        self.require(samples)
        values = keras.ops.convert_to_numpy(samples).astype("float32")
        if not np.isfinite(values).all():
            raise ValueError(
                f"Expected {self.name} of finite numbers to draw. Received: "
                f"{np.mean(~np.isfinite(values)):.0%} NaN or infinity. If a "
                "model made them, its training has diverged: go back to an "
                "earlier checkpoint and lower the learning rates."
            )
        return values

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def input_within(spec, limits, take):
    """Returns an `endpoints.Input` of values that have limits."""
    low, high = limits
    return Input(
        spec,
        is_right=lambda values: (values >= low) & (values <= high),
        expected=f"in [{low:g}, {high:g}]",
        take=take,
        filler=min(max(0.0, low), high),
    )
