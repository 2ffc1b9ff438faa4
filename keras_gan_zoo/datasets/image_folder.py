"""Any folder of pictures as a data set."""

from pathlib import Path

import numpy as np

from keras_gan_zoo.datasets import picture_files
from keras_gan_zoo.datasets.picture_reader import PictureReader
from keras_gan_zoo.datasets.streams import finish, index_batches


def image_folder(
    directory,
    image_size,
    batch_size,
    channels=None,
    labels=False,
    seed=0,
    start_step=None,
    flip=False,
    alpha=False,
):
    """The pictures of a folder and of its subfolders.

    Pictures are read when their batch is due, so the folder may be larger than
    memory; all headers are read first. Photographs are turned upright, and
    transparent parts become white, unless alpha is kept. Grey pictures of 16
    bits, and PNG files of 16 bits, are read at full precision.

    Args:
        directory: Path of the folder. Only files that end in .bmp, .gif,
            .jpeg, .jpg, .png, .tif, .tiff or .webp are read. Links are
            followed; hidden files are left out.
        image_size: Integer, height and width of the images given, or pair
            `(height, width)`: the largest centred part of that shape, a
            square or a rectangle, is resized (Lanczos). `None` for pictures
            of one size, which stay as they are.
        batch_size: Integer. All batches are full: the rest of an epoch is
            dropped.
        channels: 3 for colour, 1 for grey; by default grey if all pictures
            are.
        labels: Whether to give `(images, labels)`. Each subfolder is a class;
            label 0 is the first name in sorted order.
        seed: Integer. Sets the order, and what is flipped.
        start_step: `None` for one pass, in another order each time, or the
            step of training at which an endless stream begins; see `cifar10`.
        flip: Whether to mirror each image, left to right, with probability
            1/2.
        alpha: Whether to keep transparency, as a fourth channel: -1 is
            transparent and 1 is opaque. Colours are straight, not multiplied
            by alpha; that of what is fully transparent is white. Pictures
            without transparency are opaque.

    Returns:
        `tf.data.Dataset` of images, float32 in [-1, 1], of shape `(batch_size,
        height, width, channels)`, with 4 channels if alpha is kept; with
        labels, of pairs with int32 labels `(batch_size,)`. Its attribute
        `description` is a line about what was found.

    Raises:
        ValueError: If there is no such folder, there are fewer pictures than a
            batch, any of them is broken as far as its header tells, they
            differ in size and no `image_size` is given, labels are wanted and
            the pictures are not all in subfolders, or an argument is out of
            range.
        tf.errors.InvalidArgumentError: While iterating, for a file that turns
            out to be broken. The message names the file. `fit` raises a
            `ValueError`.
    """
    directory = Path(directory).expanduser()
    class_ids, by_class = None, {}
    if labels:
        by_class = _files_by_class(directory)
        files = [file for names in by_class.values() for file in names]
        class_ids = np.repeat(
            np.arange(len(by_class)),
            [len(names) for names in by_class.values()],
        )
    else:
        files = picture_files.find_pictures(directory)
    batches = index_batches(len(files), batch_size, seed, start_step)
    reader = PictureReader(files, image_size, channels, alpha)
    flip_seed = seed if flip else None
    dataset = finish(batches, reader, class_ids, flip_seed, start_step)
    dataset.description = _description(
        reader.headers, list(by_class), reader.size
    )
    return dataset


def folder_classes(directory):
    """The names of the subfolders of a folder of pictures, sorted.

    Raises:
        ValueError: As `image_folder` with labels.
    """
    return list(_files_by_class(Path(directory).expanduser()))


def _files_by_class(directory):
    classes = picture_files.pictures_by_class(directory)
    outside = classes.pop("")
    if not classes:
        raise ValueError(
            "Labels come from subfolders, one for each class, and there are "
            f"none. Received: directory={str(directory)!r}. Sort the pictures "
            "into subfolders or use labels=False."
        )
    empty = [name for name, files in classes.items() if not files]
    if empty:
        raise ValueError(
            f"Expected pictures in each subfolder of {directory}. Received: "
            f"nothing in {', '.join(empty)}. Fill or remove these folders."
        )
    if outside:
        raise ValueError(
            "Expected every picture in a subfolder, which names its class. "
            f"Received: {len(outside)} outside, in {directory}. Move or remove "
            "them, or use labels=False."
        )
    return classes


def _description(headers, classes, size):
    """Returns a line on pictures, such as "2,000 pictures of 64x64, ..."."""
    sizes = {header.size for header in headers}
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    text = f"{len(headers):,} pictures of {width}x{height}"
    if len(sizes) > 1:
        width, height = min(sizes, key=lambda size: size[0] * size[1])
        text = text.replace(" of ", f" of {width}x{height} to ")
    if classes:
        shown = ", ".join(classes[:10]) + (", ..." if classes[10:] else "")
        text += f" in {len(classes)} classes ({shown})"
    deeds = []
    height, width = size
    if any(w * height != h * width for w, h in sizes):
        shape = "squares" if height == width else f"{width} by {height}"
        deeds.append(f"cropped to {shape}")
    if sizes != {(width, height)}:
        deeds.append(f"resized to {width}x{height}")
    return ", ".join([text, " and ".join(deeds)] if deeds else [text])
