"""Losses by exact cases, and by what the papers prove of their optima."""

import math

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import losses

DISCRIMINATOR_LOSSES = [
    losses.non_saturating_discriminator_loss,
    losses.least_squares_discriminator_loss,
    losses.wasserstein_discriminator_loss,
]
GENERATOR_LOSSES = [
    losses.non_saturating_generator_loss,
    losses.minimax_generator_loss,
    losses.least_squares_generator_loss,
    losses.wasserstein_generator_loss,
]
EVERY_LOSS = pytest.mark.parametrize(
    "loss",
    [
        *(pytest.param(f, id=f.__name__) for f in DISCRIMINATOR_LOSSES),
        *(
            pytest.param(lambda real, fake, f=f: f(fake), id=f.__name__)
            for f in GENERATOR_LOSSES
        ),
    ],
)

# Two distributions on three points, and how often each point is in a batch of
# eight that represents them exactly.
REAL_COUNTS = np.array([1, 3, 4])
FAKE_COUNTS = np.array([4, 2, 2])
P, Q = REAL_COUNTS / 8, FAKE_COUNTS / 8


def scores_of(score_of_point):
    """Returns the scores of a real and a fake batch."""
    score_of_point = tf.cast(score_of_point, tf.float32)
    return [
        tf.repeat(score_of_point, counts)[:, tf.newaxis]
        for counts in (REAL_COUNTS, FAKE_COUNTS)
    ]


def gradient(loss, scores):
    scores = tf.convert_to_tensor(scores)
    with tf.GradientTape() as tape:
        tape.watch(scores)
        value = loss(scores)
    return tape.gradient(value, scores)


def kullback_leibler(p, q):
    return np.sum(p * np.log(p / q))


def test_undecided_discriminator_has_the_losses_of_chance():
    zeros = tf.zeros((4, 1))
    loss = losses.non_saturating_discriminator_loss(zeros, zeros)
    np.testing.assert_allclose(loss, 2 * math.log(2), rtol=1e-6)
    loss = losses.non_saturating_generator_loss(zeros)
    np.testing.assert_allclose(loss, math.log(2), rtol=1e-6)
    loss = losses.minimax_generator_loss(zeros)
    np.testing.assert_allclose(loss, -math.log(2), rtol=1e-6)


def test_logistic_losses_are_cross_entropies_of_the_right_side():
    real, fake = np.array([[2.0], [-1.0]]), np.array([[0.5], [-3.0]])

    def log_odds(scores):
        return np.log(1 / (1 + np.exp(-scores)))

    expected = -log_odds(real).mean() - log_odds(-fake).mean()
    loss = losses.non_saturating_discriminator_loss(real, fake)
    np.testing.assert_allclose(loss, expected, rtol=1e-6)
    loss = losses.non_saturating_generator_loss(fake)
    np.testing.assert_allclose(loss, -log_odds(fake).mean(), rtol=1e-6)
    loss = losses.minimax_generator_loss(fake)
    np.testing.assert_allclose(loss, log_odds(-fake).mean(), rtol=1e-6)


def test_only_the_minimax_generator_stops_learning_at_a_sure_discriminator():
    sure = [[-10.0]]
    slope = gradient(losses.minimax_generator_loss, sure)
    np.testing.assert_allclose(slope, [[-4.5398e-5]], rtol=1e-4)
    slope = gradient(losses.non_saturating_generator_loss, sure)
    np.testing.assert_allclose(slope, [[-0.9999546]], rtol=1e-6)


def test_best_discriminator_measures_the_jensen_shannon_divergence():
    middle = (P + Q) / 2
    divergence = (kullback_leibler(P, middle) + kullback_leibler(Q, middle)) / 2
    loss = losses.non_saturating_discriminator_loss(*scores_of(np.log(P / Q)))
    value = -math.log(4) + 2 * divergence
    np.testing.assert_allclose(-loss, value, rtol=1e-5)


@pytest.mark.parametrize(
    "loss, best",
    [
        (losses.non_saturating_discriminator_loss, np.log(P / Q)),
        (losses.least_squares_discriminator_loss, P / (P + Q)),
        (
            lambda real, fake: losses.least_squares_discriminator_loss(
                real, fake, real_target=1.0, fake_target=-1.0
            ),
            (P - Q) / (P + Q),
        ),
    ],
)
def test_papers_best_discriminator_is_the_minimum(loss, best):
    slope = gradient(lambda scores: loss(*scores_of(scores)), best)
    np.testing.assert_allclose(slope, np.zeros(3), atol=1e-6)
    least = loss(*scores_of(best))
    for point in range(3):
        for step in (-0.1, 0.1):
            moved = best + step * np.eye(3)[point]
            assert loss(*scores_of(moved)) > least


def test_least_squares_cases():
    ones, zeros, halves = (
        tf.ones((4, 1)),
        tf.zeros((4, 1)),
        tf.fill((4, 1), 0.5),
    )
    discriminator_loss = losses.least_squares_discriminator_loss
    generator_loss = losses.least_squares_generator_loss
    assert discriminator_loss(ones, zeros) == 0.0
    assert discriminator_loss(zeros, ones) == 1.0
    assert discriminator_loss(3.0 * ones, zeros) == 2.0
    assert discriminator_loss(ones, 3.0 * ones) == 4.5
    assert discriminator_loss(halves, halves) == 0.25
    assert generator_loss(zeros) == 0.5
    assert generator_loss(halves) == 0.125
    assert discriminator_loss(ones, ones, 1.0, -1.0) == 2.0
    assert generator_loss(3.0 * ones, target=-1.0) == 8.0


