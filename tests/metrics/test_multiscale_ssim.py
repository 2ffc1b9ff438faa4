import numpy as np
import pytest

from keras_gan_zoo.metrics import (
    multiscale_ssim,
    random_pairs,
    same_class_pairs,
)


def noise(number, size, channels=3):
    shape = (number, size, size, channels)
    return np.random.randint(0, 256, shape, dtype="uint8")


def constant(value, size=64):
    return np.full((1, size, size, 1), value, "uint8")


@pytest.mark.parametrize("size", [4, 28, 64, 176])
@pytest.mark.parametrize("channels", [1, 3])
def test_equal_images_have_one(size, channels):
    images = noise(3, size, channels)
    value, _ = multiscale_ssim(images, images)
    np.testing.assert_allclose(value, 1.0, rtol=1e-12)
    assert type(value) is float


def test_is_symmetric():
    first, second = noise(3, 64), noise(3, 64)
    second = second // 2 + first // 2
    there = multiscale_ssim(first, second)
    np.testing.assert_allclose(there, multiscale_ssim(second, first))
    assert 0.1 < there.value < 0.99


def test_constant_images_differ_in_luminance_on_the_last_scale():
    # ((2 * 100 * 200 + C1) / (100^2 + 200^2 + C1)) ^ .1333
    value, scales = multiscale_ssim(constant(100), constant(200))
    np.testing.assert_allclose(value, 0.970697, atol=5e-7)
    assert scales == 5


def test_fewer_scales_share_the_weight():
    # Of 3 scales, the last has .3001 of .0448 + .2856 + .3001.
    luminance = (40_000 + 6.5025) / (50_000 + 6.5025)
    value, scales = multiscale_ssim(constant(100, 28), constant(200, 28))
    assert scales == 3
    np.testing.assert_allclose(
        value, luminance ** (0.3001 / 0.6305), rtol=1e-12
    )


@pytest.mark.parametrize(
    "size, expected",
    [(4, 1), (7, 1), (8, 2), (16, 3), (28, 3), (32, 4), (63, 4), (64, 5)]
    + [(176, 5)],
)
def test_the_coarsest_scale_keeps_four_pixels(size, expected):
    first, second = noise(1, size, 1), noise(1, size, 1)
    assert multiscale_ssim(first, second).scales == expected
    wide = np.tile(first, (1, 1, 3, 1))
    assert multiscale_ssim(wide, wide).scales == expected


def test_noise_is_unlike_noise():
    assert multiscale_ssim(noise(10, 64), noise(10, 64)).value < 0.05


def test_opposites_have_zero_and_no_nan():
    images = noise(4, 64)
    assert multiscale_ssim(images, 255 - images).value == 0.0


def test_one_scale_is_the_similarity_by_hand():
    first, second = noise(1, 4, 1), noise(1, 4, 1)
    second = second // 2 + first // 2
    # The window shrinks to the image, and its deviation with it.
    places = np.arange(4) - 1.5
    window = np.exp(-0.5 * (places / (1.5 * 4 / 11)) ** 2)
    window = np.outer(window, window) / window.sum() ** 2
    x, y = first[0, :, :, 0] / 1.0, second[0, :, :, 0] / 1.0

    def mean(values):
        return np.sum(window * values)

    c1, c2 = 2.55**2, 7.65**2
    covariance = mean(x * y) - mean(x) * mean(y)
    variances = mean(x * x) - mean(x) ** 2 + mean(y * y) - mean(y) ** 2
    expected = (
        (2 * mean(x) * mean(y) + c1)
        / (mean(x) ** 2 + mean(y) ** 2 + c1)
        * (2 * covariance + c2)
        / (variances + c2)
    )
    value, scales = multiscale_ssim(first, second)
    assert scales == 1
    np.testing.assert_allclose(value, max(expected, 0.0), rtol=1e-10)


