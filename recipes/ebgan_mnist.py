"""EBGAN on MNIST: Zhao et al. 2017, with the pulling-away term.

The margin is measured in the Euclidean norm of a whole image's error; the paper
keeps it at 10 throughout its search on MNIST. Taken for pixels in [0, 1], that
is 20 here, where they are in [-1, 1], which doubles the norms.

`--preset paper` has the paper's discriminator for faces and scenes, the weight
of its pulling-away term, and the learning rate of its search. It leaves out:
their images of 64 x 64 pixels in color and their margins, 20 and 80; the
paper's generator, whose widths are 128 to 1,024, where this one mirrors the
discriminator; a feature map as the embedding, where this one is a vector of 32;
the fully connected networks of the search on MNIST, with initial weights of
their own. The `beta_1` is that of DCGAN, which the paper follows. Batch size
and number of updates are ours.
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
