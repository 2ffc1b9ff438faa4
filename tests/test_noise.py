"""Random numbers: functions of the seed, everywhere the same."""

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import noise

DRAWS = {
    "normal": noise.normal,
    "uniform": lambda shape, seed: noise.uniform(shape, seed, -2.0, 3.0),
    "integers": lambda shape, seed: noise.integers(shape, seed, 1000),
}
EVERY_DRAW = pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)


def strategy():
    return tf.distribute.MirroredStrategy(
        ["CPU:0", "CPU:1"],
        cross_device_ops=tf.distribute.ReductionToOneDevice(),
    )


@EVERY_DRAW
@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_numbers_are_the_same_in_a_function(draw, jit_compile):
    function = tf.function(
        lambda seed: draw([6, 50], seed), jit_compile=jit_compile
    )
    seed = noise.as_seed(3)
    np.testing.assert_allclose(
        function(seed), draw([6, 50], seed), rtol=1e-5, atol=2e-6
    )


@EVERY_DRAW
def test_seeds_decide_the_numbers(draw):
    values = draw([4, 5], noise.as_seed(3))
    np.testing.assert_array_equal(values, draw([4, 5], noise.as_seed(3)))
    for other in (noise.as_seed(4), noise.fold_in(noise.as_seed(3), 0)):
        assert np.abs(values - draw([4, 5], other)).max() > 0


@EVERY_DRAW
def test_numbers_do_not_repeat_within_a_draw(draw):
    values = draw([50, 2], noise.as_seed(3)).numpy()
    assert len(np.unique(values, axis=0)) == 50


@EVERY_DRAW
def test_batch_size_may_be_a_tensor(draw):
    values = draw([tf.constant(4), 5], noise.as_seed(3))
    np.testing.assert_array_equal(values, draw([4, 5], noise.as_seed(3)))


@EVERY_DRAW
@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
def test_replicas_together_draw_what_one_draws(draw, graph):
    seed = noise.as_seed(3)
    two = strategy()

    def run():
        return two.run(lambda: draw([3, 5], seed))

    values = two.experimental_local_results(
        tf.function(run)() if graph else run()
    )
    assert len(values) == 2
    np.testing.assert_array_equal(tf.concat(values, 0), draw([6, 5], seed))


def test_normal_is_standard():
    values = noise.normal([200, 200], noise.as_seed(3)).numpy()
    assert values.dtype == np.float32
    np.testing.assert_allclose(values.mean(), 0.0, atol=0.02)
    np.testing.assert_allclose(values.std(), 1.0, atol=0.02)
    # Of the normal distribution, 4.55 % are beyond two deviations.
    np.testing.assert_allclose((abs(values) > 2.0).mean(), 0.0455, atol=0.005)


@pytest.mark.parametrize(
    "minval, maxval", [(0.0, 1.0), (-1.0, 1.0), (2.0, 5.0)]
)
def test_uniform_fills_its_range_evenly(minval, maxval):
    seed = noise.as_seed(3)
    values = noise.uniform([200, 200], seed, minval, maxval).numpy()
    assert values.dtype == np.float32
    assert minval <= values.min() and values.max() < maxval
    shares, _ = np.histogram(values, bins=10, range=(minval, maxval))
    np.testing.assert_allclose(shares / values.size, 0.1, atol=0.01)


def test_integers_take_all_values_below_maxval_with_equal_chances():
    values = noise.integers([9000], noise.as_seed(3), 3).numpy()
    assert values.dtype == np.int32
    numbers, counts = np.unique(values, return_counts=True)
    np.testing.assert_array_equal(numbers, [0, 1, 2])
    np.testing.assert_allclose(counts / 9000, 1 / 3, atol=0.02)


def test_as_seed_takes_integers_and_seeds():
    seed = noise.as_seed(3)
    assert seed.shape == (2,)
    np.testing.assert_array_equal(noise.as_seed(seed), seed)
    np.testing.assert_array_equal(noise.as_seed(tf.constant(3)), seed)
    np.testing.assert_array_equal(noise.as_seed((5, 6)), [5, 6])
    assert noise.as_seed(2**40)[0] == 2**40


def test_as_seed_without_a_seed_gives_another_at_each_call():
    seeds = {tuple(noise.as_seed(None).numpy()) for _ in range(10)}
    assert len(seeds) == 10


def test_as_seed_without_a_seed_is_refused_in_a_function():
    with pytest.raises(
        ValueError, match="same numbers at each call. Received: seed=None"
    ):
        tf.function(lambda: noise.as_seed(None))()


def test_as_seed_takes_a_seed_in_a_function():
    seed = tf.function(noise.as_seed)(tf.constant(3))
    np.testing.assert_array_equal(seed, noise.as_seed(3))


def test_split_gives_independent_seeds():
    seeds = noise.split(noise.as_seed(3), 4)
    values = [noise.normal([10_000], seed) for seed in seeds]
    values.append(noise.normal([10_000], noise.as_seed(3)))
    np.testing.assert_allclose(np.corrcoef(values), np.eye(5), atol=0.05)
    again = noise.split(noise.as_seed(3), 4)
    np.testing.assert_array_equal(seeds, again)


def test_seeds_of_neighbours_do_not_meet():
    seeds = [
        tuple(seed.numpy())
        for start in range(20)
        for seed in noise.split(noise.as_seed(start), 20)
    ]
    assert len(set(seeds)) == 400
