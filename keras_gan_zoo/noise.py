"""Random numbers that depend on a seed and on nothing else.

The same seed gives the same numbers eagerly, in a graph, under XLA and for any
number of replicas: the numbers of the global batch are drawn everywhere by
TensorFlow's Philox generator, and each replica takes its own rows. A stateful
generator would repeat its numbers on each replica and differ under XLA.
"""

import math
import random

import tensorflow as tf

from keras_gan_zoo import replicas


def as_seed(seed):
    """Returns a seed, a tensor of shape `(2,)`.

    Args:
        seed: Integer, such a seed, or `None` for another one at each call.

    Raises:
        ValueError: If `seed` is something else, or `None` in a
            `tf.function`, which would repeat one number forever.
    """
    if seed is None:
        if tf.inside_function():
            raise ValueError(
                "Without a seed, a `tf.function` would draw the same numbers "
                "at each call. Received: seed=None inside a `tf.function`. "
                "Pass a seed as an argument of the function."
            )
        seed = random.randrange(2**31)
    try:
        given, seed = seed, tf.convert_to_tensor(seed)
    except (TypeError, ValueError, OverflowError):
        given, seed = seed, tf.constant("")
    if not seed.dtype.is_integer or seed.shape not in ((), (2,)):
        raise ValueError(
            "A seed must be an integer of 64 bits, or a pair of them. "
            f"Received: seed={given!r}. Pass an integer such as `seed=1`."
        )
    seed = tf.cast(seed, tf.int64)
    return seed if seed.shape.rank else tf.stack([seed, tf.zeros_like(seed)])


def fold_in(seed, number):
    """Returns another seed for each integer `number`."""
    fold = tf.random.experimental.stateless_fold_in
    return fold(seed, tf.cast(number, tf.int64), alg="philox")


def split(seed, num=2):
    """Returns a list of `num` independent seeds."""
    return [fold_in(seed, number) for number in range(num)]


def normal(shape, seed):
    """Draws from N(0, 1).

    Args:
        shape: List of integers or scalar tensors. The first is the batch size
            of this replica.
        seed: Seed of shape `(2,)`.

    Returns:
        Tensor, float32, of shape `shape`.
    """

    def draw(shape):  # Box and Muller's transform of pairs.
        radii, angles = tf.unstack(_units([*shape, 2], seed), axis=-1)
        radii = tf.sqrt(-2.0 * tf.math.log(1.0 - radii))
        return radii * tf.cos(2.0 * math.pi * angles)

    return _own_rows(draw, shape)


def uniform(shape, seed, minval=0.0, maxval=1.0):
    """Draws from U[minval, maxval); arguments and result as of `normal`."""
    units = _own_rows(lambda shape: _units(shape, seed), shape)
    return minval + (maxval - minval) * units


def integers(shape, seed, maxval):
    """Draws int32 from 0 to `maxval - 1` with equal chances."""
    return _own_rows(lambda shape: _integers(shape, seed, maxval), shape)


def _integers(shape, seed, maxval):
    return tf.random.stateless_uniform(
        shape, seed, 0, maxval, tf.int32, alg="philox"
    )


def _units(shape, seed):
    """Draws from U[0, 1)."""
    # TensorFlow draws the same bits under XLA, but makes other floats of them.
    return 2.0**-23 * tf.cast(_integers(shape, seed, 2**23), tf.float32)


def _own_rows(draw, shape):
    batch_size, *rest = shape
    return replicas.own_rows(lambda rows: draw([rows, *rest]), batch_size)
