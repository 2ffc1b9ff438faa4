"""What a signature of a SavedModel takes and returns."""

import dataclasses

import numpy as np

from keras_gan_zoo.serving.errors import RequestError

# Kinds of NumPy data types that JSON has values for, as TensorFlow Serving
# maps them: booleans, integers, floats, and strings as objects.
JSON_KINDS = "biufO"


@dataclasses.dataclass(frozen=True)
class Array:
    """An input or an output: what there is to know without its values.

    Args:
        dtype: `numpy.dtype`; object for strings, which are `bytes`.
        shape: Tuple of sizes, `None` where it is free; `None` if even the
            rank is.
    """

    dtype: np.dtype
    shape: tuple | None

    @property
    def kind(self):
        """The name of the type, for people."""
        return "string" if self.dtype == object else self.dtype.name

    def __str__(self):
        sizes = ", ".join("?" if n is None else str(n) for n in self.shape[1:])
        return f"{self.kind} of shape (rows{', ' + sizes if sizes else ''})"


@dataclasses.dataclass(frozen=True)
class Signature:
    """A function of a SavedModel, by the names of its inputs and outputs.

    Args:
        name: String, such as `"serving_default"`.
        inputs: Dictionary of `Array`s.
        outputs: Dictionary of `Array`s.
    """

    name: str
    inputs: dict
    outputs: dict

    @classmethod
    def of(cls, name, function):
        """Returns what is known of a function that was loaded."""
        _, inputs = function.structured_input_signature
        return cls(name, _arrays(inputs), _arrays(function.structured_outputs))

    def require_served(self):
        """Raises a `RequestError` if this server can't compute it."""
        why = None
        if not self.inputs:
            why = "it has no inputs, and so no rows"
        for name, array in {**self.inputs, **self.outputs}.items():
            if array.dtype.kind not in JSON_KINDS:
                why = f"`{name}` is {array.kind}, of which JSON has no values"
        for name, array in self.inputs.items():
            if not array.shape or array.shape[0] is not None:
                why = (
                    "requests are put together, but the first axis of "
                    f"`{name}` is no batch of any size"
                )
        if why:
            raise RequestError(
                501, f"Signature {self.name!r} can't be served here: {why}."
            )

    def require(self, inputs, max_rows):
        """Raises a `RequestError` if arrays aren't what the signature takes.

        Args:
            inputs: Dictionary of arrays.
            max_rows: Integer, the most rows of a request.
        """
        self.require_served()
        if set(inputs) != set(self.inputs):
            raise RequestError(
                400,
                f"Signature {self.name!r} takes {self.described_inputs()}. "
                f"Received: {', '.join(map(repr, sorted(inputs))) or 'none'}.",
            )
        for name, array in inputs.items():
            expected = self.inputs[name]
            fits = array.ndim == len(expected.shape) and all(
                wanted in (None, size)
                for wanted, size in zip(expected.shape, array.shape)
            )
            if not fits or array.dtype != expected.dtype:
                raise RequestError(
                    400,
                    f"`{name}` must be {expected}. Received: {array.dtype} of "
                    f"shape {array.shape}.",
                )
        rows = {name: len(array) for name, array in inputs.items()}
        if len(set(rows.values())) > 1:
            found = ", ".join(f"{n} of `{name}`" for name, n in rows.items())
            raise RequestError(
                400, f"All inputs must have as many rows. Received: {found}."
            )
        number = next(iter(rows.values()))
        if not 1 <= number <= max_rows:
            raise RequestError(
                400,
                f"A request must have from 1 to {max_rows:,} rows. Received: "
                f"{number:,}.",
            )

    def described_inputs(self):
        """Returns the inputs in words."""
        return " and ".join(
            f"`{name}` ({array})" for name, array in self.inputs.items()
        )


def _arrays(specs):
    return {
        name: Array(
            np.dtype(spec.dtype.as_numpy_dtype),
            None if spec.shape.rank is None else tuple(spec.shape),
        )
        for name, spec in sorted(specs.items())
    }
