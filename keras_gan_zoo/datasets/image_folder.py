"""Any folder of images as a data set."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from keras_gan_zoo.datasets.streams import check_integer, finish, index_batches

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


def image_folder(
    directory,
    image_size,
    batch_size,
    channels=3,
    labels=False,
    seed=0,
    start_step=None,
):
    """The images of a folder and of its sub-folders.

    Images are read when their batch is due, so that the folder may be larger
    than memory. The largest centred square of each is resized (Lanczos);
    photographs are turned upright and transparent parts become white.

    Args:
        directory: Path of the folder. Only files that end in .bmp, .gif,
            .jpeg, .jpg, .png, .tif, .tiff or .webp count.
        image_size: Integer, height and width of the images given.
        batch_size: Integer. All batches are full: what is left of an epoch
            is left out.
        channels: 3 for colour, 1 for grey.
        labels: Whether to give `(images, labels)`. Each sub-folder is a class;
            label 0 is the first name in sorted order.
        seed: Integer. Sets the order.
        start_step: `None` for one pass, in another order each time, or the
            step of training at which an endless stream begins; see `cifar10`.

    Returns:
        `tf.data.Dataset` of images, float32 in [-1, 1], of shape `(batch_size,
        image_size, image_size, channels)`; with labels, of pairs with int32
        labels `(batch_size,)`.

    Raises:
        ValueError: If there is no such folder, there are fewer images than a
            batch, labels are wanted and the images are not all in sub-folders,
            or an argument is out of range.
        tf.errors.InvalidArgumentError: While iterating, for a file that is not
            a readable image. The message names the file.
    """
    import tensorflow as tf

    directory = _check_directory(directory)
    image_size = check_integer("image_size", image_size, 1)
    if channels not in (1, 3):
        raise ValueError(
            "`channels` must be 1 (grey) or 3 (colour). "
            f"Received: channels={channels!r}"
        )
    if labels:
        by_class = _files_by_class(directory)
        files = [file for names in by_class.values() for file in names]
        class_ids = np.repeat(
            np.arange(len(by_class)),
            [len(names) for names in by_class.values()],
        )
    else:
        files, class_ids = _image_files(directory), None
    if not files:
        raise ValueError(
            f"Expected images ({', '.join(SUFFIXES)}) in the folder or its "
            f"sub-folders. Received: directory={str(directory)!r}"
        )

    def read_files(indices):
        return np.stack(
            [read_image(files[i], image_size, channels) for i in indices]
        )

    def read(indices):
        images = tf.numpy_function(read_files, [indices], tf.uint8)
        shape = (len(indices), image_size, image_size, channels)
        return tf.ensure_shape(images, shape)

    batches = index_batches(len(files), batch_size, seed, start_step)
    return finish(batches, read, class_ids)


def folder_classes(directory):
    """The names of the sub-folders of a folder of images, sorted.

    Raises:
        ValueError: As `image_folder` with labels.
    """
    return list(_files_by_class(_check_directory(directory)))


def read_image(file, image_size, channels):
    """Reads one image as `image_folder` gives it, but in uint8.

    Args:
        file: Path of the image.
        image_size: Integer, height and width of the result.
        channels: 1 or 3.

    Returns:
        Array, uint8 in [0, 255], of shape `(image_size, image_size, channels)`.

    Raises:
        ValueError: If the file cannot be read as an image, or has more than 8
            bits a channel. The message names the file.
    """
    try:
        with Image.open(file) as image:
            image = ImageOps.exif_transpose(image)
    # Each format fails in its own way: OSError, SyntaxError, EOFError ...
    except Exception as error:
        raise ValueError(
            f"Expected a readable image. Received: {file} ({error}). "
            "Replace the file or remove it from the folder."
        ) from error
    if image.mode[0] in "IF":
        raise ValueError(
            f"Expected 8 bits a channel. Received: {file}, of mode "
            f"{image.mode}. Convert the file first."
        )
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    # Cropped before it is resized: `ImageOps.fit` lets the filter see what it
    # cuts off, which then bleeds into the border.
    side = min(image.size)
    left, top = [(length - side) // 2 for length in image.size]
    image = image.crop((left, top, left + side, top + side))
    image = image.convert("RGB" if channels == 3 else "L").resize(
        (image_size, image_size), Image.Resampling.LANCZOS
    )
    return np.asarray(image).reshape(image_size, image_size, channels)


def _check_directory(directory):
    directory = Path(directory).expanduser()
    if not directory.is_dir():
        raise ValueError(
            "Expected the path of an existing folder of images. "
            f"Received: directory={str(directory)!r}"
        )
    return directory


def _image_files(directory):
    """All images in and below a folder, in an order no machine changes."""
    files = [
        file
        for file in directory.rglob("*")
        if file.suffix.lower() in SUFFIXES
        and not any(
            part.startswith(".") for part in file.relative_to(directory).parts
        )
    ]
    return sorted(files, key=lambda file: file.as_posix())


def _files_by_class(directory):
    classes = {
        folder.name: _image_files(folder)
        for folder in sorted(directory.iterdir(), key=lambda path: path.name)
        if folder.is_dir() and not folder.name.startswith(".")
    }
    if not classes:
        raise ValueError(
            "Labels come from sub-folders, one for each class, and there are "
            f"none. Received: directory={str(directory)!r}. Sort the images "
            "into sub-folders or use labels=False."
        )
    empty = [name for name, files in classes.items() if not files]
    if empty:
        raise ValueError(
            f"Expected images in each sub-folder of {directory}. Received: "
            f"nothing in {', '.join(empty)}. Fill or remove these folders."
        )
    outside = len(_image_files(directory)) - sum(map(len, classes.values()))
    if outside:
        raise ValueError(
            "Expected every image in a sub-folder, which names its class. "
            f"Received: {outside} outside, in {directory}. Move or remove "
            "them, or use labels=False."
        )
    return classes
