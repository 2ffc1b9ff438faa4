"""A candidate that takes batches of images and does nothing with them."""

import argparse
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf  # noqa: E402

from benchmarks import worker  # noqa: E402
from keras_gan_zoo import datasets  # noqa: E402

IMAGE_SIZE = 32  # Of the images of a folder, when they are read.


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("candidate", choices=CANDIDATES)
    parser.add_argument("dataset", help="a name, or the path of a folder")
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    worker.use_threads(options.threads)
    make = CANDIDATES[options.candidate]
    batches = iter(make(options.dataset, options.batch_size))

    def take(number):
        for _ in range(number):
            next(batches)

    worker.answer(take, {})


def zoo(name, batch_size):
    """Returns the endless stream of this package."""
    image_size = IMAGE_SIZE if pathlib.Path(name).is_dir() else None
    return datasets.by_name(
        name, batch_size, start_step=0, image_size=image_size
    )


def plain(name, batch_size):
    """Returns the same images as TensorFlow's guides have them made.

    Images that are in memory are scaled as batches, which is faster than one
    by one; of a folder they are read and resized by TensorFlow's functions.
    """
    if pathlib.Path(name).is_dir():
        files = sorted(str(path) for path in pathlib.Path(name).iterdir())
        images = _shuffled(files).map(_read, tf.data.AUTOTUNE)
        batches = images.batch(batch_size, drop_remainder=True)
    else:
        arrays, _ = datasets.image_arrays(name)
        batches = _shuffled(arrays).batch(batch_size, drop_remainder=True)
    return batches.map(_scaled, tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)


def _shuffled(values):
    dataset = tf.data.Dataset.from_tensor_slices(values)
    return dataset.shuffle(len(values)).repeat()


def _read(file):
    image = tf.io.decode_png(tf.io.read_file(file), channels=3)
    size = IMAGE_SIZE, IMAGE_SIZE
    return tf.image.resize(image, size, "lanczos3", antialias=True)


def _scaled(images):
    return tf.cast(images, tf.float32) / 127.5 - 1.0


CANDIDATES = {"zoo": zoo, "plain": plain}


if __name__ == "__main__":
    main()
