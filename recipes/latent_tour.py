"""A tour of what lies between the samples of a generator.

    python recipes/dcgan_fashion_mnist.py
    python recipes/latent_tour.py --generator saved_models/dcgan_fashion_mnist/1

It takes an exported generator of Fashion-MNIST, as a server does, and draws
lines and great circles between latents (`paths.png`), a grid between four
samples (`grid.png`), a sum of averages that asks for long sleeves
(`arithmetic.png`) and a walk that returns to where it began (`walk.gif`).

The middle of a straight line is nearer to 0 than any latents that training
draws, which is why White (2016) moves along a circle. In small pictures the two
are hard to tell apart. The result of the sum is plain to see: dresses with long
sleeves, for which the data have no class.
"""

from keras_gan_zoo import recipe  # isort: split  # noqa: F401

import argparse

import numpy as np
import tensorflow as tf

from keras_gan_zoo import latents
from keras_gan_zoo.files import make_folder
from keras_gan_zoo.images import uint8_grid, unit_to_uint8
from keras_gan_zoo.metrics import features
from keras_gan_zoo.pictures import write_animation, write_picture

NUM_SAMPLES = 2000  # Of which those are chosen that show something clearly.
NUM_PATHS = 4
COLUMNS = 10
STOPS, STEPS = 6, 12
T_SHIRT, PULLOVER, DRESS = 0, 2, 3

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument(
    "--generator", required=True, help="folder of an exported version"
)
parser.add_argument(
    "--output",
    default="saved_models/latent_tour",
    help="folder of the pictures; default: saved_models/latent_tour",
)
parser.add_argument("--seed", type=int, default=0, help="default: 0")
args = parser.parse_args()

generator = tf.saved_model.load(args.generator)
prior = generator.signatures["prior"]
serve = generator.signatures["serving_default"]
classifier = features.fashion_mnist_cnn()
output = make_folder(args.output)


def pixels_of(rows):
    images = serve(latents=tf.constant(rows, tf.float32))["images"]
    return unit_to_uint8(images)


def most_likely(label, number):
    """Returns the samples that the classifier is surest to be of a class."""
    chosen = np.argsort(-probabilities[:, label], kind="stable")[:number]
    return samples[chosen]


seeds = args.seed * 2**32 + np.arange(NUM_SAMPLES, dtype="int64")
samples = prior(seeds=tf.constant(seeds))["latents"].numpy()
probabilities = classifier(pixels_of(samples)).probabilities

# Two rows for each pair of ends: the line above, the circle below.
starts, ends = samples[: 2 * NUM_PATHS].reshape((2, NUM_PATHS, 1, -1))
positions = np.linspace(0.0, 1.0, COLUMNS)
paths = np.stack(
    [
        latents.linear_interpolation(starts, ends, positions),
        latents.spherical_interpolation(starts, ends, positions),
    ],
    axis=1,
)
paths = pixels_of(paths.reshape((-1, samples.shape[-1])))
write_picture(uint8_grid(paths, COLUMNS), output / "paths.png")

corners = samples[8:12].reshape((2, 2, -1))
grid = pixels_of(latents.latent_grid(corners, COLUMNS, COLUMNS))
write_picture(uint8_grid(grid, COLUMNS), output / "grid.png")

# A row for each average of three, which stands at the end of its row. In the
# last, the sum, with some noise as in the paper to show that it is no accident.
pullovers, t_shirts, dresses = (
    most_likely(label, 3) for label in (PULLOVER, T_SHIRT, DRESS)
)
long_sleeves = latents.sum_of_averages([pullovers, dresses], [t_shirts])
noise = np.random.default_rng(args.seed).uniform(
    -0.25, 0.25, (3, len(long_sleeves))
)
rows = [
    [*shown, shown.mean(axis=0)] for shown in (pullovers, t_shirts, dresses)
]
rows.append([*(long_sleeves + noise), long_sleeves])
arithmetic = pixels_of(np.reshape(rows, (16, -1)))
write_picture(uint8_grid(arithmetic, 4), output / "arithmetic.png")

walk = pixels_of(latents.closed_walk(samples[-STOPS:], STEPS))
write_animation(walk, output / "walk.gif", milliseconds=80)
print(f"Written to {output}: paths, grid, arithmetic and walk.")
