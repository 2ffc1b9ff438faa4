"""A candidate that trains by `fit`: a model of the zoo, or of plain Keras."""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from benchmarks import flops, worker  # noqa: E402
from benchmarks.training import (  # noqa: E402
    games,
    plain_steps,
    zoo_steps,
)

CANDIDATES = {"zoo": zoo_steps, "plain": plain_steps}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("candidate", choices=CANDIDATES)
    parser.add_argument("game", choices=games.MODELS)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    worker.use_threads(options.threads)
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(options.precision)
    candidate = CANDIDATES[options.candidate]
    networks = candidate.networks(options.game, options.width)
    model = candidate.build(options.game, networks)
    dataset = data(options.game)

    def train(steps):
        model.fit(dataset, steps_per_epoch=steps, shuffle=False, verbose=0)

    step = tf.function(model.train_step)
    batch = next(iter(dataset))
    facts = {
        "parameters": sum(
            int(np.prod(variable.shape))
            for network in networks.values()
            for variable in network.trainable_variables
        ),
        "flops": flops.graph_flops(step.get_concrete_function(batch).graph),
    }
    worker.answer(train, facts)


def data(game, batches=8):
    """Returns batches of noise, over and over, from memory."""
    rng = np.random.default_rng(0)
    size = games.BATCH_SIZE * games.discriminator_steps(game)
    number = batches * size
    images = rng.uniform(-1.0, 1.0, (number, *games.IMAGE_SHAPE))
    labels = rng.integers(0, games.NUM_CLASSES, number)
    arrays = images.astype("float32"), labels.astype("int32")
    dataset = tf.data.Dataset.from_tensor_slices(arrays)
    dataset = dataset.batch(size, drop_remainder=True).cache().repeat()
    options = tf.data.Options()
    # The end of an iterator may wait for the thread of the tuning, which looks
    # up after 1.27 s, 2.55 s and so on: that would be the time of a short fit.
    options.autotune.enabled = False
    return dataset.prefetch(2).with_options(options)


if __name__ == "__main__":
    main()
