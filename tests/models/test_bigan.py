"""BiGAN, Donahue et al. 2017: a game about pairs of samples and latents."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import augmentations, averages, losses, penalties, priors
from keras_gan_zoo.models import BiGAN
from tests.models import toys


def toy_encoder(latent_dim=toys.LATENT_DIM):
    images = keras.Input(toys.IMAGE_SHAPE)
    x = toys.features(images, normalized=True)
    codes = layers.Dense(latent_dim, "tanh", dtype=toys.HEAD_DTYPE)(x)
    return keras.Model(images, codes)


def toy_discriminator(normalized=True):
    images = keras.Input(toys.IMAGE_SHAPE)
    latents = keras.Input((toys.LATENT_DIM,))
    x = layers.Concatenate()([toys.features(images, normalized), latents])
    x = layers.Dense(8, "softplus")(x)
    return keras.Model([images, latents], toys.score()(x))


def toy_bigan(normalized=True, **kwargs):
    return BiGAN(
        toys.generator(),
        toy_discriminator(normalized),
        toy_encoder(),
        toys.LATENT_DIM,
        **kwargs,
    )


ENTRIES = {
    "BiGAN": toys.Entry(toy_bigan),
    "BiGAN_with_parts": toys.Entry(
        lambda **kwargs: toy_bigan(
            normalized=False,
            loss=losses.Hinge(),
            penalties=[penalties.GradientPenalty(1.0, every=2)],
            augmentation=augmentations.DiffAugment(),
            **kwargs,
        )
    ),
}

POINTS = np.array([[2.0, 5.0], [2.0, -7.0], [0.5, 1.0]], "float32")


def judge(kernel, bias=0.0):
    """Returns a linear discriminator of points in the plane and 1 latent."""
    points, latents = keras.Input((2,)), keras.Input((1,))
    joined = layers.Concatenate()([points, latents])
    head = toys.affine(kernel, bias)
    return keras.Model([points, latents], head(joined))


def game(kernel=((1.0,), (0.0,), (0.5,)), **kwargs):
    """A game of linear players: G(z) = (z, 2 z), E(x) = x_1 - x_2."""
    return BiGAN(
        toys.affine([[1.0, 2.0]]),
        judge(kernel),
        toys.affine([[1.0], [-1.0]]),
        latent_dim=1,
        **kwargs,
    )


def softplus(values):
    return np.log1p(np.exp(values))


@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_an_undecided_discriminator_has_the_losses_of_chance(player):
    model = game(kernel=np.zeros((3, 1)))
    loss = getattr(model, f"{player}_loss")(tf.constant(POINTS))
    # Twice what the authors' code reports, which takes the mean of halves.
    np.testing.assert_allclose(loss, 2 * math.log(2), rtol=1e-6)


def test_losses_are_of_pairs_and_have_swapped_labels():
    model = game()
    latents = toys.record(model.generator)
    losses_found = [
        model.discriminator_loss(tf.constant(POINTS)),
        model.generator_loss(tf.constant(POINTS)),
    ]
    real = POINTS[:, 0] + 0.5 * (POINTS[:, 0] - POINTS[:, 1])
    for loss, sign, z in zip(losses_found, (1.0, -1.0), latents):
        fake = 1.5 * z[:, 0]
        expected = softplus(-sign * real).mean() + softplus(sign * fake).mean()
        np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_a_fake_pair_holds_the_latents_that_the_sample_is_made_of():
    model = game()
    (x, codes), (fakes, latents) = model.pairs(tf.constant(POINTS), False)
    np.testing.assert_array_equal(x, POINTS)
    np.testing.assert_allclose(codes, POINTS[:, :1] - POINTS[:, 1:])
    np.testing.assert_allclose(fakes, np.array(latents) * [[1.0, 2.0]])
    assert len(np.unique(latents)) == 3


def test_the_encoder_learns_from_scores_of_real_pairs():
    model = game()
    codes = toys.gradients(
        lambda: model.generator_loss(tf.constant(POINTS)), model.encoder
    )
    real = POINTS[:, 0] + 0.5 * (POINTS[:, 0] - POINTS[:, 1])
    slopes = 0.5 / (1.0 + np.exp(-real)) / 3.0  # Of softplus(D(x, E(x))).
    np.testing.assert_allclose(codes[0][:, 0], POINTS.T @ slopes, rtol=1e-5)
    np.testing.assert_allclose(codes[1], [slopes.sum()], rtol=1e-5)


def test_inverses_reconstruct_what_they_are_given():
    matrix = np.array([[2.0, 1.0], [0.5, 3.0]])
    points, latents = keras.Input((2,)), keras.Input((2,))
    scores = layers.Dense(1)(layers.Concatenate()([points, latents]))
    model = BiGAN(
        toys.affine(matrix),
        keras.Model([points, latents], scores),
        toys.affine(np.linalg.inv(matrix)),
        latent_dim=2,
    )
    np.testing.assert_allclose(model.reconstruct(POINTS), POINTS, rtol=1e-5)
    # Then (G(z), z) and (x, E(x)) are the same pairs, whatever is drawn.
    latents = model.sample_prior(5, seed=1)
    np.testing.assert_allclose(
        model.encode(model(latents)), latents, rtol=1e-4, atol=1e-6
    )


def test_the_best_score_is_the_logarithm_of_a_ratio_of_pairs():
    # Two kinds of pairs: 3/4 and 1/4 of the real ones, half of the fakes.
    ratio = np.log([0.75 / 0.5, 0.25 / 0.5])
    model = game(kernel=[[ratio[0]], [ratio[1]], [0.0]])
    kinds = np.eye(2, dtype="float32")
    fakes = tf.constant(kinds[[0, 0, 1, 1]])
    model.fakes_like = lambda samples, training: (fakes, tf.zeros((4, 1)))
    real = tf.constant(kinds[[0, 0, 0, 1]])
    slopes = toys.gradients(
        lambda: model.discriminator_loss(real), model.discriminator
    )
    np.testing.assert_allclose(slopes[0][:2], 0.0, atol=1e-6)
    mixed = np.array([0.625, 0.375])
    divergence = 0.5 * sum(
        (shares * np.log(shares / mixed)).sum()
        for shares in (np.array([0.75, 0.25]), np.array([0.5, 0.5]))
    )
    np.testing.assert_allclose(
        model.discriminator_loss(real),
        2 * math.log(2) - 2 * divergence,
        rtol=1e-5,
    )


def curved_game():
    """A game whose discriminator has a hidden layer, ten weights in all."""
    rng = np.random.default_rng(2)
    points, latents = keras.Input((2,)), keras.Input((1,))
    x = layers.Concatenate()([points, latents])
    hidden, head = layers.Dense(2, "tanh"), layers.Dense(1)
    discriminator = keras.Model([points, latents], head(hidden(x)))
    for layer in (hidden, head):
        layer.set_weights(
            [rng.normal(size=weight.shape) for weight in layer.get_weights()]
        )
    return BiGAN(
        toys.affine([[1.0, 2.0]], 0.1),
        discriminator,
        toys.affine([[0.3], [-0.2]], 0.2),
        latent_dim=1,
    )


def step_by_hand(weights, loss):
    """Returns weights after a step of size 1, by finite differences."""
    after = []
    for index, weight in enumerate(weights):
        slope = np.zeros_like(weight)
        for place in np.ndindex(slope.shape):
            values = []
            for step in (1e-5, -1e-5):
                moved = [each.copy() for each in weights]
                moved[index][place] += step
                values.append(loss(moved))
            slope[place] = (values[0] - values[1]) / 2e-5
        after.append(weight - slope)
    return after


def test_a_step_by_hand():
    """The authors' losses (`gan.py`, `opp_loss`), but for their 1/2."""
    model = curved_game()
    points = POINTS / 4.0
    seen = toys.record(model.generator)
    optimizers = [keras.optimizers.SGD(1.0) for _ in range(2)]
    model.compile(
        generator_optimizer=optimizers[0],
        discriminator_optimizer=optimizers[1],
        run_eagerly=True,
    )
    judging, making = (
        [
            weight.numpy().astype("float64")
            for network in model.players[player]
            for weight in network.trainable_variables
        ]
        for player in ("discriminator", "generator")
    )
    model.train_step(tf.constant(points))

    def scores(judging, making, latents):
        fakes = latents @ making[0] + making[1]
        codes = points @ making[2] + making[3]
        pairs = np.hstack([points, codes]), np.hstack([fakes, latents])
        for pair in pairs:
            hidden = np.tanh(pair @ judging[0] + judging[1])
            yield hidden @ judging[2] + judging[3]

    def loss(sign, judging, making, latents):
        real, fake = scores(judging, making, latents)
        return softplus(-sign * real).mean() + softplus(sign * fake).mean()

    judging = step_by_hand(
        judging, lambda moved: loss(1.0, moved, making, seen[0])
    )
    making = step_by_hand(
        making, lambda moved: loss(-1.0, judging, moved, seen[1])
    )
    for player, expected in [("discriminator", judging), ("generator", making)]:
        found = [
            weight
            for network in model.players[player]
            for weight in network.trainable_variables
        ]
        for weight, value in zip(found, expected, strict=True):
            np.testing.assert_allclose(weight, value, rtol=1e-3, atol=1e-4)


