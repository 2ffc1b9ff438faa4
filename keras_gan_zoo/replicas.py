"""What the replicas of a `tf.distribute` strategy have to know of each other.

A global batch is split between replicas. Whatever is not a mean over samples,
random numbers included, must be the same as if one replica had seen the whole
batch. All functions work without a strategy too, where there is one replica.
"""

import tensorflow as tf


def count():
    """Returns the number of replicas, a Python integer."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def own_rows(draw, batch_size):
    """Draws rows for the global batch and returns those of this replica.

    Args:
        draw: Function of a number of rows; it must return the same tensor on
            each replica.
        batch_size: Integer or scalar tensor, rows of this replica.

    Returns:
        Tensor of shape `(batch_size, ...)`.
    """
    context = tf.distribute.get_replica_context()
    if count() == 1 or context is None:
        return draw(batch_size)
    first = context.replica_id_in_sync_group * batch_size
    return draw(count() * batch_size)[first : first + batch_size]


def mean(value):
    """Returns the mean of a tensor over all replicas; it has no gradient."""
    if count() == 1:
        return tf.stop_gradient(value)
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, value)


def gather(rows):
    """Returns the rows of all replicas; gradients flow to each replica's."""
    if count() == 1:
        return rows
    return tf.distribute.get_replica_context().all_gather(rows, axis=0)
