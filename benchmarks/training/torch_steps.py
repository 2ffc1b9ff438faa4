"""The games as loops of PyTorch play them: one class for each.

Losses, penalties and their constants are those of `keras_gan_zoo.models`,
written as PyTorch scripts write them: fakes for the discriminator are made
without a graph, its weights need no gradients while the generator moves, and a
step reads no loss, but only adds it up.
"""

import math

import torch
from torch.nn import functional

from benchmarks.training import games

TINY = 1e-12  # Under a square root, which has no gradient at zero.


class Game:
    """Two players, their losses and a training step.

    Args:
        name: String, one of `games.MODELS`.
        networks: Dictionary, of `torch_networks.networks`.
        precision: String, `"float32"` or `"mixed_bfloat16"`.
    """

    def __init__(self, name, networks, precision="float32"):
        self.name = name
        self.generator = networks["generator"]
        self.discriminator = networks["discriminator"]
        self.recognition = networks.get("recognition")
        self.opponents = [
            network
            for network in networks.values()
            if network is not self.generator
        ]
        self.optimizers = {
            "discriminator": optimizer(name, self.opponents),
            "generator": optimizer(name, [self.generator]),
        }
        self.losses = {player: torch.zeros(()) for player in self.optimizers}
        self.in_bfloat16 = precision == "mixed_bfloat16"

    def step(self, images, labels):
        """Moves the discriminator, as often as it is due, then the generator.

        Args:
            images: Tensor of shape `(batch, 1, 28, 28)`; the batch has images
                for each move of the discriminator.
            labels: Tensor of shape `(batch,)`.
        """
        moves = games.discriminator_steps(self.name)
        for part in zip(images.chunk(moves), labels.chunk(moves)):
            self.move("discriminator", *part)
            self.after_discriminator()
        for network in self.opponents:
            network.requires_grad_(False)
        self.move("generator", *part)
        for network in self.opponents:
            network.requires_grad_(True)

    def move(self, player, images, labels):
        compute_loss = getattr(self, f"{player}_loss")
        optimizer = self.optimizers[player]
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.in_bfloat16):
            loss = compute_loss(images, labels)
        loss.backward()
        optimizer.step()
        self.losses[player] += loss.detach()

    def after_discriminator(self):
        """What a game does after each of the discriminator's moves."""

    def discriminator_loss(self, images, labels):
        raise NotImplementedError

    def generator_loss(self, images, labels):
        raise NotImplementedError

    def latents(self, number):
        return torch.randn(number, games.LATENT_DIM)

    def fakes(self, number):
        return self.generator(self.latents(number))

    def constant_fakes(self, number):
        with torch.no_grad():
            return self.fakes(number)


class NonSaturating(Game):
    def discriminator_loss(self, images, labels):
        fakes = self.constant_fakes(len(images))
        return told_apart(self.discriminator(images), self.discriminator(fakes))

    def generator_loss(self, images, labels):
        fakes = self.fakes(len(images))
        return functional.softplus(-self.discriminator(fakes)).mean()


class LSGAN(Game):
    def discriminator_loss(self, images, labels):
        scores = self.discriminator(images)
        fake_scores = self.discriminator(self.constant_fakes(len(images)))
        real_loss = (scores - 1.0).square().mean()
        return 0.5 * (real_loss + fake_scores.square().mean())

    def generator_loss(self, images, labels):
        scores = self.discriminator(self.fakes(len(images)))
        return 0.5 * (scores - 1.0).square().mean()


class WGAN(Game):
    def discriminator_loss(self, images, labels):
        fakes = self.constant_fakes(len(images))
        return self.discriminator(fakes).mean() - (
            self.discriminator(images).mean()
        )

    def after_discriminator(self):
        with torch.no_grad():
            for weight in self.discriminator.parameters():
                weight.clamp_(-games.CLIP_LIMIT, games.CLIP_LIMIT)

    def generator_loss(self, images, labels):
        return -self.discriminator(self.fakes(len(images))).mean()


class WGANGP(Game):
    def discriminator_loss(self, images, labels):
        fakes = self.constant_fakes(len(images))
        penalty = gradient_penalty(self.discriminator, images, fakes)
        scores = self.discriminator(images)
        fake_scores = self.discriminator(fakes)
        return fake_scores.mean() - scores.mean() + 10.0 * penalty

    def generator_loss(self, images, labels):
        return -self.discriminator(self.fakes(len(images))).mean()


class DRAGAN(NonSaturating):
    def discriminator_loss(self, images, labels):
        deviation = images.std(correction=0)
        noisy = images + 0.5 * deviation * torch.rand_like(images)
        penalty = gradient_penalty(self.discriminator, images, noisy)
        return super().discriminator_loss(images, labels) + 10.0 * penalty


class CGAN(Game):
    def discriminator_loss(self, images, labels):
        fake_labels = drawn_labels(len(images))
        with torch.no_grad():
            fakes = self.generator(self.latents(len(images)), fake_labels)
        return told_apart(
            self.discriminator(images, labels),
            self.discriminator(fakes, fake_labels),
        )

    def generator_loss(self, images, labels):
        labels = drawn_labels(len(images))
        fakes = self.generator(self.latents(len(images)), labels)
        return functional.softplus(-self.discriminator(fakes, labels)).mean()


class ACGAN(Game):
    def discriminator_loss(self, images, labels):
        fake_labels = drawn_labels(len(images))
        with torch.no_grad():
            fakes = self.generator(self.latents(len(images)), fake_labels)
        scores, logits = self.discriminator(images)
        fake_scores, fake_logits = self.discriminator(fakes)
        return (
            told_apart(scores, fake_scores)
            + functional.cross_entropy(logits, labels)
            + functional.cross_entropy(fake_logits, fake_labels)
        )

    def generator_loss(self, images, labels):
        labels = drawn_labels(len(images))
        fakes = self.generator(self.latents(len(images)), labels)
        scores, logits = self.discriminator(fakes)
        class_loss = functional.cross_entropy(logits, labels)
        return functional.softplus(-scores).mean() + class_loss


