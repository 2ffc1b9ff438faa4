"""Networks that know the class: of CGAN, conditional DCGAN and AC-GAN.

All take integer labels `(batch,)` in `0 ... num_classes - 1` as their second
input, and make one-hot vectors of them inside. A label outside that range is a
vector of zeros, that is, of no class.
"""

import math

import keras

from keras_gan_zoo.layers import Dropout, Maxout
from keras_gan_zoo.networks import _blocks
from keras_gan_zoo.networks.dcgan import grow_images


def conditional_dcgan_generator(
    latent_dim,
    image_shape,
    num_classes,
    widths=(64, 128),
    kernel_size=5,
    dense_units=1024,
):
    """DCGAN's generator for MNIST, which gets the class at every layer.

    From the code of Radford et al. 2016, https://arxiv.org/abs/1511.06434
    (`mnist/train_cond_dcgan.py`): two dense layers and one transposed
    convolution for each width, batch normalization, without gain and bias,
    after all but the last, no biases, kernels from N(0, 0.02). The one-hot
    label is concatenated to the input of each layer, to feature maps as
    planes. Theirs ends in a sigmoid for pixels in [0, 1].

    Args:
        latent_dim: Integer, size of the latents.
        image_shape: Tuple `(height, width, channels)`, any size.
        num_classes: Integer, number of classes.
        widths: Tuple of integers, channels of the feature maps from the image
            inwards, as for `dcgan_generator`.
        kernel_size: Integer.
        dense_units: Integer, size of the first layer.

    Returns:
        `keras.Model`, called as `generator([latents, labels])`, from latents
        `(batch, latent_dim)` and integer labels `(batch,)` to images
        `(batch, *image_shape)` in [-1, 1].
    """
    *larger_sizes, start = _blocks.halved_sizes(image_shape, len(widths))
    start_shape = (*start, widths[-1])
    latents, labels, condition = _generator_inputs(latent_dim, num_classes)
    x = latents
    for units in (dense_units, math.prod(start_shape)):
        x = _blocks.join(x, condition)
        x = keras.layers.Dense(units, **_options())(x)
        x = _blocks.batch_normalization(affine=False)(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Reshape(start_shape)(x)
    outputs = (image_shape[-1], *widths[:-1])
    for stage in reversed(range(len(widths))):
        x = _blocks.join(x, condition)
        x = _blocks.enlarge(
            x,
            outputs[stage],
            larger_sizes[stage],
            kernel_size,
            **_options(),
        )
        if stage > 0:
            x = _blocks.batch_normalization(affine=False)(x)
            x = keras.layers.ReLU()(x)
    return keras.Model(
        [latents, labels],
        _blocks.as_images(x),
        name="conditional_dcgan_generator",
    )


def conditional_dcgan_discriminator(
    image_shape,
    num_classes,
    widths=(64, 128),
    kernel_size=5,
    dense_units=1024,
    batch_normalization=True,
):
    """DCGAN's discriminator for MNIST, which gets the class at every layer.

    From the code of Radford et al. 2016, https://arxiv.org/abs/1511.06434
    (`mnist/train_cond_dcgan.py`): a convolution of stride 2 for each width
    and two dense layers, batch normalization, without gain and bias, in all
    but the first and the last, leaky ReLU of slope 0.2, no biases, kernels
    from N(0, 0.02). The one-hot label is concatenated to the input of each
    layer, to images and feature maps as planes.

    Args:
        image_shape: Tuple `(height, width, channels)`, any size.
        num_classes: Integer, number of classes.
        widths: Tuple of integers, channels of the feature maps from the image
            inwards.
        kernel_size: Integer.
        dense_units: Integer, size of the last hidden layer.
        batch_normalization: Boolean. Without it, the layers have biases, and
            the network is fit for gradient penalties.

    Returns:
        `keras.Model`, called as `discriminator([images, labels])`, from
        images `(batch, *image_shape)` in [-1, 1] and integer labels
        `(batch,)` to raw scores `(batch, 1)`.
    """
    _blocks.halved_sizes(image_shape, len(widths))
    images, labels, condition = _discriminator_inputs(image_shape, num_classes)
    options = {"use_bias": not batch_normalization}
    x = images
    for stage, filters in enumerate(widths):
        x = _blocks.join(x, condition)
        x = keras.layers.Conv2D(
            filters,
            kernel_size,
            strides=2,
            padding="same",
            **_options(**options),
        )(x)
        if batch_normalization and stage > 0:
            x = _blocks.batch_normalization(affine=False)(x)
        x = _blocks.leaky_relu(x)
    x = keras.layers.Flatten()(x)
    x = _blocks.join(x, condition)
    x = keras.layers.Dense(dense_units, **_options(**options))(x)
    if batch_normalization:
        x = _blocks.batch_normalization(affine=False)(x)
    x = _blocks.leaky_relu(x)
    x = _blocks.join(x, condition)
    return keras.Model(
        [images, labels],
        _blocks.as_scores(x, **_options(**options)),
        name="conditional_dcgan_discriminator",
    )


def cgan_generator(
    latent_dim, image_shape, num_classes, units=(200, 1000, 1200)
):
    """Fully connected conditional generator, Mirza & Osindero 2014.

    https://arxiv.org/abs/1411.1784, section 4.1: latents and label have a
    hidden layer each, joined by a third; ReLU and dropout of one half. The
    paper's ends in a sigmoid for pixels in [0, 1].

    Args:
        latent_dim: Integer, size of the latents; 100 in the paper.
        image_shape: Tuple `(height, width, channels)`.
        num_classes: Integer, number of classes.
        units: Three integers, sizes of the layer of the latents, of the label,
            and of both.

    Returns:
        `keras.Model`, called as `generator([latents, labels])`, from latents
        `(batch, latent_dim)` and integer labels `(batch,)` to images
        `(batch, *image_shape)` in [-1, 1].
    """
    image_shape = _blocks.check_image_shape(image_shape)
    latents, labels, condition = _generator_inputs(latent_dim, num_classes)

    def hidden_layer(x, size):
        x = keras.layers.Dense(size, activation="relu")(x)
        return Dropout(0.5)(x)

    latent_units, label_units, joint_units = units
    x = _blocks.join(
        hidden_layer(latents, latent_units),
        hidden_layer(condition, label_units),
    )
    x = hidden_layer(x, joint_units)
    x = keras.layers.Dense(math.prod(image_shape))(x)
    images = _blocks.as_images(keras.layers.Reshape(image_shape)(x))
    return keras.Model([latents, labels], images, name="cgan_generator")


def cgan_discriminator(image_shape, num_classes, units=(240, 50, 240)):
    """Maxout discriminator of images and labels, Mirza & Osindero 2014.

    https://arxiv.org/abs/1411.1784, section 4.1: maxout layers of five pieces
    for the image and for the label, joined by one of four; dropout of one
    half. The last sigmoid is left to the loss.

    Args:
        image_shape: Tuple `(height, width, channels)`.
        num_classes: Integer, number of classes.
        units: Three integers, sizes of the layer of the image, of the label,
            and of both.

    Returns:
        `keras.Model`, called as `discriminator([images, labels])`, from
        images `(batch, *image_shape)` in [-1, 1] and integer labels
        `(batch,)` to raw scores `(batch, 1)`.
    """
    _blocks.check_image_shape(image_shape)
    images, labels, condition = _discriminator_inputs(image_shape, num_classes)

    def hidden_layer(x, size, pieces):
        x = keras.layers.Dense(size * pieces)(x)
        x = Maxout(pieces)(x)
        return Dropout(0.5)(x)

    image_units, label_units, joint_units = units
    x = _blocks.join(
        hidden_layer(keras.layers.Flatten()(images), image_units, pieces=5),
        hidden_layer(condition, label_units, pieces=5),
    )
    scores = _blocks.as_scores(hidden_layer(x, joint_units, pieces=4))
    return keras.Model([images, labels], scores, name="cgan_discriminator")


def acgan_generator(
    latent_dim,
    image_shape,
    num_classes,
    widths=(96, 192, 384),
    kernel_size=5,
    normalize_first=False,
):
    """Generator of AC-GAN, which gets the class only with the latents.

    Odena, Olah, Shlens 2017, https://arxiv.org/abs/1610.09585, appendix A:
    DCGAN's generator of latents and one-hot label, concatenated, but without
    batch normalization of the first layer. The default is the paper's for
    CIFAR-10.

    Args:
        latent_dim: Integer, size of the latents. The paper's generator takes
            110 numbers in all: 100, and the label of ten classes.
        image_shape: Tuple `(height, width, channels)`, any size.
        num_classes: Integer, number of classes.
        widths: Tuple of integers, channels of the feature maps from the image
            inwards, as for `dcgan_generator`.
        kernel_size: Integer.
        normalize_first: Boolean, whether the first layer is normalized too,
            and no layer has biases, as in DCGAN.

    Returns:
        `keras.Model`, called as `generator([latents, labels])`, from latents
        `(batch, latent_dim)` and integer labels `(batch,)` to images
        `(batch, *image_shape)` in [-1, 1].
    """
    latents, labels, condition = _generator_inputs(latent_dim, num_classes)
    x = _blocks.join(latents, condition)
    images = grow_images(
        x, image_shape, widths, kernel_size, normalize_first=normalize_first
    )
    return keras.Model([latents, labels], images, name="acgan_generator")


def acgan_discriminator(
    image_shape,
    num_classes,
    widths=(16, 32, 64, 128, 256, 512),
    dropout_rate=0.5,
):
    """Discriminator of AC-GAN, which also says the class.

    Odena, Olah, Shlens 2017, https://arxiv.org/abs/1610.09585, appendix A:
    convolutions of 3x3, every other one of stride 2, the first one included;
    batch normalization in all but the first; leaky ReLU of slope 0.2; dropout;
    all kernels from N(0, 0.02). Sigmoid and softmax are left to the losses.

    Args:
        image_shape: Tuple `(height, width, channels)`, any size.
        num_classes: Integer, number of classes.
        widths: Tuple of integers, channels of the feature maps from the image
            inwards.
        dropout_rate: Float, share of the features that are dropped after each
            convolution.

    Returns:
        `keras.Model` from images `(batch, *image_shape)` in [-1, 1] to
        `(scores, class_logits)`, raw, of shapes `(batch, 1)` and
        `(batch, num_classes)`.
    """
    _blocks.halved_sizes(image_shape, (len(widths) + 1) // 2)
    images = keras.Input(image_shape, name="images")
    x = images
    for stage, filters in enumerate(widths):
        x = keras.layers.Conv2D(
            filters,
            3,
            strides=2 - stage % 2,
            padding="same",
            **_options(use_bias=stage == 0),
        )(x)
        if stage > 0:
            x = _blocks.batch_normalization(gain_stddev=0.02)(x)
        x = _blocks.leaky_relu(x)
        x = Dropout(dropout_rate)(x)
    x = keras.layers.Flatten()(x)
    scores = _blocks.as_scores(x, **_options(use_bias=True))
    logits = _blocks.as_scores(
        x, name="class_logits", units=num_classes, **_options(use_bias=True)
    )
    return keras.Model(images, [scores, logits], name="acgan_discriminator")


def _generator_inputs(latent_dim, num_classes):
    latents = keras.Input((latent_dim,), name="latents")
    labels = keras.Input((), dtype="int32", name="labels")
    return latents, labels, _blocks.one_hot(labels, num_classes)


def _discriminator_inputs(image_shape, num_classes):
    images = keras.Input(image_shape, name="images")
    labels = keras.Input((), dtype="int32", name="labels")
    return images, labels, _blocks.one_hot(labels, num_classes)


def _options(use_bias=False):
    return {
        "use_bias": use_bias,
        "kernel_initializer": _blocks.normal_initializer(),
    }
