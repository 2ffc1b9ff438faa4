"""InfoGAN, Chen et al. 2016: codes that can be read from the images."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo.models import InfoGAN
from tests.models import toys


def toy_recognition():
    inputs = keras.Input((64,))
    logits = layers.Dense(3, dtype=toys.HEAD_DTYPE)(inputs)
    means = layers.Dense(2, dtype=toys.HEAD_DTYPE)(inputs)
    log_stddevs = layers.Dense(2, dtype=toys.HEAD_DTYPE)(inputs)
    return keras.Model(inputs, [logits, means, log_stddevs])


def informing_discriminator():
    images = keras.Input(toys.IMAGE_SHAPE)
    x = toys.features(images, True)
    return keras.Model(images, [toys.score()(x), x])


def infogan(**kwargs):
    return InfoGAN(
        toys.generator(latent_dim=9),
        informing_discriminator(),
        toy_recognition(),
        latent_dim=9,
        num_categories=3,
        num_codes=2,
        **kwargs,
    )


ENTRIES = {"InfoGAN": toys.Entry(infogan)}

NUM_CATEGORIES, NUM_CODES, NOISE_DIM = 3, 2, 4
LATENT_DIM = NOISE_DIM + NUM_CATEGORIES + NUM_CODES
CODE_ENTROPY = math.log(NUM_CATEGORIES) + NUM_CODES * math.log(2)
# Of a standard normal at its mean.
CODE_LOSS = 0.918939
REAL = tf.fill((16, LATENT_DIM), 0.5)


def recognition(logit=0.0, mean=0.0, log_stddev=0.0):
    """Reads the code from latents: right if `logit` is large, `mean` 1."""
    rows = np.eye(LATENT_DIM)
    end = NOISE_DIM + NUM_CATEGORIES
    features = keras.Input((LATENT_DIM,))
    outputs = [
        toys.affine(logit * rows[:, NOISE_DIM:end])(features),
        toys.affine(mean * rows[:, end:])(features),
        toys.affine(np.zeros((LATENT_DIM, NUM_CODES)), log_stddev)(features),
    ]
    return keras.Model(features, outputs)


def gan(q=None, score=0.0, **kwargs):
    """A game whose samples are the latents, features are the samples.

    The score is a sample's first number times a weight.
    """
    rows = np.eye(LATENT_DIM)
    samples = keras.Input((LATENT_DIM,))
    discriminator = keras.Model(
        samples,
        [toys.affine(score * rows[:, :1])(samples), toys.affine(rows)(samples)],
    )
    return InfoGAN(
        toys.affine(rows),
        discriminator,
        q or recognition(),
        LATENT_DIM,
        NUM_CATEGORIES,
        NUM_CODES,
        **kwargs,
    )


def code_of(latents):
    _, category, codes = np.split(
        latents, [NOISE_DIM, NOISE_DIM + NUM_CATEGORIES], axis=1
    )
    return category, codes


def test_prior_is_noise_a_category_and_codes_side_by_side():
    latents = gan().sample_prior(3000, seed=0).numpy()
    assert latents.shape == (3000, LATENT_DIM)
    category, codes = code_of(latents)
    assert set(np.unique(category)) == {0.0, 1.0}
    np.testing.assert_array_equal(category.sum(axis=1), 1.0)
    np.testing.assert_allclose(category.mean(axis=0), 1 / 3, atol=0.05)
    for numbers in (latents[:, :NOISE_DIM], codes):
        assert -1.0 <= numbers.min() < -0.99 and 0.99 < numbers.max() < 1.0
        np.testing.assert_allclose(numbers.mean(axis=0), 0.0, atol=0.05)
        np.testing.assert_allclose(numbers.std(axis=0), 3**-0.5, atol=0.03)
    related = np.corrcoef(np.delete(latents, NOISE_DIM, axis=1).T)
    related -= np.diag(np.diag(related))
    related[NOISE_DIM : NOISE_DIM + 2, NOISE_DIM : NOISE_DIM + 2] = 0.0
    np.testing.assert_allclose(related, 0.0, atol=0.08)


def test_generator_gets_the_code_within_its_one_input():
    model = gan()
    seen = toys.record(model.generator)
    model.generator_loss(REAL)
    (latents,) = seen
    category, codes = code_of(latents)
    np.testing.assert_array_equal(category.sum(axis=1), 1.0)
    assert len(np.unique(codes)) == codes.size


def test_uniform_guess_knows_nothing_of_the_category():
    model = gan()
    latents = model.sample_prior(16, seed=0)
    _, codes = code_of(latents)
    information = model.information(
        latents, tf.zeros((16, NUM_CATEGORIES)), codes, tf.zeros_like(codes)
    )
    expected = NUM_CODES * (math.log(2) - CODE_LOSS)
    np.testing.assert_allclose(information, expected, atol=1e-5)


@pytest.mark.parametrize("certainty", [0.0, 1.0, 10.0, 1e4])
def test_information_of_the_category_is_at_most_its_entropy(certainty):
    model = gan()
    latents = model.sample_prior(64, seed=0)
    category, codes = code_of(latents)
    of_codes = NUM_CODES * (math.log(2) - CODE_LOSS)
    for logits in (category, np.random.normal(size=category.shape)):
        information = model.information(
            latents, certainty * logits, codes, tf.zeros_like(codes)
        )
        assert information - of_codes <= math.log(NUM_CATEGORIES) + 1e-5
    right = model.information(
        latents, 1e4 * category, codes, tf.zeros_like(codes)
    )
    np.testing.assert_allclose(
        right - of_codes, math.log(NUM_CATEGORIES), atol=1e-5
    )


@pytest.mark.parametrize("log_stddev", [-1.0, 0.0, 0.7])
def test_codes_are_guessed_by_a_normal_density(log_stddev):
    model = gan()
    latents = model.sample_prior(64, seed=0)
    category, codes = code_of(latents)
    means = codes + np.random.normal(size=codes.shape).astype("float32")
    information = model.information(
        latents, 1e4 * category, means, tf.fill(codes.shape, log_stddev)
    )
    stddev = math.exp(log_stddev)
    densities = np.exp(-0.5 * ((codes - means) / stddev) ** 2) / (
        stddev * math.sqrt(2 * math.pi)
    )
    likelihood = np.log(densities).sum(axis=1).mean()
    np.testing.assert_allclose(
        information, CODE_ENTROPY + likelihood, rtol=1e-4, atol=1e-4
    )


def test_half_precision_guesses_have_information_in_full_precision():
    model = gan()
    latents = model.sample_prior(16, seed=0)
    guess = [tf.zeros((16, size), "float16") for size in (3, 2, 2)]
    assert model.information(latents, *guess).dtype == tf.float32


@pytest.mark.parametrize("weight", [0.0, 1.0, 0.5])
def test_both_players_lower_their_losses_by_the_information(weight):
    model = gan(recognition(logit=1e4, mean=1.0), information_weight=weight)
    information = CODE_ENTROPY - NUM_CODES * CODE_LOSS
    loss = model.discriminator_loss(REAL)
    expected = 2 * math.log(2) - weight * information
    np.testing.assert_allclose(loss, expected, atol=1e-5)
    loss = model.generator_loss(REAL)
    expected = math.log(2) - weight * information
    np.testing.assert_allclose(loss, expected, atol=1e-5)
    logged = model.information_tracker.result()
    np.testing.assert_allclose(logged, information, atol=1e-5)


def test_discriminator_raises_real_scores_and_lowers_fake_ones():
    model = gan(score=4.0, information_weight=0.0)
    judged = toys.record(model.discriminator)
    loss = model.discriminator_loss(REAL)
    (fakes,) = [batch for batch in judged if not (batch == 0.5).all()]
    expected = (
        math.log1p(math.exp(-2.0)) + np.log1p(np.exp(4.0 * fakes[:, 0])).mean()
    )
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_information_reaches_the_generator_by_code_alone():
    model = gan(recognition(logit=1.0, mean=1.0))  # All scores are 0.
    kernel, _ = toys.gradients(
        lambda: model.generator_loss(REAL), model.generator
    )
    # Of the samples, the classifier reads only the category: codes are right.
    read = slice(NOISE_DIM, NOISE_DIM + NUM_CATEGORIES)
    assert (np.diag(kernel)[read] < -0.01).all()
    unread = np.delete(kernel, range(*read.indices(LATENT_DIM)), axis=1)
    np.testing.assert_allclose(unread, 0.0, atol=1e-6)


def test_information_is_read_from_features_of_fakes():
    model = gan()
    made = toys.record(model.generator)
    read = toys.record(model.recognition)
    model.discriminator_loss(REAL)
    model.generator_loss(REAL)
    assert len(read) == 2
    for features, latents in zip(read, made, strict=True):
        np.testing.assert_array_equal(features, latents)


def trained_player(player):
    """Returns the networks that a move of a player moves."""
    generator_inputs = keras.Input((LATENT_DIM,))
    samples = layers.Dense(4, "tanh")(generator_inputs)
    generator = keras.Model(generator_inputs, samples)
    inputs = keras.Input((4,))
    features = layers.Dense(LATENT_DIM, "tanh")(inputs)
    discriminator = keras.Model(inputs, [layers.Dense(1)(features), features])
    model = InfoGAN(
        generator,
        discriminator,
        recognition(1.0, 1.0),
        LATENT_DIM,
        NUM_CATEGORIES,
        NUM_CODES,
    )
    toys.compile_model(model)
    networks = {
        name: getattr(model, name)
        for name in ("generator", "discriminator", "recognition")
    }
    before = {name: net.get_weights() for name, net in networks.items()}
    model.update(player, tf.random.normal((8, 4)))
    return {
        name
        for name, net in networks.items()
        if any(
            np.abs(old - new).max() > 0
            for old, new in zip(before[name], net.get_weights())
        )
    }


def test_generators_move_leaves_the_recognition_network_alone():
    assert trained_player("generator") == {"generator"}


def test_recognition_network_moves_with_the_discriminator():
    assert trained_player("discriminator") == {"discriminator", "recognition"}


def test_recognition_network_must_be_built():
    with pytest.raises(ValueError, match="`recognition` must be built"):
        gan(keras.Sequential([layers.Dense(3)]))


def test_latents_must_hold_the_code():
    with pytest.raises(
        ValueError, match="must be at least 5, .* Received: latent_dim=4"
    ):
        InfoGAN(
            toys.affine(np.eye(4)),
            toys.affine(np.eye(4)),
            recognition(),
            latent_dim=4,
            num_categories=3,
            num_codes=2,
        )


def test_sizes_are_kept_in_the_configuration():
    copy = InfoGAN.from_config(gan(information_weight=0.5).get_config())
    assert copy.num_categories == NUM_CATEGORIES
    assert copy.num_codes == NUM_CODES
    assert copy.information_weight == 0.5
