"""Moves that are made in some steps only, whichever the graph finds."""

import contextlib

import tensorflow as tf


@contextlib.contextmanager
def made_only(when, variables):
    """Undoes what the code within assigns, unless a condition holds.

    Optimizers can't take their step inside of `tf.cond` under a strategy, so
    the step is taken, and old or new values are chosen afterwards. They are
    kept bit for bit: nothing is added or multiplied.

    Args:
        when: Boolean scalar, the same on all replicas.
        variables: List of `keras.Variable`, all that the code may assign.
    """
    when = _as_condition(when)
    kept = [tf.identity(variable.value) for variable in variables]
    yield

    def choose(strategy, condition, old_values):
        for variable, old in zip(variables, old_values):
            # On each replica its own, so that none waits for another.
            strategy.extended.update(
                variable.value, _assign_unless, (condition, old), group=False
            )

    tf.distribute.get_replica_context().merge_call(choose, (when, kept))


def _assign_unless(variable, condition, old):
    return variable.assign(tf.where(condition, variable, old))


def _as_condition(when):
    condition = tf.convert_to_tensor(when)
    if condition.dtype != tf.bool or condition.shape.rank != 0:
        raise ValueError(
            "`when` must be a boolean scalar. Received: "
            f"when={condition.dtype.name} of shape {condition.shape}. Pass one "
            "comparison, such as `when=self.step % 3 == 0`; what is said of "
            "each sample goes through `tf.reduce_mean` and `replicas.mean` "
            "first."
        )
    return condition
