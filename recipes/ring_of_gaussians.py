"""Modes and losses: six GANs on a ring of eight Gaussians.

Which losses learn all of a distribution, and which only a part? Each one trains
the same small networks on eight Gaussians on a circle of radius 1 with a
standard deviation of 0.02. The rows of the table are computed from 2,500
samples: modes found, the share of samples within three standard deviations of a
mode (those of high quality), and the reverse KL divergence of the histogram
over modes, where log(8/7) = 0.134 is one mode missed, for all samples and for
those of high quality only, as in PacGAN (Lin et al. 2018,
https://arxiv.org/abs/1712.04086). A single evaluation says little, since a GAN
keeps moving: each run is the mean of its last eight, and each row the mean of
several seeds.
"""

from keras_gan_zoo import recipe  # isort: split

import argparse
import json
import math
import time

import keras
import numpy as np
from PIL import Image, ImageDraw

from keras_gan_zoo import models
from keras_gan_zoo.datasets import gaussian_ring, ring_centers
from keras_gan_zoo.files import make_folder
from keras_gan_zoo.metrics import mode_coverage
from keras_gan_zoo.networks import mlp_discriminator, mlp_generator

EVALUATIONS = 20  # Of each run, evenly spaced.
LATE = 8  # Of these, counted.
STDDEV = 0.02

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument(
    "--seeds",
    nargs="+",
    type=int,
    default=[0, 1, 2],
    metavar="SEED",
    help="of the runs in each row; default: 0 1 2",
)
parser.add_argument(
    "--steps", type=int, default=10_000, help="of each run; default: 10,000"
)
parser.add_argument("--output", default="saved_models/ring_of_gaussians")
parser.add_argument(
    "--only",
    default="",
    metavar="NAME",
    help="the beginning of a row's name, such as dragan; default: all rows",
)
recipe.add_determinism(parser)
args = parser.parse_args()


def vanilla(saturating):
    return lambda *networks: models.VanillaGAN(
        *networks, latent_dim=2, saturating=saturating
    )


# Name, model, share of the steps (a step of five critic updates costs more),
# learning rate and betas of Adam.
CASES = [
    ("GAN, non-saturating", vanilla(False), 1.0, (5e-4, 0.5, 0.999)),
    ("GAN, minimax", vanilla(True), 1.0, (5e-4, 0.5, 0.999)),
    (
        "LSGAN",
        lambda *networks: models.LSGAN(*networks, latent_dim=2),
        1.0,
        (5e-4, 0.5, 0.999),
    ),
    (
        "WGAN (clip 0.1)",
        lambda *networks: models.WGAN(*networks, latent_dim=2, clip_limit=0.1),
        0.4,
        None,
    ),
    (
        "WGAN-GP (penalty weight 0.1)",
        lambda *networks: models.WGANGP(
            *networks, latent_dim=2, penalty_weight=0.1
        ),
        0.4,
        (5e-4, 0.5, 0.9),
    ),
    (
        "DRAGAN",
        lambda *networks: models.DRAGAN(*networks, latent_dim=2),
        1.0,
        (5e-4, 0.5, 0.9),  # The betas of the authors' code.
    ),
]


def optimizer(settings):
    if settings is None:  # Of the WGAN authors; see `models.WGAN`.
        return keras.optimizers.RMSprop(5e-5, rho=0.99, epsilon=1e-16)
    return keras.optimizers.Adam(*settings)


def scatter(points):
    """Returns a picture of points in [-1.5, 1.5]^2, the centers in orange."""
    picture = Image.new("RGB", (300, 300), "white")
    draw = ImageDraw.Draw(picture)
    for group, radius, color in [
        (ring_centers(), 6, "#f0a030"),
        (points, 1, "#2050a0"),
    ]:
        for x, y in (group + 1.5) * 100:
            draw.ellipse(
                (x - radius, y - radius, x + radius, y + radius), color
            )
    return picture


def run(build, share, settings, seed):
    """Trains one model; returns its late evaluations and its last samples."""
    recipe.set_seed(args, seed)
    gan = build(mlp_generator(2, (2,)), mlp_discriminator((2,)))
    gan.compile(
        generator_optimizer=optimizer(settings),
        discriminator_optimizer=optimizer(settings),
        steps_per_execution=10,
    )
    evaluations = []

    def evaluate(epoch, logs):
        points = gan.generate(2500, seed=epoch).numpy()
        evaluations.append(mode_coverage(points, ring_centers(), STDDEV))

    gan.fit(
        gaussian_ring(256 * gan.discriminator_steps, stddev=STDDEV, seed=seed),
        epochs=EVALUATIONS,
        steps_per_epoch=max(1, int(args.steps * share) // EVALUATIONS),
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=evaluate)],
        verbose=0,
    )
    points = gan.generate(2500, seed=0).numpy()
    return np.array(evaluations[-LATE:], float).mean(axis=0), points


cases = [
    case for case in CASES if case[0].lower().startswith(args.only.lower())
]
if not cases:
    parser.error(
        f"argument --only: no row begins with {args.only!r}; there are "
        f"{', '.join(case[0] for case in CASES)}"
    )
if args.steps < 1 or min(args.seeds) < 0:
    parser.error(
        "expected at least 1 step and seeds of at least 0, received "
        f"--steps {args.steps} --seeds {' '.join(map(str, args.seeds))}"
    )
output = make_folder(args.output)
rows = {}
overview = Image.new("RGB", (300 * len(cases), 300 * len(args.seeds)))
print(
    "| loss | modes of 8 | high-quality share | reverse KL | the same, of "
    "high quality |"
)
for column, (name, build, share, settings) in enumerate(cases):
    start, results = time.time(), []
    for row, seed in enumerate(args.seeds):
        result, points = run(build, share, settings, seed)
        results.append(result.tolist())
        overview.paste(scatter(points), (300 * column, 300 * row))
    # NaN, where no sample is of high quality, is no JSON.
    rows[name] = [
        [None if math.isnan(value) else value for value in result]
        for result in results
    ]
    low, mean, high = (
        function(results, axis=0) for function in (np.min, np.mean, np.max)
    )
    cells = [
        f"{mean[i]:.{digits}f} ({low[i]:.{digits}f} to {high[i]:.{digits}f})"
        for i, digits in enumerate([1, 2, 3, 3])
    ]
    print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print(f"  {time.time() - start:.0f} s", flush=True)
overview.save(output / "samples.png")  # A column for each loss, a row a seed.
(output / "results.json").write_text(json.dumps(rows, indent=2) + "\n")
