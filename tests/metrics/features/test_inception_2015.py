import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.metrics.features import inception_2015
from keras_gan_zoo.metrics.features.inception_2015 import (
    build_network,
    feature_network,
)
from keras_gan_zoo.metrics.weights import INCEPTION_2015, digest
from tests.metrics import tiny_inception

pytestmark = pytest.mark.xdist_group("inception_2015")

GOLDEN = (
    pathlib.Path(__file__).parents[2] / "golden" / "inception_2015_pool3.npz"
)


@pytest.fixture(scope="module")
def weights():
    return tiny_inception.weights()


@pytest.fixture(scope="module")
def network(weights):
    classes = tiny_inception.class_weights()
    return feature_network(weights | {tiny_inception.CLASS_WEIGHTS: classes})


@pytest.fixture(scope="module")
def features(network):
    """Features of the images of each size, by the size."""
    return {size: network(images(size)).features for size in (32, 64)}


def images(size=32, number=3):
    """Images that a formula makes: waves of other lengths and directions."""
    n, row, column, channel = np.ogrid[:number, :size, :size, :3]
    phase = row * (1 + n) + column * (3 - n) + 2 * channel
    return (127.5 + 127.5 * np.sin(phase / 5.0)).round().astype("uint8")


# The network again: plainly, in float64 where that matters, and as the paper
# and the graph have it rather than as the library builds it.


def resized(images, size=299, half_pixel=False, antialias=False):
    """Bilinear: the value at output `i` is that at input `i * scale`."""
    images = images.astype("float64")
    for axis in (1, 2):
        before = images.shape[axis]
        scale = before / size
        place = np.arange(size) * scale
        if half_pixel:
            place = (np.arange(size) + 0.5) * scale - 0.5
        distance = abs(place[:, None] - np.arange(before))
        width = max(scale, 1.0) if antialias else 1.0
        kernel = np.maximum(0, 1 - distance / width)
        # At the far border there is no next pixel: the last one counts alone.
        kernel /= kernel.sum(axis=1, keepdims=True)
        images = np.moveaxis(
            np.tensordot(kernel, images, axes=(1, axis)), 0, axis
        )
    return images


def reference(weights, images, epsilon=0.001, padded=False, last="max"):
    """Features of `images`, `(batch, 299, 299, 3)` in [-1, 1]."""

    def conv(x, name, strides=1, padding="SAME"):
        x = tf.nn.conv2d(x, weights[f"{name}/conv2d_params"], strides, padding)
        norm = f"{name}/batchnorm"
        x = (x - weights[f"{norm}/moving_mean"]) / tf.sqrt(
            weights[f"{norm}/moving_variance"] + epsilon
        ) + weights[f"{norm}/beta"]
        return tf.nn.relu(x)

    def chain(x, *names, halve=False):
        for name in names[:-1]:
            x = conv(x, name)
        if halve:
            return conv(x, names[-1], 2, "VALID")
        return conv(x, names[-1])

    def average(x):
        # The sum of nine values by the number of those within the picture.
        sums, counts = (
            tf.nn.depthwise_conv2d(
                values, np.ones((3, 3, x.shape[-1], 1), "f4"), [1] * 4, "SAME"
            )
            for values in (x, tf.ones_like(x))
        )
        return sums / (9.0 if padded else counts)

    def greatest(x):
        return tf.nn.max_pool2d(x, 3, 1, "SAME")

    def halved(x):
        return tf.nn.max_pool2d(x, 3, 2, "VALID")

    x = tf.constant(images, tf.float32)
    x = conv(x, "conv", 2, "VALID")
    x = conv(x, "conv_1", 1, "VALID")
    x = halved(conv(x, "conv_2"))
    x = conv(x, "conv_3", 1, "VALID")
    x = halved(conv(x, "conv_4", 1, "VALID"))
    for b in ("mixed", "mixed_1", "mixed_2"):  # 35 x 35
        t, u = f"{b}/tower", f"{b}/tower_1"
        x = tf.concat(
            [
                conv(x, f"{b}/conv"),
                chain(x, f"{t}/conv", f"{t}/conv_1"),
                chain(x, f"{u}/conv", f"{u}/conv_1", f"{u}/conv_2"),
                conv(average(x), f"{b}/tower_2/conv"),
            ],
            -1,
        )
    t = "mixed_3/tower"
    x = tf.concat(  # To 17 x 17
        [
            chain(x, "mixed_3/conv", halve=True),
            chain(x, f"{t}/conv", f"{t}/conv_1", f"{t}/conv_2", halve=True),
            halved(x),
        ],
        -1,
    )
    for b in ("mixed_4", "mixed_5", "mixed_6", "mixed_7"):
        t, u = f"{b}/tower", f"{b}/tower_1"
        long = [f"{u}/conv", *(f"{u}/conv_{i}" for i in range(1, 5))]
        x = tf.concat(
            [
                conv(x, f"{b}/conv"),
                chain(x, f"{t}/conv", f"{t}/conv_1", f"{t}/conv_2"),
                chain(x, *long),
                conv(average(x), f"{b}/tower_2/conv"),
            ],
            -1,
        )
    t, u = "mixed_8/tower", "mixed_8/tower_1"
    long = [f"{u}/conv", *(f"{u}/conv_{i}" for i in range(1, 4))]
    x = tf.concat(  # To 8 x 8
        [
            chain(x, f"{t}/conv", f"{t}/conv_1", halve=True),
            chain(x, *long, halve=True),
            halved(x),
        ],
        -1,
    )
    for b in ("mixed_9", "mixed_10"):
        greatest_here = b == "mixed_10" and last == "max"
        t = conv(x, f"{b}/tower/conv")
        u = chain(x, f"{b}/tower_1/conv", f"{b}/tower_1/conv_1")
        pooled = greatest(x) if greatest_here else average(x)
        x = tf.concat(
            [
                conv(x, f"{b}/conv"),
                conv(t, f"{b}/tower/mixed/conv"),
                conv(t, f"{b}/tower/mixed/conv_1"),
                conv(u, f"{b}/tower_1/mixed/conv"),
                conv(u, f"{b}/tower_1/mixed/conv_1"),
                conv(pooled, f"{b}/tower_2/conv"),
            ],
            -1,
        )
    assert x.shape[1:3] == (8, 8)
    return tf.reduce_mean(x, axis=[1, 2]).numpy()


