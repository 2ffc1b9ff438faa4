"""What all conditions can do, and what those of several numbers share."""

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import noise


class Condition:
    """Something that is known of each sample, and chosen to generate one.

    A subclass writes all of these methods, and `get_config()` if its
    constructor takes arguments.
    """

    # Of a label that is one of several classes.
    num_classes = None
    class_names = None

    def draw(self, batch_size, seed):
        """Draws what samples are asked for in training, by `noise`.

        Args:
            batch_size: Integer or scalar tensor.
            seed: Seed of shape `(2,)`; see `keras_gan_zoo.noise`.

        Returns:
            Tensor whose first axis is the batch.
        """
        raise NotImplementedError(f"`{type(self).__name__}` has no `draw`.")

    def take(self, values):
        """Returns a batch of the data as networks take it; in a graph, too."""
        return values

    def check(self, values):
        """Raises a `ValueError` if values aren't of this condition.

        Args:
            values: Array whose first axis is the batch.

        Returns:
            The values, a numpy array as networks take it.
        """
        raise NotImplementedError(f"`{type(self).__name__}` has no `check`.")

    def check_network(self, name, network):
        """Raises a `ValueError` if a network can't take this condition.

        Args:
            name: String, what the user calls the network.
            network: Built Keras model whose second input it is.
        """

    def serving_input(self):
        """Returns the `endpoints.Input` by which it is chosen."""
        raise NotImplementedError(
            f"`{type(self).__name__}` has no `serving_input`."
        )

    def grid_rows(self, number):
        """Returns values for the rows of a sample grid, and their names.

        Args:
            number: Integer, at most so many rows.

        Returns:
            A tensor of at most `number` values, and a list of as many strings
            or `None`.
        """
        raise NotImplementedError(
            f"`{type(self).__name__}` has no `grid_rows`."
        )

    def facts(self):
        """Returns what an export writes down of it.

        Returns:
            Dictionary of values that JSON has: `num_classes`, `class_names`,
            and what a subclass adds to them.
        """
        return {
            "num_classes": self.num_classes,
            "class_names": self.class_names,
        }

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class Numbers(Condition):
    """A condition of several numbers for each sample, `(batch, size)`.

    Args:
        size: Integer.
        rows: Array `(number, size)` that values are drawn from, or `None`.
    """

    def __init__(self, size, rows=None):
        self.size = size
        self.rows = rows if rows is None else self.check(rows)

    def draw(self, batch_size, seed):
        indices = noise.integers([batch_size], seed, len(self.rows))
        return tf.gather(tf.constant(self.rows), indices)

    def take(self, values):
        # A column of single numbers may have come without its axis.
        return tf.reshape(tf.cast(values, tf.float32), [-1, self.size])

    def check(self, values):
        values = np.asarray(keras.ops.convert_to_numpy(values))
        if self.size == 1 and values.ndim == 1:
            values = values[:, np.newaxis]
        if values.ndim != 2 or values.shape[1] != self.size:
            raise ValueError(
                f"A `{type(self).__name__}` has {self.size} numbers for each "
                f"sample. Expected: shape (batch, {self.size}). Received: "
                f"shape {values.shape}. {self.mend_of_shape}"
            )
        return values.astype("float32")

    def check_network(self, name, network):
        shapes = getattr(network, "input_shape", None)
        if not isinstance(shapes, (list, tuple)) or len(shapes) != 2:
            return
        taken = shapes[1]
        if isinstance(taken, (list, tuple)) and taken[1:] != (self.size,):
            raise ValueError(
                f"The {name} must take the condition of each sample as its "
                f"second input, of shape (None, {self.size}). Received: a "
                f"network that takes {tuple(taken)}. Build it by "
                f"`keras.Input(({self.size},))`."
            )

    def _stored_rows(self):
        return None if self.rows is None else self.rows.tolist()


def require_condition(condition):
    """Raises a `ValueError` unless a caller has passed a condition.

    Args:
        condition: What was passed for it.
    """
    if not isinstance(condition, Condition):
        raise ValueError(
            "`condition` must be an object of `keras_gan_zoo.conditions`, such "
            f"as `Label(10)`. Received: condition={condition!r}."
        )
