"""What the replicas of a `tf.distribute` strategy have to know of each other.

A global batch is split between replicas. Whatever is not a mean over samples,
random numbers included, must be the same as if one replica had seen the whole
batch. All functions work without a strategy too, where there is one replica.

What a strategy can't do is refused here, before training begins.
"""

import keras
import tensorflow as tf

# Where training is tested to equal that of one device.
_STRATEGIES = (
    tf.distribute.OneDeviceStrategy,
    tf.distribute.MirroredStrategy,
    tf.distribute.MultiWorkerMirroredStrategy,
)

# Those of this process whose reductions are TensorFlow's collectives. They
# are kept, as TensorFlow remembers theirs for as long as the process lives.
_collective_strategies = []


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
    value = tf.stop_gradient(value)
    if count() == 1:
        return value
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, value)


def sum(tensor):
    """Returns a tensor's sum over all replicas; gradients flow to each's."""
    context = tf.distribute.get_replica_context()
    if count() == 1 or context is None:
        return tensor
    return context.all_reduce(tf.distribute.ReduceOp.SUM, tensor)


def gather(rows):
    """Returns the rows of all replicas; gradients flow to each replica's."""
    if count() == 1:
        return rows
    return tf.distribute.get_replica_context().all_gather(rows, axis=0)


def is_chief(strategy):
    """Tells whether this process is the one that writes files.

    Of the workers of a `MultiWorkerMirroredStrategy` one is; under any other
    strategy there is one process, which is.
    """
    return strategy.extended.should_checkpoint


def several_workers(strategy):
    """Tells whether the replicas are in several processes."""
    return (
        isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)
        # The question that Keras asks, whose answers have to agree.
        and strategy.extended._in_multi_worker_mode()
    )


def of_all_workers(strategy, numbers):
    """Hands round integers; every worker has to call it.

    Args:
        strategy: A `MultiWorkerMirroredStrategy`.
        numbers: List of integers.

    Returns:
        Integer array with a row of `numbers` for each replica, those of the
        chief's first.
    """

    @tf.function
    def gathered():
        row = tf.constant([numbers], tf.int64)
        return tf.distribute.get_replica_context().all_gather(row, axis=0)

    return strategy.experimental_local_results(strategy.run(gathered))[
        0
    ].numpy()


def as_logs(results):
    """Returns what a step reports, in the shape that Keras averages.

    Keras reduces the logs of several workers over their first axis, which a
    number doesn't have: https://github.com/keras-team/keras/issues/20585.
    """
    if not several_workers(tf.distribute.get_strategy()):
        return results
    return {name: tf.expand_dims(v, 0) for name, v in results.items()}


def check_compilation(variables, optimizers, jit_compile, steps_per_execution):
    """Raises a `ValueError` if the strategy in scope can't train a model.

    Args:
        variables: List of the model's variables.
        optimizers: List of `keras.optimizers.Optimizer`.
        jit_compile: As of `keras.Model.compile()`.
        steps_per_execution: As of `keras.Model.compile()`.
    """
    strategy = tf.distribute.get_strategy()
    if tf.distribute.has_strategy():
        _check_strategy(strategy)
    variables = variables + [v for o in optimizers for v in o.variables]
    check_scope(strategy, variables)
    if count() == 1:
        return
    if jit_compile is True or steps_per_execution != 1:
        raise ValueError(
            "TensorFlow can't combine a distribution strategy with "
            "`jit_compile=True` or `steps_per_execution` above 1. "
            f"Received: jit_compile={jit_compile}, "
            f"steps_per_execution={steps_per_execution}. Leave them out."
        )
    for optimizer in optimizers:
        _check_optimizer(optimizer)


def check_scope(strategy, variables):
    """Raises a `ValueError` unless the variables are made under `strategy`."""
    others = [
        variable.path
        for variable in variables
        if not strategy.extended.variable_created_in_scope(variable.value)
    ]
    if others:
        raise ValueError(
            "A model must be made, compiled and trained under one strategy. "
            f"Received: {type(strategy).__name__}, and {len(others)} "
            f"variables made without it, such as {others[0]}. Make networks, "
            "model and optimizers and call `compile()` within one `with "
            "strategy.scope():`."
        )


def check_batch(strategy, batch):
    """Raises a `ValueError` if replicas can't have equal parts of a batch."""
    replicas = strategy.num_replicas_in_sync
    for tensor in tf.nest.flatten(batch):
        if replicas > 1 and tensor.shape[0] % replicas:
            raise ValueError(
                "Replicas need parts of equal size, so the size of the global "
                "batch, which is what the dataset yields, must be a multiple "
                f"of their number. Received: a batch of {tensor.shape[0]} and "
                f"{replicas} replicas. Change the batch size."
            )


def _check_strategy(strategy):
    if not isinstance(strategy, _STRATEGIES):
        names = ", ".join(known.__name__ for known in _STRATEGIES)
        raise ValueError(
            f"Training is tested under these strategies: {names}. Under "
            "others, such as ParameterServerStrategy, replicas don't move "
            "together or `fit()` doesn't run. Received: "
            f"{type(strategy).__name__}. Use one of these."
        )
    # There is no public way to ask.
    reductions = getattr(strategy.extended, "_cross_device_ops", None)
    if type(reductions).__name__ != "CollectiveAllReduce":
        return
    if strategy not in _collective_strategies:
        _collective_strategies.append(strategy)
    if len(_collective_strategies) > 1:
        raise ValueError(
            "TensorFlow numbers the reductions of each strategy from the same "
            "start, and takes those of two strategies in one process for one "
            "another's (Shape mismatch in the collective instance). Received: "
            "a second strategy in this process. Make one and use it for all "
            "models, or, for a MirroredStrategy, pass it "
            "`cross_device_ops=tf.distribute.ReductionToOneDevice()`."
        )


def _check_optimizer(optimizer):
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        _check_optimizer(optimizer.inner_optimizer)
    if optimizer.gradient_accumulation_steps:
        raise ValueError(
            "TensorFlow can't accumulate gradients under a strategy. Received: "
            "gradient_accumulation_steps="
            f"{optimizer.gradient_accumulation_steps}. Leave it out and use a "
            "larger batch."
        )
    for name in ("clipnorm", "clipvalue", "global_clipnorm"):
        limit = getattr(optimizer, name)
        if limit is not None:
            raise ValueError(
                "Keras clips the gradient of each replica's part of the batch "
                "before it adds them up, so the result would depend on the "
                f"number of replicas. Received: {name}={limit} and {count()} "
                "replicas. Leave it out."
            )
