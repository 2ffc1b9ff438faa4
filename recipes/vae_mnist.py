"""VAE on MNIST: Kingma and Welling 2014.

The score is the log-likelihood of the 10,000 test images, in nats an image:
higher is better. Grey images have none under a Bernoulli decoder, so they are
binarized, and results of two ways to do so can't be compared. In training,
each pixel is drawn anew in each step, white with its grey as the chance.
"Stochastic" is the same of the test images, drawn once. "Threshold" takes grey
above 1/2 for white: such images are easier to predict, although this model
hasn't been trained for them. The trivial answer to both is independent pixels,
each white with its frequency in the training images.

`--preset paper` has the networks of the paper with 20 latents, its optimizer,
initial weights and weight decay, for the 10^8 samples of its figures. Its
encoder sees pixels in [0, 1]: where black is -1, the first steps of Adagrad
drive most of its units to where tanh is flat, and they stay there.

In the log:
- `loss`: the negative lower bound, in nats an image, of the training images.
- `reconstruction`: what of it the decoder leaves unexplained.
- `divergence`: what of it the latents cost.

Departures of `--preset paper`:
- A learning rate of 0.01, 0.02 or 0.1, chosen by the first iterations. Here it
  is 0.02: a recipe runs without somebody who chooses.
- A hundred gradients that Adagrad counts before its first step, in the first
  author's code. Here it steps from the first: the paper has no such start.
- First weights of zero for the variances and the last biases, and no weight
  decay of biases, in the first author's code. Here all are like the others: so
  they are in the paper.
- Grey pixels, as they are, in the loss. Here they are binarized anew in each
  step: the loss of grey ones bounds no likelihood.
"""

from keras_gan_zoo import recipe  # isort: split

import os

import keras
import numpy as np

from keras_gan_zoo import networks
from keras_gan_zoo.callbacks import ReconstructionGrid
from keras_gan_zoo.models import VAE

args = recipe.arguments(
    __doc__,
    dataset="mnist",
    quick={
        "epochs": 60,
        "steps_per_epoch": 600,
        "batch_size": 100,
        "draws": 200,
    },
    paper={
        "epochs": 1667,
        "steps_per_epoch": 600,
        "batch_size": 100,
        "draws": 5000,
    },
)
images = recipe.read_data(args, args.batch_size)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    # The weights' prior is N(0, 1), and counts once for all 60,000 images.
    options = {"stddev": 0.01, "weight_decay": 0.5 / 60_000}
    optimizer = keras.optimizers.Adagrad(
        0.02,
        initial_accumulator_value=0.0,
        epsilon=1e-8 / args.batch_size**2,  # Of a mean; theirs is of a sum.
    )
else:
    options = {}
    optimizer = keras.optimizers.Adam(1e-3)
encoder = networks.vae_encoder(image_shape, 20, **options)
if args.preset == "paper":
    samples = keras.Input(image_shape, name="samples")
    pixels = keras.layers.Rescaling(0.5, 0.5)(samples)
    encoder = keras.Model(samples, encoder(pixels), name="vae_encoder")
vae = VAE(
    encoder,
    networks.vae_decoder(20, image_shape, **options),
    latent_dim=20,
)
vae.compile(optimizer=optimizer)


def scores(vae):
    """Returns the likelihood of test images, binarized in two ways."""
    train, test = (
        recipe.read_arrays(args, split)[0] for split in ("train", "test")
    )
    found = []
    for name, binarize in {
        "stochastic": lambda images: images,  # Which the model will draw.
        "threshold": lambda images: np.where(images > 0.0, 1.0, -1.0),
    }.items():
        images = binarize(test).astype("float32")
        measured = vae.log_likelihood(images, num_draws=args.draws)
        chances = (1.0 + binarize(train).mean(axis=0)) / 2.0
        chances = np.clip(chances, 1e-4, 1.0 - 1e-4)
        white = (1.0 + images) / 2.0
        independent = white * np.log(chances) + (1 - white) * np.log(
            1 - chances
        )
        protocol = f"{len(test):,} test images, {name} binarization"
        found += [
            {
                "name": f"{name}_log_likelihood",
                "value": measured.nats.mean(),
                "protocol": f"{protocol}, nats an image, estimate of "
                f"{args.draws:,} importance samples",
                "trivial": {
                    "independent pixels": independent.sum(axis=(1, 2, 3)).mean()
                },
            },
            {
                "name": f"{name}_bound",
                "value": measured.bound.mean(),
                "protocol": f"{protocol}, nats an image, lower bound",
            },
            {
                "name": f"{name}_bits_per_dimension",
                "value": measured.bits_per_dimension.mean(),
                "protocol": f"{protocol}, bits a pixel, of the estimate",
            },
        ]
    return found


recipe.run(
    args,
    vae,
    images,
    callbacks=[ReconstructionGrid(f"{args.output}/training", images)],
    scores=None if os.path.isdir(args.dataset) else scores,
)
