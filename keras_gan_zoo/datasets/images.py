"""The image data sets: CIFAR-10, MNIST, Fashion-MNIST and an embedded one.

All are kept in memory as uint8. Licences of the data: Fashion-MNIST is under
the MIT licence (Zalando SE); MNIST is copyright of Yann LeCun and Corinna
Cortes; for CIFAR-10 no licence is stated, its author asks for a citation of
"Learning Multiple Layers of Features from Tiny Images" (Krizhevsky, 2009): do
not redistribute it.
"""

import functools
from pathlib import Path

import numpy as np
from PIL import Image

from keras_gan_zoo.datasets.prepare import find_data_dir, prepared_builder
from keras_gan_zoo.datasets.sources import CIFAR10_CLASSES
from keras_gan_zoo.datasets.streams import from_arrays

CLASS_NAMES = {
    "cifar10": CIFAR10_CLASSES,
    "mnist": [str(digit) for digit in range(10)],
    "fashion_mnist": [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ],
}
CLASS_NAMES["embedded"] = CLASS_NAMES["fashion_mnist"]

EMBEDDED_SHEET = Path(__file__).with_name("data") / "fashion_mnist_1000.png"


def cifar10(
    batch_size,
    split="train",
    labels=False,
    seed=0,
    start_step=None,
    data_dir=None,
):
    """CIFAR-10: 60,000 colour photographs in ten classes.

    The data come from the prepared directory of TensorFlow Datasets. If they
    are not there they are prepared first; see `prepare_dataset`.

    Args:
        batch_size: Integer. All batches are full: the rest of an epoch is
            dropped.
        split: `"train"` (50,000 images) or `"test"` (10,000).
        labels: Whether to give `(images, labels)`.
        seed: Integer. Sets the order.
        start_step: `None` for one pass over the data, in another order each
            time the data set is iterated, as in `gan.fit(cifar10(64),
            epochs=5)`; the test split keeps its own order. An integer for an
            endless stream, as in `gan.fit(cifar10(64, start_step=k),
            steps_per_epoch=100)`: the stream is as if `k` batches had been
            taken already, each epoch's order being a function of the seed and
            the number of the epoch.
        data_dir: Directory of TensorFlow Datasets. Default: the environment
            variable `TFDS_DATA_DIR`, or `~/tensorflow_datasets`.

    Returns:
        `tf.data.Dataset` of images, float32 in [-1, 1], of shape `(batch_size,
        32, 32, 3)`; with labels, of pairs with int32 labels `(batch_size,)`.

    Raises:
        ValueError: If an argument is out of range or the batch is larger than
            the data set.
        PreparationError: If the data are not there and no source can be had.

    Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny
    Images". No licence is stated: do not redistribute the images.
    """
    return from_tfds(
        "cifar10", batch_size, split, labels, seed, start_step, data_dir
    )


def mnist(
    batch_size,
    split="train",
    labels=False,
    seed=0,
    start_step=None,
    data_dir=None,
):
    """MNIST: 70,000 handwritten digits, white on black.

    Arguments, result and errors as of `cifar10`, except that the training
    split has 60,000 images and images have shape `(batch_size, 28, 28, 1)`.

    Source: LeCun, Cortes and Burges, "The MNIST database of handwritten
    digits". Copyright Yann LeCun and Corinna Cortes.
    """
    return from_tfds(
        "mnist", batch_size, split, labels, seed, start_step, data_dir
    )


def fashion_mnist(
    batch_size,
    split="train",
    labels=False,
    seed=0,
    start_step=None,
    data_dir=None,
):
    """Fashion-MNIST: 70,000 pieces of clothing in the format of MNIST.

    Arguments, result and errors as of `cifar10`, except that the training
    split has 60,000 images and images have shape `(batch_size, 28, 28, 1)`.

    Source: Xiao, Rasul and Vollgraf 2017, https://arxiv.org/abs/1708.07747.
    MIT licence, Zalando SE.
    """
    return from_tfds(
        "fashion_mnist", batch_size, split, labels, seed, start_step, data_dir
    )


def embedded(batch_size, split="train", labels=False, seed=0, start_step=None):
    """1,000 images of Fashion-MNIST that come with this package.

    The first 100 training images of each class: for tests, examples and
    machines without a network. Arguments, result and errors as of `cifar10`,
    except that `"train"` is the only split and images have shape
    `(batch_size, 28, 28, 1)`.

    Source: as `fashion_mnist`; `data/LICENSE` has the licence.
    """
    check_split("embedded", split, ["train"])
    return from_arrays(*embedded_arrays(), batch_size, labels, seed, start_step)


def from_tfds(
    name, batch_size, split, labels, seed, start_step, data_dir, flip=False
):
    """The stream of a data set of TFDS, as of `cifar10`."""
    check_split(name, split, ["train", "test"])
    arrays = tfds_arrays(name, split, find_data_dir(data_dir))
    shuffle = split == "train"
    return from_arrays(
        *arrays, batch_size, labels, seed, start_step, shuffle, flip
    )


# Reading takes seconds, and a script may want the same images to train on and
# to score against.
@functools.lru_cache(maxsize=2)
def tfds_arrays(name, split, data_dir):
    """Returns uint8 images and int64 labels of a whole split as tensors."""
    import tensorflow as tf
    import tensorflow_datasets as tfds

    builder = prepared_builder(name, data_dir)
    with tf.device("CPU"):
        return builder.as_dataset(
            split=split,
            batch_size=-1,
            as_supervised=True,
            # One file after the other: an order that never changes.
            read_config=tfds.ReadConfig(interleave_cycle_length=1),
        )


@functools.lru_cache(maxsize=1)
def embedded_arrays():
    """Returns uint8 images and labels: class k is row k of the sheet."""
    sheet = np.asarray(Image.open(EMBEDDED_SHEET))
    images = sheet.reshape(10, 28, 100, 28).swapaxes(1, 2)
    return images.reshape(-1, 28, 28, 1), np.repeat(np.arange(10), 100)


def check_split(name, split, splits):
    """Raises a `ValueError` unless a data set has the split."""
    if split not in splits:
        raise ValueError(
            f"Expected a split of {name}: one of {splits}. "
            f"Received: split={split!r}"
        )
