"""BiGAN on MNIST: Donahue et al. 2017.

The scores say what the encoder has found, on the 10,000 test images. The
distance of an image to its reconstruction `G(E(x))` stands beside that to the
reconstruction of another image. How often the nearest code of a training image
is of the same digit stands beside the same for pixels. And the classifier that
comes with the package says how often a reconstruction is of the same digit.
The authors' README has, of images held out from training, 92.10 % for nearest
codes as they are before they are squashed, and distances of 5.95 and 9.60 for
pixels in [0, 1]: in our [-1, 1] they would be twice as large.

`--preset paper` has the networks and the schedule of the authors' code: 200
epochs, and 200 more in which the learning rates fall to a hundredth. The quick
one has half as many units, and the same schedule in 20 epochs.

In the log:
- `discriminator_loss`: 1.39 if it can only guess.

Departures of `--preset paper`:
- Half of both losses, in the code. Here it is all of them, twice the weight
  decay and twice Adam's epsilon: so are the losses of all games of the zoo, and
  Adam makes the same steps.
- Moves of all networks at once, on the same latents, in the code. Here the
  discriminator moves first, and each move has its own latents: so it is in the
  algorithm of the first GAN.
- A rate in each epoch of the second half that is that of its end, in the code.
  Here it is that of its beginning: the second half begins at the rate of the
  first.
- An epsilon of 1e-8 in batch normalization, in the code. Here 1e-5: the paper
  gives none.
- After training, normalization by the mean statistics of 1,000 batches, in the
  code. Here by moving averages: they are ready at any step.
- The first 50,000 images alone, in the code. Here all 60,000: nothing is chosen
  by the others.
"""

from keras_gan_zoo import recipe  # isort: split

import os

import keras
import numpy as np

from keras_gan_zoo import images as pixels
from keras_gan_zoo import metrics, networks
from keras_gan_zoo.callbacks import ReconstructionGrid
from keras_gan_zoo.metrics import features
from keras_gan_zoo.models import BiGAN

args = recipe.arguments(
    __doc__,
    dataset="mnist",
    quick={"epochs": 20, "steps_per_epoch": 468, "batch_size": 128},
    paper={"epochs": 400, "steps_per_epoch": 468, "batch_size": 128},
)
images = recipe.read_data(args, args.batch_size)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    units, epsilon = 1024, 2e-8  # For losses that are twice theirs.
else:
    units, epsilon = 512, 1e-7  # The latter is Keras's default.
options = {"units": units, "weight_decay": 2.5e-5}
gan = BiGAN(
    networks.bigan_generator(50, image_shape, **options),
    networks.bigan_discriminator(image_shape, 50, **options),
    networks.bigan_encoder(image_shape, 50, **options),
    latent_dim=50,
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
    discriminator_optimizer=keras.optimizers.Adam(2e-4, 0.5, epsilon=epsilon),
)


def rate(epoch, _):
    """Keeps the learning rate, and lowers it in the second half."""
    return 2e-4 * 0.01 ** max(0.0, 2.0 * epoch / args.epochs - 1.0)


def scores(gan):
    """Returns what codes and reconstructions of test images tell of them."""
    train, train_labels = recipe.read_arrays(args, "train")
    test, labels = recipe.read_arrays(args, "test")
    protocol = f"{len(test):,} test images"
    reconstructions = np.asarray(gan.reconstruct(test))

    def distance(found):
        return np.sqrt(((test - found) ** 2).sum(axis=(1, 2, 3))).mean()

    def nearest_accuracy(train, test):
        flat = [each.reshape(len(each), -1) for each in (test, train)]
        nearest = metrics.nearest_neighbors(*flat).indices[:, 0]
        return (train_labels[nearest] == labels).mean()

    def classified(images):
        classifier = features.CLASSIFIERS[args.dataset]()
        chances = classifier(pixels.to_uint8(images)).probabilities
        return (chances.argmax(axis=1) == labels).mean()

    codes = [np.asarray(gan.encode(each)) for each in (train, test)]
    others = np.roll(reconstructions, 1, axis=0)
    return [
        {
            "name": "reconstruction_distance",
            "value": distance(reconstructions),
            "protocol": f"{protocol}, Euclidean, pixels in [-1, 1]",
            "trivial": {
                "reconstruction of another image": distance(others),
                "mean image": distance(train.mean(axis=0)),
            },
        },
        {
            "name": "nearest_code_accuracy",
            "value": nearest_accuracy(*codes),
            "protocol": f"{protocol}, nearest of {len(train):,} training codes",
            "trivial": {
                "nearest pixels": nearest_accuracy(train, test),
                "chance": 0.1,
            },
        },
        {
            "name": "reconstruction_accuracy",
            "value": classified(reconstructions),
            "protocol": f"{protocol}, class of G(E(x)) by mnist_cnn-v1",
            "trivial": {
                "images themselves": classified(test),
                "reconstruction of another image": classified(others),
            },
        },
    ]


recipe.run(
    args,
    gan,
    images,
    callbacks=[
        ReconstructionGrid(f"{args.output}/training", images),
        keras.callbacks.LearningRateScheduler(rate),
    ],
    scores=None if os.path.isdir(args.dataset) else scores,
)
