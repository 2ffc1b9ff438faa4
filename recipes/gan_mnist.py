"""GAN on MNIST: the fully connected networks of Goodfellow et al. 2014.

The paper reports a Parzen-window log-likelihood, a score that was given up
since; look at the grid. Pixels are in [-1, 1] and the generator ends in tanh,
where the paper has [0, 1] and a sigmoid; latents are normal, as its code has
them by default, where its MNIST run has a uniform prior of the same variance.
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
from keras_gan_zoo.models import VanillaGAN
from keras_gan_zoo.optimizers import RisingMomentumSGD

args = recipe.arguments(
    __doc__,
    dataset="mnist",
    quick={"epochs": 12, "steps_per_epoch": 1500, "batch_size": 64},
    paper={"epochs": 250, "steps_per_epoch": 600, "batch_size": 100},
)
images = datasets.by_name(
    args.dataset,
    args.batch_size,
    seed=args.seed,
    start_step=0,
    data_dir=args.data_dir,
)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    generator = networks.mlp_generator(
        100,
        image_shape,
        units=(1200, 1200),
        kernel_initializer=keras.initializers.RandomUniform(-0.05, 0.05),
    )
    discriminator = networks.maxout_discriminator(image_shape)
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 1 / 1.000004)
    optimizers = [
        RisingMomentumSGD(rate, rise_steps=250 * 600) for _ in range(2)
    ]
else:
    generator = networks.mlp_generator(100, image_shape, units=(256, 512))
    discriminator = networks.maxout_discriminator(
        image_shape, units=(128, 64), pieces=3
    )
    optimizers = [keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)]

gan = VanillaGAN(generator, discriminator, latent_dim=100)
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
