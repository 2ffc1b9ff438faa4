"""Openclipart: drawings in the public domain, in folders by category."""

from keras_gan_zoo.datasets.image_folder import image_folder
from keras_gan_zoo.datasets.prepare import prepared_builder


def openclipart(
    batch_size,
    image_size=64,
    labels=False,
    alpha=False,
    seed=0,
    start_step=None,
    flip=False,
    data_dir=None,
):
    """Openclipart 0.18: 6,883 drawings in 22 categories, of any shape.

    They are a folder of pictures, `openclipart` in the directory of TensorFlow
    Datasets, which is prepared first if it is not there; see
    `prepare_dataset`. Its subfolders are the categories, from 1,796 drawings in
    `computer` to 3 in `buttons`; most of the 1,582 in `shapes` are stars of
    thin lines.

    Args:
        batch_size: Integer. All batches are full: the rest of an epoch is
            dropped.
        image_size, labels, alpha, seed, start_step, flip: As of
            `image_folder`. The largest side of a drawing has 256 pixels or
            less.
        data_dir: Directory of TensorFlow Datasets. Default: the environment
            variable `TFDS_DATA_DIR`, or `~/tensorflow_datasets`.

    Returns:
        `tf.data.Dataset` as of `image_folder`, in colour.

    Raises:
        ValueError: As of `image_folder`.
        PreparationError: If the data are not there and no source can be had.

    Source: the Debian package `openclipart-png`. Public domain.
    """
    return image_folder(
        prepared_builder("openclipart", data_dir).data_dir,
        image_size,
        batch_size,
        channels=None if alpha else 3,
        labels=labels,
        seed=seed,
        start_step=start_step,
        flip=flip,
        alpha=alpha,
    )
