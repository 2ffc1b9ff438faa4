"""Trains games as one worker of several does; a script and a module.

`python tests/models/workers.py OUTPUT NAME ...` writes what `train` returns
for each name to OUTPUT, one file for each worker. All train; what comes after
training is alike for all, so the first alone evaluates and predicts.
"""

import json
import os
import pathlib
import sys

import keras
import numpy as np
import tensorflow as tf


def dataset(entry, seed=0):
    return entry.dataset(2 * entry.num_batches, seed, parts=2)


def train(name, strategy, seed=3, evaluates=True):
    """Trains, evaluates and predicts; returns all numbers, by their names."""
    # The entries' files compute as they are imported; a strategy of several
    # workers has to be there by then.
    from tests.models import toys, zoo

    entry = zoo.ZOO[name]
    keras.utils.set_random_seed(seed)
    with strategy.scope():
        model = entry.build_averaged()
        error = keras.metrics.MeanAbsoluteError(name="error")
        toys.compile_with(
            model, lambda: keras.optimizers.SGD(0.02), metrics=[error]
        )
    validation = dataset(entry, 1) if evaluates else None
    logs = model.fit(
        dataset(entry), validation_data=validation, epochs=2, verbose=0
    ).history
    numbers = {f"log {key}": values for key, values in logs.items()}
    if evaluates:
        report = model.evaluate(dataset(entry, 2), verbose=0, return_dict=True)
        prior = tf.nest.map_structure(np.asarray, model.sample_prior(8, seed=0))
        numbers |= {f"report {key}": value for key, value in report.items()}
        numbers["samples"] = model.predict(prior, batch_size=8, verbose=0)
    for index, variable in enumerate(model.variables):
        numbers[f"variable {index} {variable.name}"] = variable.numpy()
    return {key: np.asarray(value) for key, value in numbers.items()}


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(1)
    workers = tf.distribute.MultiWorkerMirroredStrategy()
    task = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
    output, *names = sys.argv[1:]
    for name in names:
        path = pathlib.Path(output, f"{name}_{task}.npz")
        # All begin with what the chief has drawn.
        evaluates = name == names[0]
        np.savez(path, **train(name, workers, 3 + task, evaluates))