def test_least_squares_generator_descends_a_pearson_divergence():
    real, fake = scores_of((P - Q) / (P + Q))  # The best for (-1, 1, 0).
    generator_loss = losses.least_squares_generator_loss
    # The real term has no gradient in the generator.
    criterion = generator_loss(fake, 0.0) + generator_loss(real, 0.0)
    divergence = np.sum((2 * Q - (P + Q)) ** 2 / (P + Q))
    np.testing.assert_allclose(2 * criterion, divergence, rtol=1e-5)


def test_least_squares_pull_in_proportion_to_the_distance():
    scores = [[-10.0], [0.0], [1.0], [30.0]]
    slopes = gradient(losses.least_squares_generator_loss, scores)
    expected = (np.array(scores) - 1.0) / 4
    np.testing.assert_allclose(slopes, expected, rtol=1e-6)


def test_wasserstein_losses_are_differences_of_means():
    real, fake = tf.constant([[2.0], [4.0]]), tf.constant([[1.0], [-3.0]])
    assert losses.wasserstein_discriminator_loss(real, fake) == -4.0
    assert losses.wasserstein_generator_loss(fake) == 1.0
    assert losses.wasserstein_discriminator_loss(real, real) == 0.0


def test_wasserstein_generator_has_the_same_gradient_everywhere():
    scores = [[-1e4], [0.0], [3.0], [1e4]]
    slopes = gradient(losses.wasserstein_generator_loss, scores)
    np.testing.assert_array_equal(slopes, np.full((4, 1), -0.25))


@pytest.mark.parametrize("distance", [-2.0, 0.5])
def test_best_linear_critic_measures_the_distance_of_two_points(distance):
    limit = 0.01
    slopes = np.linspace(-limit, limit, 21)
    estimates = [
        -losses.wasserstein_discriminator_loss(slope * distance, slope * 0.0)
        for slope in slopes
    ]
    np.testing.assert_allclose(max(estimates), limit * abs(distance), rtol=1e-5)
    best = slopes[np.argmax(estimates)]
    np.testing.assert_allclose(best, limit * np.sign(distance))


@EVERY_LOSS
def test_scores_may_be_of_any_shape(loss):
    real, fake = np.random.normal(size=(2, 24)).astype("float32")
    expected = loss(real[:, np.newaxis], fake[:, np.newaxis])
    for shape in [(24,), (2, 3, 4, 1)]:
        value = loss(real.reshape(shape), fake.reshape(shape))
        assert value.shape == ()
        np.testing.assert_allclose(value, expected, rtol=1e-5)


@EVERY_LOSS
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_scores_have_losses_in_full_precision(loss, dtype):
    real, fake = tf.cast(np.random.normal(size=(2, 100, 1)), dtype)
    value = loss(real, fake)
    assert value.dtype == tf.float32
    assert value == loss(tf.cast(real, "float32"), tf.cast(fake, "float32"))
    large = tf.cast([[1e4], [-1e4]], dtype)
    assert np.isfinite(loss(large, -large))


@pytest.mark.parametrize("size", [100.0, 1e4])
def test_logistic_losses_of_players_in_the_wrong_grow_in_proportion(size):
    for loss, score in [
        (lambda s: losses.non_saturating_discriminator_loss(s, -size), -size),
        (lambda s: losses.non_saturating_discriminator_loss(size, s), size),
        (losses.non_saturating_generator_loss, -size),
        (lambda scores: -losses.minimax_generator_loss(scores), size),
    ]:
        np.testing.assert_allclose(loss(score), size, rtol=1e-6)
        assert gradient(loss, score) == np.sign(score)


@EVERY_LOSS
@pytest.mark.parametrize("size", [1e2, 1e4])
def test_large_scores_have_finite_losses_and_gradients(loss, size):
    scores = tf.constant([[size], [-size]])
    with tf.GradientTape() as tape:
        tape.watch(scores)
        value = loss(scores, tf.reverse(scores, axis=[0]))
    assert np.isfinite(value)
    assert np.isfinite(tape.gradient(value, scores)).all()


def softplus(value):
    return math.log1p(math.exp(value))


@pytest.mark.parametrize(
    "loss, expected",
    [
        (losses.NonSaturating(), softplus(-0.3) + softplus(0.8)),
        (losses.Saturating(), -softplus(0.3) - softplus(-0.8)),
        (losses.LeastSquares(), ((0.3 - 1.0) ** 2 + 0.8**2) / 2),
        (
            losses.LeastSquares(1.0, -1.0, 0.0),
            (0.3**2 + (0.8 + 1.0) ** 2) / 2,
        ),
        (losses.Wasserstein(), 0.8 - 0.3),
        (losses.Hinge(), 0.8 - 0.3),
        (losses.EnergyMargin(2.0), 0.8 - 0.3),
        (losses.RelativisticPairing(), softplus(0.8 - 0.3)),
        (losses.RelativisticAverage(), 2 * softplus(0.8 - 0.3)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_who_makes_both_sides_wants_each_to_score_as_the_other(loss, expected):
    fake, real = tf.constant([[0.3]]), tf.constant([[0.8]])
    found = loss.joint(fake, real)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    of_two = loss.joint([fake, fake], [real, real])
    np.testing.assert_allclose(of_two, 2 * expected, rtol=1e-6)


def test_the_mean_absolute_error_is_over_all_values_in_float32():
    targets = tf.constant([[1.0, -1.0], [0.5, 0.0]], tf.float16)
    answers = tf.constant([[0.0, -1.0], [0.0, 2.5]])
    error = losses.mean_absolute_error(targets, answers)
    assert error.dtype == "float32" and error == (1.0 + 0.0 + 0.5 + 2.5) / 4
