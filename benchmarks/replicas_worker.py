"""A candidate that trains with replicas, or without.

For two workers, or two processes that don't communicate, it starts two of
itself, and its repeat ends when both have ended theirs.
"""

import argparse
import concurrent.futures
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks import runner, worker  # noqa: E402
from benchmarks.training import games  # noqa: E402
from tests import cluster  # noqa: E402

GAMES = ("DCGAN", "WGANGP")
PAIRS = {"apart": "half", "workers": "worker"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=[*STRATEGIES, *PAIRS])
    parser.add_argument("game", choices=GAMES)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument(
        "--threads", type=int, required=True, help="of each process"
    )
    options = parser.parse_args()
    if options.way in PAIRS:
        answer_as_pair(
            [
                *[sys.executable, "-m", "benchmarks.replicas_worker"],
                *[PAIRS[options.way], options.game],
                f"--width={options.width}",
                f"--steps={options.steps}",
                f"--threads={options.threads}",
            ]
        )
    else:
        answer_alone(options)


def answer_as_pair(command):
    """Answers with what two processes do at the same time.

    Args:
        command: List of strings, that of a candidate. Each of the two finds
            in `TF_CONFIG` which worker it is.
    """
    workers = cluster.addresses(2)
    pair = []
    for index in range(2):
        task = {"type": "worker", "index": index}
        config = json.dumps({"cluster": {"worker": workers}, "task": task})
        environment = {**os.environ, "TF_CONFIG": config}
        pair.append(runner.Candidate(f"worker {index}", command, environment))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:

        def both(function):
            return list(pool.map(function, pair))

        try:
            both(runner.Candidate.get_ready)
            worker.answer(
                lambda units: both(runner.Candidate.repeat),
                pair[0].facts,
                seconds=0,
            )
        finally:
            both(runner.Candidate.close)


def answer_alone(options):
    """Answers with the steps of this process."""
    worker.use_threads(options.threads)
    strategy = STRATEGIES[options.way]()

    import keras

    from benchmarks import scaling
    from benchmarks.training import keras_worker

    keras.utils.set_random_seed(0)
    with strategy.scope():
        gan = build(options.game, options.width)
    batches = keras_worker.data(options.game)
    if options.way == "half":
        batches = batches.map(
            lambda *tensors: tuple(t[: len(t) // 2] for t in tensors)
        )
    iterator = iter(strategy.experimental_distribute_dataset(batches))
    calls, num_bytes = collectives(gan, next(iterator))
    gan.make_train_function()

    def train(units):
        for _ in range(units * options.steps):
            gan.train_function(iterator)

    facts = {
        "calls": calls,
        "bytes": num_bytes,
        "gradient_bytes": scaling.gradient_bytes(gan),
    }
    worker.answer(train, facts, seconds=0)


def build(name, width):
    """Returns a game on this package's networks, whose norms have global means.

    Their statistics are those of the whole batch, whatever the replicas.
    """
    from benchmarks.training import zoo_steps
    from keras_gan_zoo import networks

    options = {"widths": (width, 2 * width), "kernel_size": 4}
    generator = networks.dcgan_generator(
        games.LATENT_DIM, games.IMAGE_SHAPE, **options
    )
    discriminator = networks.dcgan_discriminator(
        games.IMAGE_SHAPE, batch_normalization=name != "WGANGP", **options
    )
    return zoo_steps.build(
        name, {"generator": generator, "discriminator": discriminator}
    )


def collectives(gan, batch):
    """Returns how often replicas speak in a step, and how much each says.

    Args:
        gan: Compiled model.
        batch: Batch of a dataset that its strategy distributes.

    Returns:
        Pair of integers, for one replica: operations of TensorFlow's
        collectives in the traced step, and the bytes that go into them.
    """
    import tensorflow as tf

    strategy = gan.distribute_strategy
    step = tf.function(
        lambda batch: strategy.run(gan.train_step, (batch,)), autograph=False
    )
    graph = step.get_concrete_function(batch).graph
    inputs = [
        operation.inputs[0]
        for operation in graph.get_operations()
        if operation.type.startswith(("CollectiveReduce", "CollectiveGather"))
    ]
    num_bytes = sum(
        tensor.shape.num_elements() * tensor.dtype.size for tensor in inputs
    )
    parts = strategy.experimental_local_results(tf.nest.flatten(batch)[0])
    here = len(parts)  # Replicas of this process, which share the graph.
    return len(inputs) // here, num_bytes // here


def _mirrored():
    import tensorflow as tf

    (processor,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        processor, [tf.config.LogicalDeviceConfiguration()] * 2
    )
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def _of_workers():
    import tensorflow as tf

    return tf.distribute.MultiWorkerMirroredStrategy()


def _none():
    import tensorflow as tf

    return tf.distribute.get_strategy()


STRATEGIES = {
    "one": _none,
    "half": _none,
    "mirrored": _mirrored,
    "worker": _of_workers,
}


if __name__ == "__main__":
    main()
