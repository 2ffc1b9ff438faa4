"""The pool of earlier samples, against its rule."""

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import noise
from keras_gan_zoo.pools import ImagePool


def numbers(first, count):
    """Returns so many samples, each of which is its number."""
    return tf.reshape(tf.range(first, first + count, dtype=tf.float32), (-1, 1))


def shown(pool, samples, seed):
    return pool.exchange(samples, noise.as_seed(seed)).numpy()[:, 0]


def held(pool):
    return pool.samples.numpy()[:, 0]


def by_the_rule(size, samples, coins, places):
    """CycleGAN's rule, one sample after the other."""
    pool, results = [], []
    for sample, coin, place in zip(samples, coins, places):
        if len(pool) < size:
            pool.append(sample)
            results.append(sample)
        elif coin == 1:
            results.append(pool[place])
            pool[place] = sample
        else:
            results.append(sample)
    return results, pool


@pytest.mark.parametrize(
    "size, batch", [(1, 4), (3, 4), (5, 2), (4, 4), (9, 4)]
)
def test_batches_are_exchanged_as_if_samples_came_one_by_one(size, batch):
    pool = ImagePool(size, (1,))
    seen, coins, places = [], [], []
    for step in range(8):
        samples = numbers(1 + step * batch, batch)
        seen.extend(shown(pool, samples, step))
        first, second = noise.split(noise.as_seed(step))
        coins.extend(noise.integers([batch], first, 2).numpy())
        places.extend(noise.integers([batch], second, size).numpy())
    everything = range(1, 1 + 8 * batch)
    expected, stored = by_the_rule(size, everything, coins, places)
    assert seen == expected
    assert held(pool).tolist() == stored
    assert pool.number == size


def test_the_first_are_shown_as_they_come():
    pool = ImagePool(50, (1,))
    for step in range(10):
        samples = numbers(5 * step, 5)
        np.testing.assert_array_equal(shown(pool, samples, step), samples[:, 0])
    assert held(pool).tolist() == list(range(50))


def test_a_full_pool_shows_old_ones_half_of_the_time_all_alike():
    pool = ImagePool(4, (1,))

    @tf.function
    def exchange(sample, step):
        return pool.exchange(sample, tf.stack([step, step]))

    ages = []
    for step in tf.range(1004, dtype=tf.int64):
        sample = tf.reshape(tf.cast(step, tf.float32), (1, 1))
        ages.append((sample - exchange(sample, step)).numpy().item())
    ages = np.array(ages[4:])
    assert abs(np.mean(ages > 0) - 0.5) < 0.05
    # Each of four leaves in one of eight steps: in seven more, on average.
    assert abs(np.mean(ages[ages > 0]) - 8.0) < 1.0


def test_it_is_the_same_in_a_graph_and_under_xla():
    results = []
    for wrap in (
        lambda call: call,
        tf.function,
        lambda call: tf.function(call, jit_compile=True),
    ):
        pool = ImagePool(3, (2, 2, 1))
        exchange = wrap(pool.exchange)
        for step in range(4):
            samples = tf.random.stateless_normal((4, 2, 2, 1), (step, 0))
            given = exchange(samples, noise.as_seed(step))
        results.append((given.numpy(), pool.samples.numpy()))
    for given, samples in results[1:]:
        np.testing.assert_array_equal(given, results[0][0])
        np.testing.assert_array_equal(samples, results[0][1])


def test_replicas_have_one_pool(two_replicas):
    alone = ImagePool(3, (1,))
    with two_replicas.scope():
        pool = ImagePool(3, (1,))

    @tf.function
    def exchange(batch, seed):
        def own():
            context = tf.distribute.get_replica_context()
            first = 2 * context.replica_id_in_sync_group
            return pool.exchange(batch[first : first + 2], seed)

        return two_replicas.run(own)

    for step in range(5):
        batch = numbers(1 + 4 * step, 4)
        expected = shown(alone, batch, step)
        results = exchange(batch, noise.as_seed(step))
        results = two_replicas.experimental_local_results(results)
        found = np.concatenate([np.asarray(each)[:, 0] for each in results])
        np.testing.assert_array_equal(found, expected)
    for variable in (pool.samples, pool.number):
        copies = two_replicas.experimental_local_results(variable.value)
        assert len(copies) == 2
        np.testing.assert_array_equal(copies[0], copies[1])
    np.testing.assert_array_equal(copies[0], alone.number)
    np.testing.assert_array_equal(held(pool), held(alone))


def test_it_has_no_gradient():
    pool = ImagePool(2, (1,))
    samples = numbers(1, 2)
    with tf.GradientTape() as tape:
        tape.watch(samples)
        total = tf.reduce_sum(pool.exchange(samples, noise.as_seed(0)))
    assert tape.gradient(total, samples) is None


@pytest.mark.parametrize(
    "arguments, message",
    [((0, (4, 4, 1)), "size"), ((5, (None, None, 3)), "pool_size=0")],
)
def test_what_cannot_be_stored_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ImagePool(*arguments)
