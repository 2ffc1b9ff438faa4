"""The networks of `games`, in PyTorch: images are `(batch, 1, 28, 28)`.

In memory, channels come last where the weights have them so. The dense layers
count positions before channels, as Keras's do: then nothing is copied between
them and the convolutions.

Padding of 1 around a kernel of 4 with a stride of 2 halves or doubles an even
size. Batch normalization has the momentum and the epsilon of Keras, of which
PyTorch's momentum is the complement.
"""

import torch
from torch import nn
from torch.nn import functional

from benchmarks.training import games

HALVED = {"kernel_size": 4, "stride": 2, "padding": 1}
STATISTICS = {"momentum": 0.01, "eps": 1e-3}


def networks(name, width):
    """Returns the networks of a game.

    Args:
        name: String, one of `games.MODELS`.
        width: Integer.

    Returns:
        Dictionary of modules: `generator`, `discriminator` and, for InfoGAN,
        `recognition`.
    """
    autoencoding = name in ("EBGAN", "BEGAN")
    discriminator = Autoencoder if autoencoding else Discriminator
    built = {
        "generator": Generator(name, width),
        "discriminator": discriminator(name, width),
    }
    if name == "InfoGAN":
        built["recognition"] = Recognition(width)
    return built


class Generator(nn.Module):
    """From latents `(batch, latent_dim)` to images.

    With the labels `(batch,)` beside them, if the game is conditional.
    """

    def __init__(self, name, width):
        super().__init__()
        inputs = games.latent_dim(name)
        if name in games.CONDITIONAL:
            inputs += games.NUM_CLASSES
        units = 7 * 7 * 2 * width
        self.layers = nn.Sequential(
            nn.Linear(inputs, units, bias=False),
            nn.BatchNorm1d(units, **STATISTICS),
            nn.ReLU(inplace=True),
            ToMaps(2 * width),
            nn.ConvTranspose2d(2 * width, width, **HALVED, bias=False),
            nn.BatchNorm2d(width, **STATISTICS),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(width, 1, **HALVED),
        )

    def forward(self, latents, labels=None):
        if labels is not None:
            latents = _beside(latents, labels)
        return torch.tanh(self.layers(latents).float())


class Discriminator(nn.Module):
    """From images to scores `(batch, 1)`.

    Takes the labels, too, in `CGAN`. Returns logits of the classes, too, in
    `ACGAN`, and the features in `InfoGAN`.
    """

    def __init__(self, name, width):
        super().__init__()
        units = 7 * 7 * 2 * width
        self.features = _features(name, width)
        labels = games.NUM_CLASSES if name == "CGAN" else 0
        self.score = nn.Linear(units + labels, 1)
        self.logits = None
        if name == "ACGAN":
            self.logits = nn.Linear(units, games.NUM_CLASSES)
        self.returns_features = name == "InfoGAN"

    def forward(self, images, labels=None):
        features = self.features(images)
        if labels is not None:
            features = _beside(features, labels)
        scores = self.score(features).float()
        if self.logits is not None:
            return scores, self.logits(features).float()
        return (scores, features) if self.returns_features else scores


class Autoencoder(nn.Module):
    """From images to their reconstructions and, in `EBGAN`, embeddings."""

    def __init__(self, name, width):
        super().__init__()
        units = 7 * 7 * 2 * width
        self.encoder = nn.Sequential(
            *_features(name, width), nn.Linear(units, games.EMBEDDING_DIM)
        )
        self.decoder = nn.Sequential(
            nn.Linear(games.EMBEDDING_DIM, units),
            nn.ReLU(inplace=True),
            ToMaps(2 * width),
            nn.ConvTranspose2d(2 * width, width, **HALVED),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(width, 1, **HALVED),
        )
        self.returns_embedding = name == "EBGAN"

    def forward(self, images):
        embedding = self.encoder(images)
        reconstructions = torch.tanh(self.decoder(embedding).float())
        if self.returns_embedding:
            return reconstructions, embedding
        return reconstructions


class Recognition(nn.Module):
    """From features to logits, means and logs of standard deviations."""

    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(7 * 7 * 2 * width, 128), nn.LeakyReLU(0.2, inplace=True)
        )
        sizes = games.NUM_CLASSES, games.NUM_CODES, games.NUM_CODES
        self.heads = nn.ModuleList(nn.Linear(128, size) for size in sizes)

    def forward(self, features):
        x = self.body(features)
        return [head(x).float() for head in self.heads]


class ToMaps(nn.Module):
    """From `(batch, 7 * 7 * channels)` to `(batch, channels, 7, 7)`."""

    def __init__(self, channels):
        super().__init__()
        self.channels = channels

    def forward(self, x):
        return x.unflatten(1, (7, 7, self.channels)).permute(0, 3, 1, 2)


class FromMaps(nn.Module):
    """From `(batch, channels, 7, 7)` to `(batch, 7 * 7 * channels)`."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


def _features(name, width):
    """Returns layers from images to `(batch, 7 * 7 * 2 * width)`."""
    normalized = name == "DCGAN"
    return nn.Sequential(
        nn.Conv2d(1, width, **HALVED),
        nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(width, 2 * width, **HALVED, bias=not normalized),
        *([nn.BatchNorm2d(2 * width, **STATISTICS)] if normalized else []),
        nn.LeakyReLU(0.2, inplace=True),
        FromMaps(),
    )


def _beside(inputs, labels):
    one_hot = functional.one_hot(labels, games.NUM_CLASSES)
    return torch.cat([inputs, one_hot.to(inputs.dtype)], dim=1)
