"""A game with a discriminator: its loss, penalties and augmentation."""

import functools

import keras

from keras_gan_zoo import checks, losses
from keras_gan_zoo import penalties as penalty_parts
from keras_gan_zoo.augmentations import Augmentation
from keras_gan_zoo.models.base.adversarial_model import AdversarialModel
from keras_gan_zoo.parts import require_part


class JudgedModel(AdversarialModel):
    """A game in which one discriminator judges samples.

    Whatever makes the samples is the concern of another class.

    Args:
        discriminator: See `GAN`.
        loss: See `GAN`.
        penalties: See `GAN`.
        augmentation: See `GAN`.
        **kwargs: Arguments of the next base class.
    """

    # What the discriminator returns, if the losses say so: see
    # `checks.require_outputs`.
    discriminator_outputs = None

    def __init__(
        self,
        discriminator,
        loss=None,
        penalties=(),
        augmentation=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        checks.require_built("discriminator", discriminator)
        self.discriminator = discriminator
        # Keras's `compile()` sets `self.loss`.
        self.adversarial_loss = losses.NonSaturating() if loss is None else loss
        losses.require_loss(self.adversarial_loss)
        self.penalties = penalty_parts.require_penalties(
            penalties, discriminator
        )
        self.penalty_trackers = [
            keras.metrics.Mean(name)
            for name in penalty_parts.labels_of(self.penalties)
        ]
        if augmentation is not None:
            require_part("augmentation", augmentation, Augmentation)
        self.augmentation = augmentation

    def trial_between(
        self,
        samples,
        fakes,
        real_scores,
        fake_scores,
        training,
        conditions=(None, None),
    ):
        """Returns a `penalties.Trial` of samples whose scores are known."""
        # Penalties look at slopes and differences: what is done to a sample
        # has to be the same each time that they ask.
        seed = None
        if self.augments(training):
            self.augmentation.observe(real_scores)
            seed = self.next_seed()
        judges = [
            functools.partial(
                self.judge, training=training, condition=one, seed=seed
            )
            for one in conditions
        ]
        return penalty_parts.Trial(
            *judges, samples, fakes, real_scores, fake_scores, training
        )

    def loss_in(self, trial):
        """Returns the discriminator's adversarial loss and its penalties."""
        loss = self.adversarial_loss.discriminator(
            trial.real_scores, trial.fake_scores
        )
        return loss + self.penalty(trial)

    def loss_against(self, fake_scores, samples, training, condition=None):
        """Returns the generator's adversarial loss.

        Args:
            fake_scores: What `judge` returned for the generator's samples.
            samples: As many of the data, which some losses compare with.
            training: See `keras.Model.call()`.
            condition: That of `samples`.
        """
        real_scores = None
        if self.adversarial_loss.needs_real:
            real_scores = self.judge(samples, training, condition)
        return self.adversarial_loss.generator(fake_scores, real_scores)

    def penalty(self, trial):
        """Returns the weighted sum of all penalties, a float32 scalar."""
        total = 0.0
        for penalty, tracker in zip(self.penalties, self.penalty_trackers):
            total += penalty_parts.weighted(
                penalty, trial, self.next_seed(), self.step.value, tracker
            )
        return total

    def judge(self, samples, training, condition=None, seed=None):
        """Returns the discriminator's raw scores, a tensor or a list of such.

        Of several `discriminator_outputs` they are the first.
        """
        outputs = self.see(samples, training, condition, seed)
        several = len(self.discriminator_outputs or ()) > 1
        return outputs[0] if several else outputs

    def see(self, samples, training, condition=None, seed=None):
        """Returns all that the discriminator returns for samples.

        Args:
            samples: Tensor of shape `(batch, ...)`.
            training: Boolean, whether somebody is about to move: samples are
                augmented then.
            condition: What the discriminator is told of the samples, or
                `None`.
            seed: Seed of the augmentation, by default that of another draw.
        """
        samples = self.augmented(samples, training, seed)
        inputs = samples if condition is None else (samples, condition)
        return self.discriminator(inputs, training=training)

    def augmented(self, samples, training, seed=None):
        """Returns samples as the discriminator sees them; see `see`."""
        if not self.augments(training):
            return samples
        seed = self.next_seed() if seed is None else seed
        return self.augmentation.augment(samples, seed)

    def augments(self, training):
        """Tells whether samples are augmented before they are judged."""
        return training and self.augmentation is not None

    def check_discriminator(self):
        """Raises a `ValueError` if it doesn't return what the losses take."""
        if self.discriminator_outputs is not None:
            checks.require_outputs(
                self.discriminator, self.discriminator_outputs
            )

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "discriminator": serialize(self.discriminator),
            "loss": serialize(self.adversarial_loss),
            "penalties": [serialize(penalty) for penalty in self.penalties],
            "augmentation": serialize(self.augmentation),
        }
