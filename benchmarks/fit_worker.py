"""A candidate that trains epoch by epoch: by `fit`, or in a bare loop."""

import argparse
import collections
import contextlib
import functools
import json
import os
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from benchmarks import worker  # noqa: E402
from benchmarks.training import games, zoo_steps  # noqa: E402
from keras_gan_zoo import datasets  # noqa: E402
from keras_gan_zoo.callbacks import (  # noqa: E402
    Checkpoint,
    CSVLog,
    SampleGrid,
    Throughput,
)

GAME = "DCGAN"
HOOKS = (
    "resume",  # Of `Checkpoint`.
    "on_train_begin",
    "on_epoch_begin",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_epoch_end",
    "on_train_end",
)


class Stopwatch:
    """Adds up the seconds that are spent within callbacks.

    `laps` is a list of dictionaries, of seconds by names of a callback's class
    and hook, as in "CSVLog on_epoch_end".
    """

    def __init__(self):
        self.laps = [collections.Counter()]

    def next_lap(self):
        self.laps.append(collections.Counter())

    def watch(self, callback):
        """Returns the callback, whose own hooks are timed from now on."""
        for hook in HOOKS:
            own = getattr(type(callback), hook, None)
            if own is not getattr(keras.callbacks.Callback, hook, None):
                name = f"{type(callback).__name__} {hook}"
                timed = self._timed(name, getattr(callback, hook))
                setattr(callback, hook, timed)
        return callback

    def _timed(self, name, function):
        @functools.wraps(function)
        def timed(*args, **kwargs):
            start = time.perf_counter()
            result = function(*args, **kwargs)
            self.laps[-1][name] += time.perf_counter() - start
            return result

        return timed


class Turns(keras.callbacks.Callback):
    """Makes an epoch of `fit` what a candidate repeats when it is told to.

    As the first of the callbacks it begins an epoch before all others do, and
    learns of its end after them, when the next begins. The first epoch is the
    warm-up. Training ends when there is nobody to tell it to go on.

    Args:
        stopwatch: `Stopwatch`, which gets a lap for each repeat, after one for
            all before and before one for all after.
    """

    def __init__(self, stopwatch):
        super().__init__()
        self._stopwatch = stopwatch
        self._answers = sys.stdout

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 0:
            return
        answer = {"units": 1}
        if epoch > 1:
            answer = time.perf_counter() - self._start
        print(json.dumps(answer), file=self._answers, flush=True)
        self._stopwatch.next_lap()
        self.model.stop_training = not sys.stdin.readline()
        self._start = time.perf_counter()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("candidate", choices=["bare", "fit", "callbacks"])
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument(
        "--laps", metavar="FILE", default=os.devnull, help="of the `Stopwatch`"
    )
    options = parser.parse_args()
    worker.use_threads(options.threads)
    keras.utils.set_random_seed(0)
    networks = zoo_steps.networks(GAME, options.width)
    gan = zoo_steps.build(GAME, networks)
    images = datasets.by_name(options.dataset, games.BATCH_SIZE, start_step=0)
    if options.candidate == "bare":
        train_in_a_loop(gan, images, options.steps)
        return
    stopwatch = Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        callbacks = []
        if options.candidate == "callbacks":
            callbacks = recipe_callbacks(folder, options.steps)
        train_by_fit(gan, images, options.steps, callbacks, stopwatch)
    with open(options.laps, "w") as file:
        json.dump(stopwatch.laps, file)


def train_in_a_loop(gan, images, steps):
    """Answers with epochs of a loop that a user of Keras might write."""
    step = tf.function(gan.train_step)
    batches = iter(images)

    def train(epochs):
        for _ in range(epochs * steps):
            losses = step(next(batches))
        float(losses["generator_loss"])  # It is there, so the step is done.

    worker.answer(train, {}, seconds=0)


def train_by_fit(gan, images, steps, callbacks, stopwatch):
    """Answers with epochs of one call of `fit`."""
    turns = Turns(stopwatch)
    # Standard output is for answers.
    with open(os.devnull, "w") as nowhere:
        with contextlib.redirect_stdout(nowhere):
            gan.fit(
                images,
                epochs=sys.maxsize,
                steps_per_epoch=steps,
                callbacks=[turns, *map(stopwatch.watch, callbacks)],
                verbose=2,
            )


def recipe_callbacks(folder, steps):
    """Returns callbacks as recipes have them, with a save in each epoch."""
    return [
        SampleGrid(folder),
        Throughput(games.BATCH_SIZE),
        CSVLog(f"{folder}/log.csv"),
        Checkpoint(f"{folder}/checkpoints", every_steps=steps),
    ]


if __name__ == "__main__":
    main()
