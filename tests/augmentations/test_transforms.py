"""Changes of images, against numpy."""

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.augmentations import transforms

NUMBERS = tf.constant([0.0, 1.0, -0.5, 1.75])
DOWN = tf.constant([0, 2, -1, 3])
RIGHT = tf.constant([0, -3, 4, 1])


def images(channels=3, dtype="float32"):
    shape = (4, 5, 6, channels)
    values = np.random.default_rng(1).uniform(-1, 1, shape)
    return tf.constant(values, dtype)


def moved(image, down, right):
    """Returns an image on a canvas of zeros, moved."""
    height, width, channels = image.shape
    canvas = np.zeros((3 * height, 3 * width, channels), image.dtype)
    top, left = height + down, width + right
    canvas[top : top + height, left : left + width] = image
    return canvas[height : 2 * height, width : 2 * width]


def test_translation_by_hand():
    image = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    found = transforms.translate(
        tf.constant(image), tf.constant([1]), tf.constant([-1])
    )
    np.testing.assert_array_equal(
        found[0, :, :, 0], [[0, 0, 0], [2, 3, 0], [5, 6, 0]]
    )
    found = transforms.translate(
        tf.constant(image), tf.constant([1]), tf.constant([-1]), reflect=True
    )
    np.testing.assert_array_equal(
        found[0, :, :, 0], [[5, 6, 5], [2, 3, 2], [5, 6, 5]]
    )


def test_translation():
    x = images().numpy()
    found = transforms.translate(images(), DOWN, RIGHT)
    expected = [moved(*each) for each in zip(x, DOWN.numpy(), RIGHT.numpy())]
    np.testing.assert_array_equal(found, expected)
    gone = transforms.translate(images(), DOWN + 100, RIGHT)
    np.testing.assert_array_equal(gone, tf.zeros_like(x))


def test_translation_with_reflection():
    x = images().numpy()
    found = transforms.translate(images(), DOWN, RIGHT, reflect=True)
    padding = [(0, 0), (4, 4), (5, 5), (0, 0)]
    padded = np.pad(x, padding, mode="reflect")
    expected = [
        image[4 - down : 9 - down, 5 - right : 11 - right]
        for image, down, right in zip(padded, DOWN.numpy(), RIGHT.numpy())
    ]
    np.testing.assert_array_equal(found, expected)
    # As far as a whole side, and images of one row.
    found = transforms.translate(
        images()[:, :1], DOWN, tf.fill([4], 6), reflect=True
    )
    padded = np.pad(x[:, :1], [(0, 0), (0, 0), (6, 6), (0, 0)], mode="reflect")
    np.testing.assert_array_equal(found, padded[:, :, :6])


def test_holes():
    x = images().numpy()
    found = transforms.cut_out(images(), DOWN, RIGHT, height=2, width=4)
    x[0, 0:2, 0:4] = x[1, 2:4, 0:1] = x[2, 0:1, 4:] = x[3, 3:, 1:5] = 0.0
    np.testing.assert_array_equal(found, x)


def test_flips():
    flipped = tf.constant([True, False, False, True])
    x = images().numpy()
    expected = [x[0, :, ::-1], x[1], x[2], x[3, :, ::-1]]
    np.testing.assert_array_equal(transforms.flip(images(), flipped), expected)


def test_colors():
    x, numbers = images().numpy(), NUMBERS.numpy().reshape(-1, 1, 1, 1)
    gray = x.mean(axis=3, keepdims=True)
    mean = x.mean(axis=(1, 2, 3), keepdims=True)
    for change, expected in (
        (transforms.brightness, x + numbers),
        (transforms.saturation, numbers * (x - gray) + gray),
        (transforms.contrast, numbers * (x - mean) + mean),
    ):
        np.testing.assert_allclose(
            change(images(), NUMBERS), expected, rtol=0, atol=1e-6
        )


