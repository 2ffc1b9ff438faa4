"""The networks and optimizers of `games`, in Keras: for the zoo and others."""

import keras
from keras import layers

from benchmarks.training import games


def networks(name, width, normalization=layers.BatchNormalization):
    """Returns the networks of a game.

    Args:
        name: String, one of `games.MODELS`.
        width: Integer.
        normalization: Class of the layers of batch normalization.

    Returns:
        Dictionary of built models: `generator`, `discriminator` and, for
        InfoGAN, `recognition`.
    """
    built = {
        "generator": _generator(name, width, normalization),
        "discriminator": _discriminator(name, width, normalization),
    }
    if name == "InfoGAN":
        built["recognition"] = _recognition(width)
    return built


def optimizer(name):
    """Returns an optimizer for one player of a game."""
    if name == "WGAN":
        return keras.optimizers.RMSprop(games.RMSPROP)
    return keras.optimizers.Adam(*games.ADAM_OF.get(name, games.ADAM))


def _generator(name, width, normalization):
    latents = inputs = keras.Input((games.latent_dim(name),))
    if name in games.CONDITIONAL:
        labels = keras.Input((), dtype="int32")
        latents = layers.Concatenate()([inputs, _one_hot(labels)])
        inputs = [inputs, labels]
    x = layers.Dense(7 * 7 * 2 * width, use_bias=False)(latents)
    x = layers.ReLU()(normalization()(x))
    x = layers.Reshape((7, 7, 2 * width))(x)
    x = layers.Conv2DTranspose(width, 4, 2, "same", use_bias=False)(x)
    x = layers.ReLU()(normalization()(x))
    return keras.Model(inputs, _to_image(x))


def _discriminator(name, width, normalization):
    images = keras.Input(games.IMAGE_SHAPE)
    inputs, x = images, _features(images, name, width, normalization)
    x = layers.Flatten()(x)
    if name in ("EBGAN", "BEGAN"):
        embedding = layers.Dense(games.EMBEDDING_DIM)(x)
        x = layers.Dense(7 * 7 * 2 * width, activation="relu")(embedding)
        x = layers.Reshape((7, 7, 2 * width))(x)
        x = layers.Conv2DTranspose(width, 4, 2, "same", activation="relu")(x)
        image = _to_image(x)
        outputs = [image, embedding] if name == "EBGAN" else image
        return keras.Model(images, outputs)
    if name == "CGAN":
        labels = keras.Input((), dtype="int32")
        inputs = [images, labels]
        x = layers.Concatenate()([x, _one_hot(labels)])
    outputs = layers.Dense(1, dtype="float32")(x)
    if name == "ACGAN":
        logits = layers.Dense(games.NUM_CLASSES, dtype="float32")(x)
        outputs = [outputs, logits]
    if name == "InfoGAN":
        outputs = [outputs, x]
    return keras.Model(inputs, outputs)


def _recognition(width):
    inputs = keras.Input((7 * 7 * 2 * width,))
    x = layers.LeakyReLU(0.2)(layers.Dense(128)(inputs))
    sizes = games.NUM_CLASSES, games.NUM_CODES, games.NUM_CODES
    heads = [layers.Dense(size, dtype="float32")(x) for size in sizes]
    return keras.Model(inputs, heads)


def _features(images, name, width, normalization):
    x = layers.LeakyReLU(0.2)(layers.Conv2D(width, 4, 2, "same")(images))
    if name != "DCGAN":
        x = layers.Conv2D(2 * width, 4, 2, "same")(x)
    else:
        x = layers.Conv2D(2 * width, 4, 2, "same", use_bias=False)(x)
        x = normalization()(x)
    return layers.LeakyReLU(0.2)(x)


def _to_image(x):
    x = layers.Conv2DTranspose(1, 4, 2, "same")(x)
    return layers.Activation("tanh", dtype="float32")(x)


def _one_hot(labels):
    return keras.ops.one_hot(labels, games.NUM_CLASSES)