@pytest.mark.parametrize("axes", [[0], [1], [0, 1]])
def test_a_scale_is_the_mean_of_four_pixels(axes):
    # So fine a pattern, of rows, columns or both, is gone on the second
    # scale, and counts on the first.
    pattern = np.indices((8, 8))[axes].sum(axis=0) % 2
    first = (pattern * 200).astype("uint8")[None, :, :, None]
    value, scales = multiscale_ssim(first, np.full_like(first, 100))
    assert scales == 2
    # The contrast is C2 / (100^2 + C2), up to the window's border.
    contrast = 7.65**2 / (100**2 + 7.65**2)
    np.testing.assert_allclose(
        value, contrast ** (0.0448 / (0.0448 + 0.2856)), rtol=0.01
    )


def test_pairs_are_compared_by_themselves():
    first, second = noise(7, 64), noise(7, 64)
    first[3:] = second[3:] // 2 + first[3:] // 2
    values = [
        multiscale_ssim(first[i : i + 1], second[i : i + 1]).value
        for i in range(7)
    ]
    np.testing.assert_allclose(
        multiscale_ssim(first, second).value, np.mean(values), rtol=1e-12
    )


def test_many_pairs_are_compared_in_parts():
    # A part has 2^20 numbers, of which 87 images have more.
    first, second = noise(90, 64), noise(90, 64)
    second[80:] = first[80:]
    np.testing.assert_allclose(
        multiscale_ssim(first, second).value,
        np.mean(
            [
                *[multiscale_ssim(first[:45], second[:45]).value],
                *[multiscale_ssim(first[45:], second[45:]).value],
            ]
        ),
        rtol=1e-12,
    )


@pytest.mark.parametrize(
    "shape", [(3, 64, 64), (3, 3, 64, 1), (0, 64, 64, 1), (3, 64, 64, 0)]
)
def test_what_is_no_batch_of_images_is_refused(shape):
    images = np.zeros(shape, "uint8")
    with pytest.raises(ValueError, match="at least 4 pixels.*Received"):
        multiscale_ssim(images, images)


def test_other_pairs_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 64, 64, 3\) and \(3, 32"):
        multiscale_ssim(noise(3, 64), noise(3, 32))


def test_floats_are_refused():
    images = noise(3, 64)
    with pytest.raises(ValueError, match="must be uint8.*float64.*to_uint8"):
        multiscale_ssim(images, images / 255)


def test_random_pairs_have_each_image_once():
    first, second = random_pairs(7, seed=3)
    assert len(first) == len(second) == 3
    assert len({*first, *second}) == 6 and max(*first, *second) < 7
    again, other = random_pairs(7, seed=3), random_pairs(7, seed=4)
    np.testing.assert_array_equal((first, second), again)
    assert np.not_equal(again, other).any()


def test_pairs_are_two_images_of_one_class():
    labels = np.random.permutation(np.repeat(np.arange(5), [2, 3, 10, 20, 4]))
    first, second = same_class_pairs(labels)
    assert len(first) == len(second) == 500
    assert (first != second).all()
    np.testing.assert_array_equal(labels[first], labels[second])
    np.testing.assert_array_equal(labels[first], np.repeat(np.arange(5), 100))
    # Each of 10 * 9 ordered pairs is drawn, if only often enough.
    first, second = same_class_pairs(labels, 5000)
    chosen = labels[first] == 2
    pairs = set(zip(first[chosen], second[chosen]))
    assert len(pairs) == 90


def test_the_seed_decides_the_pairs():
    labels = np.arange(100) % 5
    np.testing.assert_array_equal(
        same_class_pairs(labels, seed=3), same_class_pairs(labels, seed=3)
    )
    other = same_class_pairs(labels, seed=4)
    assert (same_class_pairs(labels, seed=3)[0] != other[0]).any()


def test_a_class_of_one_image_has_no_pairs():
    with pytest.raises(ValueError, match="one of class 7.*leave that class"):
        same_class_pairs([1, 1, 7])


@pytest.mark.parametrize("labels", [np.eye(4), []])
def test_other_labels_are_refused(labels):
    with pytest.raises(ValueError, match=r"shape \(images,\).*argmax"):
        same_class_pairs(labels)
