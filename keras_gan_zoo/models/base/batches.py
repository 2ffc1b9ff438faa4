"""Batches that hold a part for each of several updates."""

import tensorflow as tf


def split(inputs, steps):
    """Splits a batch into parts of equal size.

    Args:
        inputs: Structure of tensors of shape `(batch, ...)`.
        steps: Integer, number of parts.

    Returns:
        A list of such structures.

    Raises:
        ValueError: If the number of rows isn't a multiple of `steps`.
    """
    tensors = tf.nest.flatten(inputs)
    if tensors[0].shape[0] is None and steps > 1:
        number = tf.shape(tensors[0])[0]
        is_right = tf.debugging.Assert(
            number % steps == 0, [_indivisible("of this size", steps)]
        )
        with tf.control_dependencies([is_right]):
            tensors = [tf.identity(tensor) for tensor in tensors]
    else:
        check_size(tensors[0].shape[0], steps)

    # Every nth row: then the parts of replicas make up the parts that one
    # device would have had.
    def parts(tensor):
        shape = tf.concat([[-1, steps], tf.shape(tensor)[1:]], axis=0)
        return tf.unstack(tf.reshape(tensor, shape), axis=1)

    return [
        tf.nest.pack_sequence_as(inputs, part)
        for part in zip(*map(parts, tensors))
    ]


def check_size(size, steps):
    """Raises a `ValueError` if a batch can't be split.

    Args:
        size: Integer, or `None` for the last of an epoch, if it may be any.
        steps: Integer, number of parts.
    """
    if steps > 1 and (size is None or size % steps):
        raise ValueError(_indivisible(size or "unknown", steps))


def _indivisible(size, steps):
    return (
        "A batch is split into one part for each discriminator update, so "
        "its size must be a multiple of their number. Received: "
        f"batch_size={size}, discriminator_steps={steps}. Choose a multiple, "
        "for arrays one that divides the number of samples; batch a dataset "
        "by `batch(n * discriminator_steps, drop_remainder=True)`."
    )