@pytest.mark.parametrize("number", [1, 2, 3, 8, 9, 300])
def test_integers_of_units(number):
    units = tf.range(2**23, delta=2**11, dtype=tf.float32) * 2.0**-23
    found = transforms.below(number, units)
    assert found.dtype == tf.int32
    counts = np.bincount(found, minlength=number)
    # As often each, up to one for what can't be divided.
    assert len(counts) == number and np.ptp(counts) <= 1
    largest = tf.constant(1 - 2.0**-23)
    assert transforms.below(number, largest) == number - 1


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5])
def test_alpha_keeps_its_values(channels):
    x = images(channels).numpy()
    found = transforms.on_colors(
        lambda colors: 2 * colors + 1, images(channels)
    )
    colors = channels - 1 if channels in (2, 4) else channels
    np.testing.assert_array_equal(found[..., :colors], 2 * x[..., :colors] + 1)
    np.testing.assert_array_equal(found[..., colors:], x[..., colors:])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_colors_change_in_float32_at_least(dtype):
    seen = []

    def change(colors):
        seen.append(colors.dtype.name)
        return transforms.contrast(colors, tf.constant([1.0]))

    # More pixels than float16 can count.
    x = tf.ones((1, 300, 300, 1), dtype)
    found = transforms.on_colors(change, x)
    assert seen == ["float64" if dtype == "float64" else "float32"]
    assert found.dtype == dtype
    np.testing.assert_array_equal(tf.cast(found, "float32"), tf.ones_like(x))


CHANGES = {
    "translate": lambda x: transforms.translate(x, DOWN, RIGHT),
    "reflect": lambda x: transforms.translate(x, DOWN, RIGHT, reflect=True),
    "cut_out": lambda x: transforms.cut_out(x, DOWN, RIGHT, 2, 4),
    "flip": lambda x: transforms.flip(x, DOWN > 1),
    "brightness": lambda x: transforms.brightness(x, NUMBERS),
    "saturation": lambda x: transforms.saturation(x, NUMBERS),
    "contrast": lambda x: transforms.contrast(x, NUMBERS),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_derivatives_are_those_of_a_linear_map(change):
    """Of each change but for a constant: the transpose is known by products."""
    x = images(dtype="float64")
    constant = change(tf.zeros_like(x))
    weights = tf.constant(np.random.default_rng(2).normal(size=x.shape))
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            score = tf.reduce_sum(weights * tf.sin(change(x)))
        first = inner.gradient(score, x)
        norm = tf.reduce_sum(first**2)
    # <A^T (w cos), v> = <w cos, A v>.
    v = tf.constant(np.random.default_rng(3).normal(size=x.shape))
    np.testing.assert_allclose(
        tf.reduce_sum(first * v),
        tf.reduce_sum(weights * tf.cos(change(x)) * (change(v) - constant)),
        rtol=1e-9,
    )
    # The norm's gradient is -2 A^T (w sin * A first).
    np.testing.assert_allclose(
        tf.reduce_sum(outer.gradient(norm, x) * v),
        -2
        * tf.reduce_sum(
            weights
            * tf.sin(change(x))
            * (change(first) - constant)
            * (change(v) - constant)
        ),
        rtol=1e-9,
    )


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((2, 3, 3, 1), "uint8"),
        np.zeros((2, 3, 3), "float32"),
        tf.zeros((2, 3, 3, 3, 1)),
    ],
)
def test_what_is_no_image_is_refused(samples):
    with pytest.raises(ValueError, match="Images must be.*Received.*Reshape"):
        transforms.as_images(samples)


@pytest.mark.parametrize("shape", [(2, None, 3, 1), None])
def test_images_of_unknown_size_are_refused(shape):
    @tf.function(input_signature=[tf.TensorSpec(shape)])
    def call(samples):
        return transforms.as_images(samples)

    with pytest.raises(ValueError, match="all but the batch size known"):
        call.get_concrete_function()


def test_what_comes_as_an_array_is_a_tensor():
    assert tf.is_tensor(transforms.as_images(np.zeros((2, 3, 3, 1), "float16")))
