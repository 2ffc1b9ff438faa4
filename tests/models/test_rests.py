"""A player that rests: `update(player, inputs, when=condition)`."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import augmentations, averages, layers, replicas
from keras_gan_zoo.models import GAN

ONE_DEVICE = tf.distribute.get_strategy()
SHAPE = (4, 4, 1)


class RestingGAN(GAN):
    """A GAN whose players move when two functions of the model say so."""

    def rule(self, rules):
        self.rules = rules
        return self

    def train_step(self, data):
        samples = self.unpack(data)
        for player in self.players:
            when = None
            if player in self.rules:
                when = self.rules[player](self, samples)
            self.update(player, samples, when=when)
        return self.loss_results()


def resting_gan(run_eagerly=False, jit_compile=False, **rules):
    """Returns a game in which everything that can move does."""
    generator = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(16),
            layers.BatchNormalization(momentum=0.5, synchronized=True),
            layers.Dropout(0.5),
            keras.layers.Activation("tanh", dtype="float32"),
            keras.layers.Reshape(SHAPE, dtype="float32"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(4, use_bias=False),
            layers.BatchNormalization(momentum=0.5, synchronized=True),
            layers.Dropout(0.5),
            keras.layers.Dense(1, dtype="float32"),
        ]
    )
    augmentation = augmentations.AdaptiveAugmentation(
        target=-0.9, interval=1, ramp_images=8
    )
    model = RestingGAN(
        generator,
        discriminator,
        2,
        average=averages.EMA(0.9),
        augmentation=augmentation,
    ).rule(rules)
    model.compile(
        generator_optimizer=keras.optimizers.Adam(0.1, use_ema=True),
        discriminator_optimizer=keras.optimizers.SGD(0.1, momentum=0.5),
        run_eagerly=run_eagerly,
        jit_compile=jit_compile,
    )
    return model


def dataset(steps=1):
    samples = np.random.default_rng(0).uniform(-1, 1, (4 * steps, *SHAPE))
    samples = tf.data.Dataset.from_tensor_slices(samples.astype("float32"))
    return samples.batch(4, drop_remainder=True)


def state_of(model):
    """Returns all that a training moves but steps and means of losses."""
    optimizers = model.generator_optimizer, model.discriminator_optimizer
    variables = [
        *model.variables,
        *(v for o in optimizers for v in o.variables),
    ]
    return {
        (index, variable.path): variable.numpy()
        for index, variable in enumerate(variables)
        if variable is not model.step
    }


def changed(before, after):
    """Returns the paths of variables that differ in any bit."""
    assert before.keys() == after.keys()
    return {
        key[1]
        for key in before
        if before[key].tobytes() != after[key].tobytes()
    }


def never(model, samples):
    return tf.constant(False)


def always(model, samples):
    return tf.constant(True)


MODES = pytest.mark.parametrize(
    ("policy", "mode"),
    [
        ("float32", {}),
        ("float32", {"run_eagerly": True}),
        ("float32", {"jit_compile": True}),
        ("mixed_float16", {}),
    ],
)


@MODES
def test_who_rests_stays_bit_equal(policy, mode):
    before_policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = resting_gan(**mode, generator=never, discriminator=never)
    finally:
        keras.config.set_dtype_policy(before_policy)
    before = state_of(model)
    logs = model.fit(dataset(2), verbose=0).history
    assert changed(before, state_of(model)) == set()
    assert model.step == 2
    assert logs["generator_loss"][0] > 0.0 and logs["discriminator_loss"][0] > 0


def test_the_other_player_moves_alone():
    moved = []
    for player, other in [
        ("generator", "discriminator"),
        ("discriminator", "generator"),
    ]:
        model = resting_gan(**{other: never})
        before = state_of(model)
        model.fit(dataset(), verbose=0)
        moved.append(changed(before, state_of(model)))
        resting = [
            *getattr(model, other).weights,
            *getattr(model, f"{other}_optimizer").variables,
        ]
        assert not moved[-1] & {variable.path for variable in resting}
    by_generator, by_discriminator = moved
    # Both make the random states of dropout go on.
    assert all("seed" in path for path in by_generator & by_discriminator)
    for word in ("iteration", "momentum", "moving_mean", "average", "seed"):
        assert any(word in path for path in by_generator), word
    for word in ("iteration", "momentum", "moving_mean", "/p", "seed"):
        assert any(word in path for path in by_discriminator), word


def test_a_condition_that_holds_changes_nothing():
    states = []
    for rules in ({}, {"generator": always, "discriminator": always}):
        keras.utils.set_random_seed(1)
        model = resting_gan(**rules, run_eagerly=True)
        model.fit(dataset(2), verbose=0)
        states.append(state_of(model))
    assert len({path for _, path in states[0]}) > 20
    for one, two in zip(*map(dict.values, states), strict=True):
        np.testing.assert_array_equal(one, two)


def test_rests_before_a_move_leave_no_trace():
    def at_last(model, samples):
        return model.step >= 3

    batches = list(dataset(4))
    states = []
    for first in (0, 3):
        keras.utils.set_random_seed(1)
        model = resting_gan(generator=at_last, discriminator=at_last)
        model.step.assign(first)
        for batch in batches[first:]:
            model.train_on_batch(batch)
        states.append(state_of(model))
        assert model.generator_optimizer.iterations == 1
    for one, two in zip(*map(dict.values, states), strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_player_moves_in_every_third_step():
    model = resting_gan(generator=lambda model, samples: model.step % 3 == 0)
    moves = []
    for batch in dataset(7):
        model.train_on_batch(batch)
        moves.append(int(model.generator_optimizer.iterations))
    assert moves == [1, 1, 1, 2, 2, 2, 3]
    assert model.discriminator_optimizer.iterations == 7


def gate(model, samples):
    """3D-GAN's: the discriminator rests where it is right of 80 %."""
    fakes = model.fakes_like(samples, training=False)
    right = [
        model.judge(samples, training=False) > 0.0,
        model.judge(fakes, training=False) < 0.0,
    ]
    accuracy = tf.reduce_mean(tf.cast(tf.concat(right, 0), tf.float32))
    return replicas.mean(accuracy) < 0.8


