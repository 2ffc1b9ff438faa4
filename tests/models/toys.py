"""What the tests of models are made of: entries, networks, data, measures.

Networks are of layers that train in moments, and have what breaks games
elsewhere: batch normalization and dropout where a paper allows them.
"""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from keras_gan_zoo import averages
from keras_gan_zoo.layers import Dropout

LATENT_DIM = 4
IMAGE_SHAPE = (8, 8, 1)
NUM_CLASSES = 3
BATCH_SIZE = 4
HEAD_DTYPE = "float32"  # Of last layers, in mixed precision too.


@dataclasses.dataclass(frozen=True)
class Entry:
    """One model of the zoo, as the contract takes it.

    The test file of a model declares its own, by a name that says which model
    and what of it: `ENTRIES = {"WGANGP": Entry(...)}`. `zoo.ZOO` has them all.

    Args:
        build: Function that returns the model, uncompiled; it takes further
            arguments of the model's constructor.
        conditional: Boolean, whether `fit()` needs the labels.
        steps: Integer, the number of discriminator updates, so the number of
            mini-batches in a batch.
        data: Function of `(num_batches, seed)`; returns the array that
            `fit()` takes, or a tuple of those it takes one by one, of
            `num_batches` mini-batches of `BATCH_SIZE` rows each. By default
            images, and labels if they are needed.
        stages: Integer, how many different steps a training consists of. Each
            is traced once, and lasts for two batches.
    """

    build: Callable
    conditional: bool = False
    steps: int = 1
    data: Callable | None = None
    stages: int = 1

    @property
    def batch_size(self):
        return self.steps * BATCH_SIZE

    @property
    def num_batches(self):
        """The number of batches that pass through each stage."""
        return 2 * self.stages

    def arrays(self, num_batches=None, seed=0):
        """Returns arrays for so many batches, as `fit()` takes them."""
        number = (num_batches or self.num_batches) * self.steps
        if self.data is None:
            found = arrays(number, seed=seed)
            return found if self.conditional else found[:1]
        found = self.data(number, seed)
        return found if isinstance(found, tuple) else (found,)

    def dataset(self, num_batches=None, seed=0, parts=1):
        """Returns a dataset of so many batches, each `parts` times as large."""
        rows = self.arrays((num_batches or self.num_batches) * parts, seed)
        rows = rows[0] if len(rows) == 1 else tuple(rows)
        return tf.data.Dataset.from_tensor_slices(rows).batch(
            self.batch_size * parts, drop_remainder=True
        )

    def build_averaged(self, **kwargs):
        """Returns the model with a moving average, if it can have one."""
        model = self.build(**kwargs)
        if "average" not in model.get_config():
            return model
        return self.build(average=averages.EMA(0.9), **kwargs)


def batch_normalization():
    return layers.BatchNormalization(momentum=0.9, synchronized=True)


def dropout():
    return Dropout(0.1, seed=0)


def relu():
    return layers.ReLU()


def leaky_relu():
    return layers.LeakyReLU(0.2)


def generator(latent_dim=LATENT_DIM, num_classes=None, normalized=True):
    latents = inputs = keras.Input((latent_dim,))
    if num_classes is not None:
        labels = keras.Input((), dtype="int32")
        one_hot = keras.ops.one_hot(labels, num_classes)
        inputs, latents = [latents, labels], layers.Concatenate()(
            [latents, one_hot]
        )
    x = layers.Dense(4 * 4 * 4, use_bias=not normalized)(latents)
    if normalized:
        x = batch_normalization()(x)
    x = layers.Reshape((4, 4, 4))(relu()(x))
    x = layers.Conv2DTranspose(1, 4, 2, "same")(x)
    return keras.Model(inputs, layers.Activation("tanh", dtype=HEAD_DTYPE)(x))


def features(images, normalized):
    x = layers.Conv2D(4, 4, 2, "same", use_bias=not normalized)(images)
    if normalized:
        x = batch_normalization()(x)
        x = dropout()(x)
    return layers.Flatten()(leaky_relu()(x))


def score(name=None):
    return layers.Dense(1, dtype=HEAD_DTYPE, name=name)


def discriminator(normalized=True):
    images = keras.Input(IMAGE_SHAPE)
    return keras.Model(images, score()(features(images, normalized)))


def conditional_discriminator():
    images, labels = keras.Input(IMAGE_SHAPE), keras.Input((), dtype="int32")
    one_hot = keras.ops.one_hot(labels, NUM_CLASSES)
    x = layers.Concatenate()([features(images, True), one_hot])
    return keras.Model([images, labels], score()(x))


def classifying_discriminator():
    images = keras.Input(IMAGE_SHAPE)
    x = features(images, True)
    logits = layers.Dense(NUM_CLASSES, dtype=HEAD_DTYPE)(x)
    return keras.Model(images, [score()(x), logits])


