"""Checks of calls: arguments of Keras's methods that a game has no use for."""

import keras
import numpy as np

from keras_gan_zoo.integers import check_integer

_COUNTS = {
    "batch_size": 1,
    "epochs": 0,
    "initial_epoch": 0,
    "steps": 1,
    "steps_per_epoch": 1,
    "validation_batch_size": 1,
    "validation_steps": 1,
}


def check_data_arguments(arguments):
    """Raises a `ValueError` for what `fit` or its like would ignore.

    Args:
        arguments: Dictionary of the arguments of `fit`, `evaluate`,
            `train_on_batch` or `test_on_batch` that were given.
    """
    for name in ("class_weight", "sample_weight"):
        if arguments.get(name) is not None:
            raise ValueError(
                f"A game weighs all samples alike. Received: `{name}`. Leave "
                "it out, and let samples that should count more come more "
                "often, with `tf.data.Dataset.sample_from_datasets`."
            )
    for name, minimum in _COUNTS.items():
        if arguments.get(name) is not None:
            check_integer(name, arguments[name], minimum)


def check_optimizers(model, positional, named):
    """Raises a `ValueError` unless `compile()` got an optimizer a player.

    Args:
        model: `AdversarialModel`.
        positional: Tuple, what was passed without a name.
        named: Dictionary, what was passed by a name that is none of Keras's.

    Returns:
        Dictionary of the optimizers by their names.
    """
    expected = [model.optimizer_name(player) for player in model.players]
    if len(expected) == len(positional) == 1 and not named:
        return {expected[0]: positional[0]}
    missing = [name for name in expected if named.get(name) is None]
    if not positional and not missing and len(named) == len(expected):
        return named
    received = [repr(value) for value in positional]
    received += [f"{name}={value!r:.60}" for name, value in named.items()]
    adam = "keras.optimizers.Adam(2e-4, beta_1=0.5)"
    call = ", ".join(f"{name}={adam}" for name in expected)
    raise ValueError(
        f"`{type(model).__name__}.compile()` takes one optimizer for each "
        "player, by its name, and no loss, which is the model's own. "
        f"Expected: {expected}. Received: {', '.join(received) or 'none'}. "
        f"Call `compile({call})`."
    )


def check_metrics(metrics):
    """Raises a `ValueError` unless `metrics` are a list of Keras metrics."""
    if metrics is None or (
        isinstance(metrics, (list, tuple))
        and all(isinstance(metric, keras.metrics.Metric) for metric in metrics)
    ):
        return
    raise ValueError(
        "The metrics of a game compare real samples with generated ones, by "
        "`update_state(real, generated)`. Expected: a list of "
        f"`keras.metrics.Metric`. Received: metrics={metrics!r}. Pass objects "
        "such as `keras.metrics.MeanAbsoluteError()`, or score samples by a "
        "callback such as `FrechetInceptionDistance`."
    )


def require_variables(player, optimizer, variables):
    """Raises a `ValueError` if an optimizer was built for other variables.

    Args:
        player: String.
        optimizer: `keras.optimizers.Optimizer`.
        variables: List, what the player trains now.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if not inner.built:
        return
    # There is no public way to ask.
    known = {id(variable) for variable in inner._trainable_variables}
    if known != {id(variable) for variable in variables}:
        raise ValueError(
            f"The optimizer of the {player} keeps the moments of what was "
            "trained when `compile()` was called. Received: an optimizer of "
            f"{len(known)} variables, and networks with {len(variables)} "
            "trainable ones, not all the same: layers were frozen or freed "
            "since, or it was another model's. Call `compile()` again, with "
            "a new optimizer for each player."
        )


def check_labels_to_generate(labels, batch_size):
    """Raises a `ValueError` unless there is a label for each sample."""
    if np.ndim(labels) == 0:
        raise ValueError(
            "`labels` must hold one label for each sample. Received: "
            f"labels={labels!r}. Pass `labels=[{labels}] * {batch_size}`."
        )
    if len(labels) != batch_size:
        raise ValueError(
            "`labels` must hold one label for each sample. Received: "
            f"{len(labels)} labels, batch_size={batch_size}. Pass as many of "
            "them as samples."
        )


def check_class_names(class_names, num_classes):
    """Raises a `ValueError` unless there is one name for each class.

    Args:
        class_names: Sequence of strings, in the order of the labels.
        num_classes: Integer.

    Returns:
        The names, a list.
    """
    names = [class_names] if isinstance(class_names, str) else [*class_names]
    if (
        len(names) != num_classes
        or not all(isinstance(name, str) for name in names)
        or len({*names}) < len(names)
    ):
        raise ValueError(
            "`class_names` must hold one string for each class, no two the "
            f"same. Expected {num_classes} names, since "
            f"num_classes={num_classes}. Received: class_names={class_names!r}."
        )
    return names
