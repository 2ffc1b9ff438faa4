"""EBGAN on MNIST: Zhao et al. 2017, with the pulling-away term.

The margin is measured in the Euclidean norm of a whole image's error; the paper
keeps it at 10 throughout its search on MNIST. Taken for pixels in [0, 1], that
is 20 here, where they are in [-1, 1], which doubles the norms.

`--preset paper` has the paper's discriminator for faces and scenes, the weight
of its pulling-away term, and the learning rate of its search.

In the log:
- `real_energy`: the norm of the error at data.
- `fake_energy`: the same at samples, up to the margin.

Departures of `--preset paper`:
- Faces and scenes of 64 x 64 pixels in color, with margins of 20 and 80. Here
  MNIST, with a margin of 20: small images train on a CPU, and the margin is
  that of the paper's search on MNIST.
- A generator of 128 to 1,024 channels. Here it mirrors the discriminator: one
  network serves all recipes of this kind.
- A feature map as the embedding. Here a vector of 32: the pulling-away term is
  about vectors.
- Fully connected networks in the search on MNIST, with initial weights of their
  own. Here the convolutional ones for faces and scenes: they are the paper's
  results.
- A batch size, a number of updates and a `beta_1` that the paper doesn't give.
  Here 128, 23,400 and 0.5: the first two are ours, the last is that of DCGAN,
  which the paper follows.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import networks
from keras_gan_zoo.models import EBGAN

args = recipe.arguments(
    __doc__,
    dataset="mnist",
    quick={"epochs": 10, "steps_per_epoch": 500, "batch_size": 64},
    paper={"epochs": 50, "steps_per_epoch": 468, "batch_size": 128},
)
images = recipe.read_data(args, args.batch_size)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    widths, epsilon = (64, 128, 256), 1e-8
else:
    widths, epsilon = (32, 64), 1e-7  # The latter is Keras's default.
gan = EBGAN(
    networks.dcgan_generator(100, image_shape, widths, kernel_size=4),
    networks.ebgan_discriminator(image_shape, widths),
    latent_dim=100,
    margin=20.0,
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(1e-3, 0.5, epsilon=epsilon),
    discriminator_optimizer=keras.optimizers.Adam(1e-3, 0.5, epsilon=epsilon),
)
recipe.run(args, gan, images)
