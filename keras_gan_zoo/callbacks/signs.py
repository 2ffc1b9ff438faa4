"""What can be measured of a game at one moment, without touching it."""

import tensorflow as tf


def examination(model, inputs):
    """Returns a function that measures a game, traced once.

    It looks at given real samples and at the generator's samples of the same
    latents each time, as the players see them in training. The model is the
    same afterwards, to the bit.

    Args:
        model: Compiled `GAN`.
        inputs: Real samples, tensors as unpacked by the model.

    Returns:
        Function of no arguments. It returns a dictionary of scalars, float32:

        * `real_score`, `fake_score`: mean scores;
        * `score_deviation`: standard deviation of all scores;
        * `score_order`: share of all pairs of a real and a generated sample
          in which the real one scores higher, where a tie counts half;
        * `critic_slope`: difference of the mean scores over the mean distance
          of real and generated samples. A function with this slope between
          the means is as steep somewhere;
        * `sample_distance`: mean distance of two generated samples, over that
          of two real ones;
        * `nearest_sample_distance`: mean distance of a generated sample to
          the nearest other one, over that of real ones;
        * `<player>_gradient_norm`: of the loss alone, without regularization;
        * `<player>_signal`: that norm, over the norm of the gradient of the
          difference of the mean scores. A Wasserstein loss has 1, and a loss
          that saturates goes to 0;
        * `ema_gap`, of a model with a moving average: norm of the difference
          of its trained weights from the generator's, over the norm of these;
        * `finite`: 1, or 0 if some weight or sample is NaN or infinite.
    """
    return tf.function(lambda: _examine(model, inputs))


def _examine(model, inputs):
    real = tf.nest.flatten(inputs)[0]
    variables = {
        player: [v.value for net in networks for v in net.trainable_variables]
        for player, networks in model.players.items()
    }
    with model.undisturbed():
        with tf.GradientTape(
            persistent=True, watch_accessed_variables=False
        ) as tape:
            tape.watch(variables)
            fakes = model.fakes_like(real, training=True)
            real_scores = model.scores(inputs, training=True)
            fake_scores = model.scores(fakes, training=True)
            gap = tf.reduce_mean(real_scores) - tf.reduce_mean(fake_scores)
            targets, scales = {}, {}
            for player in model.players:
                loss = getattr(model, f"{player}_loss")(inputs, training=True)
                # Gradients of half precision vanish without their scale.
                optimizer = model.optimizer_of(player)
                scale = optimizer.scale_loss(tf.constant(1.0))
                targets[player] = loss * scale, gap * scale
                scales[player] = scale
    signs = {}
    for player, values in variables.items():
        norm, score_norm = (
            _norm(tape.gradient(target, values)) / scales[player]
            for target in targets[player]
        )
        signs[f"{player}_gradient_norm"] = norm
        signs[f"{player}_signal"] = norm / score_norm
    if model.ema_generator is not None:
        pairs = [
            (average.value, weight.value)
            for average, weight in zip(
                model.ema_generator.weights, model.generator.weights
            )
            if weight.trainable
        ]
        gap_norm = _norm([average - weight for average, weight in pairs])
        signs["ema_gap"] = gap_norm / _norm([weight for _, weight in pairs])
    samples = tf.nest.flatten(fakes)[0]
    finite = [
        tf.reduce_all(tf.math.is_finite(value))
        for value in [samples, *(weight.value for weight in model.weights)]
        if value.dtype.is_floating
    ]
    real, samples = _vectors(real), _vectors(samples)
    distance, nearest = _spread(real)
    fake_distance, fake_nearest = _spread(samples)
    return {
        "real_score": tf.reduce_mean(real_scores),
        "fake_score": tf.reduce_mean(fake_scores),
        "score_deviation": tf.math.reduce_std(
            tf.concat([real_scores, fake_scores], axis=0)
        ),
        "score_order": _order(real_scores, fake_scores),
        "critic_slope": gap / tf.reduce_mean(_distances(real, samples)),
        "sample_distance": fake_distance / distance,
        "nearest_sample_distance": fake_nearest / nearest,
        **signs,
        "finite": tf.cast(tf.reduce_all(finite), tf.float32),
    }


def _norm(gradients):
    """Returns the norm of all gradients, of which some may be `None`."""
    return tf.linalg.global_norm(
        [tf.cast(g, tf.float32) for g in gradients if g is not None]
    )


def _order(real_scores, fake_scores):
    signs = tf.sign(real_scores[:, None] - fake_scores[None, :])
    return 0.5 + 0.5 * tf.reduce_mean(signs)


def _vectors(samples):
    samples = tf.cast(samples, tf.float32)
    return tf.reshape(samples, [samples.shape[0], -1])


def _spread(vectors):
    """Returns the mean distance of two, and of one to its nearest other."""
    distances = _distances(vectors, vectors)
    number = vectors.shape[0]
    others = tf.linalg.set_diag(distances, tf.fill([number], tf.float32.max))
    own = tf.linalg.set_diag(distances, tf.zeros([number]))
    mean = tf.reduce_sum(own) / (number * (number - 1))
    return mean, tf.reduce_mean(tf.reduce_min(others, axis=1))


def _distances(left, right):
    squares = (
        tf.reduce_sum(left**2, axis=1)[:, None]
        + tf.reduce_sum(right**2, axis=1)[None, :]
        - 2.0 * tf.matmul(left, right, transpose_b=True)
    )
    return tf.sqrt(tf.maximum(squares, 0.0))
