"""Optimizers that begin anew in some steps, whichever the graph finds."""

import numpy as np
import tensorflow as tf


def fresh_state(optimizer):
    """Returns what `reset` sets the variables of an optimizer to.

    Args:
        optimizer: `keras.optimizers.Optimizer` that has been built, and has
            not moved yet.

    Returns:
        List of numbers. All elements of a variable begin with the same.
    """
    return [np.asarray(v).flat[0] for v in _state_of(optimizer)]


def reset(optimizer, state, when):
    """Makes an optimizer forget, if a condition holds.

    Its moments and the number of its steps are as at first. Its learning rate
    stays, and so does the factor that losses are scaled by in half precision.

    Args:
        optimizer: `keras.optimizers.Optimizer`.
        state: What `fresh_state` returned.
        when: Boolean scalar, the same on all replicas.
    """
    variables = _state_of(optimizer)

    def choose(strategy, condition):
        for variable, value in zip(variables, state, strict=True):
            # On each replica its own, as in `rests`.
            strategy.extended.update(
                variable.value, _fill_if, (condition, value), group=False
            )

    tf.distribute.get_replica_context().merge_call(choose, (when,))


def _state_of(optimizer):
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    return [v for v in optimizer.variables if v is not optimizer._learning_rate]


def _fill_if(variable, condition, value):
    value = tf.constant(value, variable.dtype)
    return variable.assign(tf.where(condition, value, variable))
