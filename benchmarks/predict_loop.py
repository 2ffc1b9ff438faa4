"""What a plain loop of Keras's `predict` does, in a process of its own.

    python -m benchmarks.predict_loop saved_models/wgan_gp_cifar/1

It calls the exported `sample` with one batch of seeds after the other, and
makes no PNGs. The result is printed as JSON.
"""

import argparse
import json
import os
import sys
import time

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402


class Sampler(keras.Model):
    """The signature `sample` of an export, as a model of Keras."""

    def __init__(self, path):
        super().__init__()
        self._loaded = tf.saved_model.load(path)

    def call(self, inputs):
        return self._loaded.signatures["sample"](**inputs)["images"]


def measure(path, num_classes, batch_size, seconds):
    """Returns how many batches there were in so many seconds."""
    sampler = Sampler(path)
    inputs = {"seeds": np.arange(batch_size, dtype="int64")}
    if num_classes:
        inputs["labels"] = np.arange(batch_size, dtype="int32") % num_classes
    latencies = []
    sampler.predict(inputs, batch_size=batch_size, verbose=0)
    start = now = time.perf_counter()
    while now - start < seconds:
        inputs["seeds"] += batch_size
        sampler.predict(inputs, batch_size=batch_size, verbose=0)
        latencies.append(time.perf_counter() - now)
        now += latencies[-1]
    return {
        "seconds": now - start,
        "answers": len(latencies),
        "p50_ms": 1000 * float(np.percentile(latencies, 50)),
        "p99_ms": 1000 * float(np.percentile(latencies, 99)),
    }


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.predict_loop")
    parser.add_argument("path")
    parser.add_argument("--num-classes", type=int)
    parser.add_argument("--batch-size", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    result = measure(
        options.path, options.num_classes, options.batch_size, options.seconds
    )
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
