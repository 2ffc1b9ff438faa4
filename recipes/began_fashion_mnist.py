"""BEGAN on Fashion-MNIST: Berthelot et al. 2017.

The paper shows faces of 64 pixels and more. `--preset paper` has its filters
and learning rate.

In the log:
- `convergence`: the paper's measure, which falls as training goes on.

Departures of `--preset paper`:
- Faces of 64 x 64 pixels and more, in color. Here Fashion-MNIST: small images
  train on a CPU.
- A generator with unbounded outputs. Here it ends in tanh: images are in [-1,
  1].
- Vanishing residuals, and skip connections from the latents. Here neither: the
  game does without them.
- Several diversity ratios. Here 0.5: it is one of those the paper shows.
- A rate that is halved when the measure stalls. Here when its mean over an
  epoch has not fallen 0.001 below its least for five epochs: the paper doesn't
  say when that is.
- A number of updates that the paper doesn't give. Here 375,000: a hundred times
  the data set.
"""

from keras_gan_zoo import recipe  # isort: split

import keras

from keras_gan_zoo import networks
from keras_gan_zoo.models import BEGAN

args = recipe.arguments(
    __doc__,
    dataset="fashion_mnist",
    quick={"epochs": 10, "steps_per_epoch": 600, "batch_size": 16},
    paper={"epochs": 100, "steps_per_epoch": 3750, "batch_size": 16},
)
images = recipe.read_data(args, args.batch_size)
image_shape = tuple(images.element_spec.shape[1:])

if args.preset == "paper":
    filters, size, rate, epsilon = 128, 64, 1e-4, 1e-8
    balancing = {}
    schedule = [
        keras.callbacks.ReduceLROnPlateau(
            "convergence", factor=0.5, patience=5, mode="min", min_delta=1e-3
        )
    ]
else:
    filters, size, rate = 16, 32, 2e-4
    epsilon = 1e-7  # Keras's default.
    # In so few steps the paper's rate of 0.001 leaves the balance at zero, and
    # the discriminator an autoencoder that never learns to tell.
    balancing = {"diversity_ratio": 0.8, "balance_rate": 0.05}
    schedule = []
gan = BEGAN(
    networks.began_generator(size, image_shape, filters),
    networks.began_discriminator(image_shape, filters, embedding_dim=size),
    latent_dim=size,
    **balancing,
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(rate, epsilon=epsilon),
    discriminator_optimizer=keras.optimizers.Adam(rate, epsilon=epsilon),
)
recipe.run(args, gan, images, callbacks=schedule)
