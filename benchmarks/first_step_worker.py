"""How long `fit` takes until its first step is done, in a process of its own.

    python -m benchmarks.first_step_worker zoo WGANGP --width 64 --threads 2

The result is printed as JSON: `seconds`; `tracing`, the part of them that is
tracing; and `traces`, how many times the step was traced. The rest of the time
is TensorFlow's work on the graph, the data and the step itself.
"""

import argparse
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402

from benchmarks import worker  # noqa: E402
from benchmarks.training import (  # noqa: E402
    games,
    keras_worker,
)


class Timed:
    """A function that keeps how long each of its calls took, in seconds."""

    def __init__(self, function):
        self.seconds = []
        self._function = function

    def __call__(self, *args):
        start = time.perf_counter()
        result = self._function(*args)
        self.seconds.append(time.perf_counter() - start)
        return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("candidate", choices=keras_worker.CANDIDATES)
    parser.add_argument("game", choices=games.MODELS)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    worker.use_threads(options.threads)
    keras.utils.set_random_seed(0)
    candidate = keras_worker.CANDIDATES[options.candidate]
    networks = candidate.networks(options.game, options.width)
    model = candidate.build(options.game, networks)
    dataset = keras_worker.data(options.game)
    # A graph is made by calls of the step, and run without.
    model.train_step = Timed(model.train_step)
    start = time.perf_counter()
    model.fit(dataset, steps_per_epoch=1, verbose=0)
    result = {
        "seconds": time.perf_counter() - start,
        "tracing": sum(model.train_step.seconds),
        "traces": len(model.train_step.seconds),
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
