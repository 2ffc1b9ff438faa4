import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.images import to_uint8
from keras_gan_zoo.metrics.features import FeatureNetwork


def means(images):
    """Features: the mean of each channel."""
    return tf.reduce_mean(images, axis=[1, 2]), None


def network(compute=means, image_shape=(4, 4, 3), **kwargs):
    return FeatureNetwork("tiny", "v1", compute, "12ab", image_shape, **kwargs)


def random_images(*shape):
    return np.random.randint(0, 256, shape).astype("uint8")


def test_features_are_float32_of_bytes_as_they_are():
    images = random_images(5, 4, 4, 3)
    features, probabilities = network()(images)
    assert features.dtype == np.float32 and isinstance(features, np.ndarray)
    np.testing.assert_allclose(features, images.mean((1, 2)), rtol=1e-6)
    assert probabilities is None


def test_probabilities_come_along():
    def compute(images):
        features, _ = means(images)
        return features, tf.nn.softmax(features)

    result = network(compute, num_classes=3)(random_images(2, 4, 4, 3))
    assert isinstance(result.probabilities, np.ndarray)
    np.testing.assert_allclose(result.probabilities.sum(1), 1.0, rtol=1e-6)


def test_tensors_of_bytes_are_taken():
    images = random_images(2, 4, 4, 3)
    np.testing.assert_array_equal(
        network()(tf.constant(images)).features, network()(images).features
    )


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((2, 4, 4, 3)),
        np.full((2, 4, 4, 3), 255.0, "float32"),
        np.random.uniform(-1, 1, (2, 4, 4, 3)).astype("float32"),
        np.zeros((2, 4, 4, 3), "int64"),
        np.zeros((2, 4, 4, 3), "int8"),
        np.zeros((2, 4, 4, 3), bool),
        [[[[0, 1, 2]] * 4] * 4],
    ],
    ids=["float64", "float32", "tanh", "int64", "int8", "bool", "list"],
)
def test_images_are_bytes_and_nothing_else(images):
    with pytest.raises(ValueError, match="tiny-v1 takes.*uint8") as error:
        network()(images)
    assert f"dtype {np.asarray(images).dtype}" in str(error.value)
    assert "keras_gan_zoo.images.to_uint8(samples)" in str(error.value)


def test_the_remedy_for_floats_works():
    samples = np.random.uniform(-1, 1, (2, 4, 4, 3)).astype("float32")
    assert network()(to_uint8(samples)).features.shape == (2, 3)


@pytest.mark.parametrize(
    "shape", [(4, 4, 3), (2, 5, 4, 3), (2, 4, 5, 3), (2, 4, 4, 4), (2, 4, 4, 2)]
)
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError) as error:
        network()(random_images(*shape))
    message = str(error.value)
    assert "height 4, width 4 and 3 channels" in message
    assert f"Received: shape {shape}" in message
    assert "both the generated and the real images" in message


def test_free_sides_take_any_size():
    free = network(image_shape=(None, None, 3))
    for shape in [(2, 4, 4, 3), (1, 9, 7, 3)]:
        assert free(random_images(*shape)).features.shape == (shape[0], 3)
    with pytest.raises(ValueError, match="height any, width any and 3 chan"):
        free(random_images(2, 4, 4, 2))


def test_grey_images_count_as_colour_images_of_equal_channels():
    grey = random_images(3, 4, 4, 1)
    features = network()(grey).features
    np.testing.assert_array_equal(
        features, network()(grey.repeat(3, axis=-1)).features
    )
    assert (features[:, :1] == features).all()


def test_a_network_for_grey_images_takes_no_colour():
    grey = network(image_shape=(4, 4, 1))
    assert grey(random_images(2, 4, 4, 1)).features.shape == (2, 1)
    with pytest.raises(ValueError, match="and 1 channels"):
        grey(random_images(2, 4, 4, 3))


@pytest.mark.parametrize(
    "name, version, label",
    [
        ("mnist_cnn", "v1", "mnist_cnn-v1"),
        ("mnist_cnn", "v2", "mnist_cnn-v2"),
        ("inception_2015", "2015", "inception_2015"),
    ],
)
def test_the_label_is_the_name_and_the_version_once(name, version, label):
    network = FeatureNetwork(name, version, means, "12ab", (4, 4, 3))
    assert network.label == label
    assert repr(network) == f"<FeatureNetwork {label}>"


def test_one_trace_for_batches_of_all_sizes():
    traces = []

    def compute(images):
        traces.append(images.shape)
        return means(images)

    free = network(compute, image_shape=(None, None, 3))
    for shape in [(1, 4, 4, 3), (3, 4, 4, 3), (7, 6, 5, 3), (2, 4, 4, 1)]:
        free(random_images(*shape))
    assert len(traces) == 1


def test_images_go_through_in_inference():
    body = keras.Sequential(
        [
            keras.Input((4, 4, 3)),
            keras.layers.Dropout(0.5),
            keras.layers.BatchNormalization(),
            keras.layers.GlobalAveragePooling2D(),
        ]
    )
    before = [np.array(weight) for weight in body.get_weights()]
    images = random_images(8, 4, 4, 3)
    seen = network(lambda images: (body(images), None))
    features = seen(images).features
    np.testing.assert_array_equal(features, seen(images).features)
    np.testing.assert_allclose(features[:3], seen(images[:3]).features)
    expected = images.mean((1, 2)) / np.sqrt(1 + 0.001)
    np.testing.assert_allclose(features, expected, rtol=1e-5)
    for weight, old in zip(body.get_weights(), before):
        np.testing.assert_array_equal(weight, old)
