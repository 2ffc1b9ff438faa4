"""pix2pix on pairs of emoji, Google's to Twitter's: Isola et al. 2017.

Scores are of 621 pairs of kinds that were held out. Drawings: Google,
Apache-2.0; Twitter and other contributors, CC BY 4.0.

In the log:
- `val_mean_absolute_error`: of translations of held-out images, in units of
  [-1, 1]. An image left as it is has 0.296.
- `discriminator_loss`: 0.69 if it can only guess. Far below that, it knows the
  training pairs by heart.

Departures of `--preset paper`:
- Photographs, maps, facades. Here emoji of 64 x 64 pixels, enlarged like them
  to 286 and cropped to 256: they can be had without a server that may be gone.
- Batch normalization, by statistics of the batch at test time too. Here each
  image is normalized by itself: so it is in the paper's batches of one image,
  and images can be served in any batch.
- Dropout at test time, of a generator of random numbers. Here its noise is an
  input of the network: so a seed for each image decides it.
- Biases of all convolutions, set to zero before each step, in the code. Here
  last layers and the discriminator's first have biases that learn, and no
  others: the paper says nothing of it, and normalization takes biases away.
- The generator's gradient by the moved weights of the discriminator and its
  features of before, in the code. Here the discriminator judges again: the
  algorithm mixes no such two, the code saves a pass.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import averages, datasets, networks
from keras_gan_zoo.callbacks import TranslationGrid
from keras_gan_zoo.models import Pix2Pix

args = recipe.arguments(
    __doc__,
    dataset="emoji",
    choices=["emoji"],
    quick={"epochs": 15, "steps_per_epoch": 361, "batch_size": 8},
    paper={"epochs": 200, "steps_per_epoch": 2890, "batch_size": 1},
)
if args.preset == "paper":
    drawn, larger, size = 64, 286, 256
    widths, dropout = (64, 128, 256, 512, 512, 512, 512, 512), (0.5, 0.5, 0.5)
    halvings, width, average = 3, 64, None
    epsilon = 1e-8
else:
    drawn, larger, size = 32, 36, 32
    widths, dropout = (64, 128, 256, 256), (0.5,)
    halvings, width, average = 1, 32, averages.EMA(0.999)
    epsilon = 1e-7  # Keras's default.


def held_out(batch_size, split="test"):
    pairs = datasets.emoji_pairs(
        batch_size, drawn, split, data_dir=args.data_dir
    )
    return datasets.random_crops(pairs, size, size)


pairs = datasets.emoji_pairs(
    args.batch_size,
    drawn,
    seed=args.seed,
    start_step=0,
    flip=True,
    data_dir=args.data_dir,
)
pairs = datasets.random_crops(pairs, larger, size, args.seed)
shape = (size, size, 3)
gan = Pix2Pix(
    networks.unet_generator(shape, widths=widths, dropout=dropout),
    networks.patch_discriminator(shape, shape, halvings, width),
    domains=("google", "twitter"),
    average=average,
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
    discriminator_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
    metrics=[keras.metrics.MeanAbsoluteError()],
)
recipe.run(
    args,
    gan,
    pairs,
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
