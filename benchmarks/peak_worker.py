"""A candidate that only multiplies: the most that the machine can do.

It computes products of 2048 x 2048 matrices, or 3 x 3 convolutions of 128
channels on 64 images of 32 x 32, in float32 or bfloat16.
"""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf  # noqa: E402

from benchmarks import flops, worker  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["product", "convolution"])
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    worker.use_threads(options.threads)
    dtype = tf.as_dtype(options.precision)
    if options.kind == "product":
        shapes = [(2048, 2048), (2048, 2048)]
        function = tf.matmul
    else:
        shapes = [(64, 32, 32, 128), (3, 3, 128, 128)]

        def function(images, kernel):
            return tf.nn.conv2d(images, kernel, strides=1, padding="SAME")

    arrays = [
        tf.cast(tf.random.stateless_normal(shape, [0, index]), dtype)
        for index, shape in enumerate(shapes)
    ]
    run = tf.function(function).get_concrete_function(*arrays)

    def work(times):
        for _ in range(times):
            result = run(*arrays)
        result.numpy()

    worker.answer(work, {"flops": flops.graph_flops(run.graph)})


if __name__ == "__main__":
    main()
