"""Adversarial losses as objects: what each player of a game minimizes.

Each is passed to a model, as in `GAN(..., loss=losses.Hinge())`.
"""

import keras
import tensorflow as tf

from keras_gan_zoo.losses import functions

_register = keras.saving.register_keras_serializable("keras_gan_zoo")


class AdversarialLoss:
    """The losses of a discriminator and of a generator, functions of scores.

    A subclass writes `_discriminator(real, fake)` and `_generator(fake, real)`
    for tensors of scores. A discriminator may return several of them, a list,
    whose losses are added: those of several scales, for example.
    """

    # Whether the generator's loss looks at scores of real samples.
    needs_real = False

    def discriminator(self, real_scores, fake_scores):
        """Returns the discriminator's loss, a float32 scalar.

        Args:
            real_scores: Tensor of any shape, or a list of such: raw scores of
                real samples.
            fake_scores: The same, of generated samples.
        """
        return _sum(self._discriminator, real_scores, fake_scores)

    def generator(self, fake_scores, real_scores=None):
        """Returns the generator's loss, a float32 scalar.

        Args:
            fake_scores: As in `discriminator`.
            real_scores: The same, if `needs_real`.
        """
        if not self.needs_real:
            return _sum(self._generator, fake_scores)
        return _sum(self._generator, fake_scores, real_scores)

    def joint(self, fake_scores, real_scores):
        """Returns the loss of whoever makes both sides, a float32 scalar.

        A generator and an encoder share it, as in BiGAN: pairs of a sample and
        its latents should score as those of data if the generator has made the
        sample, and as generated ones if the encoder has made the latents.

        Args:
            fake_scores: As in `discriminator`.
            real_scores: As in `discriminator`.
        """
        return _sum(self._joint, fake_scores, real_scores)

    def _joint(self, fake, real):
        if self.needs_real:
            return self._generator(fake, real)
        # The encoder wants of a score what the generator wants of its negative.
        return self._generator(fake) + self._generator(-real)

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@_register
class NonSaturating(AdversarialLoss):
    """Cross-entropy; the generator raises `log D(G(z))`: Goodfellow 2014."""

    def _discriminator(self, real, fake):
        return functions.non_saturating_discriminator_loss(real, fake)

    def _generator(self, fake):
        return functions.non_saturating_generator_loss(fake)


@_register
class Saturating(NonSaturating):
    """Cross-entropy, the value of one minimax game: Goodfellow 2014, eq. 1."""

    def _generator(self, fake):
        return functions.minimax_generator_loss(fake)


@_register
class LeastSquares(AdversarialLoss):
    """Half the squared distance of scores from targets: Mao et al. 2017.

    Args:
        real_target: Float, for scores of data, `b` in the paper.
        fake_target: Float, for scores of samples, `a`.
        generator_target: Float, what the generator wants samples to score,
            `c`.
    """

    def __init__(self, real_target=1.0, fake_target=0.0, generator_target=1.0):
        self.real_target = real_target
        self.fake_target = fake_target
        self.generator_target = generator_target

    def _discriminator(self, real, fake):
        return functions.least_squares_discriminator_loss(
            real, fake, self.real_target, self.fake_target
        )

    def _generator(self, fake):
        return functions.least_squares_generator_loss(
            fake, self.generator_target
        )

    def _joint(self, fake, real):
        return self._generator(fake) + functions.least_squares_generator_loss(
            real, self.fake_target
        )

    def get_config(self):
        return {
            "real_target": self.real_target,
            "fake_target": self.fake_target,
            "generator_target": self.generator_target,
        }


@_register
class Wasserstein(AdversarialLoss):
    """The gap between mean scores: Arjovsky et al. 2017.

    It estimates a distance if something bounds the discriminator's slope: a
    gradient penalty, clipped weights, spectral normalization.
    """

    def _discriminator(self, real, fake):
        return functions.wasserstein_discriminator_loss(real, fake)

    def _generator(self, fake):
        return functions.wasserstein_generator_loss(fake)


@_register
class Hinge(AdversarialLoss):
    """Scores beyond a margin of 1 cost nothing: Lim and Ye 2017."""

    def _discriminator(self, real, fake):
        return functions.hinge_discriminator_loss(real, fake)

    def _generator(self, fake):
        return functions.wasserstein_generator_loss(fake)


@_register
class EnergyMargin(AdversarialLoss):
    """Energies of samples above a margin cost nothing: Zhao et al. 2017.

    Args:
        margin: Float, `m` in the paper, in units of the scores, which are
            energies with the sign changed.
    """

    def __init__(self, margin):
        self.margin = margin

    def _discriminator(self, real, fake):
        return functions.energy_margin_discriminator_loss(
            real, fake, self.margin
        )

    def _generator(self, fake):
        return functions.wasserstein_generator_loss(fake)

    def get_config(self):
        return {"margin": self.margin}


@_register
class RelativisticAverage(AdversarialLoss):
    """Scores against the other kind's mean: Jolicoeur-Martineau 2019.

    There is no factor 1/2: the loss is `2 log 2` at equal scores.
    """

    needs_real = True

    def _discriminator(self, real, fake):
        return functions.relativistic_average_loss(real, fake)

    def _generator(self, fake, real):
        return functions.relativistic_average_loss(fake, real)


@_register
class RelativisticPairing(AdversarialLoss):
    """Scores against those of the other kind, in pairs: the same paper.

    The loss is `log 2` at equal scores.
    """

    needs_real = True

    def _discriminator(self, real, fake):
        return functions.relativistic_pairing_loss(real, fake)

    def _generator(self, fake, real):
        return functions.relativistic_pairing_loss(fake, real)


def require_loss(loss):
    """Raises a `ValueError` unless an object is an `AdversarialLoss`."""
    if not isinstance(loss, AdversarialLoss):
        raise ValueError(
            "`loss` must be an object of `keras_gan_zoo.losses`, such as "
            "`Hinge()`, or of a subclass of its `AdversarialLoss`. Received: "
            f"loss={loss!r}."
        )


def _sum(loss, *scores):
    """Adds up a loss over the scores of several outputs."""
    lists = [s if isinstance(s, (list, tuple)) else [s] for s in scores]
    return tf.add_n([loss(*one) for one in zip(*lists, strict=True)])