class InfoGAN(Game):
    def discriminator_loss(self, images, labels):
        latents, codes = self.latents_and_codes(len(images))
        with torch.no_grad():
            fakes = self.generator(latents)
        scores, _ = self.discriminator(images)
        fake_scores, features = self.discriminator(fakes)
        information = self.information(features, *codes)
        return told_apart(scores, fake_scores) - information

    def generator_loss(self, images, labels):
        latents, codes = self.latents_and_codes(len(images))
        scores, features = self.discriminator(self.generator(latents))
        information = self.information(features, *codes)
        return functional.softplus(-scores).mean() - information

    def latents_and_codes(self, number):
        """Draws noise, category and codes: all of them, and those read."""
        noise = 2.0 * torch.rand(number, games.LATENT_DIM) - 1.0
        categories = drawn_labels(number)
        one_hot = functional.one_hot(categories, games.NUM_CLASSES)
        codes = 2.0 * torch.rand(number, games.NUM_CODES) - 1.0
        latents = torch.cat([noise, one_hot, codes], dim=1)
        return latents, (categories, codes)

    def information(self, features, categories, codes):
        """Entropy of the code and log-likelihood of the guess at it."""
        logits, means, log_stddevs = self.recognition(features)
        errors = (codes - means) / log_stddevs.exp()
        code_losses = (
            0.5 * math.log(2.0 * math.pi) + log_stddevs + 0.5 * errors.square()
        )
        category_loss = functional.cross_entropy(logits, categories)
        entropy = math.log(games.NUM_CLASSES) + games.NUM_CODES * math.log(2.0)
        return entropy - category_loss - code_losses.sum(dim=1).mean()


class EBGAN(Game):
    def discriminator_loss(self, images, labels):
        real_energy, _ = self.energy(images)
        fake_energy, _ = self.energy(self.constant_fakes(len(images)))
        return real_energy.mean() + functional.relu(10.0 - fake_energy).mean()

    def generator_loss(self, images, labels):
        energy, embeddings = self.energy(self.fakes(len(images)))
        return energy.mean() + 0.1 * pulling_away_term(embeddings)

    def energy(self, images):
        reconstructions, embeddings = self.discriminator(images)
        squares = (reconstructions - images).square().sum(dim=(1, 2, 3))
        return (squares + TINY).sqrt(), embeddings


class BEGAN(Game):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.balance = torch.zeros(())

    def step(self, images, labels):
        super().step(images, labels)
        self.balance += 1e-3 * (0.5 * self.real_loss - self.fake_loss)
        self.balance.clamp_(0.0, 1.0)

    def discriminator_loss(self, images, labels):
        fakes = self.constant_fakes(len(images))
        real_loss = self.error(images)
        self.real_loss = real_loss.detach()
        return real_loss - self.balance * self.error(fakes)

    def generator_loss(self, images, labels):
        loss = self.error(self.fakes(len(images)))
        self.fake_loss = loss.detach()
        return loss

    def error(self, images):
        return functional.l1_loss(self.discriminator(images), images)

    def latents(self, number):
        return 2.0 * torch.rand(number, games.LATENT_DIM) - 1.0


GAMES = {
    "VanillaGAN": NonSaturating,
    "DCGAN": NonSaturating,
    "LSGAN": LSGAN,
    "WGAN": WGAN,
    "WGANGP": WGANGP,
    "DRAGAN": DRAGAN,
    "CGAN": CGAN,
    "InfoGAN": InfoGAN,
    "ACGAN": ACGAN,
    "EBGAN": EBGAN,
    "BEGAN": BEGAN,
}


def build(name, networks, precision="float32"):
    """Returns a game that is ready to take steps; see `Game`."""
    return GAMES[name](name, networks, precision)


def optimizer(name, networks):
    """Returns an optimizer for one player, with the constants of Keras.

    Neither `foreach` nor `fused` made it faster on a CPU.
    """
    weights = [w for network in networks for w in network.parameters()]
    if name == "WGAN":
        return torch.optim.RMSprop(weights, games.RMSPROP, alpha=0.9, eps=1e-7)
    rate, *betas = games.ADAM_OF.get(name, games.ADAM)
    return torch.optim.Adam(weights, rate, betas, eps=1e-7)


def told_apart(scores, fake_scores):
    """Returns the loss of a discriminator that scores real and fake images."""
    real_loss = functional.softplus(-scores).mean()
    return real_loss + functional.softplus(fake_scores).mean()


def gradient_penalty(discriminator, start, end):
    """Returns the mean of `(||grad D(y)|| - 1)^2`, with `y` between images."""
    position = torch.rand(len(start), 1, 1, 1)
    images = torch.lerp(start, end, position).requires_grad_()
    scores = discriminator(images)
    (gradients,) = torch.autograd.grad(scores.sum(), images, create_graph=True)
    norms = (gradients.square().sum(dim=(1, 2, 3)) + TINY).sqrt()
    return (norms - 1.0).square().mean()


def pulling_away_term(embeddings):
    """Returns the mean squared cosine of all pairs, in float32."""
    with torch.autocast("cpu", enabled=False):
        directions = functional.normalize(embeddings.float(), dim=1)
        squares = (directions @ directions.T).square()
    number = len(squares)
    return (squares.sum() - squares.trace()) / (number * (number - 1))


def drawn_labels(number):
    return torch.randint(games.NUM_CLASSES, (number,))
