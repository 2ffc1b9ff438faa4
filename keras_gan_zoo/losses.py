"""Adversarial losses: functions of the scores a discriminator gives.

Scores are raw: a sigmoid, where a paper has one, is part of the loss, in the
form `softplus`, which neither overflows nor stops teaching. They may have any
shape, so a discriminator may score patches. Each loss is a scalar in float32,
the mean over all scores, to be minimized.
"""

import tensorflow as tf


def non_saturating_discriminator_loss(real_scores, fake_scores):
    """`-E log D(x) - E log(1 - D(G(z)))`, Goodfellow et al. 2014, eq. 1.

    It is the discriminator's part of the minimax game as well.
    """
    return _mean(tf.nn.softplus, -real_scores) + _mean(
        tf.nn.softplus, fake_scores
    )


def non_saturating_generator_loss(fake_scores):
    """`-E log D(G(z))`, which Goodfellow et al. 2014 train (section 3)."""
    return _mean(tf.nn.softplus, -fake_scores)


def minimax_generator_loss(fake_scores):
    """`E log(1 - D(G(z)))`, Goodfellow et al. 2014, eq. 1.

    Its gradient vanishes where the discriminator is sure that a sample is
    generated, which is how training begins.
    """
    return -_mean(tf.nn.softplus, fake_scores)


def least_squares_discriminator_loss(
    real_scores, fake_scores, real_target=1.0, fake_target=0.0
):
    """`E (D(x) - b)^2 / 2 + E (D(G(z)) - a)^2 / 2`, Mao et al. 2017, eq. 2."""
    return _half_squared_distance(
        real_scores, real_target
    ) + _half_squared_distance(fake_scores, fake_target)


def least_squares_generator_loss(fake_scores, target=1.0):
    """`E (D(G(z)) - c)^2 / 2`, Mao et al. 2017, eq. 2."""
    return _half_squared_distance(fake_scores, target)


def wasserstein_discriminator_loss(real_scores, fake_scores):
    """`E D(G(z)) - E D(x)`, Arjovsky et al. 2017, eq. 3.

    Its negative estimates the distance, up to the critic's Lipschitz constant.
    """
    return _mean(tf.identity, fake_scores) - _mean(tf.identity, real_scores)


def wasserstein_generator_loss(fake_scores):
    """`-E D(G(z))`, Arjovsky et al. 2017, algorithm 1, line 10."""
    return -_mean(tf.identity, fake_scores)


def _half_squared_distance(scores, target):
    return 0.5 * _mean(lambda scores: (scores - target) ** 2, scores)


def _mean(function, scores):
    return tf.reduce_mean(function(tf.cast(scores, tf.float32)))
