"""Adversarial losses: functions of the scores a discriminator gives.

Scores are raw: a sigmoid, where a paper has one, is part of the loss, in the
form `softplus`, which neither overflows nor stops teaching. They may have any
shape, so a discriminator may score patches. Each loss is a scalar in float32,
the mean over all scores, to be minimized.
"""

import tensorflow as tf

from keras_gan_zoo import replicas


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


def hinge_discriminator_loss(real_scores, fake_scores):
    """`E max(0, 1 - D(x)) + E max(0, 1 + D(G(z)))`, Lim and Ye 2017.

    The generator's loss beside it is `wasserstein_generator_loss`.
    """
    return _mean(lambda scores: tf.nn.relu(1.0 - scores), real_scores) + _mean(
        lambda scores: tf.nn.relu(1.0 + scores), fake_scores
    )


def energy_margin_discriminator_loss(real_scores, fake_scores, margin):
    """`E U(x) + E max(0, m - U(G(z)))`, Zhao et al. 2017, equation 1.

    Scores are energies `U` with the sign changed, so that higher is more real.
    The generator's loss beside it is `wasserstein_generator_loss`.
    """
    return -_mean(tf.identity, real_scores) + _mean(
        lambda scores: tf.nn.relu(margin + scores), fake_scores
    )


def relativistic_average_loss(preferred_scores, other_scores):
    """How much scores of one kind lie above the mean of the other's.

    `-E log s(C(x) - E C(y)) - E log(1 - s(C(y) - E C(x)))`, with a sigmoid
    `s`, Jolicoeur-Martineau 2019, equations 8 and 9: the discriminator prefers
    real samples, the generator its own. It is `2 log 2` where all scores are
    equal. The inner means are those of the global batch, whatever the number
    of replicas.
    """
    preferred = tf.cast(preferred_scores, tf.float32)
    others = tf.cast(other_scores, tf.float32)
    above = preferred - _mean_of_all_replicas(others)
    below = others - _mean_of_all_replicas(preferred)
    return _mean(tf.nn.softplus, -above) + _mean(tf.nn.softplus, below)


def relativistic_pairing_loss(preferred_scores, other_scores):
    """`-E log s(C(x) - C(y))` of pairs, Jolicoeur-Martineau 2019, section 4.

    The discriminator prefers real samples, the generator its own; R3GAN (Huang
    et al. 2024) trains it.
    """
    preferred = tf.cast(preferred_scores, tf.float32)
    others = tf.cast(other_scores, tf.float32)
    return _mean(lambda gap: tf.nn.softplus(-gap), preferred - others)


def mean_absolute_error(targets, answers):
    """`E |y - G(x)|`, the mean over all values: Isola et al. 2017, eq. 3."""
    errors = tf.cast(targets, tf.float32) - tf.cast(answers, tf.float32)
    return tf.reduce_mean(tf.abs(errors))


def _half_squared_distance(scores, target):
    return 0.5 * _mean(lambda scores: (scores - target) ** 2, scores)


def _mean(function, scores):
    return tf.reduce_mean(function(tf.cast(scores, tf.float32)))


def _mean_of_all_replicas(scores):
    """A mean through which gradients flow to each replica's scores."""
    return replicas.sum(tf.reduce_mean(scores)) / replicas.count()
