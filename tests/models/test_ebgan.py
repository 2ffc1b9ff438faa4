"""EBGAN, Zhao et al. 2017: energies, a margin, and codes pulled apart."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo.models import EBGAN
from keras_gan_zoo.models.objectives.ebgan import pulling_away_term
from tests.models import toys


def ebgan(**kwargs):
    return EBGAN(
        toys.generator(), toys.autoencoder(True), toys.LATENT_DIM, **kwargs
    )


ENTRIES = {"EBGAN": toys.Entry(ebgan)}

REAL = tf.constant([[0.6, 0.8], [1.8, 2.4]])  # Of norms 1 and 3.


def gan(generator=None, keeps=0.0, **kwargs):
    """A game whose energy is `1 - keeps` times the norm of a sample.

    An embedding is the sample itself.
    """
    samples = keras.Input((2,))
    reconstructions = toys.affine(keeps * np.eye(2))(samples)
    embeddings = toys.affine(np.eye(2))(samples)
    return EBGAN(
        generator or toys.constant_generator([3.0, 4.0]),
        keras.Model(samples, [reconstructions, embeddings]),
        toys.LATENT_DIM,
        **kwargs,
    )


def generator_of(*samples):
    """A generator whose batch is `samples`, whatever the latents."""
    inputs = keras.Input((toys.LATENT_DIM,))

    class Samples(layers.Layer):
        def build(self, shape):
            self.samples = self.add_weight((len(samples), len(samples[0])))

        def call(self, inputs):
            return self.samples + 0.0 * inputs[:, :1]

    layer = Samples()
    generator = keras.Model(inputs, layer(inputs))
    layer.set_weights([np.array(samples)])
    return generator


@pytest.mark.parametrize("shape", [(4, 4, 3), (48,)])
def test_energy_is_the_norm_of_the_whole_error(shape):
    images = keras.Input(shape)
    autoencoder = keras.Model(images, [0.0 * images, layers.Flatten()(images)])
    model = EBGAN(toys.affine(np.eye(4)), autoencoder, toys.LATENT_DIM)
    errors = np.random.normal(size=(5, *shape)).astype("float32")
    energies, embeddings = model.energy(tf.constant(errors), training=False)
    expected = np.linalg.norm(errors.reshape(5, -1), axis=1)
    np.testing.assert_allclose(energies, expected, rtol=1e-5)
    np.testing.assert_array_equal(embeddings, errors.reshape(5, -1))


def test_energy_of_a_perfect_reconstruction_has_a_finite_gradient():
    model = gan(keeps=1.0)
    np.testing.assert_allclose(model.generator_loss(REAL), 0.1, atol=1e-5)
    for gradient in toys.gradients(
        lambda: model.discriminator_loss(REAL), model.discriminator
    ):
        assert np.isfinite(gradient).all()


def test_discriminator_lowers_real_energy_and_raises_fake_to_the_margin():
    loss = gan(margin=7.0).discriminator_loss(REAL)
    np.testing.assert_allclose(loss, (1.0 + 3.0) / 2 + (7.0 - 5.0), rtol=1e-6)
    loss = gan(margin=5.0).discriminator_loss(REAL)
    np.testing.assert_allclose(loss, 2.0, rtol=1e-6)


def test_margin_is_of_each_sample_by_itself():
    generator = generator_of([0.0, 1.0], [8.0, 0.0])  # Energies 1 and 8.
    model = gan(generator, margin=4.0)
    loss = model.discriminator_loss(REAL)
    np.testing.assert_allclose(loss, 2.0 + (3.0 + 0.0) / 2, rtol=1e-6)
    fakes = model.fake_energy_tracker.result()
    np.testing.assert_allclose(fakes, 4.5, rtol=1e-6)
    reals = model.real_energy_tracker.result()
    np.testing.assert_allclose(reals, 2.0, rtol=1e-6)


def test_samples_above_the_margin_teach_the_discriminator_nothing():
    steps = []
    for margin in (4.0, 0.5):  # Above the first energy, and above none.
        model = gan(generator_of([0.0, 1.0], [8.0, 0.0]), margin=margin)
        real = tf.zeros((2, 2))  # Without a gradient in the kernel.
        kernel = toys.gradients(
            lambda: model.discriminator_loss(real), model.discriminator
        )[0]
        steps.append(kernel)
    # The error of the first is (0, -1), half of the batch, and of its second
    # number; energy rises with the kernel's last entry falling.
    np.testing.assert_allclose(steps[0], [[0.0, 0.0], [0.0, 0.5]], atol=1e-6)
    np.testing.assert_allclose(steps[1], np.zeros((2, 2)), atol=1e-6)


def test_without_pulling_away_the_generator_seeks_low_energy():
    model = gan(pulling_away_weight=0.0)
    np.testing.assert_allclose(model.generator_loss(REAL), 5.0, rtol=1e-6)
    _, step = toys.gradients(
        lambda: model.generator_loss(REAL), model.generator
    )
    np.testing.assert_allclose(step, [0.6, 0.8], rtol=1e-5)


@pytest.mark.parametrize("weight", [0.1, 2.0])
def test_pulling_away_term_is_weighed_and_of_the_fakes(weight):
    real = tf.eye(2)  # Orthogonal, whereas all fakes are the same.
    loss = gan(pulling_away_weight=weight).generator_loss(real)
    np.testing.assert_allclose(loss, 5.0 + weight, rtol=1e-6)


def test_pulling_away_moves_the_generator():
    # Of equal energy whichever their directions, which are at 45 degrees.
    model = gan(generator_of([1.0, 0.0], [1.0, 1.0]), pulling_away_weight=1.0)
    (step,) = toys.gradients(
        lambda: model.generator_loss(REAL), model.generator
    )
    # By turning them away from each other: d cos^2 = -sin(2 * 45 degrees).
    along = np.array([[1.0, 0.0], [0.5**0.5, 0.5**0.5]]) / 2
    turned = step - along  # Without the gradient of the mean energy.
    np.testing.assert_allclose(turned, [[0.0, 1.0], [0.5, -0.5]], atol=1e-5)


def test_pulling_away_term_cases():
    cases = [
        (np.eye(4), 0.0),
        (np.tile([1.0, -2.0, 3.0], (5, 1)), 1.0),
        ([[1.0, 2.0], [-1.0, -2.0]], 1.0),
        ([[1.0, 0.0], [1.0, 1.0]], 0.5),
        ([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], 1 / 3),
        (np.eye(2)[[0, 0, 1, 1]], 1 / 3),
    ]
    for embeddings, expected in cases:
        term = pulling_away_term(tf.cast(embeddings, tf.float32))
        np.testing.assert_allclose(term, expected, atol=1e-6)


def test_pulling_away_term_is_the_mean_of_all_pairs():
    embeddings = np.random.normal(size=(5, 3))
    cosines = [
        left @ right / (np.linalg.norm(left) * np.linalg.norm(right))
        for i, left in enumerate(embeddings)
        for j, right in enumerate(embeddings)
        if i != j
    ]
    term = pulling_away_term(embeddings)
    np.testing.assert_allclose(term, np.mean(np.square(cosines)), rtol=1e-5)


def test_pulling_away_term_knows_directions_only():
    embeddings = np.random.normal(size=(5, 3)).astype("float32")
    scales = np.array([[0.01], [1.0], [-3.0], [100.0], [7.0]], "float32")
    np.testing.assert_allclose(
        pulling_away_term(scales * embeddings),
        pulling_away_term(embeddings),
        rtol=1e-5,
    )


def test_pulling_away_term_of_half_precision_is_in_full():
    embeddings = tf.fill((2, 3), tf.constant(300.0, "float16"))
    term = pulling_away_term(embeddings)
    assert term.dtype == tf.float32
    np.testing.assert_allclose(term, 1.0, rtol=1e-6)


def test_weights_are_kept_in_the_configuration():
    model = gan(margin=3.0, pulling_away_weight=0.5)
    copy = EBGAN.from_config(model.get_config())
    assert (copy.margin, copy.pulling_away_weight) == (3.0, 0.5)
