"""The order in which a step in a graph reads and writes its variables."""

import tensorflow as tf


def together(gradients):
    """Returns gradients none of which is there before all of them are.

    A step must have read a weight everywhere before it moves it. A weight's own
    gradient doesn't always wait for that: of `a * b`, the gradient with respect
    to `b` needs `a` alone, and a bias under a gradient penalty has none from
    there. `tf.function` adds an edge from each read to the write that comes
    after it, and TensorFlow 2.21 drops it when it optimizes the graph: it finds
    a longer way from the one to the other through the `IdentityN` where Keras's
    optimizers bring all gradients together, and then takes that away. See
    `docs/tensorflow_write_before_read.py`. The ways made here stay.

    Args:
        gradients: List of tensors, `tf.IndexedSlices` or `None`.

    Returns:
        The same list, as far as values go.
    """
    if all(gradient is None for gradient in gradients):
        return gradients
    return tf.tuple(gradients)
