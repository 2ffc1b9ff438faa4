"""What all candidates have in common: sizes, players and optimizers.

It imports nothing, so that each framework can read it. All networks are those
of a DCGAN of 28 x 28 pixels, `width` channels wide:

- generator: the latents (and the one-hot label, beside them), a dense layer of
  7 * 7 * 2 width without a bias, batch normalization, ReLU; a transposed
  convolution of `width` channels without a bias, batch normalization, ReLU; a
  transposed convolution to one channel, with a bias; tanh;
- features: convolutions of `width` and 2 width channels with biases and leaky
  ReLU; in that of a `DCGAN`, the second has batch normalization and no bias;
- discriminator: the features, flattened (beside the one-hot label for `CGAN`),
  and a dense layer to one score; `ACGAN` has a second head of class logits,
  `InfoGAN` returns the features, too, which its recognition network takes: a
  dense layer of 128, leaky ReLU, dense heads of 10 logits, 2 means and 2 logs
  of standard deviations;
- auto-encoder of `EBGAN` and `BEGAN`: the features, flattened, a dense layer to
  an embedding of 64, a dense layer of 7 * 7 * 2 width and ReLU; the generator's
  transposed convolutions without normalization, and tanh. For `EBGAN` it
  returns the embedding, too.

Kernels of convolutions are 4 x 4, with a stride of 2 and as much padding as
halves the size. Leaky ReLU has a slope of 0.2. Batches are of 64 for each
update of a discriminator; that of `WGAN` and `WGANGP` is updated 5 times for
each update of the generator, and each time sees other images.
"""

MODELS = (
    "VanillaGAN",
    "DCGAN",
    "LSGAN",
    "WGAN",
    "WGANGP",
    "DRAGAN",
    "CGAN",
    "InfoGAN",
    "ACGAN",
    "EBGAN",
    "BEGAN",
)
WIDTHS = {"small": 16, "medium": 64, "large": 128}
IMAGE_SHAPE = (28, 28, 1)
BATCH_SIZE = 64
LATENT_DIM = 64
NUM_CLASSES = 10
NUM_CODES = 2  # Of InfoGAN, whose latents are noise, a class and these.
EMBEDDING_DIM = 64
CONDITIONAL = ("CGAN", "ACGAN")

# Learning rate, first and second momentum of Adam for every player, but for
# WGAN, which has RMSprop with the learning rate alone, and clips at 0.01.
ADAM = (2e-4, 0.5, 0.999)
ADAM_OF = {"WGANGP": (1e-4, 0.0, 0.9)}
RMSPROP = 5e-5
CLIP_LIMIT = 0.01


def discriminator_steps(name):
    return 5 if name in ("WGAN", "WGANGP") else 1


def latent_dim(name):
    extra = NUM_CLASSES + NUM_CODES if name == "InfoGAN" else 0
    return LATENT_DIM + extra
