import pathlib

import keras
import numpy as np
import pytest

from keras_gan_zoo.metrics.features import vgg16_lpips
from keras_gan_zoo.metrics.features.vgg16_lpips import PerceptualDistance
from keras_gan_zoo.metrics.weights import VGG16_LPIPS, digest
from tests.metrics import tiny_vgg

pytestmark = pytest.mark.xdist_group("vgg16_lpips")

GOLDEN = pathlib.Path(__file__).parents[2] / "golden" / "vgg16_lpips.npz"


@pytest.fixture(scope="module")
def weights():
    return tiny_vgg.weights()


@pytest.fixture(scope="module")
def distance(weights):
    return PerceptualDistance(weights)


def random_bytes(*shape):
    return np.random.randint(0, 256, shape).astype("uint8")


def random_floats(*shape):
    return np.random.uniform(-1, 1, shape).astype("float32")


def by_hand(weights, first, second):
    """The distance of a pair, `(height, width, 3)`, pixel by pixel."""

    def layers(image):
        x = (image - [-0.030, -0.088, -0.188]) / [0.458, 0.448, 0.450]
        index = 0
        for number in (2, 2, 3, 3, 3):
            if index:  # The greatest of each two by two pixels.
                height, width = x.shape[0] // 2, x.shape[1] // 2
                x = x[: height * 2, : width * 2]
                x = x.reshape(height, 2, width, 2, -1).max((1, 3))
            for _ in range(number):
                padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
                windows = np.lib.stride_tricks.sliding_window_view(
                    padded, (3, 3), axis=(0, 1)
                )
                kernel = weights[f"conv_{index}/kernel"].astype("float64")
                x = np.einsum("hwcij,ijco->hwo", windows, kernel)
                x = np.maximum(0, x + weights[f"conv_{index}/bias"])
                index += 1
            yield x

    total = 0.0
    for stage, pair in enumerate(zip(layers(first), layers(second))):
        a, b = (
            x / (np.linalg.norm(x, axis=-1, keepdims=True) + 1e-10)
            for x in pair
        )
        pixels = ((a - b) ** 2 * weights[f"linear_{stage}"]).sum(-1)
        total += pixels.mean()
    return total


@pytest.mark.parametrize("shape", [(16, 16), (32, 32), (37, 20)])
def test_the_distance_is_that_of_the_formula(weights, distance, shape):
    first, second = random_floats(3, *shape, 3), random_floats(3, *shape, 3)
    expected = [by_hand(weights, *pair) for pair in zip(first, second)]
    assert min(expected) > 1e-3
    received = distance(first, second)
    assert received.shape == (3,) and received.dtype == np.float32
    np.testing.assert_allclose(received, expected, rtol=1e-4)


def test_equal_images_have_no_distance(distance):
    images = random_bytes(4, 32, 32, 3)
    np.testing.assert_allclose(distance(images, images), 0.0, atol=1e-9)
    black = np.zeros((1, 32, 32, 3), "uint8")
    np.testing.assert_allclose(distance(black, black), 0.0, atol=1e-9)


def test_the_distance_is_symmetric(distance):
    first, second = random_bytes(2, 4, 32, 32, 3)
    there, back = distance(first, second), distance(second, first)
    np.testing.assert_allclose(there, back, rtol=1e-5)
    assert (there > 0).all()


def test_pairs_do_not_touch_each_other(distance):
    first, second = random_bytes(2, 5, 24, 24, 3)
    together = distance(first, second)
    for i in range(5):
        pair = first[i : i + 1], second[i : i + 1]
        np.testing.assert_allclose(distance(*pair), together[i], rtol=1e-5)


def test_bytes_and_floats_agree(distance):
    first, second = random_bytes(2, 3, 32, 32, 3)
    floats = first / 127.5 - 1
    of_bytes = distance(first, second)
    np.testing.assert_allclose(distance(floats, second), of_bytes, rtol=1e-5)
    np.testing.assert_allclose(
        distance(floats.astype("float32"), second / 127.5 - 1),
        of_bytes,
        rtol=1e-5,
    )
    np.testing.assert_allclose(distance(first, floats), 0.0, atol=1e-9)


