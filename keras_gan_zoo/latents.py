"""Paths between latents, grids of them, and sums that mean something.

Sampling Generative Networks, section 2: White, 2016
https://arxiv.org/abs/1609.04468

Unsupervised Representation Learning with Deep Convolutional Generative
Adversarial Networks, section 6.3.2: Radford et al., 2016
https://arxiv.org/abs/1511.06434

These functions deal only with latents, so they work for any model that takes
them. Which interpolation stays close to what a generator has seen depends on
its prior: normal latents lie near a sphere, which `spherical_interpolation`
follows; uniform ones lie in a cube, which `linear_interpolation` doesn't leave.
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

    The direction turns at a constant rate from that of the start to that of
    the end, the shorter way, and the norm changes linearly from one to the
    other. For ends of the same norm this is the formula of the paper, and stays
    on their sphere; where the norms differ, unlike that formula, it stays
    between them. Gaussian latents of many dimensions all have about the same
    norm, and points on a straight line fall short of it. Uniform latents around
    0 do, too, but a great circle may leave their cube.

    Between opposite ends, where all ways are equally long, the one chosen
    depends only on the ends.

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


def latent_grid(corners, rows, columns, interpolate=spherical_interpolation):
    """Returns the latents of a grid between four corners.

    The first and the last column are paths between corners, and each row is
    a path between these. The paper calls the grid a manifold.

    Args:
        corners: Array of floats of shape `(2, 2, dimensions)`: top left and
            top right, bottom left and bottom right.
        rows: Integer, at least 2.
        columns: Integer, at least 2.
        interpolate: `spherical_interpolation` or `linear_interpolation`.

    Returns:
        Array of shape `(rows * columns, dimensions)`, row by row, as
        `keras_gan_zoo.images.grid(model(latents), columns)` draws them.

    Raises:
        ValueError: If there aren't four corners, or fewer than two rows or
            columns.
    """
    corners = np.asarray(corners)
    if corners.shape[:-1] != (2, 2) or min(rows, columns) < 2:
        raise ValueError(
            "A grid lies between corners of shape (2, 2, dimensions) and has "
            f"at least 2 rows and columns. Received: shape {corners.shape}, "
            f"rows={rows}, columns={columns}."
        )
    down = np.linspace(0.0, 1.0, rows)[:, None]
    left, right = np.moveaxis(interpolate(corners[0], corners[1], down), 1, 0)
    across = np.linspace(0.0, 1.0, columns)
    latents = interpolate(left[:, None], right[:, None], across)
    return latents.reshape((rows * columns, -1))


def closed_walk(stops, steps, interpolate=spherical_interpolation):
    """Returns the latents of a walk past all stops and back to the first.

    Args:
        stops: Array of floats of shape `(number, dimensions)`.
        steps: Integer, latents from one stop up to the next.
        interpolate: `spherical_interpolation` or `linear_interpolation`.

    Returns:
        Array of shape `(number * steps, dimensions)`. Shown one after the
        other, over and over, as `keras_gan_zoo.pictures.write_animation`
        does, they never jump.

    Raises:
        ValueError: If there are fewer than two stops, or no steps.
    """
    stops = np.asarray(stops)
    if stops.ndim != 2 or len(stops) < 2 or steps < 1:
        raise ValueError(
            "A walk has at least two stops, of shape (number, dimensions), "
            f"and one step. Received: shape {stops.shape}, steps={steps}."
        )
    next_stops = np.roll(stops, -1, axis=0)
    positions = np.arange(steps) / steps
    latents = interpolate(stops[:, None], next_stops[:, None], positions)
    return latents.reshape((len(stops) * steps, -1))


def sum_of_averages(added, subtracted):
    """Returns the latents of what some samples show and others don't.

    Men with glasses, minus men without, plus women without: women with
    glasses. The paper found that single samples aren't enough, and the average
    of three is. For three concepts of three samples each with normal latents,
    the result has the same distribution again. For uniform latents around 0, it
    has their mean and variance, but not their bounds.

    Args:
        added: List of arrays of floats of shape `(number, dimensions)`, each
            the latents of samples that show the same thing.
        subtracted: List of such arrays.

    Returns:
        Array of shape `(dimensions,)`, in their dtype.

    Raises:
        ValueError: If latents aren't floats of that shape.
    """
    added = sum(_average(latents) for latents in added)
    return added - sum(_average(latents) for latents in subtracted)


def _average(latents):
    latents = np.asarray(latents)
    if latents.dtype.kind != "f" or latents.ndim != 2 or not len(latents):
        raise ValueError(
            "An average is of latents of shape (number, dimensions), floats, "
            f"at least one. Received: shape {latents.shape}, dtype "
            f"{latents.dtype}."
        )
    return latents.mean(axis=0)


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
