import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import noise
from keras_gan_zoo.augmentations import AdaptiveAugmentation

SEED = noise.as_seed(3)


def scores(mean_sign, size=10):
    """Returns scores whose signs have a mean."""
    positive = round(size * (1 + mean_sign) / 2)
    values = [2.5] * positive + [-0.5] * (size - positive)
    return tf.constant(values)[:, None]


def p_after(augmentation, means):
    """Returns p after each of several moves."""
    found = []
    for mean in means:
        augmentation.observe(scores(mean))
        found.append(float(augmentation.p.value))
    return found


def test_p_follows_the_signs():
    augmentation = AdaptiveAugmentation(interval=2, ramp_images=200)
    # A move has 10 images, so p moves by 20 / 200.
    means = [1.0, 1.0, 0.2, 0.8, 1.0, 0.4, 1.0, 0.0, -1.0, -1.0, -1.0, 1.0]
    expected = [0, 0.1, 0.1, 0, 0, 0.1, 0.1, 0, 0, 0, 0, 0]
    found = p_after(augmentation, means)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_p_stays_a_probability():
    augmentation = AdaptiveAugmentation(
        interval=1, ramp_images=20, initial_p=0.75
    )
    found = p_after(augmentation, [1.0, 1.0, 0.0, 0.0, 0.0])
    assert found == [1.0, 1.0, 0.5, 0.0, 0.0]


def test_p_rests_at_the_target():
    augmentation = AdaptiveAugmentation(
        interval=1, ramp_images=20, target=0.5, initial_p=0.5
    )
    augmentation.observe(scores(0.5, size=4))
    assert augmentation.p.value == 0.5


def test_usual_numbers_are_those_of_the_paper():
    augmentation = AdaptiveAugmentation()
    assert augmentation.get_config() == {
        "target": 0.6,
        "interval": 4,
        "ramp_images": 500_000,
        "initial_p": 0.0,
        "flip": True,
        "translation": 0.125,
    }
    found = p_after(augmentation, [1.0] * 8)
    rise = 10 * 4 / 500_000
    expected = [0, 0, 0, rise, rise, rise, rise, 2 * rise]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_patches_and_lists_of_scores_are_averaged():
    augmentation = AdaptiveAugmentation(interval=1, ramp_images=10)
    patches = tf.ones((2, 3, 3, 1), "float16")
    # Means of 1, 1 and 0 are above 0.6, those of 1, 0 and 0 are below.
    augmentation.observe([patches, scores(1.0), scores(0.0)])
    np.testing.assert_allclose(augmentation.p.value, 0.2, rtol=1e-6)
    augmentation.observe([patches, scores(0.0), scores(0.0)])
    np.testing.assert_allclose(augmentation.p.value, 0.0, rtol=0, atol=1e-6)


def test_a_score_of_zero_has_no_sign():
    augmentation = AdaptiveAugmentation(
        interval=1, ramp_images=10, target=0.0, initial_p=0.5
    )
    augmentation.observe(tf.zeros((5, 1)))
    assert augmentation.p.value == 0.5


def test_images_pass_as_they_are_where_p_is_zero():
    images = tf.random.stateless_normal((64, 8, 8, 3), (0, 1))
    found = AdaptiveAugmentation().augment(images, SEED)
    np.testing.assert_array_equal(found, images)


@pytest.mark.parametrize("p", [0.2, 0.8, 1.0])
def test_flips(p):
    images = np.arange(12.0, dtype="float32").reshape(1, 3, 4, 1)
    images = np.tile(images, (4000, 1, 1, 1))
    augment = AdaptiveAugmentation(initial_p=p, translation=0).augment
    found = augment(images, SEED).numpy()
    flipped = (found != images).any(axis=(1, 2, 3))
    # Half of those that the change is made of look as they did.
    assert abs(flipped.mean() - p / 2) < 0.03
    np.testing.assert_array_equal(found[flipped], images[flipped, :, ::-1])


@pytest.mark.parametrize("p", [0.2, 1.0])
def test_translations(p):
    # Values tell rows and columns.
    image = np.arange(16.0)[:, None] * 100 + np.arange(8.0)
    images = np.tile(image[None, :, :, None], (4000, 1, 1, 1))
    augment = AdaptiveAugmentation(initial_p=p, flip=False).augment
    found = augment(images, SEED).numpy()
    shifts = image[8, 4] - found[:, 8, 4, 0]
    rows = np.round(shifts / 100).astype(int)
    columns = np.round(shifts - 100 * rows).astype(int)
    shares = np.zeros((16, 8))
    np.add.at(shares, (8 + rows, 4 + columns), 1 / 4000)
    expected = np.zeros((16, 8))
    expected[6:11, 3:6] = p / 15
    expected[8, 4] += 1 - p
    np.testing.assert_allclose(shares, expected, rtol=0, atol=0.03)
    # Mirrored images come in.
    padded = np.pad(image, [(2, 2), (1, 1)], mode="reflect")
    for down, right, each in zip(rows[:50], columns[:50], found[..., 0]):
        np.testing.assert_array_equal(
            each, padded[2 - down : 18 - down, 1 - right : 9 - right]
        )


def test_changes_are_made_independently():
    images = np.arange(64.0, dtype="float32").reshape(1, 8, 8, 1)
    images = np.tile(images, (4000, 1, 1, 1))
    flip, shift = (
        (
            AdaptiveAugmentation(initial_p=0.5, **options).augment(images, SEED)
            != images
        )
        .numpy()
        .any(axis=(1, 2, 3))
        for options in ({"translation": 0}, {"flip": False})
    )
    correlation = np.corrcoef(flip, shift)[0, 1]
    assert abs(correlation) < 0.06


def test_both_changes_are_made():
    images = tf.random.stateless_normal((32, 8, 8, 3), (0, 1))
    flip = AdaptiveAugmentation(initial_p=0.5, translation=0)
    shift = AdaptiveAugmentation(initial_p=0.5, flip=False)
    np.testing.assert_array_equal(
        AdaptiveAugmentation(initial_p=0.5).augment(images, SEED),
        shift.augment(flip.augment(images, SEED), SEED),
    )


@pytest.mark.parametrize(
    "options, message",
    [
        ({"target": 1.0}, "`target` is a mean of signs.*paper's is 0.6"),
        ({"target": float("nan")}, "`target` is a mean of signs"),
        ({"initial_p": 1.5}, "`initial_p` is a probability.*initial_p=1.5"),
        ({"translation": -0.5}, "`translation` is a share of a side"),
        ({"interval": 0}, "`interval` must be an integer of at least 1"),
        ({"ramp_images": 0.5}, "`ramp_images` must be an integer"),
    ],
)
def test_errors(options, message):
    with pytest.raises(ValueError, match=message):
        AdaptiveAugmentation(**options)


def test_only_images_are_changed():
    with pytest.raises(ValueError, match="use `InstanceNoise`"):
        AdaptiveAugmentation().augment(tf.zeros((4, 2)), SEED)
