"""Penalties by exact cases, and by the points they look at."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import noise, penalties

SEED = (1, 2)


def linear(slope):
    """A critic whose gradient is `slope` everywhere."""
    return lambda x: tf.reduce_sum(x * slope, axis=range(1, x.shape.rank))


def points(penalty, *samples):
    """Returns the points at which a penalty looks at a critic."""
    seen = []

    def critic(x):
        seen.append(x.numpy())
        return tf.reduce_sum(x, axis=range(1, x.shape.rank))

    penalty(critic, *map(tf.constant, samples), SEED)
    assert len(seen) == 1
    return seen[0]


@pytest.mark.parametrize("shape", [(5,), (4, 4, 3)])
@pytest.mark.parametrize("norm", [0.5, 1.0, 3.0])
def test_gradient_penalty_of_a_linear_critic_is_exact(norm, shape):
    slope = np.random.normal(size=(1, *shape)).astype("float32")
    slope *= norm / np.linalg.norm(slope)
    real, fake = tf.random.normal((2, 8, *shape))
    penalty = penalties.gradient_penalty(linear(slope), real, fake, SEED)
    np.testing.assert_allclose(penalty, (norm - 1.0) ** 2, atol=1e-5)
    assert penalty.shape == () and penalty.dtype == tf.float32


def pairs(number):
    """Returns samples that are pairs, and a critic of them of slope 2."""
    samples, others = tf.random.normal((number, 2, 2)), tf.ones((number, 3))

    def critic(pair):
        return 1.2 * pair[0][:, 0, 1] - 1.6 * pair[1][:, 2]

    return (samples, others), critic


def test_the_slope_at_a_pair_is_that_of_both():
    real, critic = pairs(8)
    fake = pairs(8)[0]
    for found, expected in [
        (penalties.gradient_penalty(critic, real, fake, SEED), 1.0),
        (penalties.dragan_penalty(critic, real, SEED), 1.0),
        (penalties.squared_gradient_norm(critic, real), 4.0),
    ]:
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_finite_difference_moves_both_of_a_pair_apart():
    real, critic = pairs(40_000)
    found = penalties.squared_slope(critic, real, SEED, scale=0.1)
    # One noise for both would have the mean (1.2 - 1.6)^2 or (1.2 + 1.6)^2.
    np.testing.assert_allclose(found, 4.0, rtol=0.03)


def test_both_of_a_pair_are_at_one_position_between_real_and_fake():
    seen = []

    def critic(pair):
        seen.append(pair)
        return tf.reduce_sum(pair[0], axis=[1, 2]) + pair[1][:, 0]

    real = tf.zeros((6, 2, 2)), tf.zeros((6, 3))
    fake = tf.ones((6, 2, 2)), 2.0 * tf.ones((6, 3))
    penalties.gradient_penalty(critic, real, fake, SEED)
    ((samples, others),) = seen
    np.testing.assert_allclose(2.0 * samples[:, 0, 0], others[:, 0], rtol=1e-6)
    assert len(np.unique(others)) == 6


def test_gradient_penalty_is_of_each_sample_by_itself():
    slopes = np.zeros((2, 4, 4, 3), "float32")
    slopes[0, 0, 0, 0], slopes[1, 0, 0, 0] = 2.0, 4.0
    images = tf.zeros_like(slopes)
    penalty = penalties.gradient_penalty(linear(slopes), images, images, SEED)
    np.testing.assert_allclose(penalty, (1.0 + 9.0) / 2, rtol=1e-5)


def test_gradient_penalty_looks_between_the_samples():
    real, fake = tf.zeros((64, 4, 4, 3)), tf.ones((64, 4, 4, 3))
    positions = points(penalties.gradient_penalty, real, fake)
    positions = positions.reshape(64, -1)
    assert np.ptp(positions, axis=1).max() == 0.0  # One for each sample,
    assert 0.0 <= positions.min() and positions.max() <= 1.0  # on the line,
    assert len(np.unique(positions[:, 0])) == 64  # and not one for all.


def test_gradient_penalty_looks_everywhere_between_the_samples():
    real, fake = tf.zeros((4096, 1)), tf.ones((4096, 1))
    positions = points(penalties.gradient_penalty, real, fake)
    shares, _ = np.histogram(positions, bins=8, range=(0.0, 1.0))
    np.testing.assert_allclose(shares / 4096, 1 / 8, atol=0.02)


def test_gradient_penalty_pairs_each_real_sample_with_one_fake():
    real, fake = tf.random.normal((2, 16, 5))
    seen = points(penalties.gradient_penalty, real, fake)
    detour = np.linalg.norm(seen - real, axis=1) + np.linalg.norm(
        seen - fake, axis=1
    )
    distance = np.linalg.norm(real - fake, axis=1)
    np.testing.assert_allclose(detour, distance, rtol=1e-5)


def test_gradient_penalty_has_a_gradient_at_a_flat_critic():
    slope = tf.Variable(tf.zeros((1, 4, 4, 3)))
    images = tf.random.normal((8, 4, 4, 3))
    with tf.GradientTape() as tape:
        penalty = penalties.gradient_penalty(
            linear(slope), images, images, SEED
        )
    np.testing.assert_allclose(penalty, 1.0, atol=1e-5)
    assert np.isfinite(tape.gradient(penalty, slope)).all()


def test_gradient_penalty_of_a_conditional_critic():
    labels = tf.constant([0, 1, 1])
    slopes = tf.constant([[2.0, 0.0], [0.0, 4.0]])

    def discriminator(images, labels):
        return tf.reduce_sum(images * tf.gather(slopes, labels), axis=1)

    real, fake = tf.random.normal((2, 3, 2))
    penalty = penalties.gradient_penalty(
        lambda images: discriminator(images, labels), real, fake, SEED
    )
    np.testing.assert_allclose(penalty, (1.0 + 9.0 + 9.0) / 3, rtol=1e-5)


def test_gradient_penalty_of_patch_scores_is_of_their_sum():
    def critic(images):
        return images * tf.constant([3.0, 4.0])

    images = tf.random.normal((4, 2))
    penalty = penalties.gradient_penalty(critic, images, images, SEED)
    np.testing.assert_allclose(penalty, 16.0, rtol=1e-5)


@pytest.mark.parametrize("activation", ["tanh", "softplus"])
def test_gradient_of_the_penalty_agrees_with_finite_differences(activation):
    critic = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, activation), layers.Dense(1)]
    )
    kernel, bias = critic.layers[0].trainable_variables
    kernel.assign(np.random.normal(size=(3, 4)))
    bias.assign(np.random.normal(size=4))
    real, fake = tf.random.normal((2, 6, 3))

    def penalty():
        return penalties.gradient_penalty(critic, real, fake, SEED)

    with tf.GradientTape() as tape:
        value = penalty()
    gradients = tape.gradient(value, [kernel.value, bias.value])
    for variable, gradient in zip([kernel, bias], gradients):
        initial, expected = variable.numpy(), np.zeros(variable.shape)
        for index in np.ndindex(*variable.shape):
            ends = []
            for step in (1e-2, -1e-2):
                moved = initial.copy()
                moved[index] += step
                variable.assign(moved)
                ends.append(penalty())
            expected[index] = (ends[0] - ends[1]) / 2e-2
        variable.assign(initial)
        largest = np.abs(expected).max()
        assert largest > 0.02
        np.testing.assert_allclose(gradient, expected, atol=0.03 * largest)


@pytest.mark.parametrize(
    "slope, number", [(300.0, 1), (2.0**-13, 12_288)], ids=["large", "small"]
)
def test_half_precision_gradients_are_squared_in_full(slope, number):
    slopes = tf.fill((1, number), tf.constant(slope, "float16"))
    samples = tf.zeros((2, number), "float16")
    penalty = penalties.gradient_penalty(
        lambda x: x * slopes, samples, samples, SEED
    )
    expected = (slope * np.sqrt(number) - 1.0) ** 2
    assert penalty.dtype == tf.float32
    np.testing.assert_allclose(penalty, expected, rtol=1e-5)


def test_fakes_in_half_precision_are_cast_to_the_real_samples_type():
    real, fake = tf.random.normal((2, 4, 3))
    penalty = penalties.gradient_penalty(
        linear([3.0, 0.0, 0.0]), real, tf.cast(fake, "float16"), SEED
    )
    np.testing.assert_allclose(penalty, 4.0, rtol=1e-5)


@pytest.mark.parametrize(
    "penalty, number",
    [(penalties.gradient_penalty, 2), (penalties.dragan_penalty, 1)],
    ids=["gradient_penalty", "dragan_penalty"],
)
def test_seed_decides_the_points(penalty, number):
    samples = list(tf.random.normal((number, 4, 3)))

    def value(seed):
        return penalty(lambda x: tf.reduce_sum(x**3, 1), *samples, seed)

    assert value((1, 2)) == value((1, 2))
    assert value((1, 2)) != value((1, 3))


@pytest.mark.parametrize("norm", [0.5, 1.0, 3.0])
def test_dragan_penalty_of_a_linear_critic_is_exact(norm):
    slope = np.random.normal(size=(1, 4, 4, 3)).astype("float32")
    slope *= norm / np.linalg.norm(slope)
    real = tf.random.normal((8, 4, 4, 3))
    penalty = penalties.dragan_penalty(linear(slope), real, SEED)
    np.testing.assert_allclose(penalty, (norm - 1.0) ** 2, atol=1e-5)


def test_dragan_penalty_looks_within_half_a_standard_deviation_above():
    real = np.random.normal(3.0, 2.0, (64, 8, 8, 3)).astype("float32")
    shifts = points(penalties.dragan_penalty, real) - real
    bound = 0.5 * real.std()
    assert shifts.min() > -1e-5 and shifts.max() < bound + 1e-5
    assert shifts.max() > 0.9 * bound


def test_dragan_noise_is_of_each_pixel_and_its_size_of_each_sample():
    real = np.random.normal(size=(64, 40, 40, 1)).astype("float32")
    shifts = (points(penalties.dragan_penalty, real) - real).reshape(64, -1)
    sizes = shifts.max(axis=1) / (0.5 * real.std())
    # Uniform in [0, 1]: one for each sample, as those of a gradient penalty.
    assert sizes.min() < 0.1 and sizes.max() > 0.9
    np.testing.assert_allclose(sizes.mean(), 0.5, atol=0.1)
    # Uniform within a sample too, and other numbers in each.
    shares = shifts / shifts.max(axis=1, keepdims=True)
    np.testing.assert_allclose(shares.mean(axis=1), 0.5, atol=0.05)
    np.testing.assert_allclose(shares.std(axis=1), 12**-0.5, atol=0.05)
    np.testing.assert_allclose(np.corrcoef(shares[:2])[0, 1], 0.0, atol=0.1)
    # The sizes are not the first numbers of the noise over again.
    related = np.corrcoef(sizes, shares[0, :64])[0, 1]
    np.testing.assert_allclose(related, 0.0, atol=0.4)


def test_dragan_penalty_scale_is_in_standard_deviations_of_the_batch():
    real = np.random.normal(size=(16, 64)).astype("float32")

    def farthest(scale):
        def penalty(critic, real, seed):
            return penalties.dragan_penalty(critic, real, seed, scale)

        return (points(penalty, real) - real).max()

    np.testing.assert_allclose(farthest(1.0), 2 * farthest(0.5), rtol=1e-4)


def test_dragan_penalty_looks_at_constant_images_as_they_are():
    images = tf.fill((4, 8, 8, 3), 0.75)
    seen = points(penalties.dragan_penalty, images)
    np.testing.assert_array_equal(seen, images)


def test_dragan_noise_of_half_precision_images_is_that_of_full():
    """Their sum overflows in float16."""
    images = np.random.normal(1.0, 1.0, (8, 100, 100, 1)).astype("float16")
    seen = points(penalties.dragan_penalty, images)
    expected = points(penalties.dragan_penalty, images.astype("float32"))
    np.testing.assert_array_equal(seen, expected)


def test_dragan_penalty_is_computed_within_a_function():
    real = tf.random.normal((4, 3))

    def critic(x):
        return tf.reduce_sum(x**3, axis=1)

    compiled = tf.function(penalties.dragan_penalty, jit_compile=True)
    value = compiled(critic, real, noise.as_seed(3))
    expected = penalties.dragan_penalty(critic, real, noise.as_seed(3))
    np.testing.assert_allclose(value, expected, rtol=1e-5)


def critic_with(*middle):
    images = x = keras.Input((8, 8, 3))
    for layer in middle:
        x = layer(x)
    return keras.Model(images, layers.Dense(1)(layers.Flatten()(x)))


def normalizing_block():
    return keras.Sequential(
        [layers.Conv2D(2, 3), layers.BatchNormalization(name="inner")]
    )


def resizing_block():
    images = keras.Input((8, 8, 3))
    resized = keras.ops.image.resize(images, (4, 4), "bilinear")
    return keras.Model(images, resized)


@pytest.mark.parametrize(
    "layer, name",
    [
        (lambda: layers.BatchNormalization(name="mixes"), "mixes"),
        (normalizing_block, "inner"),
        (lambda: keras.Sequential([normalizing_block()]), "inner"),
    ],
    ids=["at the top", "nested", "nested twice"],
)
def test_check_critic_refuses_batch_normalization(layer, name):
    with pytest.raises(
        ValueError,
        match=f"mixes the samples .* Received: a layer `{name}` .*"
        "use LayerNormalization",
    ):
        penalties.check_critic(critic_with(layer()))


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.UpSampling2D(interpolation="bilinear"),
        lambda: layers.Resizing(4, 4),
        lambda: layers.Resizing(4, 4, interpolation="nearest"),
        lambda: keras.Sequential(
            [layers.UpSampling2D(interpolation="bicubic")]
        ),
        lambda: lambda x: keras.ops.image.resize(x, (4, 4), "bilinear"),
        resizing_block,
        lambda: keras.Sequential([resizing_block()]),
    ],
    ids=[
        "UpSampling2D",
        "Resizing",
        "nearest Resizing",
        "nested UpSampling2D",
        "resize",
        "nested resize",
        "resize nested twice",
    ],
)
def test_check_critic_refuses_what_has_no_second_derivative(layer):
    with pytest.raises(
        ValueError, match="second derivatives.* Received: .* Use pooling"
    ):
        penalties.check_critic(critic_with(layer()))


def test_check_critic_accepts_what_has_second_derivatives():
    critic = critic_with(
        layers.Conv2D(4, 3, strides=2, padding="same"),
        layers.LayerNormalization(),
        layers.LeakyReLU(),
        layers.UpSampling2D(interpolation="nearest"),
        layers.GroupNormalization(2),
        layers.AveragePooling2D(2),
        layers.Dropout(0.5),
        lambda x: x + keras.ops.tanh(x),
    )
    assert penalties.check_critic(critic) is None
    images = tf.random.normal((2, 2, 8, 8, 3))
    with tf.GradientTape() as tape:
        penalty = penalties.gradient_penalty(critic, *images, SEED)
    kernel = critic.trainable_variables[0].value
    assert np.abs(tape.gradient(penalty, kernel)).max() > 0.0
