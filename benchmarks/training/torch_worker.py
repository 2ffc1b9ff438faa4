"""A candidate that trains by a loop of PyTorch.

Its environment is that of `benchmarks/requirements-peers.txt`; from this
project it imports only modules that import no framework.
"""

import argparse
import itertools

import torch

from benchmarks import worker
from benchmarks.training import games, torch_networks, torch_steps

MEMORY_FORMATS = {
    "contiguous": torch.contiguous_format,
    "channels_last": torch.channels_last,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("game", choices=games.MODELS)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument(
        "--precision",
        choices=("float32", "mixed_bfloat16"),
        default="float32",
    )
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument(
        "--memory", choices=MEMORY_FORMATS, default="channels_last"
    )
    parser.add_argument(
        "--compile",
        action="store_true",
        help="compile the networks, which PyTorch refuses under a penalty",
    )
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(options.threads)
    torch.manual_seed(0)
    networks = torch_networks.networks(options.game, options.width)
    for network in networks.values():
        network.to(memory_format=MEMORY_FORMATS[options.memory])
        if options.compile:
            network.compile()
    game = torch_steps.build(options.game, networks, options.precision)
    stream = data(options.game)

    def train(steps):
        for images, labels in itertools.islice(stream, steps):
            game.step(images, labels)

    worker.answer(train, facts(networks))


def facts(networks):
    """Returns what there is to tell of a dictionary of networks."""
    weights = [w for net in networks.values() for w in net.parameters()]
    return {"parameters": sum(weight.numel() for weight in weights)}


def data(game, batches=8):
    """Yields batches of noise, over and over, from memory.

    With one channel, an image is the same in both memory formats.
    """
    size = games.BATCH_SIZE * games.discriminator_steps(game)
    number = batches * size
    height, width, channels = games.IMAGE_SHAPE
    images = 2.0 * torch.rand(number, channels, height, width) - 1.0
    labels = torch.randint(games.NUM_CLASSES, (number,))
    while True:
        for start in range(0, number, size):
            end = start + size
            yield images[start:end], labels[start:end]


if __name__ == "__main__":
    main()
