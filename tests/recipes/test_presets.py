"""What `--preset paper` of each recipe has of its paper, before it trains."""

import math
import pathlib
import runpy
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import models, priors
from keras_gan_zoo.recipe import training

RECIPES = pathlib.Path(__file__).parents[2] / "recipes"


class Began(Exception):
    """Carries a model that is about to train, and how."""


@pytest.fixture
def begun(monkeypatch, tmp_path):
    """Returns a function from a recipe's name to its model and arguments."""

    def fit(model, *data, **arguments):
        raise Began(model, arguments)

    monkeypatch.setattr(models.AdversarialModel, "fit", fit)
    monkeypatch.setattr(training, "begin", lambda *arguments: None)

    def begin(name, *flags, dataset="embedded"):
        flags = ["--preset=paper", f"--dataset={dataset}", *flags]
        flags.append(f"--output={tmp_path}")
        monkeypatch.setattr(sys, "argv", [name, *flags])
        with pytest.raises(Began) as raised:
            runpy.run_path(str(RECIPES / f"{name}.py"), run_name="__main__")
        return raised.value.args

    return begin


def moments(latents):
    """Returns the least, the largest and the variance of latents."""
    return np.min(latents), np.max(latents), np.var(latents)


def total(arguments):
    return arguments["epochs"] * arguments["steps_per_epoch"]


def test_gan(begun):
    gan, arguments = begun("gan_mnist")
    assert (arguments["epochs"], total(arguments)) == (250, 125_000)
    low, high, variance = moments(gan.sample_prior(200, seed=0))
    assert -(3**0.5) <= low < -1.7 and 1.7 < high < 3**0.5
    np.testing.assert_allclose(variance, 1.0, rtol=0.05)
    assert_first_step_of_half_a_loss(gan, tf.zeros((100, 28, 28, 1)))


def test_cgan(begun):
    gan, _ = begun("cgan_mnist")
    latents, _ = gan.sample_prior(200, seed=0)
    low, high, variance = moments(latents)
    assert 0.0 <= low < 0.01 and 0.99 < high < 1.0  # The unit hypercube.
    np.testing.assert_allclose(variance, 1 / 12, rtol=0.05)
    data = tf.zeros((100, 28, 28, 1)), tf.zeros((100,), tf.int32)
    assert_first_step_of_half_a_loss(gan, data)


def assert_first_step_of_half_a_loss(gan, data):
    """Holds a discriminator's first step to that of the authors' cost.

    That is the mean of both cross-entropies. Where all scores are 1, the last
    bias moves by its gradient, whatever dropout does.
    """
    *_, kernel, bias = gan.discriminator.trainable_weights
    kernel.assign(tf.zeros(kernel.shape))
    bias.assign([1.0])
    gan.update("discriminator", gan.unpack(data))
    odds = 1.0 / (1.0 + math.exp(-1.0))
    gradient = ((odds - 1.0) + odds) / 2.0
    np.testing.assert_allclose(bias, [1.0 - 0.1 * gradient], rtol=1e-6)
    np.testing.assert_allclose(gan.generator_optimizer.learning_rate, 0.1)


def test_dcgan(begun):
    gan, arguments = begun("dcgan_fashion_mnist")
    assert isinstance(gan.prior, priors.Uniform)
    assert moments(gan.sample_prior(200, seed=0))[0] < -0.99
    assert arguments["epochs"] == 25


def test_lsgan(begun):
    gan, _ = begun("lsgan_mnist")
    low, high, variance = moments(gan.sample_prior(20, seed=0))
    assert -1.0 <= low < -0.99 and 0.99 < high < 1.0
    np.testing.assert_allclose(variance, 1 / 3, rtol=0.05)
    assert gan.generator.input_shape == (None, 1024)


def test_dragan(begun):
    gan, arguments = begun("dragan_fashion_mnist")
    low, high, variance = moments(gan.sample_prior(200, seed=0))
    assert -1.0 <= low < -0.99 and 0.99 < high < 1.0
    assert total(arguments) == 200_000
    for network in (gan.generator, gan.discriminator):
        kernels = [w.numpy() for w in network.weights if w.name == "kernel"]
        for kernel in kernels:  # N(0, 2 / inputs).
            expected = math.sqrt(2.0 / kernel.shape[0])
            tolerance = 4 / math.sqrt(kernel.size)
            np.testing.assert_allclose(kernel.std(), expected, rtol=tolerance)
        # Truncated, it would end at 2.27 of its standard deviations.
        first = kernels[0] / kernels[0].std()
        assert 3.0 < np.max(np.abs(first)) < 6.0


