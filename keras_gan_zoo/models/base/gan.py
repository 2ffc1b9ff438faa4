"""A generator of samples from latents against a discriminator."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks
from keras_gan_zoo.models.base import batches
from keras_gan_zoo.models.base.generator_model import GeneratorModel
from keras_gan_zoo.models.base.judged_model import JudgedModel


@keras.saving.register_keras_serializable("keras_gan_zoo")
class GAN(JudgedModel, GeneratorModel):
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
        average: Object of `keras_gan_zoo.averages`, or `None`. If given, the
            model keeps this average of the generator's weights, and `call()`,
            `generate()`, `evaluate()` metrics and export use it.
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

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        discriminator_steps=1,
        average=None,
        prior=None,
        loss=None,
        penalties=(),
        augmentation=None,
        **kwargs,
    ):
        checks.require_built("generator", generator)
        checks.require_built("discriminator", discriminator)
        checks.require_order(generator, discriminator)
        super().__init__(
            discriminator=discriminator,
            loss=loss,
            penalties=penalties,
            augmentation=augmentation,
            generator=generator,
            latent_dim=latent_dim,
            average=average,
            prior=prior,
            **kwargs,
        )
        if discriminator_steps < 1:
            raise ValueError(
                "`discriminator_steps` must be at least 1. "
                f"Received: discriminator_steps={discriminator_steps}."
            )
        self.discriminator_steps = discriminator_steps

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
        self.check_discriminator()

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
        return {
            **super().get_config(),
            "discriminator_steps": self.discriminator_steps,
        }
