"""What the metrics of features ask of their arrays."""

import numpy as np

_LARGEST = float(np.finfo("float32").max)


def require_features(*arrays):
    """Raises a `ValueError` unless arrays are samples of one space.

    Args:
        *arrays: Arrays of shape `(samples, dimensions)`, of real numbers and
            with the same number of dimensions. They may differ in the number
            of samples.

    Raises:
        ValueError: If a shape is another one, an array holds no samples or no
            real numbers, or a value is NaN, infinite or beyond float32, where
            squares and cubes would no longer fit into float64.
    """
    shapes = [array.shape for array in arrays]
    if any(len(shape) != 2 or 0 in shape for shape in shapes):
        raise ValueError(
            "Features must have the shape (samples, dimensions), with at "
            f"least one sample. Received: {_listed(shapes)}. Flatten images "
            "or pass them through a feature extractor."
        )
    if len({shape[1] for shape in shapes}) > 1:
        raise ValueError(
            "Features must have the same number of dimensions. Received: "
            f"{_listed(shapes)}. Take them from the same extractor."
        )
    for array in arrays:
        if array.dtype.kind not in "fiu":
            raise ValueError(
                "Features must be real numbers. Received: dtype "
                f"{array.dtype}. Convert them to float32."
            )
        # Both are NaN if any value is, and need no array of their own.
        smallest, largest = array.min(), array.max()
        if not np.isfinite(smallest) or not np.isfinite(largest):
            raise ValueError(
                "Features must be finite. Received: values from "
                f"{smallest} to {largest}. If a model made them, its training "
                "has diverged; if the extractor ran in float16, run it in "
                "float32."
            )
        if max(-float(smallest), float(largest)) > _LARGEST:
            raise ValueError(
                "Features must be within the range of float32, up to "
                f"{_LARGEST:.2g}. Received: values from {smallest:.2g} to "
                f"{largest:.2g}. Divide both sets by the same number."
            )


def _listed(shapes):
    return " and ".join(f"shape {shape}" for shape in shapes)
