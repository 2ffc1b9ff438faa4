"""LSGAN on MNIST: Mao et al. 2017.

The paper's networks are for scenes of 112 x 112 pixels. `--preset paper` has
the widths of its discriminator, its latents and its optimizer.

The authors' losses are sums over the batch; from the mean, Adam makes the same
steps, with an epsilon divided by the batch size.

In the log:
- `discriminator_loss`: 0.25 if it can only guess.

Departures of `--preset paper`:
- Images of 112 x 112 pixels in color, and 1,000,000 updates. Here MNIST, and
  93,700: small images train on a CPU.
- A generator of at most 256 channels and kernels of 3 x 3, with a further layer
  after each of its first two and at its end. Here it mirrors the discriminator:
  one network serves all recipes of this kind.
- Biases in all layers, in the code. Here none before batch normalization: it
  would take them away again.
- Gains that begin at one, in the code. Here they are from N(1, 0.02): so they
  are in DCGAN's, whose networks these are.
- Truncated initial kernels of the discriminator's convolutions, in the code.
  Here they are normal: so they are in DCGAN's.
- One draw of latents for both moves of a step, in the code. Here each move has
  its own: so it has in the algorithm of the first GAN.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import networks, priors
from keras_gan_zoo.models import LSGAN

args = recipe.arguments(
    __doc__,
    dataset="mnist",
    quick={"epochs": 10, "steps_per_epoch": 600, "batch_size": 64},
    paper={"epochs": 100, "steps_per_epoch": 937, "batch_size": 64},
)
images = recipe.read_data(args, args.batch_size)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    widths, kernel_size, latent_dim, rate = (64, 128, 256, 512), 5, 1024, 1e-3
    prior = priors.Uniform(-1.0, 1.0)
    epsilon = 1e-8 / args.batch_size  # Of a mean, where theirs is of a sum.
else:
    widths, kernel_size, latent_dim, rate = (32, 64), 4, 100, 2e-4
    prior = priors.Normal()
    epsilon = 1e-7  # Keras's default.
gan = LSGAN(
    networks.dcgan_generator(latent_dim, image_shape, widths, kernel_size),
    networks.dcgan_discriminator(image_shape, widths, kernel_size),
    latent_dim,
    prior=prior,
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(rate, 0.5, epsilon=epsilon),
    discriminator_optimizer=keras.optimizers.Adam(rate, 0.5, epsilon=epsilon),
)
recipe.run(args, gan, images)