def autoencoder(with_embedding):
    images = keras.Input(IMAGE_SHAPE)
    embedding = layers.Dense(8)(features(images, False))
    x = layers.Dense(64, dtype=HEAD_DTYPE)(layers.ELU()(embedding))
    reconstruction = layers.Reshape(IMAGE_SHAPE)(x)
    outputs = [reconstruction, embedding] if with_embedding else reconstruction
    return keras.Model(images, outputs)


def gan(model, normalized=True):
    return lambda **kwargs: model(
        generator(), discriminator(normalized), LATENT_DIM, **kwargs
    )


def conditional_gan(model, build_discriminator):
    return lambda **kwargs: model(
        generator(num_classes=NUM_CLASSES),
        build_discriminator(),
        LATENT_DIM,
        NUM_CLASSES,
        **kwargs,
    )


def compile_model(model, learning_rate=1e-3, **kwargs):
    """Compiles a model with an Adam of its own for each player."""

    def adam():
        return keras.optimizers.Adam(learning_rate, beta_1=0.5)

    return compile_with(model, adam, **kwargs)


def compile_with(model, make_optimizer, **kwargs):
    """Compiles a model with an optimizer for each player."""
    optimizers = {
        model.optimizer_name(player): make_optimizer()
        for player in model.players
    }
    model.compile(**optimizers, **kwargs)
    return model


def optimizers_of(model):
    """Returns the optimizers of a compiled model, in the players' order."""
    return [model.optimizer_of(player) for player in model.players]


def arrays(num_batches=2, steps=1, seed=0):
    """Returns images in [-1, 1] and labels, for so many batches."""
    rng = np.random.default_rng(seed)
    number = num_batches * steps * BATCH_SIZE
    images = rng.uniform(-1.0, 1.0, (number, *IMAGE_SHAPE))
    labels = rng.integers(0, NUM_CLASSES, number)
    return images.astype("float32"), labels.astype("int32")


def zeros_for(network):
    """Returns the inputs of a network for two samples, all of them zero."""
    zeros = [tf.zeros((2, *i.shape[1:]), i.dtype) for i in network.inputs]
    return zeros if len(zeros) > 1 else zeros[0]


def affine(kernel, bias=0.0):
    """Returns a network of one dense layer of given weights."""
    kernel = np.asarray(kernel, "float32")
    inputs = keras.Input(kernel.shape[:1])
    layer = layers.Dense(kernel.shape[1])
    network = keras.Model(inputs, layer(inputs))
    layer.set_weights([kernel, np.broadcast_to(bias, kernel.shape[1:])])
    return network


def constant_generator(sample, latent_dim=LATENT_DIM):
    """Returns a generator whose samples are all the same: its bias."""
    return affine(np.zeros((latent_dim, len(sample))), sample)


def label_generator():
    """Returns a generator whose samples are one-hot labels."""
    latents, labels = keras.Input((LATENT_DIM,)), keras.Input((), dtype="int32")
    one_hot = keras.ops.one_hot(labels, NUM_CLASSES)
    head = affine(np.eye(LATENT_DIM + NUM_CLASSES)[:, LATENT_DIM:])
    samples = head(layers.Concatenate()([latents, one_hot]))
    return keras.Model([latents, labels], samples)


def record(network):
    """Returns a list that gets the inputs of each eager call of a network."""
    calls, call = [], network.call

    def recording_call(inputs, **kwargs):
        calls.append(keras.tree.map_structure(np.asarray, inputs))
        return call(inputs, **kwargs)

    network.call = recording_call
    return calls


def gradients(compute_loss, network):
    """Returns the gradient of a loss for each trained weight of a network."""
    with tf.GradientTape() as tape:
        loss = compute_loss()
    values = [variable.value for variable in network.trainable_variables]
    found = tape.gradient(loss, values, unconnected_gradients="zero")
    return [gradient.numpy() for gradient in found]


def compile_at_rest(model):
    """Compiles a model whose players make steps of size zero."""
    return compile_with(model, lambda: keras.optimizers.SGD(0.0))


def descended(loss, weights, rate):
    """Returns weights after a step along differences of a loss.

    Args:
        loss: Function of a list of arrays, to a number.
        weights: List of arrays of float64.
        rate: Float, the learning rate.
    """
    moved = []
    for index, weight in enumerate(weights):
        gradient = np.zeros_like(weight)
        for place in np.ndindex(weight.shape):
            sides = []
            for sign in (1.0, -1.0):
                changed = [np.array(each) for each in weights]
                changed[index][place] += sign * 1e-5
                sides.append(loss(changed))
            gradient[place] = (sides[0] - sides[1]) / 2e-5
        moved.append(weight - rate * gradient)
    return moved
