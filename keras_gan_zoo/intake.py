"""What `fit()` and its like are given, looked at before a model sees it."""

import inspect
import itertools
import math
import types
import warnings

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import checks, replicas


def arguments_of(method, *args, **kwargs):
    """Returns the arguments of a call of a Keras method, by name.

    Args:
        method: Bound method of a `keras.Model`.
        *args: What it is called with.
        **kwargs: What it is called with by name.

    Returns:
        Dictionary of what was passed, with `x` and `y` in any case.
    """
    bound = inspect.signature(method).bind(*args, **kwargs).arguments
    bound.update(bound.pop("kwargs", {}))
    arguments = {"x": None, "y": None, **bound}
    checks.check_data_arguments(arguments)
    return arguments


def split(arguments):
    """Splits the last samples of arrays off for validation, as Keras does.

    Args:
        arguments: Dictionary of the arguments of `fit()`, which is changed.
    """
    fraction = arguments.pop("validation_split", None)
    if arguments.get("validation_data") is not None or not fraction:
        return
    x, y = _in_known_form(arguments["x"], arguments["y"])
    number = len(keras.tree.flatten(x)[0]) if checks.are_arrays(x) else 0
    first = math.floor(number * (1.0 - fraction))
    if not 0 < first < number:
        raise ValueError(
            "`validation_split` must leave samples of an array to train and "
            f"to validate on. Received: validation_split={fraction} of "
            f"{number} samples in a {type(x).__name__}. Pass "
            "`validation_data` instead."
        )

    def part(rows):
        samples = keras.tree.map_structure(lambda array: array[rows], x)
        return samples, y if y is None else y[rows]

    arguments["x"], arguments["y"] = part(slice(first))
    arguments["validation_data"] = part(slice(first, None))


def take(model, arguments, steps="steps_per_epoch"):
    """Checks data, and gives them a form that all that follows knows.

    Pairs of arrays become `x` and `y`, what can be made an array is one, the
    first batch of a generator is looked at and put back.

    Args:
        model: `AdversarialModel`.
        arguments: Dictionary with `x`, `y` and perhaps `batch_size`, which
            are replaced.
        steps: String, the name of the argument that is the number of steps:
            "steps_per_epoch" to train.

    Returns:
        The first batch, or `None` where looking would use it up.

    Raises:
        ValueError: If the data aren't what the model takes.
    """
    x, y = _in_known_form(arguments["x"], arguments["y"])
    strategy = model.distribute_strategy
    replicas.check_scope(strategy, model.variables)
    checks.check_length(x, arguments.get(steps), steps)
    batch_size = _batch_size(x, arguments, steps)
    if isinstance(x, types.GeneratorType):
        batch, x = _first_of(x)
    else:
        batch = checks.first_batch(x, y, batch_size)
    if batch is not None:
        replicas.check_batch(strategy, batch)
        whole = batch
        if checks.are_arrays(x):
            whole = x if y is None else (x, y)
        model.check_inputs(model.unpack(whole))
    if steps == "steps_per_epoch":
        for size in checks.batch_sizes(x, batch_size, batch):
            model.check_batch_size(size)
    if checks.may_end_in_partial_batch(x, batch_size):
        _check_partial_batches(model)
    arguments.update(x=x, y=y)
    return batch


def take_validation(model, arguments):
    """Checks the validation data of `fit()`, as `take` does.

    Args:
        model: `AdversarialModel`.
        arguments: Dictionary of the arguments of `fit()`, which is changed.
    """
    data = arguments.get("validation_data")
    if data is None:
        return
    x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
    size = arguments.get("validation_batch_size") or arguments.get("batch_size")
    validation = {
        "x": x,
        "y": y,
        "sample_weight": weights,
        "validation_steps": arguments.get("validation_steps"),
    }
    checks.check_data_arguments(validation)
    x, y = _in_known_form(x, y)
    if checks.are_arrays(x):
        validation["batch_size"] = size
    take(model, validation, "validation_steps")
    if checks.are_arrays(x):  # Keras would take a size made for training.
        arguments["validation_batch_size"] = (
            validation["batch_size"] or checks.KERAS_BATCH_SIZE
        )
    x, y = validation["x"], validation["y"]
    arguments["validation_data"] = x if y is None else (x, y)


def take_batch(model, arguments, training=True):
    """Checks what `train_on_batch()` or `test_on_batch()` is given.

    Args:
        model: `AdversarialModel`.
        arguments: Dictionary with `x` and `y`, which are replaced.
        training: Boolean, whether a step is to be made of it.
    """
    x, y = _in_known_form(arguments["x"], arguments["y"])
    replicas.check_scope(model.distribute_strategy, model.variables)
    checks.first_batch(x, y)
    if not checks.are_arrays(x):
        raise ValueError(
            "Expected one batch, of arrays. Received: "
            f"{type(x).__name__}. Pass a dataset to `fit()`."
        )
    if training:
        model.check_batch_size(len(keras.tree.flatten(x)[0]))
    model.check_inputs(model.unpack(x if y is None else (x, y)))
    arguments.update(x=x, y=y)


def _in_known_form(x, y):
    """Returns samples and labels, as arrays if they can be."""
    if y is None and isinstance(x, (list, tuple)) and len(x) <= 3:
        x, y, weights = keras.utils.unpack_x_y_sample_weight(x)
        checks.check_data_arguments({"sample_weight": weights})
    x, y = _as_arrays(x), y if y is None else _as_arrays(y)
    if checks.are_arrays(x) and y is not None:
        checks.require_labels(x, y)
    return x, y


def _as_arrays(data):
    if isinstance(data, list):
        return np.asarray(data)
    leaves = keras.tree.flatten(data)
    if not leaves or not all(hasattr(leaf, "__array__") for leaf in leaves):
        return data
    return keras.tree.map_structure(
        lambda leaf: leaf if tf.is_tensor(leaf) else np.asarray(leaf), data
    )


def _batch_size(x, arguments, steps):
    """Returns the size of batches of arrays, as Keras has it."""
    size = arguments.get("batch_size")
    if not checks.are_arrays(x):
        if size is not None:
            raise ValueError(
                "Only arrays are batched by `batch_size`. Received: "
                f"batch_size={size}, and a {type(x).__name__}, which has "
                "batches already. Leave it out, or batch the data by it."
            )
        return None
    if size is None and arguments.get(steps) is not None:
        size = math.ceil(len(keras.tree.flatten(x)[0]) / arguments[steps])
        arguments["batch_size"] = size or None
    return size


def _first_of(generator):
    first = next(generator, None)
    if first is None:
        raise ValueError(
            "Expected at least one batch. Received: a generator that yields "
            "nothing, or is used up. Make a new one for each `fit()`."
        )
    # Keras knows a generator by its type.
    return first, (batch for batch in itertools.chain([first], generator))


def _check_partial_batches(model):
    message = (
        "The last batch may be smaller than the others. Batch the "
        "dataset by `batch(n, drop_remainder=True)`, or choose a "
        "batch size that divides the number of samples."
    )
    if model.distribute_strategy.num_replicas_in_sync > 1:
        raise ValueError(f"Replicas need parts of equal size. {message}")
    if not model.warned_of_partial_batch:
        warnings.warn(message, stacklevel=4)
        model.warned_of_partial_batch = True
