import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import noise
from keras_gan_zoo.augmentations import InstanceNoise

SEED = noise.as_seed(3)


@pytest.mark.parametrize("shape", [(5,), (5, 2), (5, 3, 4, 1), (5, 2, 3, 4, 1)])
def test_noise_is_added(shape):
    samples = tf.random.stateless_normal(shape, (0, 1))
    found = InstanceNoise(0.25, 10).augment(samples, SEED)
    expected = samples + 0.25 * noise.normal([*shape], SEED)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_noise_falls_linearly_to_zero():
    augmentation = InstanceNoise(0.5, 4)
    samples = tf.random.stateless_normal((100, 100), (0, 1))
    found = []
    for _ in range(7):
        added = augmentation.augment(samples, SEED) - samples
        found.append(np.std(added))
        augmentation.observe(tf.zeros((100, 1)))
    assert augmentation.steps.value == 7
    np.testing.assert_allclose(
        found, [0.5, 0.375, 0.25, 0.125, 0, 0, 0], rtol=0.02
    )
    np.testing.assert_array_equal(augmentation.augment(samples, SEED), samples)


def test_without_deviation_samples_pass_as_they_are():
    samples = tf.random.stateless_normal((4, 3), (0, 1))
    np.testing.assert_array_equal(
        InstanceNoise(0.0, 4).augment(samples, SEED), samples
    )


def test_all_sizes_may_be_unknown():
    augmentation = InstanceNoise(0.5, 4)

    @tf.function(input_signature=[tf.TensorSpec((None, None))])
    def call(samples):
        return augmentation.augment(samples, SEED)

    samples = tf.ones((4, 3))
    np.testing.assert_allclose(
        call(samples), augmentation.augment(samples, SEED), rtol=1e-5
    )


def test_errors():
    for stddev in (-0.1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="`stddev` is a deviation.*0.1 is"):
            InstanceNoise(stddev, 4)
    with pytest.raises(ValueError, match="`decay_steps` must be an integer"):
        InstanceNoise(0.1, 0)
    with pytest.raises(ValueError, match="of type uint8. Cast them"):
        InstanceNoise(0.1, 4).augment(np.zeros((2, 2), "uint8"), SEED)
