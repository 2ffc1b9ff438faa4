"""Records what the code of the authors of LPIPS computes.

It is the package `lpips`, which has the five linear layers of version 0.1. The
convolutions of VGG-16, which it would download, are given to it from the file
of weights of this library. That the linear layers are the same in both is
checked on the way.

It needs an environment of its own:

    python -m venv golden
    golden/bin/pip install numpy lpips==0.1.4 torch==2.13.0
    python -m keras_gan_zoo.metrics fetch vgg16_lpips
    golden/bin/python tests/golden/make_lpips_golden.py \
        ~/.cache/keras_gan_zoo/weights/vgg16_lpips.npz
"""

import pathlib
import sys

import lpips
import numpy as np
import torch

OUTPUT = pathlib.Path(__file__).with_name("vgg16_lpips.npz")


def make_pairs():
    """Returns four pairs of images: noise, a shift, a blur, other colours."""
    random = np.random.default_rng(2018)
    row, column = np.mgrid[:48, :48]
    waves = 127.5 + 127.5 * np.sin(
        row[..., None] * column[..., None] / [9, 15, 31]
    )
    disc = ((row - 20) ** 2 + (column - 26) ** 2 < 180)[..., None]
    scene = np.where(disc, [220, 40, 30], [20, 90, 200])
    blurred = sum(
        np.roll(waves, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)
    )
    pairs = [
        (scene, np.clip(scene + random.normal(0, 25, scene.shape), 0, 255)),
        (scene, np.roll(scene, (3, 5), (0, 1))),
        (waves, blurred / 9),
        (waves, scene),
    ]
    return np.stack([np.stack(pair) for pair in pairs]).round().astype("uint8")


def make_network(weights):
    """Returns the authors' network, with convolutions from `weights`."""
    network = lpips.LPIPS(net="vgg", pnet_rand=True, verbose=False).eval()
    convolutions = [
        layer
        for layer in network.net.modules()
        if isinstance(layer, torch.nn.Conv2d)
    ]
    assert len(convolutions) == 13
    for index, layer in enumerate(convolutions):
        kernel = weights[f"conv_{index}/kernel"].transpose(3, 2, 0, 1)
        layer.weight.data = torch.from_numpy(kernel.copy())
        layer.bias.data = torch.from_numpy(weights[f"conv_{index}/bias"])
    for index in range(5):
        linear = getattr(network, f"lin{index}").model[-1].weight
        np.testing.assert_array_equal(
            linear.detach().numpy().reshape(-1), weights[f"linear_{index}"]
        )
    return network


def distances(network, pairs):
    """Returns the distance of each pair of byte images."""
    floats = (pairs / 127.5 - 1).astype("float32").transpose(0, 1, 4, 2, 3)
    floats = torch.from_numpy(floats.copy())
    with torch.inference_mode():
        return network(floats[:, 0], floats[:, 1]).numpy().reshape(-1)


def main(path):
    with np.load(path) as file:
        network = make_network(dict(file))
    pairs = make_pairs()
    received = distances(network, pairs)
    np.savez_compressed(OUTPUT, pairs=pairs, distances=received)
    print(f"{OUTPUT}: {OUTPUT.stat().st_size:,} bytes, {received}")


if __name__ == "__main__":
    main(*sys.argv[1:])
