"""Data sets of random images in TFRecord files, of any size.

A record is the bytes of one image and nothing else.
"""

import pathlib
import tempfile

import numpy as np
import tensorflow as tf

from keras_gan_zoo import files
from keras_gan_zoo.datasets import streams

IMAGE_SHAPE = (28, 28, 1)
RECORD_BYTES = 28 * 28 + 16  # With its length and the checksums of both.
IMAGES_IN_FILE = 100_000
DISTINCT = 10_000
BUFFER = 10_000  # Records among which the next is drawn.
OPEN_FILES = 4


def write(folder, number):
    """Writes a folder of files of records.

    After 10,000 images the same come again, and are not encoded again: in a
    file, records just follow each other, so that copies of their bytes do.

    Args:
        folder: `pathlib.Path` that does not exist, in one that does.
        number: Integer, of images.
    """
    records = _encoded()
    # What is on the disk does not have to be written during a measurement.
    with files.written_aside(folder) as aside:
        aside.mkdir()
        for start in range(0, number, IMAGES_IN_FILE):
            in_file = min(IMAGES_IN_FILE, number - start)
            copies, rest = divmod(in_file, DISTINCT)
            name = f"{start // IMAGES_IN_FILE:05}.tfrecord"
            with (aside / name).open("wb") as file:
                for _ in range(copies):
                    file.write(records)
                file.write(records[: rest * RECORD_BYTES])


def read(folder, batch_size):
    """Returns a stream without an end, whose memory does not depend on size.

    Args:
        folder: `pathlib.Path`, of `write`.
        batch_size: Integer.

    Returns:
        `tf.data.Dataset` of images `(batch_size, 28, 28, 1)`, float32 in
        [-1, 1].
    """

    def decode(records):
        images = tf.io.decode_raw(records, tf.uint8)
        images = tf.reshape(images, (batch_size, *IMAGE_SHAPE))
        return streams.scale_images(images)

    # Repeated before the shuffle, whose buffer then never runs empty: there
    # is no pause between epochs, which pass into each other.
    names = tf.data.Dataset.list_files(str(folder / "*.tfrecord")).repeat()
    records = names.interleave(tf.data.TFRecordDataset, cycle_length=OPEN_FILES)
    batches = records.shuffle(BUFFER).batch(batch_size, drop_remainder=True)
    return streams.mapped(batches, decode)


def _encoded():
    """Returns the records of all distinct images, one after the other."""
    shape = DISTINCT, *IMAGE_SHAPE
    images = np.random.default_rng(0).integers(0, 256, shape, "uint8")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "records"
        with tf.io.TFRecordWriter(str(path)) as writer:
            for image in images:
                writer.write(image.tobytes())
        return path.read_bytes()
