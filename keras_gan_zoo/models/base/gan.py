"""A generator against a discriminator: losses, penalties, batches."""

import functools

import keras
import tensorflow as tf

from keras_gan_zoo import checks, losses
from keras_gan_zoo import penalties as penalty_parts
from keras_gan_zoo.augmentations import Augmentation
from keras_gan_zoo.models.base import batches
from keras_gan_zoo.models.base.generator_model import GeneratorModel
from keras_gan_zoo.parts import require_part


@keras.saving.register_keras_serializable("keras_gan_zoo")
class GAN(GeneratorModel):
    """A generator of samples from latents, and a discriminator of samples.

    It can be trained as it is, with any loss and any penalties. The class of a
    paper fixes what the paper fixes, and leaves the rest open.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        discriminator: Model from samples to scores. It may return a list of
            them, whose losses are added up.
        latent_dim: Integer, size of the latent space.
        discriminator_steps: Integer, number of discriminator updates for one
            generator update. Each takes its own part of the batch, so the
            dataset must yield batches `discriminator_steps` times as large.
        ema_decay: Float in [0, 1) or `None`. If a float, the model keeps an
            exponential moving average of the generator's weights, and
            `call()`, `generate()`, `evaluate()` metrics and export use it.
            The decay rises to this value from 0.1, as `(1 + t) / (10 + t)`
            after `t` training steps; otherwise, the untrained weights would
            make up most of the average for the first `1 / (1 - ema_decay)`
            steps.
        prior: Object of `keras_gan_zoo.priors` that latents are drawn from. By
            default `Normal()`, or the prior of the subclass's paper.
        loss: Object of `keras_gan_zoo.losses`, by default `NonSaturating()`.
        penalties: List of objects of `keras_gan_zoo.penalties`, which are
            added to the discriminator's loss and named in the logs.
        augmentation: Object of `keras_gan_zoo.augmentations`, or `None`. In
            training it is applied to all that the discriminator sees.
        kind: Object of `keras_gan_zoo.samples`, what the samples are. By
            default it is told by the shape of what the generator makes.

    Example:

    ```python
    gan = GAN(
        generator=dcgan_generator(100, (28, 28, 1)),
        discriminator=dcgan_discriminator(
            (28, 28, 1), batch_normalization=False
        ),
        latent_dim=100,
        loss=losses.Hinge(),
        penalties=[penalties.R1(10.0, every=16)],
    )
    ```
    """

    # What the discriminator returns, if the losses say so: see
    # `checks.require_outputs`.
    discriminator_outputs = None

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        discriminator_steps=1,
        ema_decay=None,
        prior=None,
        loss=None,
        penalties=(),
        augmentation=None,
        **kwargs,
    ):
        checks.require_built("generator", generator)
        checks.require_built("discriminator", discriminator)
        checks.require_order(generator, discriminator)
        super().__init__(generator, latent_dim, ema_decay, prior, **kwargs)
        if discriminator_steps < 1:
            raise ValueError(
                "`discriminator_steps` must be at least 1. "
                f"Received: discriminator_steps={discriminator_steps}."
            )
        self.discriminator = discriminator
        self.discriminator_steps = discriminator_steps
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

    @property
    def players(self):
        return {
            "discriminator": [self.discriminator],
            "generator": [self.generator],
        }

    def train_step(self, data):
        """Moves the discriminator, then the generator."""
        for inputs in self.discriminator_batches(self.unpack(data)):
            self.update("discriminator", inputs)
        self.update("generator", inputs)
        return self.loss_results()

    def discriminator_loss(self, inputs, training=True):
        return self.loss_in(self.trial(inputs, training))

    def generator_loss(self, inputs, training=True):
        samples, condition = self.split(inputs)
        fakes, fake_condition = self.fakes_for(samples, condition, training)
        fake_scores = self.judge(fakes, training, fake_condition)
        return self.loss_against(fake_scores, samples, training, condition)

    def trial(self, inputs, training):
        """Makes fakes, and has the discriminator score them and the data.

        Returns:
            A `penalties.Trial`.
        """
        samples, condition = self.split(inputs)
        fakes, fake_condition = self.fakes_for(samples, condition, training)
        return self.trial_between(
            samples,
            fakes,
            self.judge(samples, training, condition),
            self.judge(fakes, training, fake_condition),
            training,
            [condition, fake_condition],
        )

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
        if self._augments(training):
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
        if not self._augments(training):
            return samples
        seed = self.next_seed() if seed is None else seed
        return self.augmentation.augment(samples, seed)

    def _augments(self, training):
        return training and self.augmentation is not None

    def split(self, inputs):
        """Splits a batch, as unpacked, into samples and their condition."""
        return inputs, None

    def fakes_for(self, samples, condition, training):
        """Returns as many samples of the generator, and their condition."""
        return self.fakes_like(samples, training), None

    def fakes_like(self, samples, training):
        """Returns as many samples of the generator as there are `samples`."""
        inputs = self.sample_prior(tf.shape(samples)[0], self.next_seed())
        return self.generator(inputs, training=training)

    def scores(self, inputs, training):
        """Tells how real the discriminator thinks samples are.

        Args:
            inputs: Samples, as unpacked or from `fakes_like`.
            training: See `keras.Model.call()`.

        Returns:
            Tensor of shape `(batch,)`, float32; higher is more real. A model
            whose discriminator doesn't take `inputs`, or whose first output
            isn't a score, overrides this.
        """
        outputs = self.discriminator(inputs, training=training)
        scores = tf.cast(tf.nest.flatten(outputs)[0], tf.float32)
        return tf.reduce_mean(scores, axis=range(1, scores.shape.rank))

    def discriminator_batches(self, inputs):
        """Splits a batch into one part for each discriminator update."""
        return batches.split(inputs, self.discriminator_steps)

    def unpack(self, data):
        samples, _ = checks.samples_and_labels(data)
        return checks.with_known_shape(samples, self.discriminator)

    def check_networks(self):
        checks.require_match(self.generator, self.discriminator)
        if self.discriminator_outputs is not None:
            checks.require_outputs(
                self.discriminator, self.discriminator_outputs
            )

    def check_inputs(self, inputs):
        checks.require_samples(inputs, self.discriminator)
        self.kind.check(inputs)
        checks.require_reach(self.generator, inputs)

    def check_batch_size(self, size):
        batches.check_size(size, self.discriminator_steps)

    def real_and_generated(self, inputs):
        number = tf.shape(inputs)[0]
        return inputs, self(self.sample_prior(number, self.next_seed()))

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "discriminator": serialize(self.discriminator),
            "discriminator_steps": self.discriminator_steps,
            "loss": serialize(self.adversarial_loss),
            "penalties": [serialize(penalty) for penalty in self.penalties],
            "augmentation": serialize(self.augmentation),
        }
