"""What a model offers to be served: named functions with named inputs.

A model says so in `endpoints()`. Exports, files for other runtimes, the server,
its client and its page take what they find.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf


def _is_finite(values):
    if not values.dtype.is_floating:
        return tf.ones_like(values, tf.bool)
    return tf.math.is_finite(values)


def _as_they_are(values):
    return values


@dataclasses.dataclass(frozen=True)
class Input:
    """An input of an endpoint.

    Args:
        spec: `tf.TensorSpec` with a name. The first axis is the batch, of any
            size.
        is_right: Function from values to booleans, to be traced. By default
            floats must be finite.
        expected: String, what `is_right` asks for, such as "in [0, 1]".
        take: Function from values as they are served to values as the model
            has them, to be traced.
        filler: Number that is right, of which requests consist that a server
            sends itself to warm up.
    """

    spec: tf.TensorSpec
    is_right: Callable = _is_finite
    expected: str = "finite"
    take: Callable = _as_they_are
    filler: float = 0

    @property
    def name(self):
        return self.spec.name

    def check(self, values):
        """Returns an operation that raises unless all values are right."""
        # In the graph, since the server has no other place for it. Without it,
        # a label beyond gives an image of no class, or of another.
        message = f"`{self.name}` must be {self.expected}."
        is_right = tf.reduce_all(self.is_right(values))
        return tf.debugging.Assert(is_right, [message])


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """A function that is served: no state, all random numbers from seeds.

    Args:
        name: String. "serving_default" is what other runtimes get, and what
            is computed if a request names no endpoint.
        inputs: Sequence of `Input`s.
        compute: Function from the inputs, in their order and as the model has
            them, to a dictionary of tensors whose first axis is the batch. To
            be traced.
    """

    name: str
    inputs: tuple
    compute: Callable

    @property
    def signature(self):
        """The `tf.TensorSpec` of each input."""
        return [one.spec for one in self.inputs]

    def __call__(self, *values):
        """Computes what is served of served values, once they are right."""
        checks = [
            one.check(value)
            for one, value in zip(self.inputs, values, strict=True)
        ]
        # Or else a layer that takes them may be the first to complain.
        with tf.control_dependencies(checks):
            return self.unchecked(*map(tf.identity, values))

    def unchecked(self, *values):
        """Does the same for runtimes that have no operation for a check."""
        taken = [one.take(value) for one, value in zip(self.inputs, values)]
        return self.compute(*taken)


def seeds():
    """Returns the input of an endpoint that draws: a seed for each row."""
    return Input(
        tf.TensorSpec((None,), tf.int64, "seeds"), expected="whole numbers"
    )


def require_endpoints(model):
    """Returns the endpoints of a model, by name.

    Raises:
        ValueError: If it has none.
    """
    if not hasattr(model, "endpoints"):
        raise ValueError(
            "A model says by its method `endpoints()` what is served of it. "
            f"Received: a `{type(model).__name__}`, which has none. Write one "
            "that returns a list of `keras_gan_zoo.endpoints.Endpoint`."
        )
    return {endpoint.name: endpoint for endpoint in model.endpoints()}
