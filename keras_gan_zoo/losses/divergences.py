"""How far one distribution is from another."""

import tensorflow as tf


def normal_divergence(means, log_variances):
    """`KL(N(m, s^2) || N(0, 1))`, for each sample: the sum over its latents.

    `(m^2 + s^2 - 1 - log s^2) / 2`, Kingma and Welling 2014, appendix B.

    Args:
        means: Tensor of shape `(batch, latent_dim)`.
        log_variances: The same, `log s^2`.

    Returns:
        Tensor of shape `(batch,)`, float32, in nats.
    """
    means = tf.cast(means, tf.float32)
    log_variances = tf.cast(log_variances, tf.float32)
    return 0.5 * tf.reduce_sum(
        means**2 + tf.exp(log_variances) - 1.0 - log_variances, axis=1
    )
