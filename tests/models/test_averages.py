"""Averages of the networks of a model: when they move, and how."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import layers
from keras_gan_zoo.averages import EMA
from keras_gan_zoo.models import CGAN, GAN
from keras_gan_zoo.models.base import AdversarialModel
from tests import tiny

ONE_DEVICE = tf.distribute.get_strategy()
SHAPE = (4, 4, 1)


def gan(average, jit_compile=False, run_eagerly=False):
    generator = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(16),
            layers.BatchNormalization(momentum=0.5, synchronized=True),
            keras.layers.Activation("tanh", dtype="float32"),
            keras.layers.Reshape(SHAPE, dtype="float32"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(1, dtype="float32"),
        ]
    )
    model = GAN(generator, discriminator, 2, average=average)
    model.compile(
        generator_optimizer=keras.optimizers.SGD(0.5),
        discriminator_optimizer=keras.optimizers.SGD(0.5),
        jit_compile=jit_compile,
        run_eagerly=run_eagerly,
    )
    return model


def dataset(steps=4, batch_size=4):
    rows = np.random.default_rng(0).uniform(-1, 1, (steps * batch_size, *SHAPE))
    rows = tf.data.Dataset.from_tensor_slices(rows.astype("float32"))
    return rows.batch(batch_size, drop_remainder=True)


def followed(model, decays):
    """Trains a step for each decay; returns the averages by hand."""
    means = [weight.numpy() for weight in model.generator.weights]
    for batch, decay in zip(dataset(len(decays)), decays, strict=True):
        model.train_on_batch(batch)
        for index, weight in enumerate(model.generator.weights):
            share = decay if weight.trainable else 0.0
            means[index] = share * means[index] + (1 - share) * weight.numpy()
    return means


AVERAGES = pytest.mark.parametrize(
    ("average", "decays"),
    [
        (EMA(0.2), [1 / 10, 2 / 11, 0.2, 0.2]),
        (EMA(0.2, ramp=None), [0.2, 0.2, 0.2, 0.2]),
        (EMA(0.5, ramp=None, start=8), [0.0, 0.0, 0.5, 0.5]),
        (EMA(half_life=6, ramp=1.0), [0.0, 0.5, 0.5 ** (2 / 3)]),
        (EMA(half_life=4, ramp=None), [0.5, 0.5]),
    ],
    ids=["decay", "no ramp", "start", "half-life", "half-life, no ramp"],
)


@AVERAGES
def test_the_average_follows_the_generator(average, decays):
    model = gan(average)
    expected = followed(model, decays)
    for mean, value in zip(model.ema_generator.weights, expected, strict=True):
        np.testing.assert_allclose(mean, value, atol=1e-6)


def test_little_of_the_untrained_weights_is_left_in_a_long_average():
    model = gan(EMA(0.999), run_eagerly=True)
    start = model.ema_generator.get_weights()
    for weight in model.generator.weights:
        weight.assign(weight + 1.0)
    for step in range(300):
        model.step.assign(step)
        model._update_averages([model.generator], inputs=None)
    for mean, first in zip(model.ema_generator.get_weights(), start):
        # By a decay of 0.999 without a ramp it would be 0.74.
        assert np.abs(mean - first - 1.0).max() < 1e-6


@pytest.mark.parametrize(
    "average", [EMA(0.9), EMA(half_life=6, start=4)], ids=["steps", "images"]
)
@pytest.mark.parametrize("other", ["eager", "xla", "replicas"])
def test_it_is_the_same_wherever_it_is_computed(average, other, two_replicas):
    modes = {"eager": {"run_eagerly": True}, "xla": {"jit_compile": True}}
    strategy = two_replicas if other == "replicas" else ONE_DEVICE
    means = []
    for scope, mode in ((ONE_DEVICE, {}), (strategy, modes.get(other, {}))):
        keras.utils.set_random_seed(1)
        with scope.scope():
            model = gan(average, **mode)
        model.fit(dataset(), verbose=0)
        means.append(model.ema_generator.get_weights())
    for one, two in zip(*means, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)
    for variable in model.ema_generator.variables:
        copies = strategy.experimental_local_results(variable.value)
        np.testing.assert_array_equal(copies[0], copies[-1])


def test_it_is_in_float32_where_networks_compute_in_half():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = gan(EMA(half_life=4, ramp=None))
    finally:
        keras.config.set_dtype_policy(before)
    expected = followed(model, [0.5, 0.5])
    for mean, value in zip(model.ema_generator.weights, expected, strict=True):
        assert mean.dtype == "float32"
        np.testing.assert_allclose(mean, value, atol=1e-6)


@pytest.mark.parametrize("average", [EMA(0.9), EMA(half_life=9, start=12)])
def test_it_goes_on_where_a_file_has_it(average, tmp_path):
    model = gan(average)
    model.fit(dataset(2), verbose=0)
    model.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.average.get_config() == average.get_config()
    for one in (model, loaded):
        one.fit(dataset(2), verbose=0)
    for first, second in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_decay_by_steps_adds_no_weights():
    counts = [
        len(gan(average).weights)
        for average in (EMA(0.9), EMA(0.9, start=1), EMA(half_life=9))
    ]
    assert counts == [counts[0], counts[0] + 1, counts[0] + 1]


class Translator(AdversarialModel):
    """Two networks of one player, and a third of another that rests."""

    def __init__(self, there, back, judge, average):
        super().__init__()
        self.there, self.back, self.judge = there, back, judge
        self.ema_there = self.keep_average(there, average)
        self.ema_back = self.keep_average(back, average)
        self.ema_judge = self.keep_average(judge, average)

    @property
    def players(self):
        return {"generators": [self.there, self.back], "judge": [self.judge]}

    def train_step(self, data):
        rows, *_ = data if isinstance(data, tuple) else (data,)
        self.update("judge", rows, when=self.step % 2 == 1)
        self.update("generators", rows)
        return self.loss_results()

    def generators_loss(self, inputs, training=True):
        there = self.there(inputs, training=training)
        back = self.back(there, training=training)
        return tf.reduce_mean((back - inputs) ** 2)

    def judge_loss(self, inputs, training=True):
        return tf.reduce_mean(self.judge(inputs, training=training) ** 2)


def test_one_average_serves_several_networks_of_several_players():
    def network():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])

    average = EMA(half_life=4, ramp=1.0)
    model = Translator(network(), network(), network(), average)
    model.compile(
        generators_optimizer=keras.optimizers.SGD(0.1),
        judge_optimizer=keras.optimizers.SGD(0.1),
    )
    pairs = [
        (model.there, model.ema_there, [0.0, 0.5, 0.5]),
        (model.back, model.ema_back, [0.0, 0.5, 0.5]),
        (model.judge, model.ema_judge, [None, 0.0, None]),  # `None`: it rests.
    ]
    means = [network.get_weights() for network, _, _ in pairs]
    for step in range(3):
        rows = np.random.uniform(-1, 1, (4, 3)).astype("float32")
        model.train_on_batch(rows)
        for mean, (network, copy, decays) in zip(means, pairs):
            if decays[step] is not None:
                for index, weight in enumerate(network.get_weights()):
                    mean[index] += (1 - decays[step]) * (weight - mean[index])
            for value, found in zip(mean, copy.get_weights(), strict=True):
                np.testing.assert_allclose(found, value, atol=1e-6)
    assert not model.ema_there.trainable_weights


def test_the_old_argument_names_the_new_one():
    with pytest.raises(ValueError, match=r"average=averages.EMA\(0.999\)"):
        tiny.gan(ema_decay=0.999)


def test_the_config_of_an_old_file_is_understood():
    for decay in (None, 0.75):
        config = tiny.conditional_gan().get_config()
        del config["average"]
        model = CGAN.from_config({**config, "ema_decay": decay})
        if decay is None:
            assert model.average is None and model.ema_generator is None
        else:
            assert model.average.get_config() == EMA(0.75).get_config()
