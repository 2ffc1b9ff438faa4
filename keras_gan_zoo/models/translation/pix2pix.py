"""pix2pix: Image-to-Image Translation with Conditional Adversarial Networks.

Isola, Zhu, Zhou and Efros, 2017
https://arxiv.org/abs/1611.07004

When to use it: where there are pairs of an image and what shall become of it.
Without pairs, `CycleGAN`; for one right answer, a mean absolute error alone.
"""

import keras

from keras_gan_zoo import checks, losses
from keras_gan_zoo.models.base import JudgedModel, Translator


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Pix2Pix(JudgedModel, Translator):
    """Learns from pairs what an image of one domain looks like in another.

    The mean absolute error alone makes blurred images: where several answers
    are right it settles between them. The discriminator sees the image and its
    translation together, tells what looks like no pair of the data, and so
    learns the loss that the other one lacks.

    Args:
        generator: Model from images of the first domain, `x` in the paper, and
            noise `(batch, size)` from U[0, 1), `z`, to images of the second,
            `y`. It may also take images only.
        discriminator: Model from images of the second domain and the images of
            the first that they belong to, to scores of any shape: those of
            patches, as a rule.
        l1_weight: Float, weight of the mean absolute error, lambda.
        **kwargs: Further arguments of `JudgedModel` and `Translator`: `loss`,
            by default the paper's `losses.NonSaturating()`, `penalties`,
            `augmentation`, which does the same to both images of a pair,
            `domains` and `average`.

    Example:

    ```python
    gan = Pix2Pix(
        generator=unet_generator((256, 256, 3)),
        discriminator=patch_discriminator((256, 256, 3), (256, 256, 3)),
        domains=("labels", "photo"),
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    gan.fit(pairs, epochs=200)  # A dataset of (labels, photos).
    photos = gan.translate(labels)
    ```
    """

    discriminator_outputs = ("scores",)

    def __init__(
        self,
        generator,
        discriminator,
        l1_weight=100.0,
        **kwargs,
    ):
        checks.require_built("generator", generator)
        super().__init__(discriminator=discriminator, **kwargs)
        self.generator = generator
        self.ema_generator = self.average_of(generator)
        self.l1_weight = l1_weight

    @property
    def players(self):
        return {
            "discriminator": [self.discriminator],
            "generator": [self.generator],
        }

    @property
    def translators(self):
        return {self.domains[1]: self.ema_generator or self.generator}

    @property
    def readers(self):
        return dict(zip(self.domains, [self.generator, self.discriminator]))

    def train_step(self, data):
        """Moves the discriminator, then the generator, on the same noise."""
        inputs = self.unpack(data)
        noise = self.draw_noise(self.generator, inputs[0])
        self.update("discriminator", inputs, noise=noise)
        self.update("generator", inputs, noise=noise)
        return self.loss_results()

    def discriminator_loss(self, inputs, training=True, noise=None):
        """Half of the adversarial loss, which slows the discriminator."""
        images, targets = inputs
        fakes = self.translations(images, training, noise)
        trial = self.trial_between(
            targets,
            fakes,
            self.judge(targets, training, images),
            self.judge(fakes, training, images),
            training,
            [images, images],
        )
        adversarial = self.adversarial_loss.discriminator(
            trial.real_scores, trial.fake_scores
        )
        return adversarial / 2.0 + self.penalty(trial)

    def generator_loss(self, inputs, training=True, noise=None):
        images, targets = inputs
        fakes = self.translations(images, training, noise)
        adversarial = self.loss_against(
            self.judge(fakes, training, images), targets, training, images
        )
        error = losses.mean_absolute_error(targets, fakes)
        return adversarial + self.l1_weight * error

    def translations(self, images, training, noise=None):
        """Translates a batch, by other noise each time unless it is given."""
        if noise is None:
            noise = self.draw_noise(self.generator, images)
        inputs = images if noise is None else [images, noise]
        return self.generator(inputs, training=training)

    def see(self, samples, training, condition=None, seed=None):
        # A pair is mirrored and moved as one, or it would be none.
        if self.augments(training):
            seed = self.next_seed() if seed is None else seed
            condition = self.augmented(condition, training, seed)
        return super().see(samples, training, condition, seed)

    def check_networks(self):
        checks.require_match(self.generator, self.discriminator)
        self.check_discriminator()

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "generator": serialize(self.generator),
            "l1_weight": self.l1_weight,
        }
