"""VAE, Kingma and Welling 2014: a bound, and how far it is from the truth."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import noise, priors
from keras_gan_zoo.likelihoods import Bernoulli, Gaussian
from keras_gan_zoo.models import VAE
from tests.models import toys


def toy_encoder():
    images = keras.Input(toys.IMAGE_SHAPE)
    x = toys.features(images, normalized=True)
    heads = [
        layers.Dense(toys.LATENT_DIM, dtype=toys.HEAD_DTYPE) for _ in range(2)
    ]
    return keras.Model(images, [head(x) for head in heads])


def toy_decoder():
    latents = keras.Input((toys.LATENT_DIM,))
    x = toys.batch_normalization()(layers.Dense(16, use_bias=False)(latents))
    x = layers.Dense(64, dtype=toys.HEAD_DTYPE)(toys.relu()(x))
    logits = layers.Reshape(toys.IMAGE_SHAPE, dtype=toys.HEAD_DTYPE)(x)
    return keras.Model(latents, logits)


def toy_vae(**kwargs):
    return VAE(toy_encoder(), toy_decoder(), toys.LATENT_DIM, **kwargs)


ENTRIES = {"VAE": toys.Entry(toy_vae)}


def guess(slope, variance, mean=0.0):
    """Returns an encoder of points: `q(z|x) = N(slope x + mean, variance)`."""
    size = len(np.atleast_2d(slope))
    points = keras.Input((size,))
    heads = [layers.Dense(np.shape(slope)[1]) for _ in range(2)]
    encoder = keras.Model(points, [head(points) for head in heads])
    width = np.shape(slope)[1]
    heads[0].set_weights([np.array(slope), np.full(width, mean)])
    heads[1].set_weights(
        [np.zeros((size, width)), np.full(width, math.log(variance))]
    )
    return encoder


# x = z + noise of variance 1/2, seen at 0.7: p(x) = N(0, 3/2), and the
# posterior is N(2/3 x, 1/3).
POINT = 0.7
TRUTH = -0.5 * (math.log(2 * math.pi * 1.5) + POINT**2 / 1.5)  # -1.28500


def linear_vae(encoder):
    return VAE(encoder, toys.affine([[1.0]]), 1, Gaussian(math.sqrt(0.5)))


def test_with_the_right_guess_the_bound_is_the_likelihood():
    assert abs(TRUTH + 1.28500) < 5e-6
    model = linear_vae(guess([[2 / 3]], 1 / 3))
    points = np.full((3, 1), POINT, "float32")
    for draws in (1, 7):
        found = model.log_likelihood(points, num_draws=draws)
        np.testing.assert_allclose(found.nats, [TRUTH] * 3, rtol=1e-5)
        np.testing.assert_allclose(found.bound, [TRUTH] * 3, rtol=1e-5)


def test_the_terms_of_the_loss_are_those_of_the_bound():
    model = linear_vae(guess([[2 / 3]], 1 / 3))
    points = tf.fill([40_000, 1], POINT)
    loss = model.autoencoder_loss(points)
    np.testing.assert_allclose(loss, -TRUTH, atol=0.01)
    divergence = model.divergence_tracker.result()
    np.testing.assert_allclose(divergence, 0.32486, atol=1e-5)
    reconstruction = model.reconstruction_tracker.result()
    np.testing.assert_allclose(reconstruction, 0.96014, atol=0.01)


def test_any_other_guess_has_a_lower_bound():
    exact = linear_vae(guess([[2 / 3]], 1 / 3))
    points = tf.fill([20_000, 1], POINT)
    losses = [
        linear_vae(encoder).autoencoder_loss(points)
        for encoder in (guess([[0.9]], 1 / 3), guess([[2 / 3]], 0.6))
    ]
    assert min(losses) > exact.autoencoder_loss(points) + 0.02
    prior = linear_vae(guess([[0.0]], 1.0)).autoencoder_loss(points)
    np.testing.assert_allclose(prior, 2.0624, atol=0.03)


def test_more_draws_lift_the_estimate_to_the_likelihood():
    model = linear_vae(guess([[0.0]], 1.0))  # Guesses by the prior.
    points = np.full((1000, 1), POINT, "float32")
    found = [
        model.log_likelihood(points, num_draws=draws) for draws in (1, 5, 50)
    ]
    nats = [each.nats.mean() for each in found]
    np.testing.assert_allclose(nats[0], -2.0624, atol=0.2)
    np.testing.assert_allclose(nats[1:], [-1.348, -1.290], atol=0.03)
    assert nats[0] < nats[1] < nats[2] < TRUTH + 0.01
    for each in found:
        np.testing.assert_allclose(each.bound.mean(), -2.0624, atol=0.2)
    single = model.log_likelihood(points[:1], num_draws=20_000)
    np.testing.assert_allclose(single.nats, TRUTH, atol=0.03)


def test_the_likelihood_of_independent_pixels_is_exact():
    chances = np.array([0.9, 0.2, 0.5])
    decoder = toys.affine(np.zeros((1, 3)), np.log(chances / (1 - chances)))
    model = VAE(guess(np.zeros((3, 1)), 1.0), decoder, 1, Bernoulli())
    images = np.array([[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]], "float32")
    expected = np.log([0.9 * 0.8 * 0.5, 0.1 * 0.2 * 0.5])
    found = model.log_likelihood(images, num_draws=4)
    np.testing.assert_allclose(found.nats, expected, rtol=1e-5)
    np.testing.assert_allclose(
        found.bits_per_dimension, -expected / 3 / math.log(2), rtol=1e-5
    )


def test_all_draws_are_of_one_binarization():
    # Grey pixels, so that each binarization has another likelihood.
    decoder = toys.affine(np.zeros((1, 3)), [3.0, -2.0, 1.0])
    model = VAE(guess(np.zeros((3, 1)), 1.0), decoder, 1)
    found = model.log_likelihood(np.zeros((50, 3), "float32"), num_draws=6)
    np.testing.assert_allclose(found.bound, found.nats, rtol=1e-5)
    assert len(np.unique(found.nats.round(4))) > 4


def test_the_likelihood_of_a_data_set_is_that_of_its_array():
    model = toy_vae()
    images, labels = toys.arrays(num_batches=30)
    data = tf.data.Dataset.from_tensor_slices((images, labels)).batch(100)
    one, other = (
        model.log_likelihood(each, num_draws=3, seed=5)
        for each in (images, data)
    )
    np.testing.assert_array_equal(one.nats, other.nats)
    assert one.nats.shape == one.bound.shape == (120,)
    assert (one.bound <= one.nats + 1e-9).all()
    another = model.log_likelihood(images, num_draws=3, seed=6)
    assert not np.array_equal(one.nats, another.nats)


def test_draws_beyond_what_is_decoded_at_once_are_made_in_parts(monkeypatch):
    from keras_gan_zoo.models.base import likelihood_model

    monkeypatch.setattr(likelihood_model, "_ROWS", 10)
    model = linear_vae(guess([[0.0]], 1.0))
    seen = toys.record(model.decoder)
    monkeypatch.setattr(tf, "function", lambda function: function)
    found = model.log_likelihood(np.zeros((4, 1), "float32"), num_draws=5)
    latents = np.concatenate(seen)
    assert [len(each) for each in seen] == [8, 8, 4]
    assert len(np.unique(latents)) == 20
    densities = np.exp(-(latents**2)) / math.sqrt(math.pi)
    np.testing.assert_allclose(
        np.exp(found.nats).mean(), densities.mean(), rtol=1e-5
    )


def test_latents_move_with_what_the_encoder_says_of_them():
    model = linear_vae(guess([[0.0]], 1.0))
    means, log_variances = tf.constant([[0.3]]), tf.constant([[0.8]])
    with tf.GradientTape() as tape:
        tape.watch([means, log_variances])
        latents = model.draw(means, log_variances, noise.as_seed(1))
    by_mean, by_variance = tape.gradient(latents, [means, log_variances])
    np.testing.assert_array_equal(by_mean, [[1.0]])
    np.testing.assert_allclose(by_variance, 0.5 * (latents - means), rtol=1e-5)


def certain_vae(size):
    """Returns a model of `size` pixels whose latents are its guesses."""
    decoder = toys.affine(np.ones((1, size)), 0.5)
    return VAE(guess(np.full((size, 1), 1 / size), 1e-12), decoder, 1)


def test_a_mean_is_over_the_batch_and_a_sum_over_pixels():
    image = np.array([[1.0, -1.0, 1.0, 1.0]], "float32")
    model = certain_vae(4)
    loss = model.autoencoder_loss(tf.constant(image)).numpy()
    divergence = model.divergence_tracker.result()
    repeated = tf.constant(np.repeat(image, 3, axis=0))
    np.testing.assert_allclose(
        model.autoencoder_loss(repeated), loss, rtol=1e-5
    )
    tiled = certain_vae(8)
    twice = tiled.autoencoder_loss(tf.constant(np.tile(image, 2)))
    np.testing.assert_allclose(
        twice, 2.0 * (loss - divergence) + divergence, rtol=1e-5
    )
    np.testing.assert_allclose(tiled.divergence_tracker.result(), divergence)


def test_a_step_by_hand():
    rng = np.random.default_rng(1)
    points = keras.Input((2,))
    heads = [layers.Dense(1), layers.Dense(1)]
    encoder = keras.Model(points, [head(points) for head in heads])
    model = VAE(encoder, toys.affine(rng.normal(size=(1, 2)), 0.1), 1)
    images = rng.choice([-1.0, 1.0], (4, 2)).astype("float32")
    seen = toys.record(model.decoder)
    model.compile(optimizer=keras.optimizers.SGD(1.0), run_eagerly=True)
    before = [w.numpy().astype("float64") for w in model.trainable_variables]
    model.train_step(tf.constant(images))

    def parts(weights):
        encoder, decoder = weights[:4], weights[4:]
        means = images @ encoder[0] + encoder[1]
        log_variances = images @ encoder[2] + encoder[3]
        return means, log_variances, decoder

    means, log_variances, _ = parts(before)
    deviates = (seen[0] - means) / np.exp(0.5 * log_variances)

    def loss(weights):
        means, log_variances, (kernel, bias) = parts(weights)
        latents = means + np.exp(0.5 * log_variances) * deviates
        chances = 1.0 / (1.0 + np.exp(-(latents @ kernel + bias)))
        white = (images + 1.0) / 2.0
        entropy = white * np.log(chances) + (1 - white) * np.log(1 - chances)
        divergence = means**2 + np.exp(log_variances) - 1.0 - log_variances
        return (0.5 * divergence.sum(1) - entropy.sum(1)).mean()

    for index, weight in enumerate(model.trainable_variables):
        slope = np.zeros_like(before[index])
        for place in np.ndindex(slope.shape):
            values = []
            for step in (1e-5, -1e-5):
                moved = [each.copy() for each in before]
                moved[index][place] += step
                values.append(loss(moved))
            slope[place] = (values[0] - values[1]) / 2e-5
        np.testing.assert_allclose(
            weight, before[index] - slope, rtol=1e-4, atol=1e-5
        )


def test_codes_are_means_and_reconstructions_are_of_codes():
    model = toy_vae()
    images, _ = toys.arrays(num_batches=70)  # More than are made at a time.
    codes = model.encode(images)
    np.testing.assert_allclose(
        codes[:9], model.encoder(images[:9], training=False)[0], atol=1e-5
    )
    np.testing.assert_allclose(
        model.reconstruct(images)[270:], model(codes)[270:], atol=1e-5
    )
    assert np.abs(model.reconstruct(images)).max() < 1.0


def test_metrics_compare_samples_with_their_reconstructions():
    model = toy_vae()
    error = keras.metrics.MeanAbsoluteError(name="error")
    model.compile(optimizer="sgd", metrics=[error])
    images, _ = toys.arrays(num_batches=1)
    report = model.evaluate(images, batch_size=4, verbose=0, return_dict=True)
    expected = np.abs(images - model.reconstruct(images)).mean()
    np.testing.assert_allclose(report["error"], expected, rtol=1e-5)


def test_what_is_served_takes_and_gives_the_unit_range():
    model = toy_vae()
    images, _ = toys.arrays(num_batches=1)
    served = {}
    for endpoint in model.endpoints():
        served[endpoint.name] = tf.function(
            endpoint, input_signature=endpoint.signature
        )
    assert {"serving_default", "sample", "prior"} < served.keys()
    unit = (images + 1.0) / 2.0
    codes = served["encode"](unit)["codes"]
    np.testing.assert_allclose(codes, model.encode(images), atol=1e-5)
    found = served["reconstruct"](unit)["images"]
    expected = (model.reconstruct(images) + 1.0) / 2.0
    np.testing.assert_allclose(found, expected, atol=1e-5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="in \\[0, 1\\]"):
        served["encode"](images)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"prior": priors.Uniform()}, "N\\(0, 1\\)"),
        ({"likelihood": "bernoulli"}, "`likelihood` must be an object"),
        ({"latent_dim": 3}, "decoder must take the latents"),
    ],
)
def test_what_no_vae_is_made_of_is_refused(change, message):
    arguments = {"latent_dim": toys.LATENT_DIM, **change}
    with pytest.raises(ValueError, match=message):
        VAE(toy_encoder(), toy_decoder(), **arguments)


def test_networks_that_do_not_fit_are_refused_before_a_step():
    images, _ = toys.arrays(num_batches=1)
    squashed = toys.generator()  # Ends in tanh.
    inputs = keras.Input(toys.IMAGE_SHAPE)
    one = keras.Model(
        inputs, layers.Dense(toys.LATENT_DIM)(layers.Flatten()(inputs))
    )
    flat = toys.affine(np.zeros((toys.LATENT_DIM, 64)))
    for encoder, decoder, message in [
        (toy_encoder(), squashed, "must return logits.*tanh"),
        (one, toy_decoder(), "means and log_variances"),
        (toy_encoder(), flat, "the shape of samples"),
    ]:
        model = VAE(encoder, decoder, toys.LATENT_DIM)
        model.compile(optimizer="sgd")
        with pytest.raises(ValueError, match=message):
            model.fit(images, batch_size=4, verbose=0)