def scaled(images):
    return (images - 128.0) / 128.0


@pytest.mark.parametrize("size", [32, 64])
def test_features_are_those_of_the_plain_formulas(weights, features, size):
    expected = reference(weights, scaled(resized(images(size))))
    # What agrees must differ from image to image, and have few zeros.
    assert (expected.std(axis=0) > 0.05).sum() >= 15
    np.testing.assert_allclose(features[size], expected, rtol=1e-4, atol=1e-4)


# What agrees does so to 2e-6 of the largest feature.
SLIP = 1e-3


def change(slipped, features):
    """Returns the largest difference as a part of the largest feature."""
    return abs(slipped - features).max() / features.max()


@pytest.mark.parametrize(
    "error",
    [{"epsilon": 1e-5}, {"padded": True}, {"last": "average"}],
    ids=["epsilon", "padding_in_averages", "average_in_the_last_block"],
)
def test_the_formulas_tell_a_slip_in_the_network(weights, features, error):
    slipped = reference(weights, scaled(resized(images())), **error)
    assert change(slipped, features[32]) > SLIP


@pytest.mark.parametrize("error", ["half_pixel", "antialias"])
def test_the_formulas_tell_a_slip_in_the_resize(weights, features, error):
    if error == "antialias":  # It shows in images that get smaller.
        some = images(600, 1)
        first, second = resized(some), resized(some, antialias=True)
        assert abs(first - second).max() > 1
    else:
        slipped = resized(images(), half_pixel=True)
        slipped = reference(weights, scaled(slipped))
        assert change(slipped, features[32]) > SLIP


@pytest.mark.parametrize(
    "scale",
    [lambda x: x / 255, lambda x: x / 127.5 - 1, lambda x: x],
    ids=["0_to_1", "-1_to_1", "0_to_255"],
)
def test_the_formulas_tell_a_slip_in_the_range(weights, features, scale):
    slipped = reference(weights, scale(resized(images())))
    assert change(slipped, features[32]) > SLIP


def seen_by_the_network(monkeypatch, batch):
    """Returns what goes into the network of the images of a batch."""

    class Identity:
        def __call__(self, images, training):
            assert training is False
            return images

    monkeypatch.setitem(
        feature_network.__globals__, "build_network", lambda _: Identity()
    )
    return feature_network({})(batch).features


