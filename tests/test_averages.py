"""What an average is, in numbers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.averages import EMA, require_average


def decay_after(average, steps=0, images=None, batch_size=None):
    return float(average.decay_after(tf.constant(steps), images, batch_size))


@pytest.mark.parametrize(
    ("steps", "decay"), [(0, 1 / 10), (1, 2 / 11), (89, 90 / 99), (10**6, 0.99)]
)
def test_a_decay_rises_by_steps(steps, decay):
    # As tf.train.ExponentialMovingAverage has it.
    assert decay_after(EMA(0.99), steps) == np.float32(decay)


def test_a_ramp_limits_the_time_constant_to_a_share_of_the_steps():
    for steps in (0, 3, 999):
        decay = decay_after(EMA(0.9999, ramp=0.25), steps)
        assert 1 / (1 - decay) == pytest.approx(
            1 + 0.25 * (1 + steps), rel=1e-4
        )


def test_without_a_ramp_the_decay_is_always_the_same():
    average = EMA(0.99, ramp=None)
    assert {decay_after(average, steps) for steps in (0, 1, 10**6)} == {
        float(np.float32(0.99))
    }


def test_weights_count_half_after_the_half_life():
    average = EMA(half_life=1000, ramp=None)
    for batch_size in (1, 50, 1000, 2000):
        decay = decay_after(average, images=0, batch_size=batch_size)
        moves = 1000 / batch_size
        assert decay**moves == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize(
    ("images", "decay"),
    [
        (0, 0.0),  # A copy of the first move's weights.
        (64, 0.5 ** (32 / 3.2)),  # 5 % of 64
        (6400, 0.5 ** (32 / 320)),
        (200_000, 0.5 ** (32 / 10_000)),
        (10**7, 0.5 ** (32 / 10_000)),
    ],
)
def test_a_half_life_rises_by_images(images, decay):
    # StyleGAN2's code: min(10_000, 0.05 * images), of batches of 32.
    average = EMA(half_life=10_000, ramp=0.05)
    found = decay_after(average, images=tf.constant(images), batch_size=32)
    assert found == pytest.approx(decay, rel=1e-5)


@pytest.mark.parametrize("kwargs", [{"decay": 0.5}, {"half_life": 32}])
def test_before_the_start_the_average_is_a_copy(kwargs):
    average = EMA(start=100, ramp=None, **kwargs)
    decays = [
        decay_after(average, 9, tf.constant(images), 32)
        for images in (0, 99, 100, 101)
    ]
    assert decays == [0.0, 0.0, 0.5, 0.5]


def test_images_are_counted_only_where_they_matter():
    assert not EMA(0.999).counts_images
    assert EMA(0.999, start=1).counts_images
    assert EMA(half_life=1000).counts_images


@pytest.mark.parametrize(
    "average", [EMA(0.9), EMA(half_life=7, ramp=None, start=3)]
)
def test_it_is_serialized(average):
    config = keras.saving.serialize_keras_object(average)
    copy = keras.saving.deserialize_keras_object(config)
    assert type(copy) is EMA and copy.get_config() == average.get_config()


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({}, "decay=None, half_life=None"),
        ({"decay": 0.9, "half_life": 9}, "decay=0.9, half_life=9"),
        ({"decay": 1.0}, "decay=1.0"),
        ({"decay": -0.1}, "decay=-0.1"),
        ({"decay": float("nan")}, "decay=nan"),
        ({"half_life": 0}, "half_life=0"),
        ({"half_life": float("inf")}, "half_life=inf"),
        ({"decay": 0.9, "ramp": 0.0}, "ramp=0.0"),
        ({"decay": 0.9, "start": -1}, "start=-1"),
        ({"decay": 0.9, "start": 1.5}, "start=1.5"),
    ],
)
def test_what_is_no_average_is_refused(kwargs, message):
    with pytest.raises(ValueError, match=f"Received:.*{message}"):
        EMA(**kwargs)


@pytest.mark.parametrize("average", [0.999, "ema", EMA])
def test_an_average_is_an_object(average):
    with pytest.raises(ValueError, match=r"averages.EMA\(0.999\)"):
        require_average(average)
