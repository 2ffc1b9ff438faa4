"""ProGAN, Karras et al. 2018: both networks grow in one training."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import networks
from keras_gan_zoo.growth import Growth
from keras_gan_zoo.layers import GrowingDecoder, GrowingEncoder
from keras_gan_zoo.models import ProGAN
from tests.models import toys


def small(**kwargs):
    kwargs = {"growth": Growth(stable_images=2, fade_images=4), **kwargs}
    # Eight features: of two, some pixel has none but small ones, and to
    # normalize those makes a thousand times more of a rounding error.
    return ProGAN(
        networks.progan_generator(toys.LATENT_DIM, toys.IMAGE_SHAPE, 32, 8),
        networks.progan_discriminator(toys.IMAGE_SHAPE, 32, 8),
        toys.LATENT_DIM,
        **kwargs,
    )


ENTRIES = {"ProGAN": toys.Entry(small)}

PIXEL = 0.5  # What the generator makes of its features.


def constant(value):
    return {
        "use_bias": False,
        "kernel_initializer": keras.initializers.Constant(value),
    }


def linear_gan(make_optimizer=lambda: keras.optimizers.SGD(0.1), **kwargs):
    """A game of images of 2 x 2 pixels, of two levels.

    Images of a level are `PIXEL` times 2 or 6. A discriminator's score is the
    mean of an image times a number, which is 1 for level 0 and 3 for level 1.
    """
    latents = keras.Input((toys.LATENT_DIM,))
    head = layers.Dense(1, kernel_initializer="zeros")
    x = layers.Reshape((1, 1, 1))(head(latents))
    head.set_weights([np.zeros((toys.LATENT_DIM, 1)), np.array([PIXEL])])
    x = GrowingDecoder(
        [layers.UpSampling2D(2)],
        [layers.Conv2D(1, 1, **constant(value)) for value in (2.0, 6.0)],
    )(x)
    generator = keras.Model(latents, x)
    images = keras.Input((2, 2, 1))
    x = GrowingEncoder(
        [layers.AveragePooling2D(2)],
        [layers.Conv2D(1, 1, **constant(value)) for value in (1.0, 3.0)],
    )(images)
    discriminator = keras.Model(images, layers.Reshape((1,))(x))
    kwargs = {"growth": Growth(4, 8), **kwargs}
    model = ProGAN(generator, discriminator, toys.LATENT_DIM, **kwargs)
    return toys.compile_with(model, make_optimizer)


IMAGES = tf.constant(
    np.random.default_rng(0).uniform(-1, 1, (2, 2, 2, 1)), tf.float32
)


def ends_of(network):
    growing = next(x for x in network.layers if hasattr(x, "growth"))
    return [end.kernel.numpy().item() for end in growing.ends]


def growth_of(network):
    growing = next(x for x in network.layers if hasattr(x, "growth"))
    return float(growing.growth)


def test_growth_follows_the_images_seen():
    model = linear_gan()
    found = []
    for _ in range(8):
        model.train_step(IMAGES)
        found.append(growth_of(model.generator))
        assert growth_of(model.discriminator) == found[-1]
        assert growth_of(model.ema_generator) == found[-1]
    assert found == [0.0, 0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
    assert model.images_seen == 16


def test_batches_may_change_their_size():
    model = linear_gan()
    for images in (IMAGES, IMAGES[:1], IMAGES, IMAGES[:1]):
        model.train_step(images)
    assert growth_of(model.generator) == 1 / 8
    assert model.images_seen == 6


def test_losses_are_wasserstein_with_penalty_and_drift():
    model = linear_gan()  # At level 0 scores are means, and slopes 1/2.
    scores = np.mean(IMAGES, axis=(1, 2, 3))
    fake = 2.0 * PIXEL
    expected = fake - scores.mean() + 10.0 * 0.25
    expected += 0.001 * (scores**2).mean()
    np.testing.assert_allclose(
        model.discriminator_loss(IMAGES), expected, rtol=1e-5
    )
    np.testing.assert_allclose(model.generator_loss(IMAGES), -fake, rtol=1e-6)


def test_drift_is_of_real_scores_alone():
    model = linear_gan(penalty_weight=0.0)
    twos = 2.0 * tf.ones_like(IMAGES)
    expected = 2.0 * PIXEL - 2.0 + 0.004
    np.testing.assert_allclose(
        model.discriminator_loss(twos), expected, rtol=1e-5
    )


def test_one_step_in_a_fade_equals_one_written_by_hand():
    model = linear_gan(drift_weight=0.01)
    model.images_seen.assign(6)  # A quarter of level 1 is there.
    model.train_step(IMAGES)
    weights, shares, rate = np.array([1.0, 3.0]), np.array([0.75, 0.25]), 0.1
    images = np.array([2.0, 6.0]) * PIXEL
    means = np.mean(IMAGES, axis=(1, 2, 3))
    score, fake = (weights * shares).sum(), (images * shares).sum()
    # Four pixels have slopes of score / 4: their norm is score / 2.
    slope = fake - means.mean() + 10.0 * 2.0 * (score / 2.0 - 1.0) * 0.5
    slope += 0.01 * 2.0 * score * (means**2).mean()
    weights -= rate * slope * shares
    np.testing.assert_allclose(ends_of(model.discriminator), weights, rtol=1e-5)
    score = (weights * shares).sum()
    expected = np.array([2.0, 6.0]) + rate * score * shares * PIXEL
    np.testing.assert_allclose(ends_of(model.generator), expected, rtol=1e-5)


def test_the_discriminator_sees_data_that_are_mixed_as_samples_are():
    model = linear_gan()
    model.images_seen.assign(6)
    model.grow(IMAGES)
    seen = toys.record(model.discriminator)
    model.discriminator_loss(IMAGES)
    mean = np.mean(IMAGES, axis=(1, 2), keepdims=True)
    expected = 0.75 * mean + 0.25 * IMAGES
    assert any(np.allclose(batch, expected, atol=1e-6) for batch in seen)
    assert not any(np.allclose(batch, IMAGES, atol=1e-3) for batch in seen)


def test_levels_that_are_not_there_yet_do_not_move():
    def adam():
        return keras.optimizers.Adam(0.1, beta_1=0.0, beta_2=0.99)

    model = linear_gan(adam)
    before = ends_of(model.generator), ends_of(model.discriminator)
    for _ in range(3):
        model.train_step(IMAGES)
    after = ends_of(model.generator), ends_of(model.discriminator)
    for old, new in zip(before, after):
        assert old[1] == new[1] and old[0] != new[0]


def test_optimizers_begin_anew_when_a_fade_begins_and_when_it_ends():
    def nadam():  # Has a state that doesn't begin at zero.
        return keras.optimizers.Nadam(0.01)

    model = linear_gan(nadam)
    optimizers = model.discriminator_optimizer, model.generator_optimizer
    fresh = [np.asarray(v) for o in optimizers for v in o.variables]
    iterations = []
    for _ in range(9):
        model.train_step(IMAGES)
        one, other = (int(o.iterations) for o in optimizers)
        assert one == other
        iterations.append(one)
    assert iterations == [1, 2, 3, 1, 2, 3, 1, 2, 3]
    # A step at which they begin anew, and in which nobody moves.
    model.growth = Growth(10**6, 1)
    model.grow(IMAGES)
    now = [np.asarray(v) for o in optimizers for v in o.variables]
    for expected, found in zip(fresh, now, strict=True):
        np.testing.assert_array_equal(expected, found)


def test_learning_rates_are_kept():
    model = linear_gan()
    model.generator_optimizer.learning_rate = 0.05
    for _ in range(5):
        model.train_step(IMAGES)
    np.testing.assert_allclose(model.generator_optimizer.learning_rate, 0.05)
    np.testing.assert_allclose(model.discriminator_optimizer.learning_rate, 0.1)


@pytest.mark.parametrize("steps", [3, 5])
def test_a_training_stopped_in_a_fade_goes_on_bit_for_bit(steps, tmp_path):
    """It is stopped after 3 steps, before the fade, or 5, in its midst."""
    images = np.random.default_rng(0).uniform(-1, 1, (16, *toys.IMAGE_SHAPE))
    data = tf.data.Dataset.from_tensor_slices(images.astype("float32"))
    data = data.batch(2, drop_remainder=True)

    keras.utils.set_random_seed(0)
    whole = toys.compile_model(small(growth=Growth(6, 8)), run_eagerly=True)
    whole.save(tmp_path / "start.keras")
    whole.fit(data, verbose=0)
    stopped = keras.models.load_model(tmp_path / "start.keras")
    stopped.fit(data.take(steps), verbose=0)
    assert 0.0 <= growth_of(stopped.generator) < 1.0
    stopped.save(tmp_path / "stopped.keras")
    resumed = keras.models.load_model(tmp_path / "stopped.keras")
    assert resumed.images_seen == 2 * steps
    resumed.fit(data.skip(steps), verbose=0)
    assert growth_of(resumed.generator) == 1.0
    for one, other in zip(whole.weights, resumed.weights, strict=True):
        np.testing.assert_array_equal(one, other, err_msg=one.path)


def test_samples_are_of_blocks_at_first_and_of_the_full_size():
    model = small()
    images = model.generate(3, seed=0).numpy()
    assert images.shape == (3, *toys.IMAGE_SHAPE)
    small_images = images[:, ::2, ::2]
    np.testing.assert_array_equal(
        images, small_images.repeat(2, axis=1).repeat(2, axis=2)
    )


def test_a_copy_has_the_same_growth_and_weights_of_terms():
    model = linear_gan(penalty_weight=3.0, drift_weight=0.5)
    copy = ProGAN.from_config(model.get_config())
    assert copy.growth.get_config() == model.growth.get_config()
    assert copy.penalty_weight == 3.0 and copy.drift_weight == 0.5
    assert [penalty.weight for penalty in copy.penalties] == [3.0, 0.5]
    assert copy.average.decay == 0.999


def test_networks_of_different_sizes_are_refused():
    with pytest.raises(ValueError, match=r"levels \[1\] .* and \[2\]"):
        ProGAN(
            networks.progan_generator(4, (8, 8, 1), 8, 2),
            networks.progan_discriminator((16, 16, 1), 8, 2),
            4,
        )
    with pytest.raises(ValueError, match=r"levels \[\] "):
        ProGAN(toys.generator(), toys.discriminator(False), toys.LATENT_DIM)
