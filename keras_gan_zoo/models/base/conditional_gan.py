"""A GAN whose samples have class labels."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks, noise
from keras_gan_zoo.endpoints import Input
from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.models.base.gan import GAN
from keras_gan_zoo.models.base.latent_model import in_parts


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ConditionalGAN(GAN):
    """A `GAN` whose players are told the label of each sample.

    It can be trained as it is. Samples are generated for the labels of the
    batch and judged with them. A discriminator that isn't told the label is
    for a subclass.

    Args:
        generator: Model from latents `(batch, latent_dim)` and integer labels
            `(batch,)` to samples.
        discriminator: Model from samples and labels to scores.
        latent_dim: Integer, size of the latent space.
        num_classes: Integer, number of classes.
        class_names: List of a string for each class, in the order of their
            labels, or `None`. They appear in sample grids and exports.
        **kwargs: Further arguments of `GAN`.
    """

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        num_classes,
        class_names=None,
        **kwargs,
    ):
        super().__init__(generator, discriminator, latent_dim, **kwargs)
        if class_names is not None:
            class_names = checks.check_class_names(class_names, num_classes)
        self.num_classes = num_classes
        self.class_names = class_names

    def sample_prior(self, batch_size, seed=None):
        """Draws `(latents, labels)`, the labels uniformly."""
        latents_seed, labels_seed = noise.split(noise.as_seed(seed))
        latents = self.prior.draw([batch_size, self.latent_dim], latents_seed)
        labels = noise.integers([batch_size], labels_seed, self.num_classes)
        return latents, labels

    def generate(self, batch_size, seed=None, labels=None):
        """Returns `batch_size` samples; the same ones for the same `seed`.

        Args:
            batch_size: Integer.
            seed: Integer or `None`, see `sample_prior`.
            labels: Integer array of shape `(batch_size,)`, or `None` to draw
                them uniformly.
        """
        if labels is None:
            return super().generate(batch_size, seed)
        batch_size = check_integer("batch_size", batch_size, 1)
        checks.check_labels_to_generate(labels, batch_size)
        labels = checks.check_labels(labels, self.num_classes)
        latents, _ = self.sample_prior(batch_size, seed)
        return in_parts(self, (latents, tf.constant(labels)))

    def serving_inputs(self):
        labels = Input(
            tf.TensorSpec((None,), tf.int32, "labels"),
            is_right=lambda rows: (rows >= 0) & (rows < self.num_classes),
            expected=f"from 0 to {self.num_classes - 1}",
        )
        return [*super().serving_inputs(), labels]

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
        return super().unpack(data), labels

    def check_networks(self):
        super().check_networks()
        for name in ("generator", "discriminator"):
            network = getattr(self, name)
            checks.require_num_classes(name, network, self.num_classes)

    def check_inputs(self, inputs):
        samples, labels = inputs
        super().check_inputs(samples)
        checks.check_labels(labels, self.num_classes)

    def real_and_generated(self, inputs):
        samples, _ = inputs
        return super().real_and_generated(samples)

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "class_names": self.class_names,
        }
