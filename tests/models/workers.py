"""Trains games as one worker of several does; a script and a module.

`python tests/models/workers.py OUTPUT NAME ...` writes what `train` returns
for each name to OUTPUT, one file for each worker.
"""

import json
import os
import pathlib
import sys

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import averages
from tests.models import toys, zoo


def dataset(name, seed=0):
    entry = zoo.ZOO[name]
    arrays = toys.arrays(num_batches=4, steps=entry.steps, seed=seed)
    return tf.data.Dataset.from_tensor_slices(arrays).batch(
        2 * toys.BATCH_SIZE * entry.steps, drop_remainder=True
    )


def train(name, strategy, seed=3):
    """Trains, evaluates and predicts; returns all numbers, by their names."""
    keras.utils.set_random_seed(seed)
    with strategy.scope():
        model = zoo.ZOO[name].build(average=averages.EMA(0.9))
        optimizers = {
            model.optimizer_name(player): keras.optimizers.SGD(0.02)
            for player in model.players
        }
        error = keras.metrics.MeanAbsoluteError(name="error")
        model.compile(**optimizers, metrics=[error])
    logs = model.fit(
        dataset(name), validation_data=dataset(name, 1), epochs=2, verbose=0
    ).history
    report = model.evaluate(dataset(name, 2), verbose=0, return_dict=True)
    prior = keras.tree.map_structure(np.asarray, model.sample_prior(8, seed=0))
    numbers = {
        **{f"log {key}": values for key, values in logs.items()},
        **{f"report {key}": value for key, value in report.items()},
        "samples": model.predict(prior, batch_size=8, verbose=0),
    }
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
        np.savez(path, **train(name, workers, seed=3 + task))
