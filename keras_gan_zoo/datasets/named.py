"""Data sets by name, for the `--dataset` of a script."""

from pathlib import Path

import numpy as np

from keras_gan_zoo.datasets.clipart import openclipart
from keras_gan_zoo.datasets.clipart_package import CLIPART_CATEGORIES
from keras_gan_zoo.datasets.emoji_images import emoji, emoji_arrays
from keras_gan_zoo.datasets.emoji_packages import CATEGORIES
from keras_gan_zoo.datasets.image_folder import folder_classes, image_folder
from keras_gan_zoo.datasets.images import (
    CLASS_NAMES,
    check_split,
    embedded_arrays,
    from_tfds,
    tfds_arrays,
)
from keras_gan_zoo.datasets.prepare import find_data_dir
from keras_gan_zoo.datasets.streams import from_arrays
from keras_gan_zoo.datasets.voxel_solids import SOLIDS


def by_name(
    name,
    batch_size,
    labels=False,
    split="train",
    seed=0,
    start_step=None,
    data_dir=None,
    image_size=None,
    flip=False,
    alpha=False,
):
    """The data set with a given name, for the `--dataset` of a script.

    Args:
        name: `"cifar10"`, `"mnist"`, `"fashion_mnist"`, `"embedded"`,
            `"emoji"` (those of Google, Apache-2.0), `"openclipart"`, or the
            path of a folder of images.
        batch_size, labels, split, seed, start_step, data_dir: As of `cifar10`.
            The embedded images, openclipart and folders have the split
            `"train"` only.
        image_size: Size of the images of a folder or of openclipart, as of
            `image_folder`, or of the emoji, as of `emoji`; by default 32.
            Other named data sets have sizes of their own.
        flip: Whether to mirror each image, left to right, with probability
            1/2. In an endless stream it is a function of seed and step.
        alpha: Whether to keep the transparency of emoji, of openclipart or of
            the pictures of a folder, as a fourth channel. They are on white
            otherwise.

    Returns:
        `tf.data.Dataset` as of `cifar10`. That of a folder is in grey if all
        of its pictures are, and its attribute `description` is a line about
        what was found.

    Raises:
        ValueError: If the name is neither a data set nor a folder, an image
            size or alpha is asked of a data set that has no choice of them,
            and what `cifar10`, `emoji` and `image_folder` raise.
    """
    options = dict(labels=labels, seed=seed, start_step=start_step, flip=flip)
    if name in CLASS_NAMES:
        _require_no_choice(name, image_size, alpha)
    if name in ("cifar10", "mnist", "fashion_mnist"):
        return from_tfds(
            name, batch_size, split=split, data_dir=data_dir, **options
        )
    if name == "embedded":
        check_split(name, split, ["train"])
        return from_arrays(*embedded_arrays(), batch_size, **options)
    image_size = 32 if image_size is None else image_size
    if name == "emoji":
        return emoji(
            batch_size,
            image_size=image_size,
            split=split,
            data_dir=data_dir,
            alpha=alpha,
            **options,
        )
    if name == "openclipart":
        check_split(name, split, ["train"])
        return openclipart(
            batch_size, image_size, alpha=alpha, data_dir=data_dir, **options
        )
    _check_folder(name)
    check_split(f"the folder {name}", split, ["train"])
    return image_folder(name, image_size, batch_size, alpha=alpha, **options)


def image_arrays(name, split="train", data_dir=None):
    """All images of a data set as bytes, for scores and for drawing.

    Args:
        name: `"cifar10"`, `"mnist"`, `"fashion_mnist"`, `"embedded"` or
            `"emoji"` (those of Google, of 32 x 32 pixels, on white).
        split: `"train"` or `"test"`; the embedded images have `"train"` only.
        data_dir: As of `cifar10`.

    Returns:
        Pair of numpy arrays: images, uint8, of shape `(number, height, width,
        channels)`, and labels, int64, of shape `(number,)`, in an order that
        never changes.

    Raises:
        ValueError: If there is no data set of that name, or no such split.
        PreparationError: If the data are not there and no source can be had.
    """
    if name == "embedded":
        check_split(name, split, ["train"])
        return embedded_arrays()
    if name == "emoji":
        return emoji_arrays(split=split, data_dir=data_dir)
    if name not in CLASS_NAMES:
        raise ValueError(
            "Expected the name of a data set: one of "
            f"{[*CLASS_NAMES, 'emoji']}. Received: name={str(name)!r}"
        )
    check_split(name, split, ["train", "test"])
    arrays = tfds_arrays(name, split, find_data_dir(data_dir))
    return tuple(np.asarray(array) for array in arrays)


def class_names(name):
    """The names of the classes, in the order of their labels.

    Args:
        name: As of `by_name`, or `"solids"`. The classes of a folder are its
            subfolders.

    Returns:
        List of strings.

    Raises:
        ValueError: If the name is neither a data set nor a folder, or the
            folder has no subfolders.
    """
    if name in CLASS_NAMES:
        return list(CLASS_NAMES[name])
    if name == "emoji":
        return list(CATEGORIES)
    if name == "openclipart":
        return list(CLIPART_CATEGORIES)
    if name == "solids":
        return list(SOLIDS)
    _check_folder(name)
    return folder_classes(name)


def _require_no_choice(name, image_size, alpha):
    if image_size is not None:
        raise ValueError(
            "An image size is for folders of pictures, and emoji: the images "
            f"of {name} have a size of their own. Received: "
            f"image_size={image_size!r}. Leave it out."
        )
    if alpha:
        raise ValueError(
            "Alpha is for folders of pictures, and emoji: the images of "
            f"{name} have none. Received: alpha={alpha!r}. Leave it out."
        )


def _check_folder(name):
    if not Path(name).expanduser().is_dir():
        raise ValueError(
            "Expected the name of a data set (cifar10, mnist, fashion_mnist, "
            "embedded, emoji, openclipart) or the path of an existing folder "
            f"of images. Received: name={str(name)!r}"
        )
