"""Data as `tf.data.Dataset` objects of full batches, images in [-1, 1]."""

# TensorFlow takes seconds to import, and `python -m keras_gan_zoo.datasets
# --help` imports this package: functions that need TensorFlow import it.

from keras_gan_zoo.datasets.clipart import openclipart
from keras_gan_zoo.datasets.emoji_images import emoji, emoji_pairs
from keras_gan_zoo.datasets.folder_pairs import (
    folder_pairs,
    side_by_side_pairs,
    unpaired_folders,
)
from keras_gan_zoo.datasets.gaussians import (
    gaussian_grid,
    gaussian_ring,
    grid_centers,
    ring_centers,
)
from keras_gan_zoo.datasets.image_folder import image_folder
from keras_gan_zoo.datasets.images import (
    cifar10,
    embedded,
    fashion_mnist,
    mnist,
)
from keras_gan_zoo.datasets.named import by_name, class_names, image_arrays
from keras_gan_zoo.datasets.prepare import PreparationError, prepare_dataset
from keras_gan_zoo.datasets.random_crops import random_crops
from keras_gan_zoo.datasets.streams import swapped, unpaired
from keras_gan_zoo.datasets.voxel_solids import solids

# Without it, `help()` lists what is defined in this file, which is nothing.
__all__ = [
    "PreparationError",
    "by_name",
    "cifar10",
    "class_names",
    "embedded",
    "emoji",
    "emoji_pairs",
    "fashion_mnist",
    "folder_pairs",
    "gaussian_grid",
    "gaussian_ring",
    "grid_centers",
    "image_arrays",
    "image_folder",
    "mnist",
    "openclipart",
    "prepare_dataset",
    "random_crops",
    "ring_centers",
    "side_by_side_pairs",
    "solids",
    "swapped",
    "unpaired",
    "unpaired_folders",
]
