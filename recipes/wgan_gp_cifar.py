"""WGAN-GP on CIFAR-10: Gulrajani et al. 2017.

`--preset paper` is the unconditional ResNet, for which the paper reports an
Inception Score of 7.86 +- 0.07 (table 3) after 100,000 generator updates.

In the log:
- `critic_estimate`: of the Wasserstein distance; it falls as samples improve.
- `fid`, `is`: from a small classifier that is part of the package. They compare
  one epoch of this run with another, but not with any paper.

Departures of `--preset paper`:
- Batches of 128 for the generator, in the code. Here 64: algorithm 1 has one
  size for both.
- Noise smaller than the steps between pixel values, in the code. Here none: the
  paper has none.
- A first step of the critic alone, in the code. Here none: algorithm 1 has
  none.
- A rate that stays the same for the critic's updates within a step, in the
  code. Here it falls with each: a schedule counts its own optimizer's updates.
- Samples that are normalized by the statistics of their own batch, in the code.
  Here by moving averages: a sample must not depend on those beside it.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import averages, networks
from keras_gan_zoo.callbacks import (
    FrechetInceptionDistance,
    GeneratedFeatures,
    InceptionScore,
)
from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.references import reference
from keras_gan_zoo.models import WGANGP

args = recipe.arguments(
    __doc__,
    dataset="cifar10",
    quick={"epochs": 10, "steps_per_epoch": 400, "batch_size": 64},
    paper={"epochs": 100, "steps_per_epoch": 1000, "batch_size": 64},
)
discriminator_steps = 5 if args.preset == "paper" else 1
global_batch = args.batch_size * discriminator_steps
images = recipe.read_data(args, global_batch)
image_shape = tuple(images.element_spec.shape[1:])
num_updates = args.epochs * args.steps_per_epoch

if args.preset == "paper":
    generator = networks.resnet_generator(128, image_shape)
    discriminator = networks.resnet_discriminator(image_shape)
    average, rate, end_rate, epsilon = None, 2e-4, 0.0, 1e-8
else:
    # With the authors' kernels, one update for each of the generator's is too
    # slow for the critic: its estimate goes negative, and samples stay blurs.
    options = {
        "widths": (48, 96, 192),
        "kernel_size": 4,
        "kernel_initializer": "glorot_uniform",
    }
    generator = networks.dcgan_generator(128, image_shape, **options)
    discriminator = networks.dcgan_discriminator(
        image_shape, batch_normalization=False, **options
    )
    average, rate, end_rate = averages.EMA(0.998), 4e-4, 4e-4
    epsilon = 1e-7  # Keras's default.


def adam(updates):
    """The paper's Adam, whose learning rate falls linearly to zero."""
    schedule = keras.optimizers.schedules.PolynomialDecay(
        rate, updates, end_rate
    )
    return keras.optimizers.Adam(schedule, 0.0, 0.9, epsilon)


gan = WGANGP(
    generator,
    discriminator,
    latent_dim=128,
    discriminator_steps=discriminator_steps,
    average=average,
)
gan.compile(
    generator_optimizer=adam(num_updates),
    discriminator_optimizer=adam(num_updates * discriminator_steps),
)

scores = []
if args.dataset in features.CLASSIFIERS:  # A folder may have no classes.
    classifier = features.CLASSIFIERS[args.dataset]()
    samples = GeneratedFeatures(classifier, num_samples=10_000)
    real = reference(args.dataset, classifier, data_dir=args.data_dir)
    scores = [
        FrechetInceptionDistance(samples, real, every=5),
        InceptionScore(samples, every=5),
    ]
recipe.run(args, gan, images, callbacks=scores)
