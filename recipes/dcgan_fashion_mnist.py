"""DCGAN on Fashion-MNIST: Radford et al. 2016.

The paper shows bedrooms and faces of 64 x 64 pixels. `--preset paper` has its
kernels, widths, latents and schedule.

In the log:
- `discriminator_loss`: 1.39 if it can only guess.

Departures of `--preset paper`:
- Bedrooms and faces of 64 x 64 pixels in color. Here Fashion-MNIST, so the four
  stages begin at 2 x 2 rather than 4 x 4: small images train on a CPU.
- A weight decay of 1e-5, in the code for faces. Here none: the paper has none.
- An epsilon of 1e-8 in batch normalization, in the code. Here 1e-5: the paper
  gives none.
- Two pixels of padding on all sides, in the code. Here one less at the top and
  the left of an even size: that is how TensorFlow pads.
- For each batch a move of only one player, in turn, the generator first, in the
  code. Here both move, the discriminator first: so they do in the algorithm of
  the first GAN.
- Samples that are normalized by the statistics of their own batch, in the code.
  Here by moving averages: a sample must not depend on those beside it.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import networks, priors
from keras_gan_zoo.models import DCGAN

args = recipe.arguments(
    __doc__,
    dataset="fashion_mnist",
    quick={"epochs": 10, "steps_per_epoch": 600, "batch_size": 64},
    paper={"epochs": 25, "steps_per_epoch": 468, "batch_size": 128},
)
images = recipe.read_data(args, args.batch_size)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    widths, kernel_size = (128, 256, 512, 1024), 5
    prior, epsilon = priors.Uniform(-1.0, 1.0), 1e-8
else:
    widths, kernel_size, prior = (32, 64), 4, priors.Normal()
    epsilon = 1e-7  # Keras's default.
gan = DCGAN(
    networks.dcgan_generator(100, image_shape, widths, kernel_size),
    networks.dcgan_discriminator(image_shape, widths, kernel_size),
    latent_dim=100,
    prior=prior,
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
    discriminator_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
)
recipe.run(args, gan, images)
