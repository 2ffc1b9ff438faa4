"""What generated solids have in common with real ones."""

import numpy as np


def nearest_overlaps(volumes, others, threshold=0.5):
    """Returns how much each solid overlaps with the nearest of others.

    The overlap is the intersection over the union of filled voxels. Of
    generated volumes with real ones it tells how plausible each is; of real
    volumes with generated ones, whether each kind of solid is made at all:
    minimum matching distance and its counterpart in Achlioptas et al. 2018,
    https://arxiv.org/abs/1707.02392, section 4.

    Args:
        volumes: Array `(number, depth, height, width, channels)`.
        others: Array `(other_number, ...)` of volumes of the same shape.
        threshold: Float, from which occupancy on a voxel is filled.

    Returns:
        Float array `(number,)`, from 0 to 1. Two empty solids are equal.
    """
    filled, other = (_as_rows(v, threshold) for v in (volumes, others))
    intersections = filled @ other.T
    sizes = filled.sum(axis=1)[:, np.newaxis] + other.sum(axis=1)
    unions = sizes - intersections
    overlaps = np.where(unions > 0, intersections / np.maximum(unions, 1), 1.0)
    return overlaps.max(axis=1)


def count_pieces(volumes, threshold=0.5):
    """Counts the pieces of each solid: voxels that touch by their faces.

    Args:
        volumes: Array `(number, depth, height, width, channels)`, of one
            channel.
        threshold: As of `nearest_overlaps`.

    Returns:
        Integer array `(number,)`.
    """
    filled = np.asarray(volumes)[..., 0] >= threshold
    # Each voxel takes the largest number of those it touches, until all of a
    # piece have one number.
    numbers = np.arange(1, filled[0].size + 1).reshape(filled[0].shape)
    labels = np.where(filled, numbers, 0)
    while True:
        padded = np.pad(labels, [(0, 0), (1, 1), (1, 1), (1, 1)])
        grown = labels
        for axis in (1, 2, 3):
            for shift in (-1, 1):
                moved = np.roll(padded, shift, axis)[:, 1:-1, 1:-1, 1:-1]
                grown = np.maximum(grown, moved)
        grown = np.where(filled, grown, 0)
        if np.array_equal(grown, labels):
            return np.array([len(np.unique(one[one > 0])) for one in labels])
        labels = grown


def _as_rows(volumes, threshold):
    filled = np.asarray(volumes) >= threshold
    return filled.reshape(len(filled), -1).astype("float32")