def test_replicas_pass_a_gate_together(two_replicas):
    steps, runs = 8, []
    for strategy in (ONE_DEVICE, two_replicas):
        keras.utils.set_random_seed(1)
        with strategy.scope():
            model = resting_gan(discriminator=gate)
        logs = model.fit(dataset(steps), verbose=0).history
        runs.append((model, logs))
    (one, one_logs), (two, two_logs) = runs
    # It has rested, and it has moved.
    assert 0 < one.discriminator_optimizer.iterations.numpy() < steps
    moves = one.discriminator_optimizer.iterations.numpy()
    assert two.discriminator_optimizer.iterations.numpy() == moves
    for name, values in one_logs.items():
        np.testing.assert_allclose(two_logs[name], values, atol=1e-4)
    for variable in two.variables:
        first, second = two_replicas.experimental_local_results(variable.value)
        np.testing.assert_array_equal(first, second, err_msg=variable.path)


def test_replicas_rest_bit_equal(two_replicas):
    with two_replicas.scope():
        model = resting_gan(generator=never, discriminator=never)
    before = state_of(model)
    model.fit(dataset(2), verbose=0)
    assert changed(before, state_of(model)) == set()


@pytest.mark.parametrize(
    ("when", "message"),
    [(0.5, "float32 of shape ()"), ([True, False], r"bool of shape \(2,\)")],
)
def test_a_condition_is_one_boolean(when, message):
    model = resting_gan()
    with pytest.raises(
        ValueError, match="boolean scalar. Received.*" + message
    ):
        model.update("generator", next(iter(dataset())), when=when)
