"""The images that a recipe trains on, and is measured on."""

from keras_gan_zoo import datasets, images


def read_data(args, batch_size, labels=False):
    """Returns the endless stream of images that the flags ask for.

    Args:
        args: What `arguments` returned.
        batch_size: Integer, of what one step takes.
        labels: Whether to give `(images, labels)`.

    Returns:
        `tf.data.Dataset`, see `datasets.by_name`.
    """
    return datasets.by_name(
        args.dataset,
        batch_size,
        labels=labels,
        seed=args.seed,
        start_step=0,
        data_dir=args.data_dir,
        image_size=args.image_size,
        flip=bool(args.flip),
    )


def read_arrays(args, split):
    """Returns all images of a split, and their labels, for a recipe's scores.

    Args:
        args: What `arguments` returned, of a data set that isn't a folder.
        split: "train" or "test". The embedded images, on which recipes are
            tried out, have one split, which is both.

    Returns:
        Images, float32 in [-1, 1], and labels, int64, numpy arrays.
    """
    if args.dataset == "embedded":
        split = "train"
    pixels, labels = datasets.image_arrays(args.dataset, split, args.data_dir)
    return images.from_uint8(pixels), labels
