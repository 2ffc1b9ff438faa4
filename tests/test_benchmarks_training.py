"""That the candidates of a comparison play the same games."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from benchmarks.training import games, keras_networks, keras_worker
from keras_gan_zoo import noise

WIDTH = 4
EVERY_GAME = pytest.mark.parametrize("game", games.MODELS)


@pytest.fixture
def precision(request):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(request.param)
    yield
    keras.config.set_dtype_policy(before)


@EVERY_GAME
@pytest.mark.parametrize(
    "candidate, precision",
    [("zoo", "float32"), ("plain", "float32"), ("plain", "mixed_bfloat16")],
    indirect=["precision"],
)
def test_every_player_learns(game, candidate, precision):
    candidate = keras_worker.CANDIDATES[candidate]
    networks = candidate.networks(game, WIDTH)
    model = candidate.build(game, networks)
    before = {name: net.get_weights() for name, net in networks.items()}
    for batch in keras_worker.data(game, batches=2).take(2):
        results = model.train_step(batch)
        for result in results.values():
            assert result.dtype == tf.float32 and np.isfinite(result)
    assert {"generator_loss", "discriminator_loss"} <= results.keys()
    for name, network in networks.items():
        # The critic's last bias has no gradient in a difference of scores.
        assert not np.array_equal(before[name][0], network.get_weights()[0])


@EVERY_GAME
def test_a_step_has_the_same_outcome(game, monkeypatch):
    draw_the_same(monkeypatch)
    (batch,) = keras_worker.data(game, batches=1).take(1)
    steps = games.discriminator_steps(game)
    first = keras_networks.networks(game, WIDTH)
    outcomes = []
    for name, candidate in keras_worker.CANDIDATES.items():
        networks = candidate.networks(game, WIDTH)
        for player, network in networks.items():
            network.set_weights(first[player].get_weights())
        model = candidate.build(game, networks)
        # Of a gradient, Adam's first step has little more than the sign.
        model.compile(
            discriminator_optimizer=keras.optimizers.SGD(1e-2),
            generator_optimizer=keras.optimizers.SGD(1e-2),
        )
        data = batch
        if name == "zoo":  # It takes every nth image for a move.
            data = tuple(interleaved(tensor, steps) for tensor in batch)
        model.train_step(data)
        outcomes.append(
            {
                f"{player}/{variable.path}": variable.numpy()
                for player, network in networks.items()
                for variable in network.trainable_variables
            }
        )
    zoo, plain = outcomes
    assert len(zoo) == len(plain)
    for (path, ours), theirs in zip(zoo.items(), plain.values()):
        np.testing.assert_allclose(
            ours, theirs, rtol=1e-4, atol=1e-6, err_msg=path
        )


def draw_the_same(monkeypatch):
    """Makes random numbers of both candidates functions of their shape."""

    def uniform(shape, low=0.0, high=1.0):
        return tf.random.stateless_uniform(shape, [0, 1], low, high)

    def integers(shape, number):
        return tf.random.stateless_uniform(shape, [0, 1], 0, number, tf.int32)

    def normal(shape, seed):
        return tf.random.stateless_normal(shape, [0, 1])

    replaced = {
        (noise, "normal"): normal,
        (noise, "uniform"): lambda shape, seed, *ends: uniform(shape, *ends),
        (noise, "integers"): lambda shape, seed, high: integers(shape, high),
        (keras.random, "normal"): normal,
        (keras.random, "uniform"): lambda *args, seed: uniform(*args),
        (keras.random, "randint"): (
            lambda shape, low, high, seed: integers(shape, high)
        ),
    }
    for (module, name), function in replaced.items():
        monkeypatch.setattr(module, name, function)


def interleaved(tensor, steps):
    """Puts first rows of all parts first, then all second rows and so on."""
    parts = tf.stack(tf.split(tensor, steps), axis=1)
    return tf.reshape(parts, tensor.shape)
