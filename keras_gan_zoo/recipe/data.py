"""The images that a recipe trains on."""

from keras_gan_zoo import datasets


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