def test_a_resize_by_hand(monkeypatch):
    corners = np.uint8([[[[10], [90]], [[50], [250]]]])
    seen = seen_by_the_network(monkeypatch, corners) * 128 + 128
    assert seen.shape == (1, 299, 299, 3)
    values = seen[0, :, :, 0]
    # Output `i` is at input `2 i / 299`: no half of a pixel is added.
    for i in (0, 1, 75, 149):
        place = 2 * i / 299
        np.testing.assert_allclose(values[0, i], 10 + 80 * place, rtol=1e-5)
        np.testing.assert_allclose(values[i, 0], 10 + 40 * place, rtol=1e-5)
    # From input 1 on there is nothing to go to.
    np.testing.assert_array_equal(values[150:, 150:], 250.0)
    np.testing.assert_array_equal(values[0, 150:], 90.0)


@pytest.mark.parametrize(
    "shape", [(2, 2), (32, 32), (299, 299), (600, 600), (28, 45), (700, 200)]
)
def test_images_are_resized_as_tensorflow_1_did_it(monkeypatch, shape):
    batch = np.random.randint(0, 256, (2, *shape, 3)).astype("uint8")
    seen = seen_by_the_network(monkeypatch, batch)
    np.testing.assert_allclose(seen, scaled(resized(batch)), atol=5e-4)


def test_images_of_299_pixels_stay_as_they_are(monkeypatch):
    batch = np.random.randint(0, 256, (1, 299, 299, 3)).astype("uint8")
    seen = seen_by_the_network(monkeypatch, batch)
    np.testing.assert_array_equal(seen, np.float32(scaled(batch)))
    assert seen.min() == -1.0 and seen.max() == 127 / 128


def test_features_do_not_depend_on_the_batch(network):
    batch = images(number=7)
    together = network(batch).features
    one_by_one = [network(batch[i : i + 1]).features for i in range(7)]
    np.testing.assert_allclose(
        np.concatenate(one_by_one), together, rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(
        network(batch[:3]).features, together[:3], rtol=1e-5, atol=1e-6
    )


def test_grey_images_are_taken(network):
    grey = images()[..., :1]
    np.testing.assert_array_equal(
        network(grey).features, network(grey.repeat(3, axis=-1)).features
    )


def test_probabilities_are_of_the_features_without_a_bias(network):
    features, probabilities = network(images())
    logits = features.astype("float64") @ tiny_inception.class_weights()
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, expected, atol=1e-6)


@pytest.fixture
def mixed_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(before)


def test_features_are_of_float32_under_any_policy(
    mixed_precision, weights, features
):
    mixed = feature_network(weights)(images())
    assert mixed.features.dtype == np.float32
    np.testing.assert_array_equal(mixed.features, features[32])


def test_the_network_has_the_94_convolutions_of_the_graph(weights):
    model = build_network(weights)
    names = {layer.name for layer in model.layers if layer.weights}
    assert names == {
        name.replace("/", "-") for name in tiny_inception.kernel_shapes()
    }
    assert len(names) == 94
    assert all(weight.dtype == "float32" for weight in model.weights)


def test_what_the_network_says_of_itself(network, weights):
    assert network.label == "inception_2015"
    assert network.resizer == "tf1-bilinear"
    assert network.image_shape == (None, None, 3)
    assert network.num_classes == tiny_inception.CLASSES
    # With or without classes, the features are the same.
    assert network.sha256 == digest(weights)


def test_wrong_weights_are_refused(tmp_path, weights):
    path = tmp_path / "tiny.npz"
    np.savez(path, **weights)
    with pytest.raises(ValueError, match=INCEPTION_2015.sha256):
        inception_2015(path)


@pytest.fixture(scope="module")
def real():
    if not INCEPTION_2015.default_path.is_file():
        pytest.skip(
            "needs the weights: python -m keras_gan_zoo.metrics fetch "
            "inception_2015"
        )
    return inception_2015()


def test_real_features_are_those_of_another_implementation(real):
    # See tests/golden/make_inception_golden.py.
    with np.load(GOLDEN) as golden:
        batch, expected = golden["images"], golden["features"]
    received = real(batch).features
    assert expected.shape == (8, 2048) and expected.dtype == np.float32
    np.testing.assert_allclose(received, expected, rtol=0, atol=1e-4)
