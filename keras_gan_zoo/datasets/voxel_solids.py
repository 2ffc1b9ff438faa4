"""Solids of voxels, drawn by a formula: volumes to learn from.

They stand in for the furniture of ModelNet, which 3D-GAN was trained on, where
that can't be had: their shapes are known exactly, and there is no end of them.
"""

import numpy as np

from keras_gan_zoo.datasets.streams import check_integer, fold_seed, mapped

SOLIDS = ("box", "ellipsoid", "cylinder", "cone", "torus")

_SMALLEST_SIDE = 8  # Below it a torus would lose its hole.
_TORUS = SOLIDS.index("torus")

# Halves of what a solid measures, where the cube measures 2: from, to.
_HALF_SIZES = (0.25, 0.5)
_TORUS_RING = (0.4, 0.55)  # Radius of the circle within the tube.
_TORUS_TUBE = (0.15, 0.22)


def solids(batch_size, side=16, labels=False, seed=0, start_step=0):
    """An endless stream of boxes, ellipsoids, cylinders, cones and tori.

    All are equally likely, of random size, place and direction, and whole:
    none is cut by the border. They fill 3.5 % of the cube on average. Held-out
    solids are those of another seed.

        volumes = solids(32, start_step=0)
        gan.fit(volumes, steps_per_epoch=100)

    Args:
        batch_size: Integer.
        side: Integer, voxels along each edge of the cube: at least 8.
        labels: Whether to give `(volumes, labels)`.
            `class_names("solids")` names the classes.
        seed: Integer. A batch is a function of the seed and the step.
        start_step: Integer, the step of training the stream begins at.

    Returns:
        Endless `tf.data.Dataset` of volumes, float32, of shape `(batch_size,
        side, side, side, 1)`. A voxel is 1 if its centre is within the solid
        and 0 if it isn't: occupancies, as the sigmoid of 3D-GAN's generator
        gives them, not values in [-1, 1]. With labels, pairs with int32 labels
        `(batch_size,)`.

    Raises:
        ValueError: If an argument is out of range.
    """
    import tensorflow as tf

    batch_size = check_integer("batch_size", batch_size, 1)
    side = check_integer("side", side, _SMALLEST_SIDE)
    seed = check_integer("seed", seed, 0)
    start_step = check_integer("start_step", start_step, 0)

    def batch(step):
        classes, half_sizes, centers, rotations = _random_solids(
            batch_size, seed, step
        )
        volumes = voxels(classes, half_sizes, centers, rotations, side)
        return (volumes, classes) if labels else volumes

    dataset = mapped(tf.data.Dataset.counter(start_step), batch)
    # `Dataset.skip` would draw what it leaves out.
    dataset.skip = lambda count, name=None: solids(
        batch_size, side, labels, seed, start_step + count
    )
    return dataset


def voxels(classes, half_sizes, centers, rotations, side):
    """Fills the voxels of solids.

    The cube reaches from -1 to 1 along each of its three axes; its voxels have
    their centres at `(2 * i + 1) / side - 1`.

    Args:
        classes: Integers `(batch,)`, indices into `SOLIDS`.
        half_sizes: Floats `(batch, 3)`, along the solid's own axes, which for
            cylinder, cone and torus is the third. Of a torus, the first two
            are the radius of the circle within the tube and the third is the
            radius of the tube.
        centers: Floats `(batch, 3)`.
        rotations: Floats `(batch, 3, 3)`. The columns are the solid's own
            axes.
        side: Integer, voxels along each edge.

    Returns:
        Tensor, float32, of shape `(batch, side, side, side, 1)`, of 0 and 1.
    """
    import tensorflow as tf

    ticks = ((2 * np.arange(side) + 1) / side - 1).astype("float32")
    grid = np.stack(np.meshgrid(ticks, ticks, ticks, indexing="ij"), axis=-1)
    points = tf.constant(grid.reshape(1, -1, 3))
    own = tf.matmul(points - centers[:, tf.newaxis], rotations)
    u, v, w = tf.unstack(own / half_sizes[:, tf.newaxis], axis=-1)
    across = u * u + v * v
    along = w * w
    # Of a torus u and v are in units of its circle, and w of its tube.
    ratio = half_sizes[:, :1] / half_sizes[:, 2:]
    from_circle = (tf.sqrt(across) - 1.0) * ratio
    within_height = along <= 1.0
    within = [
        (u * u <= 1.0) & (v * v <= 1.0) & within_height,
        across + along <= 1.0,
        (across <= 1.0) & within_height,
        (across <= ((1.0 - w) / 2.0) ** 2) & within_height,
        from_circle**2 + along <= 1.0,
    ]
    filled = tf.zeros_like(within_height)
    for index, inside in enumerate(within):
        filled |= inside & (classes == index)[:, tf.newaxis]
    volumes = tf.cast(filled, tf.float32)
    return tf.reshape(volumes, (-1, side, side, side, 1))


def _random_solids(batch_size, seed, step):
    """Returns classes, half sizes, centres and rotations of a batch."""
    import tensorflow as tf

    def numbers(function, draw, shape, *limits):
        seeds = fold_seed(seed, 4 * step + draw)
        return function(shape, seeds, *limits, alg="philox")

    uniform = tf.random.stateless_uniform
    classes = numbers(uniform, 0, [batch_size], 0, len(SOLIDS), tf.int32)
    chances = numbers(uniform, 1, [batch_size, 3])
    half_sizes = _between(_HALF_SIZES, chances)
    ring = _between(_TORUS_RING, chances[:, :1])
    tube = _between(_TORUS_TUBE, chances[:, 2:])
    is_torus = (classes == _TORUS)[:, tf.newaxis]
    half_sizes = tf.where(
        is_torus, tf.concat([ring, ring, tube], axis=1), half_sizes
    )
    reach = tf.where(
        is_torus, ring + tube, tf.norm(half_sizes, axis=1, keepdims=True)
    )
    places = numbers(uniform, 2, [batch_size, 3], -1.0, 1.0)
    centers = places * (1.0 - reach)
    turns = numbers(tf.random.stateless_normal, 3, [batch_size, 4])
    return classes, half_sizes, centers, _rotations(turns)


def _between(limits, chances):
    low, high = limits
    return low + (high - low) * chances


def _rotations(quaternions):
    """Returns the rotations of quaternions `(batch, 4)` of any length.

    Those of normal numbers are uniformly distributed.
    """
    import tensorflow as tf

    unit = quaternions / tf.norm(quaternions, axis=1, keepdims=True)
    r, i, j, k = tf.unstack(unit, axis=1)
    rows = [
        [1 - 2 * (j * j + k * k), 2 * (i * j - k * r), 2 * (i * k + j * r)],
        [2 * (i * j + k * r), 1 - 2 * (i * i + k * k), 2 * (j * k - i * r)],
        [2 * (i * k - j * r), 2 * (j * k + i * r), 1 - 2 * (i * i + j * j)],
    ]
    return tf.stack([tf.stack(row, axis=1) for row in rows], axis=1)
