"""CycleGAN between the emoji of Google and of Twitter: Zhu et al. 2017.

Each domain comes in an order of its own: nothing tells which drawings belong
together. Scores are of 621 pairs of kinds that were held out. Drawings: Google,
Apache-2.0; Twitter and other contributors, CC BY 4.0.

In the log:
- `val_mean_absolute_error`: of held-out images of Google's, translated, in
  units of [-1, 1]. An image left as it is has 0.296.
- `discriminators_loss`: the sum of both; 0.5 if they can only guess.
- `generators_loss`: ten times the error of both ways there and back, five times
  what changes where nothing has to, and 0.25 or more for each discriminator.

Departures of `--preset paper`:
- Photographs and paintings. Here emoji of 64 x 64 pixels, enlarged like them to
  286 and cropped to 256: they can be had without a server that may be gone.
- Biases of all convolutions, set to zero before each step, in the code. Here
  last layers and the discriminator's first have biases that learn, and no
  others: the paper says nothing of it, and normalization takes biases away.
- Each network moves by itself, in the code, and what one has learned is seen by
  the next. Here both generators move, then both discriminators: so they do in
  the authors' later code.
- Labels of 0.9 for real images, in some versions of the code. Here 1: so it is
  in the paper.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import averages, datasets, networks
from keras_gan_zoo.callbacks import TranslationGrid
from keras_gan_zoo.models import CycleGAN

args = recipe.arguments(
    __doc__,
    dataset="emoji",
    choices=["emoji"],
    quick={"epochs": 20, "steps_per_epoch": 200, "batch_size": 4},
    paper={"epochs": 200, "steps_per_epoch": 2890, "batch_size": 1},
)
if args.preset == "paper":
    drawn, larger, size = 64, 286, 256
    blocks, width, halvings, judge_width, average = 9, 64, 3, 64, None
    epsilon = 1e-8
else:
    drawn, larger, size = 32, 36, 32
    blocks, width, halvings, judge_width = 4, 16, 1, 32
    average = averages.EMA(0.999)
    epsilon = 1e-7  # Keras's default.


def held_out(batch_size, split="test"):
    pairs = datasets.emoji_pairs(
        batch_size, drawn, split, data_dir=args.data_dir
    )
    return datasets.random_crops(pairs, size, size)


def drawings(vendor, seed):
    images = datasets.emoji(
        args.batch_size,
        vendor,
        drawn,
        seed=seed,
        start_step=0,
        flip=True,
        data_dir=args.data_dir,
    )
    return datasets.random_crops(images, larger, size, seed)


def translator():
    return networks.resnet_translator(shape, blocks=blocks, width=width)


def discriminator():
    return networks.patch_discriminator(
        shape, halvings=halvings, width=judge_width
    )


def rate(epoch):
    """Constant for half of the epochs, then falling linearly to zero."""
    return 2e-4 * min(1.0, (args.epochs - epoch) / (args.epochs / 2))


shape = (size, size, 3)
gan = CycleGAN(
    translator(),
    translator(),
    discriminator(),
    discriminator(),
    identity_weight=5.0,
    domains=("google", "twitter"),
    average=average,
)
gan.compile(
    generators_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
    discriminators_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
    metrics=[keras.metrics.MeanAbsoluteError()],
)
recipe.run(
    args,
    gan,
    datasets.unpaired(
        drawings("google", args.seed), drawings("twitter", args.seed + 1)
    ),
    callbacks=[keras.callbacks.LearningRateScheduler(rate)],
    pictures=TranslationGrid(
        f"{args.output}/training", next(iter(held_out(24)))
    ),
    validation_data=held_out(69),
    scores=lambda gan: recipe.translation_scores(
        gan,
        next(iter(held_out(621))),
        held_out(10, split="train"),
        f"621 held-out pairs of {size} x {size} pixels, in [-1, 1]",
    ),
)
