"""What latents are drawn from."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import noise, priors
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.models import VanillaGAN
from tests.models import toys, zoo

SEED = noise.as_seed(3)
UNIFORM = priors.Uniform(2.0, 5.0)
BOUND = 3**0.5


def gan(prior=None):
    return zoo.ZOO["VanillaGAN"].build(prior=prior)


def test_latents_are_normal_by_default():
    latents = gan().sample_prior(5, seed=3)
    np.testing.assert_array_equal(latents, noise.normal([5, 4], SEED))


@pytest.mark.parametrize("low, high", [(-1.0, 1.0), (-BOUND, BOUND), (0, 1)])
def test_uniform_latents_have_the_moments_of_their_interval(low, high):
    latents = priors.Uniform(low, high).draw([5000, 4], SEED).numpy()
    assert latents.min() >= low and latents.max() < high
    np.testing.assert_allclose(latents.mean(), (low + high) / 2, atol=0.03)
    np.testing.assert_allclose(latents.var(), (high - low) ** 2 / 12, rtol=0.05)


def test_the_interval_of_the_first_gan_has_unit_variance():
    latents = priors.Uniform(-BOUND, BOUND).draw([5000, 4], SEED)
    np.testing.assert_allclose(np.var(latents), 1.0, rtol=0.02)


@pytest.mark.parametrize(
    "low, high", [(1.0, 1.0), (2.0, -2.0), (0.0, np.inf), (np.nan, 1.0)]
)
def test_an_interval_must_have_a_length(low, high):
    with pytest.raises(ValueError, match="must be below `high`"):
        priors.Uniform(low, high)


@pytest.mark.parametrize("prior", ["uniform", priors.Uniform, np.random.normal])
def test_a_prior_is_an_object_that_draws(prior):
    with pytest.raises(ValueError, match="`prior` must be an object"):
        gan(prior)


@keras.saving.register_keras_serializable("test_priors")
class Spherical(priors.Prior):
    def __init__(self, radius=1.0):
        self.radius = radius

    def draw(self, shape, seed):
        return self.radius * tf.math.l2_normalize(noise.normal(shape, seed), 1)

    def get_config(self):
        return {"radius": self.radius}


class Forgetful(Spherical):
    def get_config(self):
        return {}


class OfAnotherSize(priors.Prior):
    def draw(self, shape, seed):
        return noise.normal([shape[0], 2], seed)


class OfAnotherDtype(priors.Prior):
    def draw(self, shape, seed):
        return noise.integers(shape, seed, 2)


class WithoutSeed(priors.Prior):
    def draw(self, shape, seed):
        return tf.random.normal(shape)


@pytest.mark.parametrize(
    ("prior", "message"),
    [
        (OfAnotherSize(), r"float32 of shape \(2, 2\) for shape \(2, 4\)"),
        (OfAnotherDtype(), r"Received: int32 of shape \(2, 4\)"),
        (WithoutSeed(), "draw the same for the same seed"),
        (Forgetful(2.0), "put all arguments into the config"),
    ],
)
def test_draws_that_would_break_a_training_are_refused(prior, message):
    with pytest.raises(ValueError, match=message):
        gan(prior)


def test_a_prior_of_ones_own_is_saved_with_the_model(tmp_path):
    model = gan(Spherical(2.0))
    model.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    latents = loaded.sample_prior(5, seed=3)
    np.testing.assert_array_equal(latents, model.sample_prior(5, seed=3))
    np.testing.assert_allclose(np.linalg.norm(latents, axis=1), 2.0, rtol=1e-5)


def test_fakes_are_made_of_the_prior():
    model = gan(UNIFORM)
    seen = toys.record(model.generator)
    model.fakes_like(tf.zeros((6, *toys.IMAGE_SHAPE)), training=True)
    assert ((seen[0] >= 2.0) & (seen[0] < 5.0)).all()


@pytest.mark.parametrize("name", ["CGAN", "ACGAN"])
def test_conditional_models_draw_latents_of_the_prior(name):
    latents, labels = zoo.ZOO[name].build(prior=UNIFORM).sample_prior(50, 0)
    assert np.min(latents) >= 2.0 and np.max(latents) < 5.0
    assert set(labels.numpy()) == {0, 1, 2}


def test_the_prior_of_infogan_is_that_of_its_noise():
    build = zoo.ZOO["InfoGAN"].build
    usual = build().sample_prior(50, seed=0).numpy()
    other = build(prior=UNIFORM).sample_prior(50, seed=0).numpy()
    size = build().noise_dim
    assert size and other[:, :size].min() >= 2.0
    np.testing.assert_array_equal(other[:, size:], usual[:, size:])
    assert -1.0 <= usual.min() < -0.5 and 0.5 < usual[:, :size].max() < 1.0


def test_began_draws_uniform_latents_by_default():
    latents = zoo.ZOO["BEGAN"].build().sample_prior(5, seed=3)
    np.testing.assert_array_equal(latents, noise.uniform([5, 4], SEED, -1.0))


def test_a_prior_is_saved_with_the_model(tmp_path):
    gan(UNIFORM).save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert (loaded.prior.low, loaded.prior.high) == (2.0, 5.0)


def test_a_model_saved_without_a_prior_has_the_default():
    config = gan(UNIFORM).get_config()
    del config["prior"]
    assert isinstance(VanillaGAN.from_config(config).prior, priors.Normal)


def test_the_exported_generator_draws_from_the_prior(tmp_path):
    model = gan(UNIFORM)
    path = export_generator(model, tmp_path)
    signatures = tf.saved_model.load(path).signatures
    seeds = tf.range(20, dtype=tf.int64)
    latents = signatures["prior"](seeds=seeds)["latents"].numpy()
    np.testing.assert_array_equal(latents, model.prior_of_seeds(seeds))
    assert latents.min() >= 2.0 and latents.max() < 5.0
