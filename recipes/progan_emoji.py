"""ProGAN on emoji of 64 x 64 pixels: Karras et al. 2018.

One training, which begins with 4 x 4 pixels. The score is the paper's own, the
sliced Wasserstein distance, to emoji that were held out; beside it is that of
the training data, of their mean and of noise. Drawings: Google, Apache-2.0.

In the log:
- `growth`: the level that is trained: 0 is 4 x 4 pixels, 0.5 is half of the way
  to 8 x 8, and 4 is 64 x 64. Its mean over an epoch.
- `gradient_penalty`, `drift`: the terms of the critic's loss, unweighted.
- `generator_loss`: has no scale, and begins anew with each stage.

Departures of `--preset paper`:
- Faces and scenes of up to 1024 x 1024 pixels. Here emoji of 64 x 64: they can
  be had from a package, and train on one machine.
- An average of scores over the last images of a training. Here one score, at
  its end: a recipe is one run.
"""

from keras_gan_zoo import recipe  # isort: split

import keras
import numpy as np

from keras_gan_zoo import datasets, images, networks
from keras_gan_zoo.growth import Growth
from keras_gan_zoo.metrics import sliced_wasserstein_distance
from keras_gan_zoo.models import ProGAN

args = recipe.arguments(
    __doc__,
    dataset="emoji",
    choices=["emoji"],
    quick={"epochs": 9, "steps_per_epoch": 500, "batch_size": 16},
    paper={"epochs": 150, "steps_per_epoch": 5000, "batch_size": 16},
)
if args.preset == "paper":
    latent_dim, widths = 512, (8192, 512)
    growth = Growth(stable_images=800_000, fade_images=800_000)
else:
    latent_dim, widths = 64, (512, 64)
    growth = Growth(stable_images=8_000, fade_images=6_000)


def emoji(batch_size, **kwargs):
    return datasets.emoji(
        batch_size, image_size=64, data_dir=args.data_dir, **kwargs
    )


def adam():
    return keras.optimizers.Adam(1e-3, 0.0, 0.99, epsilon=1e-8)


shape = (64, 64, 3)
gan = ProGAN(
    networks.progan_generator(latent_dim, shape, *widths),
    networks.progan_discriminator(shape, *widths),
    latent_dim=latent_dim,
    growth=growth,
)
gan.compile(generator_optimizer=adam(), discriminator_optimizer=adam())


def scores(model, number=600):
    """Compares samples with held-out emoji, and trivial answers."""
    held_out = next(iter(emoji(number, split="test"))).numpy()
    others = next(iter(emoji(number, seed=args.seed))).numpy()
    noise = np.random.default_rng(0).uniform(-1, 1, others.shape)
    answers = {
        "generated": model.generate(number, seed=0).numpy(),
        "training data": others,
        "mean image": np.repeat(others.mean(axis=0)[np.newaxis], number, 0),
        "noise": noise,
    }
    values = {
        who: sliced_wasserstein_distance(
            images.to_uint8(held_out), images.to_uint8(made)
        ).mean
        for who, made in answers.items()
    }
    protocol = (
        "sliced Wasserstein distance x 1000, mean over 64, 32 and 16 pixels, "
        f"{number} samples and as many held-out emoji"
    )
    value = values.pop("generated")
    return [dict(name="swd", value=value, protocol=protocol, trivial=values)]


recipe.run(
    args,
    gan,
    emoji(args.batch_size, seed=args.seed, start_step=0),
    scores=scores,
)
