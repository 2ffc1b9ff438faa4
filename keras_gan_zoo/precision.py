"""Whether half precision pays, on this machine and for this very model."""

import random
import statistics
import time

import keras
import numpy as np
import tensorflow as tf


def bfloat16_speedup(model, data, steps=5):
    """Returns how many times as fast training is in `mixed_bfloat16`.

    It takes steps of two copies of the model in turn, one of them in float32.
    The model itself, the random state and the global policy stay as they are.
    It takes as long as tracing a step twice, plus the steps.

    What pays differs between machines, and with the width of networks: even on
    a CPU with products in bfloat16, narrow networks get slower.

    Args:
        model: Compiled `AdversarialModel`, not in the scope of a strategy.
        data: One batch as the model trains on it, such as
            `next(iter(dataset))`.
        steps: Integer, steps of each copy that are timed.

    Returns:
        Float, the median time of a step in float32 over that in
        `mixed_bfloat16`.
    """
    state = random.getstate()
    try:
        copies = [
            _copy_in(policy, model) for policy in ("float32", "mixed_bfloat16")
        ]
    finally:
        random.setstate(state)
    functions = [tf.function(copy.train_step) for copy in copies]
    times = [[], []]
    for step in range(steps + 2):
        for function, durations in zip(functions, times):
            start = time.perf_counter()
            keras.tree.map_structure(np.asarray, function(data))
            duration = time.perf_counter() - start
            if step >= 2:  # The first are traced and fill caches.
                durations.append(duration)
    return statistics.median(times[0]) / statistics.median(times[1])


def _copy_in(policy, model):
    """Returns a new model of the same kind whose layers have a policy."""
    copy = type(model).from_config(_with_policy(policy, model.get_config()))
    for networks in copy.players.values():
        for network in networks:
            # Scores and images are float32 in each network of the zoo.
            network.layers[-1].dtype_policy = keras.DTypePolicy("float32")
    optimizers = {}
    for player in model.players:
        name, optimizer = model.optimizer_name(player), model.optimizer_of(
            player
        )
        optimizers[name] = type(optimizer).from_config(optimizer.get_config())
    copy.compile(**optimizers)
    return copy


def _with_policy(policy, config):
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return {**config, "config": {"name": policy}}
        return {key: _with_policy(policy, v) for key, v in config.items()}
    if isinstance(config, (list, tuple)):
        return type(config)(_with_policy(policy, value) for value in config)
    return config
