"""What must hold for every network, whatever its paper."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import networks

LATENT_DIM, NUM_CLASSES = 5, 4
SIDES = [28, 32, 48, 64, 96, 128]
# One that halves to an odd side, a power of two, and three times one.
DEFAULT_SHAPES = [(28, 28, 1), (32, 32, 3), (96, 96, 3)]


def mlp_generator(image_shape):
    return networks.mlp_generator(LATENT_DIM, image_shape, (4, 4))


def dcgan_generator(image_shape):
    return networks.dcgan_generator(LATENT_DIM, image_shape, (2, 3))


def plain_dcgan_generator(image_shape):
    return networks.dcgan_generator(
        LATENT_DIM, image_shape, (2, 3, 4), batch_normalization=False
    )


def resnet_generator(image_shape):
    return networks.resnet_generator(LATENT_DIM, image_shape, filters=2)


def began_generator(image_shape):
    return networks.began_generator(LATENT_DIM, image_shape, filters=2)


def infogan_generator(image_shape):
    return networks.infogan_generator(
        LATENT_DIM, image_shape, (2, 3), dense_units=4
    )


def conditional_dcgan_generator(image_shape):
    return networks.conditional_dcgan_generator(
        LATENT_DIM, image_shape, NUM_CLASSES, (2, 3), dense_units=4
    )


def cgan_generator(image_shape):
    return networks.cgan_generator(
        LATENT_DIM, image_shape, NUM_CLASSES, units=(2, 3, 4)
    )


def acgan_generator(image_shape):
    return networks.acgan_generator(
        LATENT_DIM, image_shape, NUM_CLASSES, widths=(2, 3, 4)
    )


def mlp_discriminator(image_shape):
    return networks.mlp_discriminator(image_shape, (4, 4))


def maxout_discriminator(image_shape):
    return networks.maxout_discriminator(image_shape, (3, 2), pieces=2)


def dcgan_discriminator(image_shape):
    return networks.dcgan_discriminator(image_shape, (2, 3))


def plain_dcgan_discriminator(image_shape):
    return networks.dcgan_discriminator(
        image_shape, (2, 3, 4), batch_normalization=False
    )


def resnet_discriminator(image_shape):
    return networks.resnet_discriminator(image_shape, filters=2)


def conditional_dcgan_discriminator(image_shape):
    return networks.conditional_dcgan_discriminator(
        image_shape, NUM_CLASSES, (2, 3), dense_units=4
    )


def plain_conditional_dcgan_discriminator(image_shape):
    return networks.conditional_dcgan_discriminator(
        image_shape,
        NUM_CLASSES,
        (2, 3),
        dense_units=4,
        batch_normalization=False,
    )


def cgan_discriminator(image_shape):
    return networks.cgan_discriminator(
        image_shape, NUM_CLASSES, units=(3, 2, 3)
    )


def acgan_discriminator(image_shape):
    return networks.acgan_discriminator(
        image_shape, NUM_CLASSES, widths=(2, 3, 4)
    )


def infogan_discriminator(image_shape):
    return networks.infogan_discriminator(image_shape, (2, 3), dense_units=6)


def ebgan_discriminator(image_shape):
    return networks.ebgan_discriminator(image_shape, (2, 3), embedding_dim=6)


def began_discriminator(image_shape):
    return networks.began_discriminator(image_shape, 2, embedding_dim=6)


def residual_classifier(image_shape):
    return networks.residual_classifier(image_shape, NUM_CLASSES, width=2)


def infogan_recognition(_):
    return networks.infogan_recognition(6, NUM_CLASSES, num_codes=2)


GENERATORS = [
    mlp_generator,
    dcgan_generator,
    plain_dcgan_generator,
    resnet_generator,
    began_generator,
    infogan_generator,
    conditional_dcgan_generator,
    cgan_generator,
    acgan_generator,
]

# The outputs of each, for two images.
SCORES = [(2, 1)]
DISCRIMINATORS = {
    mlp_discriminator: SCORES,
    maxout_discriminator: SCORES,
    dcgan_discriminator: SCORES,
    plain_dcgan_discriminator: SCORES,
    resnet_discriminator: SCORES,
    conditional_dcgan_discriminator: SCORES,
    plain_conditional_dcgan_discriminator: SCORES,
    cgan_discriminator: SCORES,
    acgan_discriminator: [(2, 1), (2, NUM_CLASSES)],
    infogan_discriminator: [(2, 1), (2, 6)],
    ebgan_discriminator: ["images", (2, 6)],
    began_discriminator: ["images"],
    residual_classifier: [(2, NUM_CLASSES)],
}

# Discriminators that gradient penalties are meant for.
CRITICS = [
    mlp_discriminator,
    plain_dcgan_discriminator,
    resnet_discriminator,
    plain_conditional_dcgan_discriminator,
]

ALL = [*GENERATORS, *DISCRIMINATORS, infogan_recognition]


def inputs_for(network):
    """Returns random inputs for two samples, in the range they should have."""
    values = {
        "int32": lambda shape: tf.range(shape[0]),
        "float32": lambda shape: tf.random.uniform(shape, -1.0, 1.0),
    }
    inputs = [
        values[keras.backend.standardize_dtype(tensor.dtype)](
            (2, *tensor.shape[1:])
        )
        for tensor in network.inputs
    ]
    return inputs if len(inputs) > 1 else inputs[0]


def first_as_list(outputs):
    return outputs if isinstance(outputs, list) else [outputs]


def is_slow(shape):
    return [] if shape in DEFAULT_SHAPES else [pytest.mark.slow]


EVERY_SHAPE = pytest.mark.parametrize(
    "image_shape",
    [
        pytest.param(shape, marks=is_slow(shape))
        for shape in itertools.product(SIDES, SIDES, (1, 3))
        if shape[0] == shape[1]
    ],
    ids=str,
)


# R19: each network at each size.


@pytest.mark.parametrize("build", GENERATORS)
@EVERY_SHAPE
def test_generators_make_images(build, image_shape):
    generator = build(image_shape)
    images = generator(inputs_for(generator), training=True)
    assert images.shape == (2, *image_shape)
    assert images.dtype == "float32"
    assert np.abs(images).max() <= 1.0
    assert np.std(images) > 0.0


@pytest.mark.parametrize("build", DISCRIMINATORS)
@EVERY_SHAPE
def test_discriminators_take_images(build, image_shape):
    discriminator = build(image_shape)
    outputs = discriminator(inputs_for(discriminator), training=True)
    expected = [
        (2, *image_shape) if shape == "images" else shape
        for shape in DISCRIMINATORS[build]
    ]
    assert [output.shape for output in first_as_list(outputs)] == expected
    for output in first_as_list(outputs):
        assert output.dtype == "float32"
        assert np.isfinite(output).all()


@pytest.mark.parametrize("build", [*GENERATORS, *DISCRIMINATORS])
def test_images_need_not_be_square(build):
    network = build((28, 24, 1))
    network(inputs_for(network), training=True)


@pytest.mark.parametrize("build", ALL)
def test_networks_are_built_and_load_as_they_were_saved(build, tmp_path):
    network = build((28, 28, 1))
    assert network.built and network.name in build.__name__
    inputs = inputs_for(network)
    outputs = network(inputs, training=False)
    network.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    # Also the structure is the same: a list where it was one.
    keras.tree.map_structure(
        lambda before, after: np.testing.assert_allclose(
            before, after, rtol=1e-5, atol=1e-6
        ),
        outputs,
        loaded(inputs, training=False),
    )


@pytest.fixture
def mixed_precision():
    keras.config.set_dtype_policy("mixed_float16")
    yield
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("build", ALL)
def test_outputs_are_float32_in_mixed_precision(build, mixed_precision):
    network = build((28, 28, 1))
    computed_in = {layer.compute_dtype for layer in network.layers}
    assert "float16" in computed_in
    outputs = first_as_list(network(inputs_for(network), training=True))
    symbols = first_as_list(network.output)
    for name, output, symbol in zip(network.output_names, outputs, symbols):
        # Features go to another network, which casts them as it needs.
        if name not in features_of(network):
            assert output.dtype == symbol.dtype == "float32"


def features_of(network):
    if network.name == "infogan_discriminator":
        return [network.output_names[1]]
    return []


# R27: second derivatives.


def penalty(critic, images, labels):
    with tf.GradientTape() as tape:
        tape.watch(images)
        inputs = [images, labels] if len(critic.inputs) > 1 else images
        scores = critic(inputs, training=True)
    gradients = tape.gradient(scores, images)
    norms = tf.sqrt(tf.reduce_sum(gradients**2, axis=[1, 2, 3]) + 1e-12)
    return tf.reduce_mean((norms - 1.0) ** 2)


@pytest.mark.parametrize("build", CRITICS)
def test_penalties_have_the_gradient_of_their_finite_difference(build):
    critic = build((8, 8, 1))
    images = tf.random.uniform((3, 8, 8, 1), -1.0, 1.0)
    labels = tf.range(3)
    kernels = [w for w in critic.trainable_variables if len(w.shape) > 1]
    with tf.GradientTape() as tape:
        value = penalty(critic, images, labels)
    gradients = tape.gradient(value, [kernel.value for kernel in kernels])
    assert None not in gradients and len(gradients) >= 3
    for kernel, gradient in zip(kernels, gradients):
        slope = tf.norm(gradient)
        start = tf.identity(kernel.value)
        # Small, as the derivative of a ReLU jumps.
        step = 1e-4 * gradient / slope
        kernel.assign(start + step)
        above = penalty(critic, images, labels)
        kernel.assign(start - step)
        below = penalty(critic, images, labels)
        kernel.assign(start)
        difference = (above - below) / 2e-4
        np.testing.assert_allclose(slope, difference, rtol=0.02, atol=1e-3)
        assert slope > 0.0


@pytest.mark.parametrize("build", CRITICS)
def test_critics_look_at_each_sample_by_itself(build):
    critic = build((8, 8, 1))
    kinds = {type(layer) for layer in critic.layers}
    assert keras.layers.BatchNormalization not in kinds
    assert keras.layers.Dropout not in kinds


@pytest.mark.parametrize("build", [*GENERATORS, *DISCRIMINATORS])
def test_sides_may_be_integers_of_numpy(build):
    network = build(np.array([32, 32, 3]))
    again = keras.Model.from_config(network.get_config())
    network.to_json()
    expected = build((32, 32, 3))
    for made in (network, again):
        assert made.input_shape == expected.input_shape
        assert made.output_shape == expected.output_shape
        assert made.count_params() == expected.count_params()
