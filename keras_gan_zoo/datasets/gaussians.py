"""Mixtures of Gaussians in the plane, whose modes can be counted.

Generated points can be compared with the centers: how many modes are found, and
how many points lie within three standard deviations of one (Srivastava et al.
2017, https://arxiv.org/abs/1705.07761, and PacGAN, Lin et al. 2018,
https://arxiv.org/abs/1712.04086).
"""

import numpy as np

from keras_gan_zoo.datasets.streams import check_integer, fold_seed, mapped


def gaussian_ring(
    batch_size, num_modes=8, radius=1.0, stddev=0.02, seed=0, start_step=0
):
    """An endless stream of points from Gaussians on a circle.

    The centers are those of PacGAN, which uses a standard deviation of 0.01.

    Args:
        batch_size: Integer.
        num_modes: Integer, number of Gaussians, all equally likely.
        radius: Float, radius of the circle.
        stddev: Float, standard deviation in each direction.
        seed: Integer. A batch is a function of the seed and the step.
        start_step: Integer, the step of training the stream begins at.

    Returns:
        Endless `tf.data.Dataset` of float32 points of shape `(batch_size, 2)`.

    Raises:
        ValueError: If an argument is out of range.
    """
    centers = ring_centers(num_modes, radius)
    return _mixture(centers, batch_size, stddev, seed, start_step)


def gaussian_grid(batch_size, stddev=0.05, seed=0, start_step=0):
    """An endless stream of points from 25 Gaussians on a grid.

    The definition of PacGAN: centers at {-4, -2, 0, 2, 4} squared.

    Args:
        batch_size: Integer.
        stddev: Float, standard deviation in each direction.
        seed: Integer. A batch is a function of the seed and the step.
        start_step: Integer, the step of training the stream begins at.

    Returns:
        Endless `tf.data.Dataset` of float32 points of shape `(batch_size, 2)`.

    Raises:
        ValueError: If an argument is out of range.
    """
    return _mixture(grid_centers(), batch_size, stddev, seed, start_step)


def ring_centers(num_modes=8, radius=1.0):
    """The centers of `gaussian_ring`: float32 array `(num_modes, 2)`."""
    num_modes = check_integer("num_modes", num_modes, 1)
    # The end of the circle is its start: naming both, as the notebook of
    # Unrolled GAN does, doubles a mode.
    angles = np.linspace(0, 2 * np.pi, num_modes, endpoint=False)
    centers = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (radius * centers).astype("float32")


def grid_centers():
    """The centers of `gaussian_grid`: float32 array `(25, 2)`."""
    ticks = np.arange(-4, 5, 2)
    return (
        np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1)
        .reshape(-1, 2)
        .astype("float32")
    )


def _mixture(centers, batch_size, stddev, seed, start_step):
    import tensorflow as tf

    batch_size = check_integer("batch_size", batch_size, 1)
    seed = check_integer("seed", seed, 0)
    start_step = check_integer("start_step", start_step, 0)
    if not stddev >= 0:
        raise ValueError(
            "`stddev` must be a number of at least 0. "
            f"Received: stddev={stddev!r}"
        )

    def batch(step):
        # Two numbers for each step: one for the modes, one for the noise.
        mode = tf.random.stateless_uniform(
            [batch_size],
            fold_seed(seed, 2 * step),
            0,
            len(centers),
            tf.int32,
            alg="philox",
        )
        noise = tf.random.stateless_normal(
            [batch_size, 2], fold_seed(seed, 2 * step + 1), alg="philox"
        )
        return tf.gather(centers, mode) + stddev * noise

    dataset = mapped(tf.data.Dataset.counter(start_step), batch)
    # `Dataset.skip` would draw what it leaves out.
    dataset.skip = lambda count, name=None: _mixture(
        centers, batch_size, stddev, seed, start_step + count
    )
    return dataset
