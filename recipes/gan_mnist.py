"""GAN on MNIST: the fully connected networks of Goodfellow et al. 2014.

The paper reports a Parzen-window log-likelihood, a score no longer in use; look
at the grid instead. `--preset paper` is the MNIST run of the authors' code.
There the discriminator's loss is half of equation 1; here it is all of it with
half the learning rate, which is the same step of gradient descent.

In the log:
- `discriminator_loss`: 1.39 if it can only guess.

Departures of `--preset paper`:
- Pixels in [0, 1] and a generator that ends in a sigmoid. Here they are in [-1,
  1] and it ends in tanh, so that a dropped pixel is gray rather than black: all
  images of the zoo have one range.
- Last biases that are set by the mean of the data. Here they begin at 0:
  networks are built before they see data.
- The first 50,000 images alone, an epoch of 500 batches. Here all 60,000: no
  likelihood is measured on the others.
- Moves of both players at once, on the same samples, in the code. Here the
  discriminator moves first: so it does in algorithm 1.
- A momentum that rises once an epoch. Here it rises at each step: an optimizer
  counts steps, not epochs.
- No last epoch, in the code. Here there are 250: that is where its momentum has
  reached its end.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import networks, priors
from keras_gan_zoo.models import VanillaGAN
from keras_gan_zoo.optimizers import RisingMomentumSGD

args = recipe.arguments(
    __doc__,
    dataset="mnist",
    quick={"epochs": 12, "steps_per_epoch": 1500, "batch_size": 64},
    paper={"epochs": 250, "steps_per_epoch": 500, "batch_size": 100},
)
images = recipe.read_data(args, args.batch_size)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    generator = networks.mlp_generator(
        100,
        image_shape,
        units=(1200, 1200),
        kernel_initializer=keras.initializers.RandomUniform(-0.05, 0.05),
    )
    discriminator = networks.maxout_discriminator(image_shape)
    prior = priors.Uniform(-(3**0.5), 3**0.5)  # Of variance 1.
    optimizers = [
        RisingMomentumSGD(
            keras.optimizers.schedules.ExponentialDecay(rate, 1, 1 / 1.000004),
            rise_steps=250 * 500,
        )
        for rate in (0.1, 0.05)  # The latter for half of equation 1.
    ]
else:
    generator = networks.mlp_generator(100, image_shape, units=(256, 512))
    discriminator = networks.maxout_discriminator(
        image_shape, units=(128, 64), pieces=3
    )
    prior = priors.Normal()
    optimizers = [keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)]

gan = VanillaGAN(generator, discriminator, latent_dim=100, prior=prior)
gan.compile(
    generator_optimizer=optimizers[0], discriminator_optimizer=optimizers[1]
)
recipe.run(args, gan, images)
