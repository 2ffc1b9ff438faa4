"""CycleGAN: Unpaired Image-to-Image Translation using Cycle-Consistent
Adversarial Networks.

Zhu, Park, Isola and Efros, 2017
https://arxiv.org/abs/1703.10593

When to use it: where there are images of two domains, but no pairs. It changes
color and texture, and shapes hardly. With pairs, `Pix2Pix` costs half as much.
"""

import keras
import tensorflow as tf

from keras_gan_zoo import losses
from keras_gan_zoo.models.base import TwoWayTranslator
from keras_gan_zoo.pools import ImagePool


@keras.saving.register_keras_serializable("keras_gan_zoo")
class CycleGAN(TwoWayTranslator):
    """Learns two translations, each of which takes back what the other did.

    That a translation looks like the other domain doesn't tie it to its image.
    That the way there and back leads to where it began does, without a pair.

    Args:
        forward: Model from images of the first domain, `X` in the paper, to
            images of the second, `Y`: `G`.
        backward: Model the other way round: `F`.
        first_discriminator: Model from images of the first domain to scores of
            any shape: `D_X`.
        second_discriminator: The same for the second domain: `D_Y`.
        cycle_weight: Float, weight of the mean absolute error of both cycles,
            lambda.
        identity_weight: Float, weight of what a translation changes of images
            that are of its target domain already. The paper has 5, half of
            lambda, between paintings and photographs, to keep their colors,
            and 0 elsewhere.
        pool_size: Integer, number of earlier translations that each
            discriminator may see again: see `ImagePool`. 0 for none.
        **kwargs: Further arguments of `Translator`: `domains`, `average`.

    Example:

    ```python
    shape = (256, 256, 3)
    gan = CycleGAN(
        forward=resnet_translator(shape),
        backward=resnet_translator(shape),
        first_discriminator=patch_discriminator(shape),
        second_discriminator=patch_discriminator(shape),
        domains=("horses", "zebras"),
    )
    gan.compile(
        generators_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        discriminators_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    gan.fit(unpaired(horses, zebras), epochs=200)
    zebras = gan.translate(horses, to="zebras")
    ```
    """

    def __init__(
        self,
        forward,
        backward,
        first_discriminator,
        second_discriminator,
        cycle_weight=10.0,
        identity_weight=0.0,
        pool_size=50,
        **kwargs,
    ):
        super().__init__(
            forward,
            backward,
            first_discriminator,
            second_discriminator,
            **kwargs,
        )
        self.cycle_weight = cycle_weight
        self.identity_weight = identity_weight
        self.pool_size = pool_size
        self.pools = []
        if pool_size:
            shapes = [net.input_shape[1:] for net in self.discriminators]
            self.pools = [ImagePool(pool_size, shape) for shape in shapes]

    def train_step(self, data):
        """Moves the generators, then the discriminators on what was made."""
        inputs = self.unpack(data)
        fakes = []
        self.update("generators", inputs, fakes=fakes)
        self.update("discriminators", inputs, fakes=self.pooled(fakes))
        return self.loss_results()

    def generators_loss(self, inputs, training=True, fakes=None):
        """Returns the loss of both; the list `fakes` gets what they make."""
        first, second = inputs
        made = self.translated(inputs, training)
        if fakes is not None:
            fakes.extend(made)
        # The paper's generators have the whole squared distance.
        loss = 2.0 * sum(
            losses.least_squares_generator_loss(judge(fake, training=training))
            for judge, fake in zip(self.discriminators, made)
        )
        first_again, second_again = self.translated(made, training)
        loss += self.cycle_weight * (
            losses.mean_absolute_error(first, first_again)
            + losses.mean_absolute_error(second, second_again)
        )
        if self.identity_weight:
            first_kept, second_kept = self.translated((second, first), training)
            loss += self.identity_weight * (
                losses.mean_absolute_error(first, first_kept)
                + losses.mean_absolute_error(second, second_kept)
            )
        return loss

    def discriminators_loss(self, inputs, training=True, fakes=None):
        """Returns the sum of both, which the paper divides by two."""
        if fakes is None:
            fakes = self.translated(inputs, training)
        return sum(
            losses.least_squares_discriminator_loss(
                judge(real, training=training), judge(fake, training=training)
            )
            for judge, real, fake in zip(self.discriminators, inputs, fakes)
        )

    def pooled(self, fakes):
        """Exchanges some of the newest translations for earlier ones."""
        if not self.pools:
            return [tf.stop_gradient(images) for images in fakes]
        return [
            pool.exchange(images, self.next_seed())
            for pool, images in zip(self.pools, fakes)
        ]

    def get_config(self):
        return {
            **super().get_config(),
            "cycle_weight": self.cycle_weight,
            "identity_weight": self.identity_weight,
            "pool_size": self.pool_size,
        }
