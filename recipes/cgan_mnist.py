"""CGAN on MNIST: Mirza and Osindero 2014.

`--preset paper` has the paper's maxout networks, latents and schedule. The
paper builds on the code of the first GAN, whose discriminator's loss is half of
equation 1; here it is all of it with half the learning rate, which is the same
step of gradient descent. `quick` is the convolutional form of DCGAN's code,
with the label at every layer. Each row of the grid is one class.

In the log:
- `discriminator_loss`: 1.39 if it can only guess.

Departures of `--preset paper`:
- Pixels in [0, 1] and a generator that ends in a sigmoid. Here they are in [-1,
  1] and it ends in tanh: all images of the zoo have one range.
- Training until the log-likelihood of held-out images is best. Here 200 epochs:
  that score is no longer in use, and the paper doesn't say how many it took.
- Initial weights that the paper doesn't give. Here they are Keras's: they are
  made for such layers.
- Dropout in layers that the paper doesn't name. Here in all hidden ones: maxout
  was made for it.
- A momentum that rises at a pace the paper doesn't give. Here until the end: so
  it does in the code it builds on.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import datasets, networks, priors
from keras_gan_zoo.models import CGAN
from keras_gan_zoo.optimizers import RisingMomentumSGD

args = recipe.arguments(
    __doc__,
    dataset="mnist",
    quick={"epochs": 10, "steps_per_epoch": 400, "batch_size": 64},
    paper={"epochs": 200, "steps_per_epoch": 600, "batch_size": 100},
)
images = recipe.read_data(args, args.batch_size, labels=True)
image_shape = tuple(images.element_spec[0].shape[1:])
class_names = datasets.class_names(args.dataset)
num_classes = len(class_names)

if args.preset == "paper":
    generator = networks.cgan_generator(100, image_shape, num_classes)
    discriminator = networks.cgan_discriminator(image_shape, num_classes)
    prior = priors.Uniform(0.0, 1.0)
    optimizers = [
        RisingMomentumSGD(
            keras.optimizers.schedules.ExponentialDecay(rate, 1, 1 / 1.00004),
            rise_steps=200 * 600,
        )
        for rate in (0.1, 0.05)  # The latter for half of equation 1.
    ]
else:
    sizes = {"widths": (32, 64), "kernel_size": 4, "dense_units": 256}
    generator = networks.conditional_dcgan_generator(
        100, image_shape, num_classes, **sizes
    )
    discriminator = networks.conditional_dcgan_discriminator(
        image_shape, num_classes, **sizes
    )
    prior = priors.Normal()
    optimizers = [keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)]
gan = CGAN(
    generator,
    discriminator,
    latent_dim=100,
    num_classes=num_classes,
    class_names=class_names,
    prior=prior,
)
gan.compile(
    generator_optimizer=optimizers[0], discriminator_optimizer=optimizers[1]
)
recipe.run(args, gan, images)