def test_an_augmentation_changes_what_is_judged_and_not_what_is_encoded():
    model = toy_bigan(augmentation=augmentations.DiffAugment())
    images, _ = toys.arrays(num_batches=1)
    encoded = toys.record(model.encoder)
    judged = toys.record(model.discriminator)
    model.generator_loss(tf.constant(images))
    np.testing.assert_array_equal(encoded[0], images)
    (_, fake_latents), (seen, codes) = judged
    assert np.abs(seen - images).max() > 0.1
    np.testing.assert_array_equal(codes.shape, fake_latents.shape)


def test_scores_are_of_samples_or_of_pairs():
    model = game()
    scores = model.scores(tf.constant(POINTS), training=False)
    real, _ = model.pairs(tf.constant(POINTS), training=False)
    np.testing.assert_array_equal(scores, model.scores(real, training=False))
    assert scores.shape == (3,)


def test_what_is_served_takes_and_gives_the_unit_range():
    model = toy_bigan(average=averages.EMA(0.9))
    images, _ = toys.arrays(num_batches=1)
    served = {}
    for endpoint in model.endpoints():
        served[endpoint.name] = tf.function(
            endpoint, input_signature=endpoint.signature
        )
    unit = (images + 1.0) / 2.0
    codes = served["encode"](unit)["codes"]
    np.testing.assert_allclose(codes, model.encode(images), atol=1e-5)
    found = served["reconstruct"](unit)["images"]
    expected = (model.ema_generator(codes, training=False) + 1.0) / 2.0
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert {"serving_default", "sample", "sample_png", "prior"} < served.keys()


def test_the_prior_is_uniform_unless_told_otherwise():
    latents = game().sample_prior(1000, seed=0)
    assert -1.0 <= np.min(latents) < -0.9 and 0.9 < np.max(latents) < 1.0
    model = game(prior=priors.Normal())
    assert np.abs(model.sample_prior(1000, seed=0)).max() > 2.0


def test_networks_that_do_not_fit_are_refused_before_a_step():
    images, _ = toys.arrays(num_batches=1)
    for change, message in [
        ({"encoder": toy_encoder(latent_dim=3)}, "must return latents"),
        ({"discriminator": toys.discriminator()}, "samples and latents"),
    ]:
        networks = {
            "generator": toys.generator(),
            "discriminator": toy_discriminator(),
            "encoder": toy_encoder(),
            **change,
        }
        model = toys.compile_at_rest(
            BiGAN(latent_dim=toys.LATENT_DIM, **networks)
        )
        with pytest.raises(ValueError, match=message):
            model.fit(images, batch_size=4, verbose=0)
