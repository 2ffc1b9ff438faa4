"""pix2pix, Isola et al. 2017: pairs, patches, an L1 term, noise that stays."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import augmentations, losses, penalties
from keras_gan_zoo.layers import DropoutFromNoise
from keras_gan_zoo.models import Pix2Pix
from tests.models import toys

RATE = 0.1


def joined(size_of_first, size_of_second, outputs):
    """Returns a dense layer of two vectors side by side."""
    inputs = [keras.Input((size_of_first,)), keras.Input((size_of_second,))]
    x = layers.Concatenate()(inputs)
    return keras.Model(inputs, layers.Dense(outputs)(x))


def vector_game(**kwargs):
    """Returns a game of ten weights: vectors of two, one number of noise."""
    game = Pix2Pix(joined(2, 1, 2), joined(2, 2, 1), l1_weight=3.0, **kwargs)
    rng = np.random.default_rng(0)
    for weight in game.generator.weights + game.discriminator.weights:
        weight.assign(rng.normal(size=weight.shape))
    game.compile(
        generator_optimizer=keras.optimizers.SGD(RATE),
        discriminator_optimizer=keras.optimizers.SGD(RATE),
        run_eagerly=True,
    )
    return game


def batch():
    rng = np.random.default_rng(1)
    return tuple(tf.unstack(rng.normal(size=(2, 5, 2)).astype("float32")))


def softplus(values):
    return np.log1p(np.exp(values))


def dense(weights, *parts):
    kernel, bias = weights
    return np.concatenate(parts, axis=1) @ kernel + bias


def test_a_step_is_that_of_the_paper():
    game, (source, target) = vector_game(), batch()
    generator, discriminator = (
        [weight.numpy().astype("float64") for weight in network.weights]
        for network in (game.generator, game.discriminator)
    )
    calls = toys.record(game.generator)
    game.train_step((source, target))
    source, target = source.numpy(), target.numpy()
    noises = [noise for _, noise in calls]
    np.testing.assert_array_equal(*noises)  # One draw for both moves.
    noise = noises[0]

    def half_cross_entropy(weights):
        fakes = dense(generator, source, noise)
        reals = softplus(-dense(weights, target, source)).mean()
        return (reals + softplus(dense(weights, fakes, source)).mean()) / 2

    discriminator = toys.descended(half_cross_entropy, discriminator, RATE)

    def cross_entropy_and_distance(weights):
        fakes = dense(weights, source, noise)
        scores = dense(discriminator, fakes, source)
        return softplus(-scores).mean() + 3.0 * np.abs(target - fakes).mean()

    generator = toys.descended(cross_entropy_and_distance, generator, RATE)
    for network, expected in (
        (game.discriminator, discriminator),
        (game.generator, generator),
    ):
        for weight, value in zip(network.weights, expected, strict=True):
            np.testing.assert_allclose(weight, value, rtol=1e-4, atol=1e-5)


def test_scores_of_zero_cost_the_discriminator_log_two():
    game = vector_game()
    for weight in game.discriminator.weights:
        weight.assign(tf.zeros_like(weight))
    loss = game.discriminator_loss(batch())
    np.testing.assert_allclose(loss, np.log(2.0), rtol=1e-6)


def test_the_distance_is_a_mean_over_all_values():
    generator = joined(2, 1, 2)
    kernel, bias = generator.weights
    kernel.assign(tf.zeros_like(kernel))
    bias.assign([1.0, 4.0])
    discriminator = joined(2, 2, 1)
    discriminator.set_weights([np.zeros((4, 1)), np.zeros(1)])
    game = Pix2Pix(generator, discriminator)
    source, target = tf.zeros((3, 2)), tf.zeros((3, 2))
    loss = game.generator_loss((source, target))
    np.testing.assert_allclose(loss, np.log(2.0) + 100.0 * 2.5, rtol=1e-6)


def test_the_generator_learns_nothing_of_scores_of_the_data():
    game, (source, target) = vector_game(), batch()
    game.l1_weight = 0.0
    calls = toys.record(game.discriminator)
    game.generator_loss((source, target))
    (judged,) = calls
    assert not np.array_equal(judged[0], target)


def test_the_discriminator_judges_an_image_with_what_it_was_made_of():
    game, (source, target) = vector_game(), batch()
    calls = toys.record(game.discriminator)
    game.discriminator_loss((source, target))
    (real, condition), (fake, fake_condition) = calls
    np.testing.assert_array_equal(real, target)
    np.testing.assert_array_equal(condition, source)
    np.testing.assert_array_equal(fake_condition, source)
    assert not np.array_equal(fake, target)


def test_other_losses_and_penalties_are_open():
    game = vector_game(loss=losses.Hinge(), penalties=[penalties.R1(8.0)])
    kernel = game.discriminator.weights[0].numpy()
    game.discriminator.set_weights([kernel, np.array([-100.0])])
    source, target = batch()
    reals = 1.0 - np.mean(game.discriminator([target, source]))  # And no fakes.
    # The slope is that over the image: what it is judged with is given.
    penalty = 8.0 / 2.0 * (kernel[:2] ** 2).sum()
    loss = game.discriminator_loss((source, target))
    np.testing.assert_allclose(loss, reals / 2.0 + penalty, rtol=1e-5)


def images(number, seed=0):
    rng = np.random.default_rng(seed)
    shape = (2, number, *toys.IMAGE_SHAPE)
    return tuple(rng.uniform(-1.0, 1.0, shape).astype("float32"))


def network_of_pairs():
    inputs = [keras.Input(toys.IMAGE_SHAPE) for _ in range(2)]
    x = layers.Conv2D(4, 4, 2, "same")(layers.Concatenate()(inputs))
    scores = layers.Conv2D(1, 3, dtype=toys.HEAD_DTYPE)(toys.leaky_relu()(x))
    return keras.Model(inputs, scores)


def noisy_network():
    inputs = [keras.Input(toys.IMAGE_SHAPE), keras.Input((4 * 4 * 4,))]
    x = layers.Conv2D(4, 4, 2, "same")(inputs[0])
    x = DropoutFromNoise(0.5)([toys.relu()(x), inputs[1]])
    x = layers.Conv2DTranspose(1, 4, 2, "same")(x)
    made = layers.Activation("tanh", dtype=toys.HEAD_DTYPE)(x)
    return keras.Model(inputs, made)


def build(**kwargs):
    return Pix2Pix(noisy_network(), network_of_pairs(), **kwargs)


def paired_images(num_batches, seed):
    return images(num_batches * toys.BATCH_SIZE, seed)


ENTRIES = {"Pix2Pix": toys.Entry(build, data=paired_images)}


def test_both_images_of_a_pair_are_augmented_alike():
    augmentation = augmentations.DiffAugment()
    game = build(augmentation=augmentation)
    calls = toys.record(game.discriminator)
    first, _ = images(4)
    game.judge(first, training=True, condition=first)
    ((seen, condition),) = calls
    np.testing.assert_array_equal(seen, condition)
    assert not np.array_equal(seen, first)
    game.judge(first, training=False, condition=first)
    np.testing.assert_array_equal(calls[1], [first, first])


@pytest.mark.parametrize("run_eagerly", [True, False])
def test_it_is_saved_whole(tmp_path, run_eagerly):
    game = build(
        l1_weight=7.0,
        domains=("maps", "photos"),
        loss=losses.LeastSquares(),
        penalties=[penalties.LeCam(0.1)],
        augmentation=augmentations.InstanceNoise(0.1, 100),
    )
    toys.compile_model(game, run_eagerly=run_eagerly)
    data = tf.data.Dataset.from_tensors(images(4))
    game.fit(data, verbose=0)
    game.save(tmp_path / "gan.keras")
    copy = keras.models.load_model(tmp_path / "gan.keras")
    assert copy.domains == ("maps", "photos") and copy.l1_weight == 7.0
    for one in (game, copy):
        one.fit(data, verbose=0)
    for expected, weight in zip(game.get_weights(), copy.get_weights()):
        np.testing.assert_array_equal(weight, expected)
