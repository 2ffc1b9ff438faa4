"""A candidate that computes one score, or the features that scores need."""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402

from benchmarks import worker  # noqa: E402

DIMENSIONS = 2048
BATCH_SIZE = 50  # Images for the network at once.


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["features", "fid", "kid", "knn"])
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    if options.kind == "features":
        _answer_features(options.threads)
    else:
        _answer_score(options.kind, options.rows)


def _answer_features(threads):
    """A unit is a batch of images of 32 x 32, resized to 299 x 299."""
    worker.use_threads(threads)

    from benchmarks import flops
    from keras_gan_zoo.metrics.features import inception_2015

    network = inception_2015()
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (BATCH_SIZE, 32, 32, 3), "uint8")

    def work(batches):
        for _ in range(batches):
            network(images)

    (traced,) = [  # Of which there is one, for batches of any size.
        function
        for function in vars(network).values()
        if hasattr(function, "get_concrete_function")
    ]
    graph = traced.get_concrete_function().graph
    facts = {"flops": flops.graph_flops(graph, BATCH_SIZE)}
    worker.answer(work, facts, seconds=5)


def _answer_score(kind, rows):
    """A unit is the score of two sets of features, from their arrays."""
    from keras_gan_zoo import metrics

    rng = np.random.default_rng(0)
    real, generated = (
        rng.standard_normal((rows, DIMENSIONS), "float32") for _ in range(2)
    )

    def fid():
        statistics = map(metrics.feature_statistics, (real, generated))
        metrics.frechet_distance(*statistics)

    def kid():
        metrics.kernel_inception_distance(real, generated)

    def knn():
        metrics.precision_recall(real, generated)

    compute = {"fid": fid, "kid": kid, "knn": knn}[kind]

    def work(times):
        for _ in range(times):
            compute()

    # Products of features; the square root of FID is not counted.
    pairs = {
        "fid": 2 * rows * DIMENSIONS,
        "kid": 50 * 3 * 1000 * 1000,
        "knn": rows * (rows + 1) + rows * rows,
    }
    worker.answer(work, {"flops": 2 * pairs[kind] * DIMENSIONS}, seconds=0)


if __name__ == "__main__":
    main()
