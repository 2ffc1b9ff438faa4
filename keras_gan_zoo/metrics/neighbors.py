"""Exact nearest neighbors of many samples in little memory.

What the scores that compare distances have in common. Distances are Euclidean
and computed tile by tile: 50,000 x 50,000 samples of 2,048 dimensions take
less than 1 GiB beside the features.
"""

import numpy as np

from keras_gan_zoo.metrics.parameter_checks import require_integers

# Samples on each side of a tile. At 2,048 dimensions a tile takes 32 MiB, and
# so does each side of it in float64.
TILE = 2048

# Neighbors that are measured beyond those asked for. See `_Nearest`.
SPARE = 4


def distance_tiles(first, second):
    """Yields the squared distances of all pairs, one tile after the other.

    They are `|x|^2 + |y|^2 - 2 x.y`, in float64 and after the mean of `first`
    has been subtracted, since this loses digits where norms are large against
    distances. What it still may lose comes with each tile: squared distances
    that differ by no more than the slack must be taken for equal. So may one
    below 0, for 0.

    Args:
        first: Array of shape `(samples, dimensions)`.
        second: Array of shape `(samples, dimensions)`.

    Yields:
        Tuples of two slices, the rows in `first` and the columns in
        `second`, and two arrays of shape `(rows, columns)`: the squared
        distances and their slack. The arrays may be written to.
    """
    center = first.mean(axis=0, dtype="float64")
    for rows in _parts(first):
        left = _Side(first[rows], center)
        for columns in _parts(second):
            right = _Side(second[columns], center)
            yield rows, columns, *_tile(left, right)


def nearest(queries, references, k):
    """Finds the k nearest references of each query.

    Args:
        queries: Array of shape `(samples, dimensions)`.
        references: Array of shape `(samples, dimensions)`, at least k.
        k: Integer.

    Returns:
        Pair of arrays of shape `(queries, k)`: the indices in `references`,
        the nearest first, and the distances in float64. Those of equal
        samples are exactly 0.
    """
    found = _Nearest(len(queries), k)
    for rows, columns, squared, _ in distance_tiles(references, queries):
        found.add(columns, rows, squared.T)
    return found.measured(queries, references)


def nearest_others(features, k):
    """Finds the k nearest other samples of each sample of a set.

    A sample is no neighbor of itself, but one that equals it is.

    Args:
        features: Array of shape `(samples, dimensions)`, more than k.
        k: Integer.

    Returns:
        Pair of arrays of shape `(samples, k)`: the indices, the nearest
        first, and the distances in float64.
    """
    found = _Nearest(len(features), k)
    center = features.mean(axis=0, dtype="float64")
    parts = list(_parts(features))
    for number, rows in enumerate(parts):
        left = _Side(features[rows], center)
        # Each tile serves both of its sides, so half of them are enough.
        for columns in parts[number:]:
            right = _Side(features[columns], center)
            squared, _ = _tile(left, right)
            if rows == columns:
                np.fill_diagonal(squared, np.inf)
            else:
                found.add(columns, rows, squared.T)
            found.add(rows, columns, squared)
    return found.measured(features, features)


def require_neighbors(k, *arrays):
    """Raises a `ValueError` unless each sample has k others in its set.

    Args:
        k: Integer, the number of neighbors asked for.
        *arrays: Arrays of shape `(samples, dimensions)`, or sets of as many.
    """
    require_integers(1, k=k)
    fewest = min(len(array) for array in arrays)
    if k >= fewest:
        raise ValueError(
            "The number of neighbors must be less than the number of samples, "
            f"since none is its own. Received: k={k}, {fewest} samples. Take "
            "more samples or a smaller k."
        )


class _Side:
    """One side of a tile: centered samples and their squared norms."""

    def __init__(self, samples, center):
        self.samples = samples.astype("float64")
        self.samples -= center
        self.norms = np.einsum("nd,nd->n", self.samples, self.samples)


class _Nearest:
    """The nearest neighbors so far, of each of a number of samples.

    Tiles tell who they are, and `measured()` how far they are: the difference
    of two samples has all its digits, where the expansion's have been lost
    for neighbors that are nearly equal. For the same reason a few more are
    kept than asked for, from which the nearest are taken by that measure.
    """

    def __init__(self, number, k):
        self.k = k
        self.squared = np.full((number, k + SPARE), np.inf)
        self.indices = np.zeros((number, k + SPARE), "int64")

    def add(self, rows, columns, squared):
        """Takes note of a tile, `squared[row, column]`."""
        kept = self.squared.shape[1]
        best = _smallest(squared, kept)
        squared = np.take_along_axis(squared, best, axis=1)
        squared = np.hstack([self.squared[rows], squared])
        indices = np.hstack([self.indices[rows], best + columns.start])
        best = _smallest(squared, kept)
        self.squared[rows] = np.take_along_axis(squared, best, axis=1)
        self.indices[rows] = np.take_along_axis(indices, best, axis=1)

    def measured(self, samples, references):
        """Returns indices and distances of the k nearest, in order."""
        distances = np.full(self.squared.shape, np.inf)
        # Sets smaller than what is kept leave places without a neighbor.
        places = np.isfinite(self.squared)
        for part in _parts(samples):
            these = samples[part].astype("float64")
            for place in range(places.shape[1]):
                those = references[self.indices[part, place]]
                distances[part, place] = np.linalg.norm(these - those, axis=1)
        distances[~places] = np.inf
        order = np.argsort(distances, axis=1, kind="stable")[:, : self.k]
        return (
            np.take_along_axis(self.indices, order, axis=1),
            np.take_along_axis(distances, order, axis=1),
        )


def _parts(samples):
    number = len(samples)
    for start in range(0, number, TILE):
        yield slice(start, min(start + TILE, number))


def _tile(left, right):
    squared = left.samples @ right.samples.T
    squared *= -2.0
    norms = left.norms[:, None] + right.norms
    squared += norms
    # Bounds the error of a sum of so many products, and of a few more sums.
    norms *= (left.samples.shape[1] + 8) * np.finfo("float64").eps
    return squared, norms


def _smallest(values, number):
    """Returns the columns of the smallest values of each row, unordered."""
    if values.shape[1] <= number:
        return np.tile(np.arange(values.shape[1]), (len(values), 1))
    return np.argpartition(values, number - 1, axis=1)[:, :number]
