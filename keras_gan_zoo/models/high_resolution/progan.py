"""ProGAN: Progressive Growing of GANs.

Karras, Aila, Laine and Lehtinen, 2018
https://arxiv.org/abs/1710.10196

When to use it: for images that are too large for a game to begin with, when a
training that takes long is no matter. Later GANs reach as far without stages.

Departures:
- Optimizers of which the paper doesn't say what a new stage does to them. Here
  they begin anew with each: so they do in the code, and moments of new layers
  would go uncorrected otherwise, with first steps ten times too large.
- A penalty on gradients of images of a size that the paper doesn't give. Here
  of the full size, small ones consisting of blocks of equal pixels: so it is in
  the code, and distances mean the same in each stage.
- An average of weights that reaches back equally far from the beginning. Here
  it grows to that: early samples would be of untrained weights.
- A schedule that moves once in four updates, in the code. Here at each: it is a
  function of the images seen.
"""

import keras

from keras_gan_zoo import averages, losses
from keras_gan_zoo.growth import Growth
from keras_gan_zoo.models.base import StagedGAN
from keras_gan_zoo.penalties import Drift, GradientPenalty


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ProGAN(StagedGAN):
    """A Wasserstein GAN that learns 4 x 4 pixels first, and then ever more.

    Both networks begin with images of 4 x 4 pixels. When these are learned, a
    layer for 8 x 8 is faded in: images are mixed from those of the new layer
    and the enlarged ones of the old, by a share that rises from 0 to 1 in
    proportion to the images seen. The images of the data are shrunk and mixed
    in the same way (section 2, figure 2). Most steps are made at small sizes,
    where they are cheap and the game is easy.

    The loss is that of WGAN-GP, with one update of the critic for each of the
    generator's, and a term that keeps scores near zero (appendix A.1). The
    critic tells apart how varied batches are; the generator's weights are
    averaged.

    Adam has a learning rate of 0.001, `beta_1=0`, `beta_2=0.99` and
    `epsilon=1e-8`; batches are of 16 images up to 128 x 128 pixels.

    Args:
        generator: Model from latents `(batch, latent_dim)` to images, such as
            `progan_generator`.
        discriminator: Model from images to scores `(batch, 1)`, such as
            `progan_discriminator`.
        latent_dim: Integer, size of the latent space.
        growth: Object of `keras_gan_zoo.growth.Growth`, images to be seen in
            each stage. By default those of the paper.
        average: As of `GAN`. By default `EMA(0.999)`, that of the paper.
        penalty_weight: Float, weight of the gradient penalty, `lambda`.
        drift_weight: Float, weight of the squared scores, `epsilon_drift`.
        penalties: List of further penalties.
        **kwargs: Further arguments of `GAN`.

    Example:

    ```python
    gan = ProGAN(
        generator=progan_generator(512, (64, 64, 3)),
        discriminator=progan_discriminator((64, 64, 3)),
        latent_dim=512,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-3, 0.0, 0.99, 1e-8),
        discriminator_optimizer=keras.optimizers.Adam(1e-3, 0.0, 0.99, 1e-8),
    )
    gan.fit(images, epochs=100, steps_per_epoch=10_000)
    ```
    """

    discriminator_outputs = ("scores",)

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        growth=None,
        average=None,
        penalty_weight=10.0,
        drift_weight=0.001,
        penalties=(),
        **kwargs,
    ):
        super().__init__(
            generator,
            discriminator,
            latent_dim,
            growth=Growth() if growth is None else growth,
            average=averages.EMA(0.999) if average is None else average,
            loss=losses.Wasserstein(),
            penalties=[
                GradientPenalty(penalty_weight),
                Drift(drift_weight),
                *penalties,
            ],
            **kwargs,
        )
        self.penalty_weight = penalty_weight
        self.drift_weight = drift_weight

    def train_step(self, data):
        """Grows the networks, moves the discriminator, then the generator."""
        images = self.unpack(data)
        self.grow(images)
        for part in self.discriminator_batches(images):
            self.update("discriminator", part)
        self.update("generator", part)
        return self.loss_results()

    def get_config(self):
        config = super().get_config()
        del config["loss"], config["penalties"][:2]
        return {
            **config,
            "penalty_weight": self.penalty_weight,
            "drift_weight": self.drift_weight,
        }
