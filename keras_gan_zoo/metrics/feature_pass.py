"""Features of many images, kept on disk as they are computed."""

import hashlib
import pathlib

import numpy as np

from keras_gan_zoo import files
from keras_gan_zoo.metrics import cache as cache_file
from keras_gan_zoo.metrics.features.feature_network import Features

# Images whose features are in one file of the cache.
CHUNK = 1000


def extract_features(
    network, images, batch_size=100, cache=None, progress=None
):
    """Returns the features of images.

    Args:
        network: `FeatureNetwork`.
        images: Array of bytes `(number, height, width, channels)`, or what has
            a length and gives such arrays for slices, as a generator's samples
            may.
        batch_size: Integer, images for the network at once. It changes time
            and memory, and features in the last digits of float32.
        cache: String or path of a folder, or `None`. Features of 1,000 images
            each are written there as they are computed, under the SHA-256 of
            the images' bytes and of the network's weights, and read when the
            same images come again: a pass that broke off goes on from there.
        progress: Function that is called with the number of images done and
            that of all, or `None`.

    Returns:
        `Features` of all images, in their order.

    Raises:
        ValueError: If there are no images, or the network doesn't take them.
    """
    if batch_size < 1 or not len(images):
        raise ValueError(
            "Features are computed of at least one image, in batches of at "
            f"least one. Received: {len(images)} images, "
            f"batch_size={batch_size}."
        )
    parts = []
    for start in range(0, len(images), CHUNK):
        chunk = network.require_images(images[start : start + CHUNK])
        parts.append(_chunk_features(network, chunk, batch_size, cache))
        if progress is not None:
            progress(start + len(chunk), len(images))
    probabilities = None
    if parts[0].probabilities is not None:
        probabilities = np.concatenate([p.probabilities for p in parts])
    return Features(np.concatenate([p.features for p in parts]), probabilities)


def images_sha256(images):
    """Returns the SHA-256 of images: their number, shape and bytes.

    Args:
        images: As of `extract_features`.
    """
    sha256 = hashlib.sha256()
    for start in range(0, len(images), CHUNK):
        chunk = np.ascontiguousarray(images[start : start + CHUNK])
        if start == 0:
            shape = (len(images), *chunk.shape[1:])
            sha256.update(f"{chunk.dtype} {shape}\n".encode())
        sha256.update(chunk)
    return sha256.hexdigest()


def _chunk_features(network, chunk, batch_size, cache):
    path = None
    if cache is not None:
        sha256 = hashlib.sha256(network.sha256.encode())
        sha256.update(str(network.resizer).encode())
        sha256.update(images_sha256(chunk).encode())
        folder = files.make_folder(pathlib.Path(cache) / network.label)
        path = folder / f"{sha256.hexdigest()}.npz"
        found = cache_file.read(path)
        if found is not None:
            return Features(found["features"], found.get("probabilities"))
    batches = [
        network(chunk[start : start + batch_size])
        for start in range(0, len(chunk), batch_size)
    ]
    arrays = {"features": np.concatenate([b.features for b in batches])}
    if batches[0].probabilities is not None:
        arrays["probabilities"] = np.concatenate(
            [b.probabilities for b in batches]
        )
    if path is not None:
        cache_file.write(path, arrays)
    return Features(arrays["features"], arrays.get("probabilities"))
