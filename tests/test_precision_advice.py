import random

import keras
import numpy as np
import pytest

from keras_gan_zoo import averages, precision
from tests import tiny


@pytest.fixture
def clock(monkeypatch):
    """Returns a list of the durations that are measured, one by one."""
    durations, now = [], [0.0]

    def perf_counter():
        now.append(now[-1] + (durations.pop(0) if len(now) % 2 == 0 else 0.0))
        return now[-1]

    monkeypatch.setattr(precision.time, "perf_counter", perf_counter)
    return durations


@pytest.mark.parametrize("build", [tiny.gan, tiny.conditional_gan])
def test_the_speedup_is_the_ratio_of_medians(build, clock):
    gan = build()
    data = next(iter(tiny.dataset(labels=build is tiny.conditional_gan)))
    weights = [np.copy(w) for w in gan.get_weights()]
    random.seed(5)
    expected = random.random()
    random.seed(5)
    # Float32 and bfloat16 in turns; the first two of each don't count.
    clock += [90, 1, 80, 1, 3, 2, 9, 1, 6, 4]
    assert precision.bfloat16_speedup(gan, data, steps=3) == 6 / 2
    for before, after in zip(weights, gan.get_weights()):
        np.testing.assert_array_equal(before, after)
    assert gan.step == 0 and random.random() == expected
    assert keras.config.dtype_policy().name == "float32"


def test_the_copies_compute_as_they_say():
    gan = tiny.gan(average=averages.EMA(0.5))
    for policy in ("float32", "mixed_bfloat16"):
        copy = precision._copy_in(policy, gan)
        first, *_, last = copy.generator.layers
        assert first.dtype_policy.name == policy
        assert last.dtype_policy.name == "float32"
        assert copy.discriminator.layers[-1].compute_dtype == "float32"
        assert copy.generator_optimizer is not gan.generator_optimizer
        assert float(copy.generator_optimizer.learning_rate) == np.float32(0.1)


def test_the_copies_have_the_schedules_of_learning_rates():
    gan = tiny.gan()
    schedule = keras.optimizers.schedules.PolynomialDecay(0.5, 10, 0.1)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(schedule),
        discriminator_optimizer=keras.optimizers.RMSprop(0.25),
    )
    copy = precision._copy_in("mixed_bfloat16", gan)
    for name in ("generator_optimizer", "discriminator_optimizer"):
        one, other = getattr(gan, name), getattr(copy, name)
        assert type(one) is type(other) and one is not other
        assert one.get_config() == other.get_config()
