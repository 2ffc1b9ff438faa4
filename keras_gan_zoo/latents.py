"""Paths between latents: Sampling Generative Networks, section 2.

White, 2016
https://arxiv.org/abs/1609.04468
"""

import numpy as np


def linear_interpolation(start, end, position):
    """Returns latents on the straight line from one to another.

    Args:
        start: Array of floats of shape `(..., dimensions)`.
        end: Array of the same shape, or one that broadcasts against it.
        position: Float or array of shape `(...)`: 0 at the start, 1 at the
            end.

    Returns:
        Array of the broadcast shape, in the ends' dtype.

    Raises:
        ValueError: If the latents aren't floats.
    """
    start, end, position, dtype = _prepared(start, end, position)
    return ((1.0 - position) * start + position * end).astype(dtype)


def spherical_interpolation(start, end, position):
    """Returns latents on the great circle from one to another.

    The direction turns by a constant rate from that of the start to that of
    the end, on the shorter way, and the norm changes linearly from one to the
    other. For ends of the same norm this is the formula of the paper, and
    stays on their sphere; unlike that formula, it keeps between the ends'
    norms where they differ. Gaussian latents of many dimensions all have
    about the same norm, which points on a straight line fall short of.

    Between opposite ends, where all ways are as long, one is chosen that
    depends on the ends alone.

    Args:
        start: Array of floats of shape `(..., dimensions)`, of at least two
            dimensions.
        end: Array of the same shape, or one that broadcasts against it.
        position: Float or array of shape `(...)`: 0 at the start, 1 at the
            end.

    Returns:
        Array of the broadcast shape, in the ends' dtype.

    Raises:
        ValueError: If the latents aren't floats, or have only one dimension.
    """
    start, end, position, dtype = _prepared(start, end, position)
    if start.shape[-1] < 2:
        raise ValueError(
            "Latents must have at least two dimensions to turn in. Received: "
            f"shape {start.shape}. Use `linear_interpolation`."
        )
    start_norm = np.linalg.norm(start, axis=-1, keepdims=True)
    end_norm = np.linalg.norm(end, axis=-1, keepdims=True)
    # The way from or to 0, which has no direction, is straight.
    start_direction = _unit(np.where(start_norm > 0.0, start, end))
    end_direction = _unit(np.where(end_norm > 0.0, end, start))
    # Of the half angle, whose tangent is exact for small and large angles,
    # where an arc cosine is not.
    half = np.arctan2(
        np.linalg.norm(end_direction - start_direction, axis=-1, keepdims=True),
        np.linalg.norm(end_direction + start_direction, axis=-1, keepdims=True),
    )
    angle = 2.0 * half * position
    norm = (1.0 - position) * start_norm + position * end_norm
    sideways = _sideways(start_direction, end_direction)
    direction = np.cos(angle) * start_direction + np.sin(angle) * sideways
    return (norm * direction).astype(dtype)


def _prepared(start, end, position):
    start, end = np.asarray(start), np.asarray(end)
    dtype = np.result_type(start, end)
    if dtype.kind != "f":
        raise ValueError(
            "Latents must be floats. Received: dtypes "
            f"{start.dtype} and {end.dtype}."
        )
    # Steps along a path may be far smaller than float32 resolves.
    position = np.asarray(position, "float64")[..., None]
    return start.astype("float64"), end.astype("float64"), position, dtype


def _unit(latents):
    norm = np.linalg.norm(latents, axis=-1, keepdims=True)
    return np.divide(
        latents, norm, out=np.zeros_like(latents), where=norm > 0.0
    )


def _sideways(start, end):
    """Returns directions at right angles to the start, towards the end."""
    sideways = _orthogonal(end, start)
    norm = np.linalg.norm(sideways, axis=-1, keepdims=True)
    # Nothing but rounding is left of ends that are parallel or opposite. Then
    # any direction will do: that of the axis which the start is farthest from.
    axis = np.eye(start.shape[-1])[np.abs(start).argmin(axis=-1)]
    sideways = _unit(np.where(norm > 1e-12, sideways, axis))
    # Once more, since what is left of nearly parallel ends is inexact.
    return _unit(_orthogonal(sideways, start))


def _orthogonal(latents, direction):
    along = np.sum(latents * direction, axis=-1, keepdims=True)
    return latents - along * direction
