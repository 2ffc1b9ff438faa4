"""3D-GAN on solids of voxels: Wu et al. 2016.

Boxes, ellipsoids, cylinders, cones and tori of any size and direction. The
scores compare generated solids with as many others of the data, by the
intersection over the union of their voxels with the nearest. Trivial answers
are beside them: the ball that has the mean volume, voxels that are filled at
random, and further solids of the data.

`--preset quick` has latents that are centered and noise on what the
discriminator sees. Without the former, the small generator makes one solid of
all latents; without the latter, the discriminator tells zeros and ones from
what is between them.

In the log:
- `discriminator_rests`: the share of steps in which the discriminator rested,
  since it had judged more than 80 % of the batch before rightly.
- `discriminator_accuracy`: that share of all its judgments.

Departures of `--preset paper`:
- Chairs, cars, guns and other classes of ShapeNet, a network for each. Here one
  for solids of five shapes that a formula draws: that data set can't be had
  from a package, and an endless mixture shows whether modes are lost.
- A number of updates that the paper doesn't give. Here 25,000: they are ours.
"""

from keras_gan_zoo import recipe  # isort: split

import keras
import numpy as np

from keras_gan_zoo import augmentations, averages, datasets, networks, priors
from keras_gan_zoo.metrics.volumes import count_pieces, nearest_overlaps
from keras_gan_zoo.models import ThreeDGAN

args = recipe.arguments(
    __doc__,
    dataset="solids",
    choices=["solids"],
    quick={"epochs": 12, "steps_per_epoch": 500, "batch_size": 32},
    paper={"epochs": 25, "steps_per_epoch": 1000, "batch_size": 100},
)
if args.preset == "paper":
    side, widths, rates = 64, (64, 128, 256, 512), (0.0025, 1e-5)
    prior, noise, average = priors.Uniform(0.0, 1.0), None, None
else:
    side, widths, rates = 16, (16, 32), (1e-3, 2e-4)
    prior = priors.Uniform(-1.0, 1.0)
    noise = augmentations.InstanceNoise(0.3, decay_steps=20_000)
    average = averages.EMA(0.999)
volumes = datasets.solids(args.batch_size, side, seed=args.seed)
shape = (side, side, side, 1)
gan = ThreeDGAN(
    networks.three_d_gan_generator(200, shape, widths),
    networks.three_d_gan_discriminator(shape, widths),
    latent_dim=200,
    average=average,
    prior=prior,
    augmentation=noise,
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(rates[0], beta_1=0.5),
    discriminator_optimizer=keras.optimizers.Adam(rates[1], beta_1=0.5),
)


def scores(model, number=1000):
    """Compares generated solids with held-out ones, and trivial answers."""
    real, others = (
        next(iter(datasets.solids(number, side, seed=args.seed + 1 + i)))
        for i in range(2)
    )
    share = float(np.mean(real))
    ticks = np.arange(side) - (side - 1) / 2
    distances = np.sum(np.meshgrid(*[ticks**2] * 3), axis=0)
    ball = distances < np.sort(distances, axis=None)[round(share * side**3)]
    noise = np.random.default_rng(0).uniform(size=(number, *shape)) < share
    answers = {
        "generated": model.generate(number, seed=0).numpy(),
        "ball": ball[np.newaxis, ..., np.newaxis],
        "noise": noise,
        "other solids": others.numpy(),
    }
    of = f"{number:,} generated and {number:,} held-out solids, {side}^3 voxels"
    measures = {
        "plausibility": (
            f"overlap with the nearest held-out solid, mean: {of}",
            lambda made: nearest_overlaps(made, real).mean(),
        ),
        "coverage": (
            f"overlap of held-out solids with the nearest made, mean: {of}",
            lambda made: nearest_overlaps(real, made).mean(),
        ),
        "pieces": ("pieces of a solid, mean", lambda v: count_pieces(v).mean()),
        "filled": ("share of filled voxels", lambda v: (v >= 0.5).mean()),
    }
    found = []
    for name, (protocol, measure) in measures.items():
        values = {who: float(measure(made)) for who, made in answers.items()}
        value = values.pop("generated")
        found.append(
            dict(name=name, value=value, protocol=protocol, trivial=values)
        )
    return found


recipe.run(args, gan, volumes, scores=scores)
