"""CycleGAN, Zhu et al. 2017: there and back, and a pool of earlier fakes."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo.models import CycleGAN
from tests.models import toys

RATE = 0.1


def vector_game(seed=0, **kwargs):
    """Returns a game of vectors of two, in which all networks are dense."""
    rng = np.random.default_rng(seed)
    networks = [
        toys.affine(rng.normal(size=(2, size)), rng.normal(size=size))
        for size in (2, 2, 1, 1)
    ]
    game = CycleGAN(*networks, **kwargs)
    game.compile(
        generators_optimizer=keras.optimizers.SGD(RATE),
        discriminators_optimizer=keras.optimizers.SGD(RATE),
        run_eagerly=True,
    )
    return game


def batch(seed=1):
    rng = np.random.default_rng(seed)
    return tuple(tf.unstack(rng.normal(size=(2, 5, 2)).astype("float32")))


def weights_of(game):
    return [
        weight.numpy().astype("float64")
        for networks in game.players.values()
        for network in networks
        for weight in network.weights
    ]


def dense(weights, rows):
    kernel, bias = weights
    return rows @ kernel + bias


@pytest.mark.parametrize("pool_size", [0, 50])
def test_a_step_is_that_of_the_paper(pool_size):
    game = vector_game(
        cycle_weight=3.0, identity_weight=0.7, pool_size=pool_size
    )
    before = weights_of(game)
    generators, judges = before[:4], before[4:]
    first, second = batch()
    game.train_step((first, second))
    a, b = first.numpy(), second.numpy()

    def mean(values):
        return np.abs(values).mean()

    def generators_loss(weights):
        forward, backward = weights[:2], weights[2:]
        to_b, to_a = dense(forward, a), dense(backward, b)
        squares = (dense(judges[:2], to_a) - 1) ** 2
        squares = squares.mean() + ((dense(judges[2:], to_b) - 1) ** 2).mean()
        cycle = mean(dense(backward, to_b) - a) + mean(dense(forward, to_a) - b)
        kept = mean(dense(backward, a) - a) + mean(dense(forward, b) - b)
        return squares + 3.0 * cycle + 0.7 * kept

    # What the discriminators see was made before the generators moved.
    fakes = dense(generators[2:], b), dense(generators[:2], a)

    def discriminators_loss(weights):
        total = 0.0
        for judge, real, fake in zip([weights[:2], weights[2:]], (a, b), fakes):
            squares = ((dense(judge, real) - 1) ** 2).mean()
            total += (squares + (dense(judge, fake) ** 2).mean()) / 2
        return total

    expected = [
        *toys.descended(generators_loss, generators, RATE),
        *toys.descended(discriminators_loss, judges, RATE),
    ]
    for weight, value in zip(weights_of(game), expected, strict=True):
        np.testing.assert_allclose(weight, value, rtol=1e-3, atol=1e-5)


def identity():
    return toys.affine(np.eye(2))


def constant(score):
    return toys.affine(np.zeros((2, 1)), score)


@pytest.mark.parametrize("first, second", [(0.5, 0.5), (1.0, 0.0)])
def test_translations_that_change_nothing_cost_what_the_scores_do(
    first, second
):
    game = CycleGAN(
        identity(),
        identity(),
        constant(first),
        constant(second),
        identity_weight=5.0,
    )
    generators = (first - 1.0) ** 2 + (second - 1.0) ** 2
    np.testing.assert_allclose(game.generators_loss(batch()), generators)
    halves = [((score - 1) ** 2 + score**2) / 2 for score in (first, second)]
    np.testing.assert_allclose(game.discriminators_loss(batch()), sum(halves))


def test_the_cycle_reaches_both_generators():
    game = vector_game()
    for judge in game.discriminators:
        judge.set_weights([np.zeros((2, 1)), np.ones(1)])
    for network in (game.forward, game.backward):
        found = toys.gradients(lambda: game.generators_loss(batch()), network)
        assert all(np.abs(gradient).min() > 0 for gradient in found)


def test_only_the_discriminators_see_the_pool():
    game = vector_game(pool_size=2)
    for pool in game.pools:
        pool.samples.assign(tf.fill((2, 2), 77.0))
        pool.number.assign(2)
    calls = [toys.record(network) for network in game.discriminators]
    game.train_step(batch())
    for own in calls:  # Of the generators' move, then of data and fakes.
        by_generators, _, by_discriminators = own
        assert not (by_generators == 77.0).any()
        assert (by_discriminators == 77.0).all(axis=1).any()


def test_evaluation_leaves_the_pool_alone():
    game = vector_game(pool_size=3)
    game.train_step(batch())
    before = [pool.samples.numpy() for pool in game.pools]
    game.evaluate(tf.data.Dataset.from_tensors(batch(2)), verbose=0)
    for pool, samples in zip(game.pools, before):
        np.testing.assert_array_equal(pool.samples, samples)


def test_translations_go_both_ways():
    game = vector_game(domains=("horses", "zebras"))
    rows, _ = batch()
    np.testing.assert_allclose(
        game.translate(rows, to="zebras"), game.forward(rows), rtol=1e-6
    )
    np.testing.assert_allclose(
        game.translate(rows, to="horses"), game.backward(rows), rtol=1e-6
    )
    np.testing.assert_allclose(game(rows), game.forward(rows), rtol=1e-6)
    names = [endpoint.name for endpoint in game.endpoints()]
    assert names == ["serving_default", "translate_horses", "translate_zebras"]


def translator():
    images = keras.Input(toys.IMAGE_SHAPE)
    x = toys.relu()(layers.Conv2D(4, 3, padding="same")(images))
    x = layers.Conv2D(1, 3, padding="same")(x)
    images_out = layers.Activation("tanh", dtype=toys.HEAD_DTYPE)(x)
    return keras.Model(images, images_out)


def discriminator():
    images = keras.Input(toys.IMAGE_SHAPE)
    x = toys.leaky_relu()(layers.Conv2D(4, 4, 2, "same")(images))
    scores = layers.Conv2D(1, 3, dtype=toys.HEAD_DTYPE)(x)
    return keras.Model(images, scores)


def build(**kwargs):
    networks = [translator(), translator(), discriminator(), discriminator()]
    return CycleGAN(*networks, **{"pool_size": 6, **kwargs})


def two_domains(num_batches, seed):
    rng = np.random.default_rng(seed)
    shape = (2, num_batches * toys.BATCH_SIZE, *toys.IMAGE_SHAPE)
    return tuple(rng.uniform(-1.0, 1.0, shape).astype("float32"))


ENTRIES = {"CycleGAN": toys.Entry(build, data=two_domains)}


def test_the_pool_is_resumed(tmp_path):
    game = toys.compile_model(build(), run_eagerly=True)
    data = tf.data.Dataset.from_tensor_slices(two_domains(3, 0))
    data = data.batch(4, drop_remainder=True)
    game.fit(data, verbose=0)
    game.save(tmp_path / "gan.keras")
    copy = keras.models.load_model(tmp_path / "gan.keras")
    assert copy.pools[1].number == 6
    for one in (game, copy):
        one.fit(data, verbose=0)
    for expected, weight in zip(
        game.get_weights(), copy.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weight, expected)


def test_networks_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="must be built|`keras.Model`"):
        CycleGAN(translator(), None, discriminator(), discriminator())
    game = CycleGAN(
        translator(), translator(), discriminator(), constant(0.0), pool_size=0
    )
    with pytest.raises(ValueError, match="takes, "):
        toys.compile_model(game).fit(*two_domains(1, 0))
