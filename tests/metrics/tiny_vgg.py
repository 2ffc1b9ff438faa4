"""VGG-16 with two channels in each convolution, and its LPIPS layers."""

import pickle

import numpy as np

WIDTH = 2


def weights(seed=0):
    """Returns arrays by the names of `vgg16_lpips`."""
    random = np.random.default_rng(seed)
    arrays, channels = {}, 3
    for index in range(13):
        arrays[f"conv_{index}/kernel"] = random.normal(
            0, (2 / (9 * channels)) ** 0.5, (3, 3, channels, WIDTH)
        )
        # Positive, so that few channels are off for good.
        arrays[f"conv_{index}/bias"] = random.uniform(0.1, 0.5, WIDTH)
        channels = WIDTH
    for index in range(5):
        arrays[f"linear_{index}"] = random.uniform(0, 1, WIDTH)
    return {name: array.astype("float32") for name, array in arrays.items()}


def published(arrays):
    """Returns the pickle in which such weights are published."""
    tree = {"VGG16_0": {}}
    for index in range(13):
        tree["VGG16_0"][f"Conv_{index}"] = {
            "kernel": arrays[f"conv_{index}/kernel"],
            "bias": arrays[f"conv_{index}/bias"],
        }
    for index in range(5):
        kernel = arrays[f"linear_{index}"].reshape(1, 1, WIDTH, 1)
        tree[f"NetLinLayer_{index}"] = {"Conv_0": {"kernel": kernel}}
    content = pickle.dumps(tree, protocol=3)
    # As NumPy 1 named its modules.
    return content.replace(b"numpy._core.", b"numpy.core.")