def test_grey_images_count_as_colour_images_of_equal_channels(distance):
    first, second = random_bytes(2, 3, 32, 32, 1)
    np.testing.assert_array_equal(
        distance(first, second),
        distance(first.repeat(3, -1), second.repeat(3, -1)),
    )


@pytest.mark.parametrize(
    "shape", [(32, 32, 3), (2, 32, 32), (2, 32, 32, 2), (2, 32, 32, 4)]
)
def test_other_shapes_are_refused(distance, shape):
    images = random_bytes(*shape)
    with pytest.raises(ValueError, match=r"1 or 3 channels. Rec.*shape \("):
        distance(images, images)


@pytest.mark.parametrize("shape", [(2, 15, 32, 3), (2, 32, 8, 3)])
def test_images_too_small_to_halve_four_times_are_refused(distance, shape):
    images = random_bytes(*shape)
    with pytest.raises(ValueError, match="at least 16 pixels.*Enlarge both"):
        distance(images, images)


@pytest.mark.parametrize("shape", [(3, 32, 32, 3), (2, 32, 16, 3)])
def test_pairs_are_of_one_shape(distance, shape):
    with pytest.raises(ValueError, match="pairs of one shape. Received: shap"):
        distance(random_bytes(2, 32, 32, 3), random_bytes(*shape))


@pytest.mark.parametrize("value", [255.0, 1.01, -1.01, np.nan, np.inf])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_floats_beyond_their_range_are_refused(distance, value, dtype):
    images = np.zeros((2, 32, 32, 3), dtype)
    images[1, 3, 4, 2] = value
    with pytest.raises(ValueError, match=r"\[-1, 1\]. Received: floats from"):
        distance(images, np.zeros_like(images))


@pytest.mark.parametrize("dtype", ["int32", "int64", "int8", "bool"])
def test_whole_numbers_that_are_no_bytes_are_refused(distance, dtype):
    dark = np.zeros((2, 32, 32, 3), dtype)
    with pytest.raises(ValueError, match=f"uint8.*Received: dtype {dtype}"):
        distance(dark, dark)


def test_the_distance_is_of_float32_under_any_policy(weights, distance):
    first, second = random_bytes(2, 2, 32, 32, 3)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        mixed = PerceptualDistance(weights)(first, second)
    finally:
        keras.config.set_dtype_policy(before)
    np.testing.assert_array_equal(mixed, distance(first, second))


def test_what_the_distance_says_of_itself(distance, weights):
    assert distance.label == "vgg16_lpips-v0.1"
    assert distance.sha256 == digest(weights)


def test_wrong_weights_are_refused(tmp_path, weights):
    path = tmp_path / "tiny.npz"
    np.savez(path, **weights)
    with pytest.raises(ValueError, match=VGG16_LPIPS.sha256):
        vgg16_lpips(path)


@pytest.fixture(scope="module")
def real():
    if not VGG16_LPIPS.default_path.is_file():
        pytest.skip(
            "needs the weights: python -m keras_gan_zoo.metrics fetch "
            "vgg16_lpips"
        )
    return vgg16_lpips()


def test_real_distances_are_those_of_the_authors_code(real):
    # See tests/golden/make_lpips_golden.py.
    with np.load(GOLDEN) as golden:
        pairs, expected = golden["pairs"], golden["distances"]
    received = real(pairs[:, 0], pairs[:, 1])
    assert expected.shape == (4,)
    np.testing.assert_allclose(received, expected, rtol=1e-4)


def test_real_weights_see_blur_before_noise_of_the_same_size(real):
    # The order of things that an error of the weights would turn around.
    row, column = np.mgrid[:64, :64]
    image = np.stack([(row // 8 + column // 8) % 2 * 255] * 3, -1)
    near = np.clip(image + 10, 0, 255)
    far = 255 - image
    images = np.stack([image, image]).astype("uint8")
    first, second = real(images, np.stack([near, far]).astype("uint8"))
    assert 0 < first < 0.1 < second
