"""ACGAN on Fashion-MNIST: Odena et al. 2017.

`--preset paper` has the paper's networks for images of 32 x 32 pixels and its
50,000 updates. Each row of the grid is one class. The paper's generator takes
110 numbers, 100 of noise and the label.

In the log:
- `fake_class_accuracy`: the share of samples in which the discriminator sees
  the class that was asked for.

Departures of `--preset paper`:
- CIFAR-10's images of 32 x 32 pixels in color. Here Fashion-MNIST: small images
  train on a CPU, and `--dataset cifar10` brings them back.
- A grid search. Here one of its settings, a rate of 2e-4, a slope of 0.2, and
  no noise on the discriminator's activations: a recipe is one run.
- Noise of a distribution that the paper doesn't give. Here it is normal: that
  is the zoo's default.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import datasets, networks
from keras_gan_zoo.models import ACGAN

args = recipe.arguments(
    __doc__,
    dataset="fashion_mnist",
    quick={"epochs": 10, "steps_per_epoch": 400, "batch_size": 64},
    paper={"epochs": 100, "steps_per_epoch": 500, "batch_size": 100},
)
images = recipe.read_data(args, args.batch_size, labels=True)
image_shape = tuple(images.element_spec[0].shape[1:])
class_names = datasets.class_names(args.dataset)
num_classes = len(class_names)

if args.preset == "paper":
    generator = networks.acgan_generator(100, image_shape, num_classes)
    discriminator = networks.acgan_discriminator(image_shape, num_classes)
    epsilon = 1e-8
else:
    generator = networks.acgan_generator(
        100,
        image_shape,
        num_classes,
        widths=(32, 64),
        kernel_size=4,
        normalize_first=True,
    )
    discriminator = networks.acgan_discriminator(
        image_shape, num_classes, widths=(16, 32, 64, 128), dropout_rate=0.3
    )
    epsilon = 1e-7  # Keras's default.
gan = ACGAN(
    generator,
    discriminator,
    latent_dim=100,
    num_classes=num_classes,
    class_names=class_names,
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
    discriminator_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
)
recipe.run(args, gan, images)
