"""What each score says about real images, noise, a collapsed GAN and a DCGAN.

A DCGAN is trained for a few minutes. Then all scores of the package are
computed for it, and for three sets that anyone can judge by eye: the test
images, uniform noise, and a "generator" that repeats ten training images. Each
is compared with the training images.

Look for what a score doesn't see. The ten images are sharp and of all classes,
so the Inception Score and precision mistake them for the best of generators.
Recall, coverage and the distance to the training images give them away.
"""

from keras_gan_zoo import recipe  # isort: split

import json
import pathlib

import keras
import numpy as np

from keras_gan_zoo import datasets, metrics, networks
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.files import written_aside
from keras_gan_zoo.metrics import features, scorings
from keras_gan_zoo.metrics.feature_set import FeatureSet
from keras_gan_zoo.metrics.image_sources import GeneratedImages, seed_sampler
from keras_gan_zoo.models import DCGAN
from keras_gan_zoo.pictures import write_picture

NUM_IMAGES = 1000  # Of each set: enough to see, and done in a minute.
NUM_SHOWN = 8

args = recipe.arguments(
    __doc__,
    dataset="fashion_mnist",
    quick={"epochs": 6, "steps_per_epoch": 600, "batch_size": 64},
)
if args.dataset not in features.CLASSIFIERS:
    raise SystemExit(
        "The tour needs a classifier, so `--dataset` must be one of "
        f"{', '.join(features.CLASSIFIERS)}. Received: {args.dataset}."
    )
images = recipe.read_data(args, args.batch_size)
image_shape = tuple(images.element_spec.shape[1:])
classifier = features.CLASSIFIERS[args.dataset]()

gan = DCGAN(
    networks.dcgan_generator(100, image_shape, widths=(32, 64), kernel_size=4),
    networks.dcgan_discriminator(image_shape, widths=(32, 64), kernel_size=4),
    latent_dim=100,
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
)
recipe.begin(args, gan, images)
gan.fit(
    images,
    epochs=args.epochs,
    steps_per_epoch=args.steps_per_epoch,
    callbacks=[keras.callbacks.CSVLogger(f"{args.output}/training/log.csv")],
    verbose=2,
)
export_generator(gan, args.output)

rng = np.random.default_rng(args.seed)
training, labels = datasets.image_arrays(args.dataset, data_dir=args.data_dir)
order = rng.permutation(len(training))
if args.dataset == "embedded":  # Which has no test images.
    half = len(training) // 2
    test, order = training[order[half:]], order[:half]
else:
    test, _ = datasets.image_arrays(args.dataset, "test", args.data_dir)
training, labels = training[order], labels[order]
num_images = min(NUM_IMAGES, len(test), len(training))
training = training[: 5 * num_images]
# One image of each class, in turn, is all that it makes.
_, first_of_class = np.unique(labels[: len(training)], return_index=True)
collapsed = training[np.resize(first_of_class, num_images)]
sets = {
    "test images": test[:num_images],
    "DCGAN": GeneratedImages(seed_sampler(gan), num_images)[:],
    "collapsed": collapsed,
    "noise": rng.integers(0, 256, (num_images, *image_shape), dtype="uint8"),
}

real = FeatureSet(classifier, training, "train")
table, records = {}, {}
for name, pixels in sets.items():
    generated = FeatureSet(classifier, pixels, name, seed=args.seed)
    scores = []
    for scoring in (
        scorings.IS(),
        scorings.FID(allow_few_samples=True),
        scorings.KID(),
        scorings.PRDC(),
        scorings.SWD(),
        scorings.MSSSIM(),
    ):
        scores += scoring.scores(generated, real)
    values = {str(score.protocol): score.value for score in scores}
    neighbors = metrics.nearest_neighbors(
        generated.features, real.features, classifier(test).features, k=3
    )
    accuracy = metrics.one_nearest_neighbor_accuracy(
        real.features[:num_images], generated.features
    )
    values["distance to training, over that of test"] = neighbors.median_ratio
    values["1-NN accuracy (0.5 is best)"] = accuracy.accuracy
    table[name] = values
    records[name] = [score.as_dict() for score in scores]
    sheet = metrics.nearest_neighbor_sheet(
        pixels[:NUM_SHOWN], training, neighbors.indices[:NUM_SHOWN]
    )
    name = name.lower().replace(" ", "_")
    write_picture(sheet, f"{args.output}/training/nearest_{name}.png")

starts, ends = (
    np.asarray(gan.sample_prior(num_images, seed)) for seed in (1, 2)
)
path_length = metrics.perceptual_path_length(
    lambda latents: gan(latents).numpy(),
    lambda first, second: np.square(first - second).sum((1, 2, 3)),
    (starts, ends),
    epsilon=1e-2,  # Smaller differences of pixels are lost in float32.
)

print()
columns = [["", *table["DCGAN"]]]
for name, values in table.items():
    columns.append([name, *(f"{value:.4g}" for value in values.values())])
widths = [max(map(len, column)) for column in columns]
for row in zip(*columns):
    cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))
    print(row[0].ljust(widths[0]), *cells, sep="  ")
print(
    f"\nThe DCGAN's path length, in squares of pixels: {path_length.mean:.4g}"
)

folder = pathlib.Path(args.output, "training")
with written_aside(folder / "scores.json") as aside:
    aside.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")
print(f"Sheets of nearest neighbors and all protocols are in {folder}")
