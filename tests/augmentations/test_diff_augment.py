import itertools

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import noise
from keras_gan_zoo.augmentations import DiffAugment

SEED = noise.as_seed(3)
NUMBER = 4000


def test_nothing_asked_for_is_nothing_done():
    images = tf.random.stateless_normal((4, 8, 8, 3), (0, 1))
    plain = DiffAugment(color=False, translation=0, cutout=0)
    np.testing.assert_array_equal(plain.augment(images, SEED), images)


def test_usual_numbers_are_those_of_the_paper():
    expected = {"color": True, "translation": 0.125, "cutout": 0.5}
    assert DiffAugment().get_config() == expected


def test_colors_change_by_the_numbers_of_the_paper():
    image = np.random.default_rng(1).uniform(-1, 1, (4, 4, 3))
    batch = tf.constant(np.tile(image, (NUMBER, 1, 1, 1)))
    augment = DiffAugment(translation=0, cutout=0).augment
    found = augment(batch, SEED).numpy()
    # Saturation and contrast keep the mean, and saturation the gray.
    means = found.mean(axis=(1, 2, 3))
    shifts = means - image.mean()
    grays = found.mean(axis=3)
    gray = image.mean(axis=2)
    contrasts = (grays[:, 0, 0] - means) / (gray[0, 0] - image.mean())
    chroma = (found[:, 0, 0, 0] - grays[:, 0, 0]) / (
        image[0, 0, 0] - gray[0, 0]
    )
    saturations = chroma / contrasts
    # All other pixels follow from these.
    gray, shifts_, contrasts_, saturations_ = (
        gray[None, :, :, None],
        *(
            numbers[:, None, None, None]
            for numbers in (shifts, contrasts, saturations)
        ),
    )
    saturated = saturations_ * (image - gray) + gray + shifts_
    mean = image.mean() + shifts_
    expected = contrasts_ * (saturated - mean) + mean
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
    drawn = {(-0.5, 0.5): shifts, (0.5, 1.5): contrasts, (0, 2): saturations}
    for (low, high), numbers in drawn.items():
        assert low - 1e-6 <= numbers.min() < low + 0.01
        assert high - 0.01 < numbers.max() <= high + 1e-6
        histogram, _ = np.histogram(numbers, 4, (low, high))
        np.testing.assert_allclose(histogram / NUMBER, 0.25, atol=0.03)
    correlations = np.corrcoef([*drawn.values()]) - np.eye(3)
    assert np.abs(correlations).max() < 0.06


def test_gray_images_stay_gray():
    images = tf.random.stateless_normal((8, 4, 4, 1), (0, 1))
    augment = DiffAugment(translation=0, cutout=0).augment
    gray = tf.tile(images, (1, 1, 1, 3))
    np.testing.assert_allclose(
        augment(gray, SEED),
        tf.tile(augment(images, SEED), (1, 1, 1, 3)),
        rtol=0,
        atol=1e-5,
    )


@pytest.mark.parametrize("channels", [2, 4])
def test_alpha_keeps_its_values(channels):
    images = tf.random.stateless_normal((8, 4, 4, channels), (0, 1))
    augment = DiffAugment(translation=0, cutout=0).augment
    found = augment(images, SEED)
    np.testing.assert_array_equal(found[..., -1], images[..., -1])
    # And has no part in what is done to colors.
    np.testing.assert_array_equal(
        found[..., :-1], augment(images[..., :-1], SEED)
    )


def test_all_shifts_are_equally_likely():
    # One pixel in the middle, whose place tells the shift.
    images = np.zeros((NUMBER, 16, 8, 2), "float32")
    images[:, 8, 4] = 1.0
    augment = DiffAugment(color=False, cutout=0, translation=0.125).augment
    found = augment(images, SEED).numpy()
    np.testing.assert_array_equal(found[..., 0], found[..., 1])
    number, rows, columns = np.nonzero(found[..., 0])
    np.testing.assert_array_equal(number, np.arange(NUMBER))
    shares = np.zeros((16, 8))
    np.add.at(shares, (rows, columns), 1 / NUMBER)
    # Up to 2 of 16 rows, and 1 of 8 columns.
    expected = np.zeros((16, 8))
    expected[6:11, 3:6] = 1 / 15
    np.testing.assert_allclose(shares, expected, rtol=0, atol=0.015)


