"""A GAN whose samples are of a label, or of another condition."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks, conditions, noise
from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.models.base.gan import GAN
from keras_gan_zoo.models.base.latent_model import in_parts


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ConditionalGAN(GAN):
    """A `GAN` whose players are told the label of each sample.

    It can be trained as it is. Samples are generated for the labels of the
    batch and judged with them. A discriminator that isn't told the label is
    for a subclass. Several labels and continuous attributes are other
    conditions, which take the place of labels everywhere:

        ConditionalGAN(
            generator, discriminator, 100, condition=conditions.Labels(40)
        )

    Args:
        generator: Model from latents `(batch, latent_dim)` and integer labels
            `(batch,)`, or what the condition is, to samples.
        discriminator: Model from samples and labels to scores.
        latent_dim: Integer, size of the latent space.
        num_classes: Integer, number of classes, if samples have a class.
        class_names: List of a string for each class, in the order of their
            labels, or `None`. They appear in sample grids and exports.
        condition: Object of `keras_gan_zoo.conditions`, in place of
            `num_classes` and `class_names`, which are short for a `Label`.
        **kwargs: Further arguments of `GAN`.
    """

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        num_classes=None,
        class_names=None,
        condition=None,
        **kwargs,
    ):
        super().__init__(generator, discriminator, latent_dim, **kwargs)
        if (num_classes is None) == (condition is None):
            raise ValueError(
                "Samples have one condition: give `num_classes`, or another "
                f"`condition`. Received: num_classes={num_classes}, "
                f"condition={condition!r}."
            )
        if condition is None:
            condition = conditions.Label(num_classes, class_names)
        conditions.require_condition(condition)
        self.condition = condition

    @property
    def num_classes(self):
        """Number of classes, or `None` for conditions that are no `Label`."""
        return self.condition.num_classes

    @property
    def class_names(self):
        """Names of the classes, or `None`."""
        return self.condition.class_names

    def sample_prior(self, batch_size, seed=None):
        """Draws `(latents, labels)`, the labels as the condition says."""
        latents_seed, labels_seed = noise.split(noise.as_seed(seed))
        latents = self.prior.draw([batch_size, self.latent_dim], latents_seed)
        labels = self.condition.draw(batch_size, labels_seed)
        return latents, labels

    def generate(self, batch_size, seed=None, labels=None):
        """Returns `batch_size` samples; the same ones for the same `seed`.

        Args:
            batch_size: Integer.
            seed: Integer or `None`, see `sample_prior`.
            labels: Integer array of shape `(batch_size,)`, or what else the
                condition is, or `None` to draw them.
        """
        if labels is None:
            return super().generate(batch_size, seed)
        batch_size = check_integer("batch_size", batch_size, 1)
        checks.check_labels_to_generate(labels, batch_size)
        labels = self.condition.check(labels)
        latents, _ = self.sample_prior(batch_size, seed)
        return in_parts(self, (latents, tf.constant(labels)))

    def serving_inputs(self):
        chosen = self.condition.serving_input()
        return [*super().serving_inputs(), chosen]

    def fakes_like(self, samples, training):
        """Returns `(fakes, labels)`, as many as there are `samples`."""
        number = tf.shape(samples)[0]
        latents, labels = self.sample_prior(number, self.next_seed())
        return self.generator((latents, labels), training=training), labels

    def split(self, inputs):
        return inputs

    def fakes_for(self, samples, condition, training):
        number = tf.shape(samples)[0]
        latents, _ = self.sample_prior(number, self.next_seed())
        fakes = self.generator((latents, condition), training=training)
        return fakes, condition

    def unpack(self, data):
        _, labels = checks.samples_and_labels(data)
        if labels is None:
            raise ValueError(
                f"`{type(self).__name__}` learns from samples and labels. "
                "Received: samples only. Pass a dataset of (samples, labels), "
                "or `fit(samples, labels)`."
            )
        return super().unpack(data), self.condition.take(labels)

    def check_networks(self):
        super().check_networks()
        for name in ("generator", "discriminator"):
            network = getattr(self, name)
            self.condition.check_network(name, network)

    def check_inputs(self, inputs):
        samples, labels = inputs
        super().check_inputs(samples)
        self.condition.check(labels)

    def real_and_generated(self, inputs):
        samples, _ = inputs
        return super().real_and_generated(samples)

    def get_config(self):
        config = super().get_config()
        if self.num_classes is None:
            serialize = keras.saving.serialize_keras_object
            return {**config, "condition": serialize(self.condition)}
        return {  # As files of all versions have it.
            **config,
            "num_classes": self.num_classes,
            "class_names": self.class_names,
        }
