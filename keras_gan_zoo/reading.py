"""Python functions that read data within TensorFlow's threads."""

import contextlib
import itertools
import re

import numpy as np

_errors = {}  # By number.
_numbers = itertools.count(1)


def read_each(read, indices, shape, dtype="uint8"):
    """Reads the elements of a batch, for a function that a dataset maps.

    Args:
        read: Function of an integer that returns an array of `shape`.
        indices: Tensor of integers `(batch,)`.
        shape: Tuple, the shape of one element.
        dtype: String, the type of its values.

    Returns:
        Tensor of that type, of shape `(batch, *shape)`. If `read` raises a
        `ValueError`, a `tf.errors.InvalidArgumentError` with its text is
        raised in its place; `short_errors` gives back the former.
    """
    import tensorflow as tf

    def read_batch(indices):
        try:
            return np.stack([read(index) for index in indices]), b""
        except ValueError as error:
            return np.empty(0, dtype), _noted(error)

    elements, problem = tf.numpy_function(
        read_batch, [indices], [tf.as_dtype(dtype), tf.string]
    )
    # What a function of Python raises brings along the lines of its traceback.
    fine = tf.debugging.Assert(tf.equal(problem, ""), [problem])
    with tf.control_dependencies([fine]):
        return tf.ensure_shape(tf.identity(elements), (len(indices), *shape))


@contextlib.contextmanager
def short_errors():
    """Gives the `ValueError` of a function that reads its own type and text.

    TensorFlow would show it as an `InvalidArgumentError` of many lines.
    """
    try:
        yield
    except Exception as error:
        known = re.search(r"\(reading error (\d+)\)", str(error))
        if known is None or int(known[1]) not in _errors:
            raise
        raise _errors[int(known[1])] from None


def _noted(error):
    """Keeps an error and returns its text, with the number to find it by."""
    number = next(_numbers)
    # Without its frames, which would keep the batch for good.
    _errors[number] = error.with_traceback(None)
    return f"{error} (reading error {number})".encode(errors="replace")
