import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.datasets import streams


def epoch_of(dataset, steps=None):
    return [batch.numpy().tolist() for batch in dataset.take(steps or -1)]


def test_scale_is_exact_at_both_ends():
    images = streams.scale_images(np.array([0, 128, 255], "uint8"))
    assert images.dtype == "float32"
    assert images[0] == -1.0 and images[2] == 1.0
    assert abs(float(images[1]) - 1 / 255) < 1e-7


@pytest.mark.parametrize("start_step", [None, 0])
def test_r36_each_index_once_an_epoch_in_another_order_each(start_step):
    dataset = streams.index_batches(20, 4, 0, start_step)
    if start_step is None:
        epochs = [epoch_of(dataset) for _ in range(3)]
    else:
        batches = epoch_of(dataset, 15)
        epochs = [batches[:5], batches[5:10], batches[10:]]
    assert all(sorted(sum(epoch, [])) == [*range(20)] for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]


@pytest.mark.parametrize("start_step", [1, 4, 5, 7, 14])
def test_r1_stream_begun_later_is_the_tail_of_the_whole(start_step):
    # 22 = 5 * 4 + 2: an epoch has 5 steps, and 2 indices are left out.
    whole = epoch_of(streams.index_batches(22, 4, 3, 0), 20)
    tail = epoch_of(streams.index_batches(22, 4, 3, start_step), 6)
    assert tail == whole[start_step : start_step + 6]


def test_r25_order_is_a_function_of_the_seed_alone():
    streamed, passed = [], []
    for global_seed in (1, 2):
        keras.utils.set_random_seed(global_seed)
        streamed.append(epoch_of(streams.index_batches(20, 4, 0, 0), 5))
    assert streamed[0] == streamed[1]
    assert streamed[0] != epoch_of(streams.index_batches(20, 4, 1, 0), 5)
    for seed in (0, 0, 1):
        passed.append(epoch_of(streams.index_batches(20, 4, seed, None)))
    assert passed[0] == passed[1] != passed[2]


def test_one_pass_without_shuffle_is_in_order():
    dataset = streams.index_batches(10, 4, 0, None, shuffle=False)
    for _ in range(2):
        assert epoch_of(dataset) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_r22_only_full_batches_of_static_shape():
    dataset = streams.index_batches(22, 4, 0, None)
    assert dataset.element_spec.shape == (4,)
    assert len(dataset) == 5
    assert streams.index_batches(22, 4, 0, 0).element_spec.shape == (4,)


def test_keras_asks_for_steps_per_epoch_of_a_stream():
    dataset = streams.index_batches(22, 4, 0, 0)
    assert dataset.cardinality() == tf.data.INFINITE_CARDINALITY


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((3, 4, 0, None), "at most the size of the data set, 3.*batch_size=4"),
        ((9, 0, 0, None), "`batch_size` must be an integer of at least 1"),
        ((9, 2.0, 0, None), "Received: batch_size=2.0"),
        ((9, 2, -1, None), "`seed` must be .*Received: seed=-1"),
        ((9, 2, 0, -1), "`start_step` must be .*Received: start_step=-1"),
        ((9, 2, 0, "1"), "Received: start_step='1'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        streams.index_batches(*arguments)


def test_integers_of_other_libraries_will_do():
    step = tf.Variable(3, dtype="int64")
    expected = epoch_of(streams.index_batches(9, 2, 0, 3), 1)
    for number in (np.int64(3), step.numpy()):
        assert epoch_of(streams.index_batches(9, 2, 0, number), 1) == expected


def test_what_is_skipped_is_not_read():
    read = []

    def images_of(indices):
        def look(indices):
            read.extend(indices.tolist())
            return indices.reshape(-1, 1, 1, 1).astype("uint8")

        images = tf.numpy_function(look, [indices], tf.uint8)
        return tf.ensure_shape(images, (4, 1, 1, 1))

    def batches(start_step):
        indices = streams.index_batches(20, 4, 0, start_step)
        return streams.finish(indices, images_of, labels=None)

    for build in (lambda: batches(0), lambda: batches(None).repeat()):
        first_thirty = epoch_of(build(), 30)
        read.clear()
        rest = build().skip(20).skip(9)
        assert epoch_of(rest, 1) == first_thirty[29:]
        assert len(read) <= 20 * 4  # One batch, and what is read ahead.
        assert rest.cardinality() == tf.data.INFINITE_CARDINALITY


def test_a_stream_finds_a_far_step_at_once():
    stream = streams.index_batches(20, 4, 0, 0)
    far = 10**9 + 2  # Skipping as many batches would take days.
    expected = streams.index_batches(20, 4, 0, far)
    assert epoch_of(stream.skip(far), 4) == epoch_of(expected, 4)


def test_unpaired_streams_keep_their_orders_and_resume():
    def stream(number, seed, start_step=0):
        return streams.index_batches(number, 4, seed, start_step)

    both = streams.unpaired(stream(20, 0), stream(13, 1))
    assert both.cardinality() == tf.data.INFINITE_CARDINALITY
    first, second = zip(*both.take(12))
    assert [part.numpy().tolist() for part in first] == epoch_of(
        stream(20, 0), 12
    )
    assert [part.numpy().tolist() for part in second] == epoch_of(
        stream(13, 1), 12
    )
    far = 10**9 + 2  # Skipping as many batches would take days.
    for given, *expected in zip(
        both.skip(far - 1).skip(1).take(3),
        stream(20, 0, far),
        stream(13, 1, far),
    ):
        for part, whole in zip(given, expected):
            np.testing.assert_array_equal(part, whole)


def test_of_two_unpaired_passes_the_longer_is_cut_short():
    passes = [streams.index_batches(n, 4, 0, None) for n in (20, 13)]
    assert len(streams.unpaired(*passes)) == 3
