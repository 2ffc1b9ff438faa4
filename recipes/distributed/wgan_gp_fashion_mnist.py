"""WGAN-GP on Fashion-MNIST, on one or several machines: Gulrajani et al. 2017.

Each worker runs this script, and learns from `TF_CONFIG` which one it is.
`on_ray.py` starts them with Ray, here or on a cluster; any other launcher that
sets `TF_CONFIG` will do, too. Without `TF_CONFIG` there is one worker, with all
the GPUs of this machine.

The batch size is that of all workers together, and `--output` must be a folder
that all of them see. After an interruption, the same command resumes.
"""

from keras_gan_zoo import recipe  # isort: split

import keras
import tensorflow as tf

from keras_gan_zoo import averages, networks, replicas
from keras_gan_zoo.callbacks import (
    Checkpoint,
    CSVLog,
    SampleGrid,
    Throughput,
)
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.models import WGANGP

args = recipe.arguments(
    __doc__,
    dataset="fashion_mnist",
    quick={"epochs": 10, "steps_per_epoch": 300, "batch_size": 64},
)
strategy = tf.distribute.MultiWorkerMirroredStrategy()
discriminator_steps = 5
global_batch = args.batch_size * discriminator_steps
images = recipe.read_data(args, global_batch)
image_shape = tuple(images.element_spec.shape[1:])

with strategy.scope():
    options = {"widths": (32, 64), "kernel_size": 4}
    gan = WGANGP(
        networks.dcgan_generator(100, image_shape, **options),
        networks.dcgan_discriminator(
            image_shape, batch_normalization=False, **options
        ),
        latent_dim=100,
        discriminator_steps=discriminator_steps,
        average=averages.EMA(0.99),
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.0, beta_2=0.9),
        discriminator_optimizer=keras.optimizers.Adam(
            2e-4, beta_1=0.0, beta_2=0.9
        ),
    )

callbacks = [Checkpoint(f"{args.output}/training/checkpoints", every_steps=50)]
is_chief = replicas.is_chief(strategy)
if is_chief:  # The others only train.
    recipe.begin(args, gan)
    callbacks += [
        SampleGrid(f"{args.output}/training", reals=images),
        Throughput(global_batch),
        CSVLog(f"{args.output}/training/log.csv"),
    ]
gan.fit(
    images,
    epochs=args.epochs,
    steps_per_epoch=args.steps_per_epoch,
    callbacks=callbacks,
    verbose=2 if is_chief else 0,
)
if is_chief:
    gan.save(f"{args.output}/training/gan.keras")
    print("Exported the generator to", export_generator(gan, args.output))
