"""CGAN on MNIST: Mirza and Osindero 2014.

`--preset paper` has the paper's maxout networks and schedule. `quick` is the
convolutional form of DCGAN's code, with the label at every layer. Each row of
the grid asks for one class.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import datasets, networks
from keras_gan_zoo.callbacks import (
    Checkpoint,
    CSVLog,
    SampleGrid,
    Throughput,
)
from keras_gan_zoo.models import CGAN
from keras_gan_zoo.optimizers import RisingMomentumSGD

args = recipe.arguments(
    __doc__,
    dataset="mnist",
    quick={"epochs": 10, "steps_per_epoch": 400, "batch_size": 64},
    paper={"epochs": 200, "steps_per_epoch": 600, "batch_size": 100},
)
images = datasets.by_name(
    args.dataset,
    args.batch_size,
    labels=True,
    seed=args.seed,
    start_step=0,
    data_dir=args.data_dir,
)
image_shape = tuple(images.element_spec[0].shape[1:])
num_classes = len(datasets.class_names(args.dataset))

if args.preset == "paper":
    generator = networks.cgan_generator(100, image_shape, num_classes)
    discriminator = networks.cgan_discriminator(image_shape, num_classes)
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 1 / 1.00004)
    optimizers = [
        RisingMomentumSGD(rate, rise_steps=200 * 600) for _ in range(2)
    ]
else:
    sizes = {"widths": (32, 64), "kernel_size": 4, "dense_units": 256}
    generator = networks.conditional_dcgan_generator(
        100, image_shape, num_classes, **sizes
    )
    discriminator = networks.conditional_dcgan_discriminator(
        image_shape, num_classes, **sizes
    )
    optimizers = [keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)]
gan = CGAN(generator, discriminator, latent_dim=100, num_classes=num_classes)
gan.compile(
    generator_optimizer=optimizers[0], discriminator_optimizer=optimizers[1]
)
recipe.begin(args, gan, images)
gan.fit(
    images,
    epochs=args.epochs,
    steps_per_epoch=args.steps_per_epoch,
    callbacks=[
        SampleGrid(f"{args.output}/training"),
        Throughput(args.batch_size),
        CSVLog(f"{args.output}/training/log.csv"),
        Checkpoint(f"{args.output}/training/checkpoints", every_steps=500),
    ],
    verbose=2,
)
recipe.finish(args, gan)
