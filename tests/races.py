"""Trains from one state again and again on a busy machine; all must be equal.

Nothing is random in these steps, so runs that differ have read a weight too
early or too late. It happens when threads are kept from running at the right
moment, hence the processes that keep each core busy:

    python -m tests.races --runs 6000

DRAGAN, because TensorFlow's optimizer of graphs takes away an order between a
read and a write there: see `keras_gan_zoo/ordering.py`, without which one run
in a thousand or two differs.
"""

import argparse
import collections
import contextlib
import hashlib
import os
import subprocess
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from keras_gan_zoo.models import DRAGAN

STEPS, BATCH_SIZE = 40, 64


@contextlib.contextmanager
def busy_cores():
    """Keeps each core busy with a process of its own."""
    # They end with this process, however it ends.
    code = (
        "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"
    )
    command = [sys.executable, "-S", "-c", code]
    spinners = [subprocess.Popen(command) for _ in range(os.cpu_count())]
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


def dense_network(outputs):
    x = inputs = keras.Input((2,))
    for _ in range(2):
        x = layers.LeakyReLU(0.2)(layers.Dense(32)(x))
    return keras.Model(inputs, layers.Dense(outputs)(x))


def compiled(steps_per_execution):
    """Returns a game of points in the plane."""
    keras.utils.set_random_seed(0)
    game = DRAGAN(dense_network(2), dense_network(1), latent_dim=2)
    game.compile(
        generator_optimizer=keras.optimizers.Adam(1e-3, 0.5, 0.9),
        discriminator_optimizer=keras.optimizers.Adam(1e-3, 0.5, 0.9),
        steps_per_execution=steps_per_execution,
    )
    return game


def points():
    """Returns batches of points on a circle."""
    rng = np.random.default_rng(0)
    angles = rng.uniform(0.0, 2.0 * np.pi, (STEPS, BATCH_SIZE))
    points = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return tf.data.Dataset.from_tensor_slices(points.astype("float32"))


def digests(steps_per_execution):
    """Yields a digest of losses, weights and moments, of run after run."""
    game, data = compiled(steps_per_execution), points()
    variables = [*game.variables, *game.optimizer.variables]
    start = [variable.numpy() for variable in variables]
    while True:
        for variable, value in zip(variables, start):
            variable.assign(value)
        history = game.fit(data, verbose=0).history
        digest = hashlib.sha256(repr(history).encode())
        for variable in variables:
            digest.update(variable.numpy().tobytes())
        yield digest.hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=6000)
    parser.add_argument("--steps-per-execution", type=int, default=10)
    args = parser.parse_args()
    counts, start = collections.Counter(), time.time()
    with busy_cores():
        for digest in digests(args.steps_per_execution):
            counts[digest] += 1
            runs = counts.total()
            different = runs - max(counts.values())
            if runs % 500 == 0 or runs == args.runs:
                print(
                    f"{runs} runs of {STEPS} steps, "
                    f"{args.steps_per_execution} in an execution: {different} "
                    f"differ from the others ({time.time() - start:.0f} s)",
                    flush=True,
                )
            if runs == args.runs:
                break
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
