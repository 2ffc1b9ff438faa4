"""WGAN on MNIST: Arjovsky et al. 2017.

Weights are clipped at 0.01 after each of the critic's five RMSprop updates. The
paper's learning rate is 5e-5, for days of training; `quick` has a larger one.

In the log:
- `discriminator_loss`: with the sign changed, the critic's estimate of the
  distance, up to a constant factor, which falls as the digits get better.

Departures of `--preset paper`:
- Images of 64 x 64 pixels in color. Here MNIST, so four stages end at 2 x 2
  rather than 4 x 4: small images train on a CPU.
- 100 critic updates in each of the first 25 steps and in every 500th, in the
  code. Here five in every step: so has algorithm 1.
- Clipping before each update, in the code. Here after it: so has algorithm 1.
- Normalization of the generator's first features by channel. Here each place is
  normalized by itself: the layer before is dense.
- A number of updates that the paper doesn't give. Here 200,000: they are ours.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import networks
from keras_gan_zoo.models import WGAN

DISCRIMINATOR_STEPS = 5

args = recipe.arguments(
    __doc__,
    dataset="mnist",
    quick={"epochs": 10, "steps_per_epoch": 350, "batch_size": 64},
    paper={"epochs": 200, "steps_per_epoch": 1000, "batch_size": 64},
)
images = recipe.read_data(args, args.batch_size * DISCRIMINATOR_STEPS)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    widths, rate = (64, 128, 256, 512), 5e-5
else:
    widths, rate = (32, 64), 2e-4
gan = WGAN(
    networks.dcgan_generator(100, image_shape, widths, kernel_size=4),
    networks.dcgan_discriminator(image_shape, widths, kernel_size=4),
    latent_dim=100,
    discriminator_steps=DISCRIMINATOR_STEPS,
)
generator_optimizer, discriminator_optimizer = (
    # As that of the authors' code; see `WGAN`.
    keras.optimizers.RMSprop(rate, rho=0.99, epsilon=1e-16)
    for _ in range(2)
)
gan.compile(
    generator_optimizer=generator_optimizer,
    discriminator_optimizer=discriminator_optimizer,
)
recipe.run(args, gan, images)
