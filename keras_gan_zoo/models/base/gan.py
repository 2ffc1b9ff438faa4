"""A generator and a discriminator: prior, moving average, sampling."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks, noise, priors
from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.models.base.adversarial_model import AdversarialModel

_PART = 256  # Samples that `generate()` makes at a time.


class GAN(AdversarialModel):
    """A generator of samples from latents, and a discriminator of samples.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        discriminator: Model from samples to scores.
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
    """

    default_prior = priors.Normal()

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
        **kwargs,
    ):
        super().__init__(**kwargs)
        checks.require_built("generator", generator)
        checks.require_built("discriminator", discriminator)
        checks.require_order(generator, discriminator)
        checks.require_latent_size(generator, latent_dim)
        if ema_decay is not None and not 0.0 <= ema_decay < 1.0:
            raise ValueError(
                "`ema_decay` must be in [0, 1), or None for no average. "
                f"Received: ema_decay={ema_decay}."
            )
        if discriminator_steps < 1:
            raise ValueError(
                "`discriminator_steps` must be at least 1. "
                f"Received: discriminator_steps={discriminator_steps}."
            )
        self.generator = generator
        self.discriminator = discriminator
        self.latent_dim = latent_dim
        self.discriminator_steps = discriminator_steps
        self.ema_decay = ema_decay
        self.prior = self.default_prior if prior is None else prior
        priors.require_prior(self.prior, latent_dim)
        self.ema_generator = None
        if ema_decay is not None:
            self.ema_generator = keras.models.clone_model(generator)
            # `summary()` shows it, and tells the two apart by their names.
            self.ema_generator.name = f"{generator.name}_moving_average"
            self.ema_generator.set_weights(generator.get_weights())
            self.ema_generator.trainable = False

    @property
    def players(self):
        return {
            "discriminator": [self.discriminator],
            "generator": [self.generator],
        }

    def call(self, inputs, training=False):
        """Maps generator inputs to samples."""
        checks.require_latents(inputs, self.generator)
        generator = self.generator
        if self.ema_generator is not None:
            generator = self.ema_generator
        return generator(inputs, training=training)

    def sample_prior(self, batch_size, seed=None):
        """Draws a batch of generator inputs.

        Args:
            batch_size: Integer or scalar tensor.
            seed: Integer to draw the same batch again, a seed from
                `next_seed()`, or `None` for another batch in each call.

        Returns:
            Latents of shape `(batch_size, latent_dim)`, of the `prior`.
        """
        shape = [batch_size, self.latent_dim]
        return self.prior.draw(shape, noise.as_seed(seed))

    def prior_of_seeds(self, seeds):
        """Draws generator inputs row by row, so that a seed means a sample.

        Args:
            seeds: Integer tensor of shape `(batch,)`.

        Returns:
            What `sample_prior()` returns, for as many samples. A row depends
            on its own seed only, whatever the batch.
        """

        def draw(seed):
            inputs = self.sample_prior(1, seed)
            return tf.nest.map_structure(lambda rows: rows[0], inputs)

        # Not that of `serving_signature()`, whose inputs may not all be drawn.
        signature = tf.nest.map_structure(
            lambda row: tf.TensorSpec(row.shape, row.dtype), draw(0)
        )
        return tf.map_fn(draw, seeds, fn_output_signature=signature)

    def generate(self, batch_size, seed=None):
        """Returns `batch_size` samples; the same ones for the same `seed`.

        Args:
            batch_size: Integer. Samples are made in parts, so memory for one
                part is enough.
            seed: Integer or `None`, see `sample_prior`.
        """
        if not tf.is_symbolic_tensor(batch_size):
            batch_size = check_integer("batch_size", batch_size, 1)
        return self._samples_of(self.sample_prior(batch_size, seed))

    def serving_signature(self):
        """Returns the `tf.TensorSpec` of each input of `call()`."""
        return [tf.TensorSpec((None, self.latent_dim), tf.float32, "latents")]

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
        steps = self.discriminator_steps
        tensors = tf.nest.flatten(inputs)
        if tensors[0].shape[0] is None and steps > 1:
            number = tf.shape(tensors[0])[0]
            is_right = tf.debugging.Assert(
                number % steps == 0, [_indivisible("of this size", steps)]
            )
            with tf.control_dependencies([is_right]):
                tensors = [tf.identity(tensor) for tensor in tensors]
        else:
            self.check_batch_size(tensors[0].shape[0])

        # Every nth row: then the parts of replicas make up the parts that one
        # device would have had.
        def parts(tensor):
            shape = tf.concat([[-1, steps], tf.shape(tensor)[1:]], axis=0)
            return tf.unstack(tf.reshape(tensor, shape), axis=1)

        return [
            tf.nest.pack_sequence_as(inputs, part)
            for part in zip(*map(parts, tensors))
        ]

    def update(self, player, inputs, **kwargs):
        loss = super().update(player, inputs, **kwargs)
        if player == "generator" and self.ema_generator is not None:
            self._update_moving_average()
        return loss

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
        checks.check_images(inputs, self.discriminator)
        checks.require_reach(self.generator, inputs)

    def check_batch_size(self, size):
        steps = self.discriminator_steps
        if steps > 1 and (size is None or size % steps):
            raise ValueError(_indivisible(size or "unknown", steps))

    def real_and_generated(self, inputs):
        number = tf.shape(inputs)[0]
        return inputs, self(self.sample_prior(number, self.next_seed()))

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "generator": serialize(self.generator),
            "discriminator": serialize(self.discriminator),
            "latent_dim": self.latent_dim,
            "discriminator_steps": self.discriminator_steps,
            "ema_decay": self.ema_decay,
            "prior": serialize(self.prior),
        }

    def _samples_of(self, inputs):
        """Returns the samples of generator inputs, made in parts."""
        number = tf.nest.flatten(inputs)[0].shape[0]
        if number is None or number <= _PART or tf.inside_function():
            return self(inputs)

        def part(first):
            rows = slice(first, first + _PART)
            return self(tf.nest.map_structure(lambda t: t[rows], inputs))

        parts = [part(first) for first in range(0, number, _PART)]
        return tf.nest.map_structure(lambda *rows: tf.concat(rows, 0), *parts)

    def _update_moving_average(self):
        steps = tf.cast(self.step.value, tf.float32)
        decay = tf.minimum(self.ema_decay, (1.0 + steps) / (10.0 + steps))
        for average, weight in zip(
            self.ema_generator.weights, self.generator.weights
        ):
            if weight.trainable:
                rate = tf.cast(decay, weight.dtype)
                average.assign(weight + rate * (average - weight))
            else:  # Statistics of normalization layers.
                average.assign(weight)


def _indivisible(size, steps):
    return (
        "A batch is split into one part for each discriminator update, so "
        "its size must be a multiple of their number. Received: "
        f"batch_size={size}, discriminator_steps={steps}. Choose a multiple, "
        "for arrays one that divides the number of samples; batch a dataset "
        "by `batch(n * discriminator_steps, drop_remainder=True)`."
    )
