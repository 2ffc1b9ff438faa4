"""A candidate that trains a WGAN-GP of some size on noise from memory."""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from benchmarks import flops, worker  # noqa: E402
from benchmarks.training import games, keras_networks  # noqa: E402
from keras_gan_zoo import models, networks  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--image-size", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--critic-steps", type=int, required=True)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    worker.use_threads(options.threads)
    keras.utils.set_random_seed(0)
    image_shape = options.image_size, options.image_size, 3
    gan = build(image_shape, options.width, options.critic_steps)
    shape = options.batch * options.critic_steps, *image_shape
    images = np.random.default_rng(0).uniform(-1.0, 1.0, shape)
    batch = tf.constant(images, "float32")
    untuned = tf.data.Options()
    # As in `keras_worker.data`: a short fit would wait for the tuning's end.
    untuned.autotune.enabled = False
    dataset = tf.data.Dataset.from_tensors(batch).repeat().with_options(untuned)

    def train(steps):
        gan.fit(dataset, steps_per_epoch=steps, verbose=0)

    step = tf.function(gan.train_step).get_concrete_function(batch)
    players = [*gan.players.values()]
    facts = {
        "parameters": sum(
            int(np.prod(variable.shape))
            for (network,) in players
            for variable in network.trainable_variables
        ),
        "flops": flops.graph_flops(step.graph),
    }
    worker.answer(train, facts)


def build(image_shape, width, critic_steps):
    """Returns a compiled WGAN-GP on the networks of a DCGAN.

    They halve an image until its side is at most 8, and have twice the
    channels after each time.

    Args:
        image_shape: Tuple `(height, width, channels)` of a square image.
        width: Integer, channels after the first time.
        critic_steps: Integer.
    """
    stages, side = 0, image_shape[0]
    while side > 8:
        stages, side = stages + 1, -(-side // 2)
    widths = [width * 2**stage for stage in range(stages)]
    gan = models.WGANGP(
        networks.dcgan_generator(games.LATENT_DIM, image_shape, widths),
        networks.dcgan_discriminator(
            image_shape, widths, batch_normalization=False
        ),
        games.LATENT_DIM,
        discriminator_steps=critic_steps,
    )
    gan.compile(
        generator_optimizer=keras_networks.optimizer("WGANGP"),
        discriminator_optimizer=keras_networks.optimizer("WGANGP"),
    )
    return gan


if __name__ == "__main__":
    main()
