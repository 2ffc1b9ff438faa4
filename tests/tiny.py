"""Tiny models, for the tests of what is done to models."""

import math
import pathlib

import keras
import numpy as np
import psutil
import tensorflow as tf
from keras import layers

from keras_gan_zoo.metrics.features import FeatureNetwork
from keras_gan_zoo.models import CGAN, VanillaGAN

ROOT = pathlib.Path(__file__).parents[1]

LATENT_DIM = 3
NUM_CLASSES = 3


def gan(sample_shape=(4, 4, 1), **kwargs):
    """Returns a compiled GAN of dense layers."""
    generator = keras.Sequential(
        [
            keras.Input((LATENT_DIM,)),
            layers.Dense(int(np.prod(sample_shape)), "tanh"),
            layers.BatchNormalization(momentum=0.5),
            layers.Dropout(0.5),
            layers.Reshape(sample_shape),
        ]
    )
    samples = keras.Input(sample_shape)
    scores = layers.Dense(1)(layers.Flatten()(samples))
    discriminator = keras.Model(samples, scores)
    return _compiled(VanillaGAN(generator, discriminator, LATENT_DIM, **kwargs))


def conditional_gan(sample_shape=(4, 4, 1), num_classes=NUM_CLASSES):
    """Returns a compiled CGAN of dense layers."""
    units = math.prod(sample_shape)
    latents = keras.Input((LATENT_DIM,))
    labels = keras.Input((), dtype="int32")
    x = layers.Dense(units, "tanh", kernel_initializer="random_normal")(latents)
    x = layers.Add()([x, layers.Embedding(num_classes, units)(labels)])
    x = layers.Reshape(sample_shape)(x)
    generator = keras.Model([latents, labels], x)
    samples = keras.Input(sample_shape)
    x = layers.Concatenate()(
        [layers.Flatten()(samples), layers.Embedding(num_classes, 4)(labels)]
    )
    discriminator = keras.Model([samples, labels], layers.Dense(1)(x))
    return _compiled(
        CGAN(generator, discriminator, LATENT_DIM, num_classes=num_classes)
    )


def dataset(sample_shape=(4, 4, 1), steps=2, labels=False):
    """Returns `steps` batches of two samples."""
    samples = np.random.uniform(-1, 1, (2 * steps, *sample_shape))
    data = samples.astype("float32")
    if labels:
        data = data, np.arange(2 * steps, dtype="int32") % NUM_CLASSES
    data = tf.data.Dataset.from_tensor_slices(data)
    return data.batch(2, drop_remainder=True)


def feature_network(sample_shape=(4, 4, 1), num_classes=3, **kwargs):
    """Returns a network of 8 random features, and of classes if wanted."""
    rng = np.random.default_rng(5)
    size = int(np.prod(sample_shape))
    kernel = rng.normal(size=(size, 8)).astype("float32") / size
    classes = rng.normal(size=(8, num_classes or 1)).astype("float32")

    def compute(images):
        features = tf.reshape(images, [-1, size]) @ kernel
        if num_classes is None:
            return features, None
        return features, tf.nn.softmax(features @ classes / 50.0)

    return FeatureNetwork(
        "tiny",
        "v1",
        compute,
        sha256="5" * 64,
        image_shape=sample_shape,
        num_classes=num_classes,
        **kwargs,
    )


def grows(call, calls=300, limit=5e6):
    """Returns whether memory grows by `limit` bytes in so many calls.

    What else the process does may take memory too, once or twice; what leaks
    takes it each time.
    """

    def grown():
        before = psutil.Process().memory_info().rss
        for _ in range(calls):
            call()
        return psutil.Process().memory_info().rss - before

    return all(grown() > limit for _ in range(4))


def _compiled(model):
    model.compile(
        discriminator_optimizer=keras.optimizers.SGD(0.1),
        generator_optimizer=keras.optimizers.SGD(0.1),
    )
    return model
