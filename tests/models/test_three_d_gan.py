"""3D-GAN, Wu et al. 2016: volumes, and a discriminator that waits."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import networks, priors
from keras_gan_zoo.models import ThreeDGAN
from tests.models import toys

SHAPE = (4, 4, 4, 1)


def volumes(num_batches, seed=0):
    rng = np.random.default_rng(seed)
    number = num_batches * toys.BATCH_SIZE
    return (rng.uniform(size=(number, *SHAPE)) < 0.3).astype("float32")


def small(**kwargs):
    return ThreeDGAN(
        networks.three_d_gan_generator(toys.LATENT_DIM, SHAPE, (4,)),
        networks.three_d_gan_discriminator(SHAPE, (4,)),
        toys.LATENT_DIM,
        **kwargs,
    )


ENTRIES = {"ThreeDGAN": toys.Entry(small, data=volumes)}

# Scores are the first number of a sample, and those of fakes are -1.
FIVE = tf.constant([[1.0], [2.0], [3.0], [4.0], [5.0]])


def gan(fake=-1.0, **kwargs):
    """A game of numbers, which the discriminator takes for their scores."""
    model = ThreeDGAN(
        toys.constant_generator([fake]),
        toys.affine([[1.0]]),
        toys.LATENT_DIM,
        **kwargs,
    )
    return toys.compile_with(model, lambda: keras.optimizers.SGD(1e-6))


def weights_and_slots(model, player):
    optimizer = getattr(model, f"{player}_optimizer")
    variables = [*getattr(model, player).variables, *optimizer.variables]
    return [variable.numpy() for variable in variables]


def step(model, samples):
    """Makes a step; returns whether each player moved."""
    players = ("discriminator", "generator")
    before = [weights_and_slots(model, player) for player in players]
    model.train_step(samples)
    after = [weights_and_slots(model, player) for player in players]
    return tuple(
        any((old != new).any() for old, new in zip(*pair, strict=True))
        for pair in zip(before, after)
    )


@pytest.mark.parametrize(
    "accuracy, moves", [(0.79, True), (0.8, True), (0.81, False)]
)
def test_discriminator_moves_up_to_an_accuracy_of_80_percent(accuracy, moves):
    model = gan()
    model.last_accuracy.assign(accuracy)
    assert step(model, FIVE) == (moves, True)


def test_accuracy_is_that_of_the_batch_before():
    model = gan()  # All fakes are judged rightly.
    certain, doubtful = FIVE, FIVE - 4.5  # All data, and one of five.
    moves = [
        step(model, samples)[0]
        for samples in [certain, doubtful, doubtful, certain, doubtful]
    ]
    # Nothing is known at first, and a batch decides about the next.
    assert moves == [True, False, True, True, False]
    np.testing.assert_allclose(model.last_accuracy, 0.6)


def test_accuracy_counts_data_and_samples_alike():
    model = gan(fake=1.0)  # All fakes are taken for data.
    model.discriminator_loss(FIVE)
    np.testing.assert_allclose(model.last_accuracy, 0.5)
    model.discriminator_loss(FIVE - 4.5)
    np.testing.assert_allclose(model.last_accuracy, 0.1)
    model = gan(fake=0.0)  # A score of zero is no judgment.
    model.discriminator_loss(0.0 * FIVE)
    np.testing.assert_allclose(model.last_accuracy, 0.0)


def test_four_right_of_five_are_not_above_80_percent():
    model = gan()
    model.discriminator_loss(FIVE - 2.5)  # 3 of 5, and 5 of 5.
    assert step(model, FIVE)[0]


def test_accuracy_of_evaluation_decides_nothing():
    model = gan()
    model.evaluate(FIVE, batch_size=5, verbose=0)
    assert model.last_accuracy == 0.0


def test_logs_tell_how_often_the_discriminator_rested():
    model = gan()
    logs = model.fit(FIVE, batch_size=5, epochs=1, verbose=0).history
    assert logs["discriminator_rests"] == [0.0]
    logs = model.fit(
        tf.concat([FIVE] * 4, axis=0), batch_size=5, verbose=0
    ).history
    assert logs["discriminator_rests"] == [1.0]
    assert logs["discriminator_accuracy"] == [1.0]


def test_a_limit_of_one_lets_it_never_rest():
    model = gan(accuracy_limit=1.0)
    assert [step(model, FIVE)[0] for _ in range(3)] == [True] * 3


def test_losses_are_those_of_the_non_saturating_game():
    real = tf.constant([[2.0], [2.0]])

    def softplus(score):
        return math.log1p(math.exp(score))

    np.testing.assert_allclose(
        gan().discriminator_loss(real), softplus(-2) + softplus(-1), rtol=1e-6
    )
    np.testing.assert_allclose(
        gan().generator_loss(real), softplus(1), rtol=1e-6
    )


def test_latents_are_uniform_from_zero_to_one():
    latents = gan().sample_prior(1000, seed=0)
    assert 0.0 <= tf.reduce_min(latents) < 0.01
    assert 0.99 < tf.reduce_max(latents) < 1.0


def test_a_saved_game_knows_when_to_rest(tmp_path):
    model = gan(accuracy_limit=0.7)
    step(model, FIVE)
    model.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.accuracy_limit == 0.7
    assert loaded.last_accuracy == 1.0
    assert not step(loaded, FIVE)[0]


def test_the_prior_can_be_another():
    assert isinstance(gan(prior=priors.Normal()).prior, priors.Normal)


def test_a_limit_that_is_no_share_is_refused():
    with pytest.raises(ValueError, match="Received: accuracy_limit=80"):
        gan(accuracy_limit=80)


@pytest.mark.parametrize("moves", [True, False])
def test_one_step_equals_one_written_by_hand(moves):
    """The discriminator's loss and slope by hand, the generator's after it."""
    model = ThreeDGAN(
        toys.constant_generator([-1.0]),
        toys.affine([[0.5]], 0.25),
        toys.LATENT_DIM,
    )
    toys.compile_with(model, lambda: keras.optimizers.SGD(0.1))
    model.last_accuracy.assign(0.8 if moves else 0.9)
    real, fake, weight, bias = np.array([2.0, -3.0]), -1.0, 0.5, 0.25

    def sigmoid(score):
        return 1.0 / (1.0 + np.exp(-score))

    # d softplus(-r) / dr = -sigmoid(-r), d softplus(f) / df = sigmoid(f).
    slopes = -sigmoid(-(weight * real + bias)) / 2.0
    fake_slope = sigmoid(weight * fake + bias)
    if moves:
        weight -= 0.1 * ((slopes * real).sum() + fake_slope * fake)
        bias -= 0.1 * (slopes.sum() + fake_slope)
    fake += 0.1 * weight * sigmoid(-(weight * fake + bias))

    model.train_step(tf.constant(real[:, None], tf.float32))
    found = [w.numpy().item() for w in model.discriminator.weights]
    np.testing.assert_allclose(found, [weight, bias], rtol=1e-6)
    np.testing.assert_allclose(
        model.generator.weights[1].numpy(), [fake], rtol=1e-6
    )
    # 2 of 2 data and 1 of 2 samples were judged rightly, or vice versa.
    assert model.last_accuracy == 0.75
