"""A candidate that trains by torchgan's own trainer, of its release 0.1.0.

Its networks are those of the other candidates and its losses are torchgan's.
The loop over its `train_iter` is that of its `Trainer.train`, less what that
does at the end of an epoch. Unlike the others, it reads each loss and sums up
each gradient in each step.

Its `WGANGP` is a different one: the penalty is on one norm over the whole
batch, at one position for all images, in an update of its own.
"""

import argparse
import itertools
import os
import tempfile

import torch

try:
    import torchvision  # noqa: F401
except RuntimeError:
    # That of PyPI, built for CUDA, doesn't import beside a PyTorch for the
    # CPU, since it describes operators that it then can't load.
    for operator in ("nms", "qnms"):
        torch.library.define(
            f"torchvision::{operator}",
            "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        )

os.environ["TENSORBOARD_LOGGING"] = os.environ["VISDOM_LOGGING"] = "0"

from torchgan import losses  # noqa: E402
from torchgan.models import Discriminator, Generator  # noqa: E402
from torchgan.trainer import Trainer  # noqa: E402

from benchmarks import worker  # noqa: E402
from benchmarks.training import (  # noqa: E402
    games,
    torch_networks,
    torch_worker,
)

LOSSES = {
    "DCGAN": (losses.MinimaxGeneratorLoss, losses.MinimaxDiscriminatorLoss),
    "WGANGP": (
        losses.WassersteinGeneratorLoss,
        losses.WassersteinDiscriminatorLoss,
        losses.WassersteinGradientPenalty,
    ),
}


class WrappedGenerator(Generator):
    def __init__(self, network):
        super().__init__(games.LATENT_DIM)
        self.network = network

    def forward(self, latents):
        return self.network(latents)


class WrappedDiscriminator(Discriminator):
    def __init__(self, network):
        super().__init__(games.IMAGE_SHAPE[-1])
        self.network = network

    def forward(self, images):
        return self.network(images)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("game", choices=LOSSES)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(options.threads)
    torch.manual_seed(0)
    networks = torch_networks.networks(options.game, options.width)
    for network in networks.values():
        network.to(memory_format=torch.channels_last)
    with tempfile.TemporaryDirectory() as folder:
        trainer = build(options.game, networks, folder)
    stream = torch_worker.data(options.game)

    def train(steps):
        for images, _ in itertools.islice(stream, steps):
            step(trainer, images)

    worker.answer(train, torch_worker.facts(networks))


def build(game, networks, folder):
    """Returns a trainer.

    Args:
        game: String, one of `LOSSES`.
        networks: Dictionary, of `torch_networks.networks`.
        folder: String, which the trainer makes folders in.
    """
    rate, *betas = games.ADAM_OF.get(game, games.ADAM)
    optimizer = {
        "name": torch.optim.Adam,
        "args": {"lr": rate, "betas": betas, "eps": 1e-7},
    }
    wrappers = {
        "generator": WrappedGenerator,
        "discriminator": WrappedDiscriminator,
    }
    models = {
        player: {
            "name": wrapper,
            "args": {"network": networks[player]},
            "optimizer": optimizer,
        }
        for player, wrapper in wrappers.items()
    }
    trainer = Trainer(
        models,
        [loss() for loss in LOSSES[game]],
        device=torch.device("cpu"),
        ncritic=games.discriminator_steps(game),
        checkpoints=f"{folder}/checkpoint",
        recon=f"{folder}/images",
    )
    trainer.batch_size = games.BATCH_SIZE
    return trainer


def step(trainer, images):
    """Moves the discriminator as often as it is due, and the generator."""
    counts = trainer.loss_information
    for part in images.chunk(trainer.ncritic):
        trainer.real_inputs = part
        results = trainer.train_iter()
        counts["generator_losses"] += results[0]
        counts["discriminator_losses"] += results[1]
        counts["generator_iters"] += results[2]
        counts["discriminator_iters"] += results[3]
        trainer.logger.run_mid_epoch(trainer)


if __name__ == "__main__":
    main()
