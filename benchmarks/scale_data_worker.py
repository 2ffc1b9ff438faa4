"""A candidate that reads records, or trains on them, and notes its memory."""

import argparse
import json
import os
import pathlib
import re
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from benchmarks import records, scale_worker, worker  # noqa: E402
from benchmarks.training import games  # noqa: E402

WIDTH = 8  # A GAN so small that the data count as much as they ever do.


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("phase", choices=["pipeline", "training"])
    parser.add_argument("folder", type=pathlib.Path, help="of records")
    parser.add_argument("memory", type=pathlib.Path, help="file to write")
    parser.add_argument("--batches", type=int, required=True, help="a repeat")
    parser.add_argument("--repeats", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    worker.use_threads(options.threads)
    keras.utils.set_random_seed(0)
    dataset = records.read(options.folder, games.BATCH_SIZE)
    resident = [memory()["resident"]]
    if options.phase == "pipeline":
        read(dataset, options.batches, resident)
    else:
        gan = scale_worker.build(records.IMAGE_SHAPE, WIDTH, critic_steps=1)
        gan.fit(
            dataset,
            epochs=1 + options.repeats,
            steps_per_epoch=options.batches,
            callbacks=[Turns(resident)],
            verbose=0,
        )
    found = {"resident": resident, "peak": memory()["peak"]}
    options.memory.write_text(json.dumps(found))


def read(dataset, number, resident):
    """Answers the runner by so many batches, which nobody uses."""
    iterator = iter(dataset)

    @tf.function
    def take():
        for _ in tf.range(number):
            next(iterator)

    def work(_):
        take()
        resident.append(memory()["resident"])

    worker.answer(work, {}, seconds=0)


class Turns(keras.callbacks.Callback):
    """Answers the runner by epochs, of which the first is the warm-up.

    As `worker.answer`, but within one `fit`, which fills the buffer of its
    data once and goes on.

    Args:
        resident: List, to which the resident bytes after each are added.
    """

    def __init__(self, resident):
        super().__init__()
        self.resident = resident

    def on_epoch_begin(self, epoch, logs=None):
        if epoch > 0:
            sys.stdin.readline()
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        elapsed = time.perf_counter() - self.start
        self.resident.append(memory()["resident"])
        answer = elapsed if epoch > 0 else {"units": 1}
        print(json.dumps(answer), flush=True)


def memory():
    """Returns the resident bytes of this process, now and at the peak.

    It is Linux that tells.
    """
    status = pathlib.Path("/proc/self/status").read_text()
    names = {"resident": "VmRSS", "peak": "VmHWM"}
    return {
        name: 1024 * int(re.search(rf"{key}:\s+(\d+) kB", status)[1])
        for name, key in names.items()
    }


if __name__ == "__main__":
    main()