@pytest.mark.parametrize(
    "size, cutout, length, middles",
    [(8, 0.5, 4, 9), (6, 0.5, 3, 6), (5, 1.0, 5, 5), (5, 0.2, 1, 5)],
)
def test_holes_are_anywhere(size, cutout, length, middles):
    images = tf.ones((NUMBER, size, size, 1))
    augment = DiffAugment(color=False, translation=0, cutout=cutout).augment
    holes = 1 - augment(images, SEED)[..., 0].numpy()

    def sides():
        for middle in range(middles):
            side = np.zeros(size)
            first = middle - length // 2
            side[max(first, 0) : first + length] = 1
            yield side

    # Several middles may give one hole.
    expected = {}
    for one, other in itertools.product(sides(), sides()):
        key = np.outer(one, other).tobytes()
        expected[key] = expected.get(key, 0) + middles**-2
    found = {}
    for hole in holes.astype("float64"):
        key = hole.tobytes()
        found[key] = found.get(key, 0) + 1 / NUMBER
    assert set(found) == set(expected)
    for key, share in expected.items():
        assert abs(found[key] - share) < 0.03


def test_sizes_round_half_up():
    # 0.125 of 4 and 12 are half a pixel and one and a half.
    images = np.zeros((200, 4, 12, 1), "float32")
    images[:, 2, 6] = 1.0
    augment = DiffAugment(color=False, cutout=0).augment
    _, rows, columns, _ = np.nonzero(augment(images, SEED).numpy())
    assert {*rows} == {1, 2, 3}
    assert {*columns} == {4, 5, 6, 7, 8}


def test_all_numbers_are_independent():
    # One pixel tells the shift and, by its colors, what is done to them.
    images = np.zeros((NUMBER, 16, 16, 3), "float32")
    images[:, 8, 8] = [1.0, 0.5, 0.0]

    def augmented(**options):
        kinds = {"color": False, "translation": 0, "cutout": 0, **options}
        return DiffAugment(**kinds).augment(images, SEED).numpy()

    colors = augmented(color=True)
    dark, bright = colors[:, 0, 0, 0], colors[:, 8, 8]
    _, rows, columns = np.nonzero(augmented(translation=0.25)[..., 0])
    images = images * 0 + 1.0
    holes = 1 - augmented(cutout=0.5)[..., 0]
    drawn = [
        colors.mean(axis=(1, 2, 3)),  # Brightness,
        bright.mean(axis=1) - dark,  # contrast,
        (bright[:, 0] - bright[:, 2]) / (bright.mean(axis=1) - dark),
        rows,
        columns,
        holes.any(axis=2).argmax(axis=1),  # first row of the hole,
        holes.any(axis=1).argmax(axis=1),  # and first column.
    ]
    correlations = np.corrcoef(drawn) - np.eye(7)
    assert np.abs(correlations).max() < 0.06


def test_changes_are_made_in_this_order():
    images = tf.random.stateless_normal((8, 16, 16, 3), (0, 1))
    found = DiffAugment().augment(images, SEED)
    # Holes and what came in are zero, so colors changed before.
    color = DiffAugment(translation=0, cutout=0).augment(images, SEED)
    shift = DiffAugment(color=False, cutout=0).augment(color, SEED)
    hole = DiffAugment(color=False, translation=0).augment(shift, SEED)
    np.testing.assert_array_equal(found, hole)


@pytest.mark.parametrize("argument", ["translation", "cutout"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_errors(argument, value):
    with pytest.raises(ValueError, match=f"`{argument}` is a share.*Use 0"):
        DiffAugment(**{argument: value})


def test_only_images_are_changed():
    with pytest.raises(ValueError, match="use `InstanceNoise`"):
        DiffAugment(False, 0, 0).augment(tf.zeros((4, 2)), SEED)
