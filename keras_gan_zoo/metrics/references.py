"""Real images that scores compare with."""

import pathlib

import numpy as np

from keras_gan_zoo import datasets, saved_files
from keras_gan_zoo.metrics import scored_paths, weights
from keras_gan_zoo.metrics.feature_set import FeatureSet, StatisticsSet
from keras_gan_zoo.metrics.frechet_distance import FeatureStatistics
from keras_gan_zoo.metrics.image_sources import FolderImages


def reference(
    source,
    network,
    split="train",
    data_dir=None,
    batch_size=100,
    progress=None,
    image_size=None,
):
    """Returns real images in the form that scores compare with.

    Their features are computed when they are first asked for, kept on disk in
    the folder `KERAS_GAN_ZOO_HOME`, or else `~/.cache/keras_gan_zoo`, and found
    again by the bytes of the images.

    Args:
        source: `"cifar10"`, `"mnist"`, `"fashion_mnist"` or `"embedded"`; or
            the path of a folder of images, or of an .npz file with one array
            of bytes `(number, height, width, channels)`, or with the
            statistics `mu` and `sigma` of features.
        network: `FeatureNetwork`; `None` for scores of pixels only.
        split: String, split of a named data set. Papers compare with the
            training images.
        data_dir: Directory of TensorFlow Datasets; see `datasets.cifar10`.
        batch_size: Integer, images for the network in one go.
        progress: Function, see `extract_features`.
        image_size: Integer, height and width to bring the pictures of a folder
            to; see `FolderImages`.

    Returns:
        `FeatureSet`, or `StatisticsSet` for a file of statistics.

    Raises:
        ValueError: If there are no such images, or an image size is given for
            any but those of a folder.
        PreparationError: If a data set isn't there and can't be had.
    """
    path = pathlib.Path(source).expanduser()
    if image_size is not None and not path.is_dir():
        raise ValueError(
            "An image size is for folders of pictures, which may have any "
            f"sizes. Received: image_size={image_size} for {source}. Leave it "
            "out."
        )
    if path.suffix == ".npz" and path.is_file():
        arrays = saved_files.load_npz(path)
        if "mu" in arrays:
            statistics = FeatureStatistics.load(path)
            return StatisticsSet(network, statistics, path.stem)
        images, name = _images_of(arrays, path), path.stem
    elif path.is_dir():
        scored_paths.require_no_models(path)
        images = FolderImages(path, image_size=image_size)
        name = path.resolve().name
    else:
        images, name = datasets.image_arrays(source, split, data_dir)[0], split
    return FeatureSet(
        network,
        images,
        name,
        batch_size=batch_size,
        cache=weights.home(),
        progress=progress,
    )


def npz_images(path):
    """Returns the images of an .npz file.

    Args:
        path: `pathlib.Path` of a file with one array, uint8, of shape
            `(number, height, width, channels)`.

    Raises:
        ValueError: If there is no such array, or more than one.
    """
    return _images_of(saved_files.load_npz(path), path)


def _images_of(arrays, path):
    found = [a for a in arrays.values() if a.ndim == 4 and a.dtype == np.uint8]
    if len(found) != 1 or not found[0].size:
        received = [f"{n} {a.dtype} {a.shape}" for n, a in arrays.items()]
        raise ValueError(
            f"Expected one array of images in {path}: bytes (uint8) of shape "
            f"(number, height, width, channels). Received: "
            f"{', '.join(received[:5]) or 'nothing'}. Write them by "
            "`np.savez(path, images=images)`."
        )
    return found[0]
