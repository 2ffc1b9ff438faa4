"""The rising momentum, by hand."""

import keras
import numpy as np
import pytest

from keras_gan_zoo.optimizers import RisingMomentumSGD


def trajectory(optimizer, gradients):
    """Returns where a weight is after each step, from 0."""
    weight = keras.Variable(0.0)
    optimizer.build([weight])
    places = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
        places.append(float(weight))
    return places


def test_equal_momenta_are_those_of_keras():
    gradients = np.random.normal(size=10).astype("float32")
    places = trajectory(RisingMomentumSGD(0.1, 0.6, 0.6, 5), gradients)
    expected = trajectory(keras.optimizers.SGD(0.1, 0.6), gradients)
    np.testing.assert_allclose(places, expected, rtol=1e-5)


@pytest.mark.parametrize("momentum", [0.5, 0.0])
def test_momentum_rises_by_equal_parts_and_then_stays(momentum):
    optimizer = RisingMomentumSGD(0.1, momentum, 0.9, rise_steps=3)
    rise = (0.9 - momentum) / 3
    momenta = [momentum + rise * step for step in (0, 1, 2, 3, 3, 3)]
    gradients = [1.0, -2.0, 3.0, 0.5, 0.0, 1.0]
    velocity, place, expected = 0.0, 0.0, []
    for momentum, gradient in zip(momenta, gradients):
        velocity = momentum * velocity - 0.1 * gradient
        place += velocity
        expected.append(place)
    np.testing.assert_allclose(
        trajectory(optimizer, gradients), expected, rtol=1e-5
    )


def test_four_steps_of_a_rising_momentum():
    optimizer = RisingMomentumSGD(1.0, 0.5, 1.0, rise_steps=2)
    # Velocities: -1, -.75 - 1, -1.75 - 1, -2.75 - 1.
    places = trajectory(optimizer, [1.0, 1.0, 1.0, 1.0])
    assert places == [-1.0, -2.75, -5.5, -9.25]


def test_learning_rate_may_be_a_schedule():
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay(
        [0], [1.0, 0.5]
    )
    optimizer = RisingMomentumSGD(schedule, 0.5, 0.5, 1)
    assert trajectory(optimizer, [1.0, 1.0]) == [-1.0, -2.0]


def test_configuration_makes_the_same_optimizer():
    optimizer = RisingMomentumSGD(0.2, 0.3, 0.8, 7, weight_decay=0.01)
    config = keras.optimizers.serialize(optimizer)
    copy = keras.optimizers.deserialize(config)
    assert isinstance(copy, RisingMomentumSGD)
    assert copy.get_config() == optimizer.get_config()
    assert (copy.momentum, copy.final_momentum, copy.rise_steps) == (
        0.3,
        0.8,
        7,
    )
    gradients = [1.0, -1.0, 2.0]
    assert trajectory(copy, gradients) == trajectory(optimizer, gradients)


def test_a_loaded_model_goes_on_rising(tmp_path):
    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    model.compile(RisingMomentumSGD(0.01, 0.1, 0.9, 6), "mse", run_eagerly=True)
    samples, targets = np.random.normal(size=(2, 8, 2)).astype("float32")
    targets = targets[:, :1]

    def fit(model):
        model.fit(samples, targets, 4, epochs=2, shuffle=False, verbose=0)

    fit(model)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.optimizer, RisingMomentumSGD)
    assert loaded.optimizer.iterations == 4
    for one in (model, loaded):
        fit(one)
    for weight, expected in zip(loaded.get_weights(), model.get_weights()):
        np.testing.assert_array_equal(weight, expected)


def test_nesterov_momentum_is_not_ignored_but_refused():
    with pytest.raises(TypeError, match="nesterov"):
        RisingMomentumSGD(nesterov=True)
