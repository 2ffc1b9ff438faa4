"""DRAGAN on Fashion-MNIST: Kodali et al. 2017.

`--preset paper` has the fully connected networks of the authors' notebook for
MNIST, one hidden layer of 128 units in each player, its latents and its 200,000
updates. `quick` is convolutional.

In the log:
- `discriminator_loss`: 1.39 if it can only guess.

Departures of `--preset paper`:
- MNIST. Here Fashion-MNIST: it is harder, and `--dataset mnist` brings MNIST
  back.
- 5,000 images that the notebook holds out. Here they are trained on: nothing is
  measured on them.
- Pixels in [0, 1] and a generator that ends in a sigmoid. Here they are in [-1,
  1] and it ends in tanh, so that a slope of 1 is twice as steep in the
  notebook's units: all images of the zoo have one range.
- Normal noise around the data. Here it is uniform and never negative: so it is
  in the notebook.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import networks, priors
from keras_gan_zoo.models import DRAGAN

args = recipe.arguments(
    __doc__,
    dataset="fashion_mnist",
    quick={"epochs": 10, "steps_per_epoch": 500, "batch_size": 64},
    paper={"epochs": 200, "steps_per_epoch": 1000, "batch_size": 128},
)
images = recipe.read_data(args, args.batch_size)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    initializer = keras.initializers.VarianceScaling(
        2.0, "fan_in", "untruncated_normal"
    )
    options = {"units": (128,), "kernel_initializer": initializer}
    generator = networks.mlp_generator(100, image_shape, **options)
    discriminator = networks.mlp_discriminator(image_shape, **options)
    prior, rate, epsilon = priors.Uniform(-1.0, 1.0), 1e-4, 1e-8
else:
    generator = networks.dcgan_generator(100, image_shape, (32, 64), 4)
    discriminator = networks.dcgan_discriminator(
        image_shape, (32, 64), 4, batch_normalization=False
    )
    prior, rate = priors.Normal(), 4e-4
    epsilon = 1e-7  # Keras's default.
gan = DRAGAN(generator, discriminator, latent_dim=100, prior=prior)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(rate, 0.5, 0.9, epsilon),
    discriminator_optimizer=keras.optimizers.Adam(rate, 0.5, 0.9, epsilon),
)
recipe.run(args, gan, images)
