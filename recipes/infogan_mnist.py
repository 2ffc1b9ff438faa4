"""InfoGAN on MNIST: Chen et al. 2016.

`--preset paper` has the networks and the 5,000 updates of the authors' code. As
the authors fix the deviation of guesses at 1, its `information` is 1.85 at
best: log(10) = 2.30 if the category is always recognized, and -0.23 for each of
the two continuous codes. The authors' own figure is higher by 0.78, since their
code takes the entropy of uniform codes for that of normal ones.

In the log:
- `information`: a bound, in nats, on how much of the latent code can be read
  from samples; at best 1.85.

Departures of `--preset paper`:
- Pixels in [0, 1] and a generator that ends in a sigmoid. Here they are in [-1,
  1] and it ends in tanh: all images of the zoo have one range.
- 5,000 images that the code holds out. Here they are trained on: nothing is
  measured on them.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import networks
from keras_gan_zoo.models import InfoGAN

args = recipe.arguments(
    __doc__,
    dataset="mnist",
    quick={"epochs": 10, "steps_per_epoch": 300, "batch_size": 64},
    paper={"epochs": 50, "steps_per_epoch": 100, "batch_size": 128},
)
images = recipe.read_data(args, args.batch_size)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    sizes, epsilon = {}, 1e-8
else:
    sizes = {"widths": (32, 64), "dense_units": 256}
    epsilon = 1e-7  # Keras's default.
discriminator = networks.infogan_discriminator(image_shape, **sizes)
feature_dim = discriminator.output_shape[1][-1]
gan = InfoGAN(
    networks.infogan_generator(74, image_shape, **sizes),
    discriminator,
    networks.infogan_recognition(feature_dim, num_categories=10, num_codes=2),
    latent_dim=74,
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(1e-3, 0.5, epsilon=epsilon),
    discriminator_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
)
recipe.run(args, gan, images)