def test_acgan(begun):
    gan, arguments = begun("acgan_fashion_mnist")
    assert total(arguments) == 50_000
    dense = [x for x in gan.generator.layers if hasattr(x, "kernel")][0]
    assert dense.kernel.shape[0] == 110  # Noise and the label, in all.
    assert gan.latent_dim == 100
    assert len(gan.class_names) == 10


def test_vae(begun):
    vae, arguments = begun("vae_mnist")
    for network in (vae.encoder, vae.decoder):
        for weight in network.trainable_weights:
            tolerance = 4 / math.sqrt(np.size(weight))
            np.testing.assert_allclose(np.std(weight), 0.01, rtol=tolerance)
    assert isinstance(vae.optimizer, keras.optimizers.Adagrad)
    assert vae.optimizer.initial_accumulator_value == 0.0
    # For a mean over the batch, where the authors have a sum.
    assert vae.optimizer.epsilon == 1e-8 / 100**2
    np.testing.assert_allclose(total(arguments) * 100, 1e8, rtol=1e-3)


def test_black_pixels_are_zero_for_the_encoder_of_vae(begun):
    vae, _ = begun("vae_mnist")
    black = -np.ones((1, 28, 28, 1), "float32")
    before = vae.encoder(black)
    kernel = vae.encoder.trainable_weights[0]
    kernel.assign(10.0 * kernel)
    np.testing.assert_array_equal(before, vae.encoder(black))


def test_three_d_gan(begun):
    gan, _ = begun("three_d_gan_solids", dataset="solids")
    assert gan.ema_generator is None  # The paper keeps no average.
    assert moments(gan.sample_prior(20, seed=0))[0] >= 0.0
    assert gan.generator.output_shape == (None, 64, 64, 64, 1)
    rates = [float(o.learning_rate) for o in gan.optimizer.optimizers]
    np.testing.assert_allclose(sorted(rates), [1e-5, 0.0025])


def test_wgan(begun):
    gan, _ = begun("wgan_mnist")
    assert gan.discriminator_steps == 5
    for optimizer in gan.optimizer.optimizers:
        assert optimizer.rho == 0.99 and optimizer.epsilon == 1e-16
        np.testing.assert_allclose(optimizer.learning_rate, 5e-5)


@pytest.mark.parametrize(
    "name, epsilon",
    [
        ("acgan_fashion_mnist", 1e-8),
        ("began_fashion_mnist", 1e-8),
        ("bigan_mnist", 2e-8),  # For losses that are twice theirs.
        ("dcgan_fashion_mnist", 1e-8),
        ("dragan_fashion_mnist", 1e-8),
        ("ebgan_mnist", 1e-8),
        ("infogan_mnist", 1e-8),
        # For a mean over the batch, where the authors have a sum.
        ("lsgan_mnist", 1e-8 / 64),
        ("wgan_gp_cifar", 1e-8),
    ],
)
def test_adam_has_the_epsilon_of_the_authors(begun, name, epsilon):
    gan, _ = begun(name)
    for optimizer in gan.optimizer.optimizers:
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert optimizer.epsilon == epsilon


def test_the_rate_of_began_is_halved_when_its_measure_stalls(begun):
    gan, arguments = begun("began_fashion_mnist")
    (plateau,) = [
        callback
        for callback in arguments["callbacks"]
        if isinstance(callback, keras.callbacks.ReduceLROnPlateau)
    ]
    plateau.set_model(gan)
    plateau.on_train_begin()
    # It falls, and stalls from the tenth epoch on, but for noise.
    measures = [0.2 - 0.01 * epoch for epoch in range(10)]
    measures += [0.1101 - 0.0001 * (epoch % 3) for epoch in range(10)]
    rates = []
    for epoch, measure in enumerate(measures):
        plateau.on_epoch_end(epoch, {"convergence": measure})
        rates.append([float(o.learning_rate) for o in gan.optimizer.optimizers])
    expected = np.repeat([1e-4, 5e-5, 2.5e-5], [14, 5, 1])
    np.testing.assert_allclose(rates, np.stack([expected] * 2, 1), rtol=1e-6)
