"""Distributions of samples: their probabilities, means, and units."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import noise
from keras_gan_zoo.likelihoods import Bernoulli, Gaussian, Likelihood
from keras_gan_zoo.losses import normal_divergence

SEED = noise.as_seed(3)


def test_a_bernoulli_probability_is_a_product_over_pixels():
    observed = [[1.0, -1.0, -1.0]]
    logits = np.log([[0.8 / 0.2, 0.3 / 0.7, 1.0]])
    found = Bernoulli().log_prob(tf.constant(observed), logits)
    np.testing.assert_allclose(found, [math.log(0.8 * 0.7 * 0.5)], rtol=1e-6)


def test_a_bernoulli_of_sure_logits_is_finite():
    observed = tf.constant([[1.0, 1.0]])
    found = Bernoulli().log_prob(observed, [[200.0, -200.0]])
    np.testing.assert_allclose(found, [-200.0])


def test_grey_is_the_chance_of_white():
    grey = tf.fill([20_000, 1], 0.5)  # 0.75 in [0, 1].
    observed = Bernoulli().observe(grey, SEED).numpy()
    assert set(np.unique(observed)) == {-1.0, 1.0}
    # Four standard deviations of the mean.
    np.testing.assert_allclose((observed == 1).mean(), 0.75, atol=0.0123)


def test_binary_samples_are_observed_as_they_are():
    binary = np.where(np.arange(10_000) % 3, 1.0, -1.0).reshape(100, 100)
    observed = Bernoulli().observe(tf.constant(binary), SEED)
    np.testing.assert_array_equal(observed, binary)
    assert observed.dtype == tf.float32


def test_the_mean_of_a_bernoulli_is_in_the_range_of_images():
    found = Bernoulli().mean(np.log([[0.8 / 0.2, 1.0]]))
    np.testing.assert_allclose(found, [[0.6, 0.0]], atol=1e-6)


def test_nats_and_bits_of_binarized_mnist():
    # 81.30 nats an image: van den Oord et al. 2016.
    found = Bernoulli().bits_per_dimension(-81.30, 784)
    np.testing.assert_allclose(found, 0.1496, atol=5e-5)
    uniform = Bernoulli().log_prob(tf.ones([1, 784]), tf.zeros([1, 784]))
    found = Bernoulli().bits_per_dimension(uniform, 784)
    np.testing.assert_allclose(found, [1.0], rtol=1e-6)


def test_a_gaussian_density_by_hand():
    errors = np.array([[0.5, -1.0]], "float32")
    expected = -0.5 * (errors**2 / 0.25).sum() - math.log(2 * math.pi * 0.25)
    found = Gaussian(0.5).log_prob(tf.constant(errors), np.zeros((1, 2)))
    np.testing.assert_allclose(found, [expected], rtol=1e-6)
    log_variances = np.full((1, 2), math.log(0.25))
    found = Gaussian().log_prob(errors, [np.zeros((1, 2)), log_variances])
    np.testing.assert_allclose(found, [expected], rtol=1e-6)


@pytest.mark.parametrize("likelihood", [Gaussian(0.5), Gaussian(0.5, 256)])
def test_the_mean_of_a_gaussian_is_what_the_network_returns(likelihood):
    means = np.array([[0.25, -0.5]], "float32")
    np.testing.assert_array_equal(likelihood.mean(means), means)


def test_bits_of_levels_are_those_of_an_error_on_them():
    # 0.5 log2(2 pi e MSE) + log2(255) for pixels in [0, 1] of 256 levels.
    mse = 0.0067
    likelihood = Gaussian(2.0 * math.sqrt(mse), levels=256)
    errors = np.full((1, 12), 2.0 * math.sqrt(mse), "float32")
    nats = likelihood.log_prob(tf.constant(errors), np.zeros((1, 12)))
    expected = 0.5 * math.log2(2 * math.pi * math.e * mse) + math.log2(255)
    found = likelihood.bits_per_dimension(nats, 12)
    np.testing.assert_allclose(found, [expected], rtol=1e-5)


def test_levels_are_filled_with_noise_of_their_width():
    samples = tf.fill([10_000, 1], 0.2)
    noises = Gaussian(levels=5).observe(samples, SEED).numpy() - 0.2
    assert -0.25 <= noises.min() < -0.249 and 0.249 < noises.max() <= 0.25
    np.testing.assert_array_equal(Gaussian().observe(samples, SEED), samples)


@pytest.mark.parametrize("likelihood", [Bernoulli(), Gaussian(0.5, 16)])
def test_a_likelihood_is_saved(likelihood):
    stored = keras.saving.serialize_keras_object(likelihood)
    copy = keras.saving.deserialize_keras_object(stored)
    assert type(copy) is type(likelihood)
    assert copy.get_config() == likelihood.get_config()


@pytest.mark.parametrize("arguments", [{"stddev": 0.0}, {"levels": 1}])
def test_what_no_gaussian_has_is_refused(arguments):
    with pytest.raises(ValueError, match="Received: "):
        Gaussian(**arguments)


def test_a_likelihood_of_ones_own_need_not_observe():
    samples = tf.ones([2, 3])
    assert Likelihood().observe(samples, SEED) is samples


@pytest.mark.parametrize(
    "mean, deviation, expected",
    [
        (0.0, 1.0, 0.0),
        (1.0, 1.0, 0.5),
        (-1.0, 1.0, 0.5),
        (0.0, math.e, 0.5 * (math.e**2 - 1 - 2)),  # 2.1945
    ],
)
def test_divergence_of_a_normal_from_the_standard_one(
    mean, deviation, expected
):
    means = [[mean], [0.0]]
    log_variances = [[2.0 * math.log(deviation)], [0.0]]
    found = normal_divergence(means, log_variances)
    np.testing.assert_allclose(found, [expected, 0.0], rtol=1e-6)


def test_divergence_is_the_sum_over_latents():
    means = np.array([[1.0, 0.0, 2.0]])
    found = normal_divergence(means, np.zeros((1, 3)))
    np.testing.assert_allclose(found, [0.5 + 0.0 + 2.0], rtol=1e-6)
