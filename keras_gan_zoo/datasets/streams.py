"""What all image data sets share: their order, their batches, their scale.

The order of an epoch is a pure function of (seed, epoch), and an epoch is a
shuffle of *indices*. Any step of training can therefore be reached at once,
which is what makes a resumed run see the batches of the uninterrupted one.
"""

import os

from keras_gan_zoo import iterators
from keras_gan_zoo.integers import check_integer

# Keeps the numbers of the data apart from those of the models, whose seeds are
# (seed, 0): the same numbers for both would tie latents to data.
DATA_TAG = 0x64617461

# Keeps flips apart from the order of epochs, whose seeds are small numbers.
_FLIP_TAG = 0x666C6970


def fold_seed(seed, number):
    """Returns the data's own random seed, shape `(2,)`, for (seed, number)."""
    import tensorflow as tf

    return tf.random.experimental.stateless_fold_in(
        tf.constant([seed, DATA_TAG], tf.int64), number, alg="philox"
    )


def scale_images(images):
    """Turns uint8 or uint16 images into float32 in [-1, 1].

    0 becomes -1, and 255 or 65,535 becomes 1. What has 8 bits is the same
    number, to the last bit, if it comes as 16, multiplied by 257.
    """
    import tensorflow as tf

    half = 127.5 if images.dtype == "uint8" else 32767.5
    return tf.cast(images, tf.float32) / half - 1.0


def index_batches(num_examples, batch_size, seed, start_step, shuffle=True):
    """Batches of the indices of a data set.

    Args:
        num_examples: Integer, size of the data set.
        batch_size: Integer. What does not fill a batch is left out for this
            epoch.
        seed: Integer. The same seed gives the same order. That of one pass
            also depends on TensorFlow's global seed, as each `shuffle` does.
        start_step: `None` for one pass, in another order at each iteration,
            or the step of training at which an endless stream begins.
        shuffle: Whether the one pass is shuffled. A stream always is.

    Returns:
        `tf.data.Dataset` of int64 tensors of shape `(batch_size,)`.

    Raises:
        ValueError: If the data set does not fill one batch, or an argument
            is not an integer of the right range.
    """
    import tensorflow as tf

    batch_size = check_integer("batch_size", batch_size, 1)
    seed = check_integer("seed", seed, 0)
    if batch_size > num_examples:
        raise ValueError(
            "Expected a batch size of at most the size of the data set, "
            f"{num_examples}, since only full batches are given. "
            f"Received: batch_size={batch_size}. Use a smaller batch."
        )
    if start_step is None:
        indices = tf.data.Dataset.range(num_examples)
        if shuffle:
            indices = indices.shuffle(num_examples, seed=seed)
        return indices.batch(batch_size, drop_remainder=True)

    start_step = check_integer("start_step", start_step, 0)
    steps_per_epoch = num_examples // batch_size

    def one_epoch(epoch):
        # Not `Dataset.shuffle`: its order also depends on the global seed.
        order = tf.random.experimental.stateless_shuffle(
            tf.range(num_examples, dtype=tf.int64),
            fold_seed(seed, epoch),
            alg="philox",
        )
        return tf.data.Dataset.from_tensor_slices(order).batch(
            batch_size, drop_remainder=True
        )

    batches = (
        tf.data.Dataset.counter(start_step // steps_per_epoch)
        .flat_map(one_epoch)
        .skip(start_step % steps_per_epoch)
    )
    # Keras then asks for `steps_per_epoch` instead of training forever.
    batches = batches.apply(
        tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)
    )

    def skip(count, name=None):
        return index_batches(num_examples, batch_size, seed, start_step + count)

    batches.skip = skip  # `Dataset.skip` would make what it leaves out.
    return batches


def mapped(dataset, function):
    """Returns a dataset of what a function makes of elements, ahead of time.

    Args:
        dataset: `tf.data.Dataset`.
        function: Function of an element.
    """
    import tensorflow as tf

    # Without TensorFlow's own tuning: a dataset that ends waits for the thread
    # that tunes it, which may sleep for ten seconds.
    options = tf.data.Options()
    options.autotune.enabled = False
    return (
        dataset.map(
            function, num_parallel_calls=os.cpu_count(), deterministic=True
        )
        .prefetch(2)
        .with_options(options)
    )


def finish(batches, read, labels, flip_seed=None, start_step=None):
    """Turns batches of indices into batches of images.

    Args:
        batches: `tf.data.Dataset` of indices from `index_batches`.
        read: Function of indices `(batch,)` that returns uint8 or uint16
            images `(batch, height, width, channels)`, or a tuple of such
            images that belong together.
        labels: Integer array or tensor with one label for each image of the
            data set, or `None` for images alone.
        flip_seed: Integer, to mirror each image, left to right, with
            probability 1/2; `None` to leave them as they are.
        start_step: As of `index_batches`. In an endless stream flips are a
            function of the seed and the step; else each pass has others.

    Returns:
        `tf.data.Dataset` of images, float32 in [-1, 1], as `read` arranges
        them, or of pairs of these and int32 labels `(batch,)`. Its `skip()`
        reads nothing it skips.
    """
    import tensorflow as tf

    iterators.release_at_exit()  # Since `read` may be Python.
    if labels is not None:
        with tf.device("CPU"):  # Where `tf.data` works.
            labels = tf.cast(labels, tf.int32)

    def example(indices, number=None):
        images = read(indices)
        if number is not None:
            images = _flipped(images, flip_seed, number)
        images = tf.nest.map_structure(scale_images, images)
        return (
            images if labels is None else (images, tf.gather(labels, indices))
        )

    inputs = batches
    if flip_seed is not None:
        if start_step is None:
            numbers = tf.data.Dataset.random(
                flip_seed, rerandomize_each_iteration=True
            )
        else:
            numbers = tf.data.Dataset.counter(start_step)
        inputs = tf.data.Dataset.zip((batches, numbers))
    dataset = mapped(inputs, example)

    def skip(count, name=None):
        # What a resumed training has seen is left out as indices: not one
        # image of it is read again.
        step = None if start_step is None else start_step + count
        return finish(batches.skip(count), read, labels, flip_seed, step)

    dataset.skip = skip
    dataset.repeat = lambda count=None, name=None: finish(
        batches.repeat(count), read, labels, flip_seed, start_step
    )
    return dataset


def from_arrays(
    images,
    class_ids,
    batch_size,
    labels,
    seed,
    start_step,
    shuffle=True,
    flip=False,
):
    """Batches of images that are kept in memory.

    Args:
        images: Array, uint8, of shape `(number, height, width, channels)`, or
            a tuple of such arrays: then images of one index belong together.
        class_ids: Array of integers `(number,)`.
        labels: Whether to give the class with the images.
        batch_size, seed, start_step, shuffle: As of `index_batches`.
        flip: Whether to mirror images, as of `finish`, with the same seed.

    Returns:
        `tf.data.Dataset` as of `finish`.
    """
    import tensorflow as tf

    number = len(tf.nest.flatten(images)[0])
    batches = index_batches(number, batch_size, seed, start_step, shuffle)
    with tf.device("CPU"):  # Where `tf.data` works.
        pools = tf.nest.map_structure(tf.constant, images)
    return finish(
        batches,
        lambda indices: tf.nest.map_structure(
            lambda pool: tf.gather(pool, indices), pools
        ),
        class_ids if labels else None,
        seed if flip else None,
        start_step,
    )


def unpaired(first, second):
    """Batches of two domains side by side, each in an order of its own.

    For models that learn from two sets of images without knowing which belong
    together, such as CycleGAN:

        digits = mnist(8, seed=0, start_step=0)
        clothes = fashion_mnist(8, seed=1, start_step=0)
        gan.fit(unpaired(digits, clothes), steps_per_epoch=100)

    `unpaired_folders` does so for folders. Give the streams different seeds.
    With one seed, two data sets of one size come in one order, and what has
    the same place in both would be a pair.

    Args:
        first, second: `tf.data.Dataset` of each domain. Endless streams, with
            `start_step`, are best: of two passes the longer is cut short.

    Returns:
        `tf.data.Dataset` of pairs of an element of each. It resumes as the
        two do: its `skip()` is theirs.
    """
    import tensorflow as tf

    dataset = tf.data.Dataset.zip((first, second))
    dataset.skip = lambda count, name=None: unpaired(
        first.skip(count), second.skip(count)
    )
    return dataset


def swapped(pairs):
    """Pairs the other way round: for a model from the second to the first.

    Args:
        pairs: `tf.data.Dataset` of pairs, such as of `emoji_pairs`.

    Returns:
        `tf.data.Dataset` of `(second, first)`. It resumes as `pairs` does.
    """
    dataset = mapped(pairs, lambda first, second: (second, first))
    dataset.skip = lambda count, name=None: swapped(pairs.skip(count))
    return dataset


def _flipped(images, seed, number):
    """Mirrors half of the images, by a number of their batch.

    Of a tuple, the images that belong together are mirrored together.
    """
    import tensorflow as tf

    seeds = tf.random.experimental.stateless_fold_in(
        fold_seed(seed, number), _FLIP_TAG, alg="philox"
    )
    chances = tf.random.stateless_uniform(
        (len(tf.nest.flatten(images)[0]), 1, 1, 1), seeds, alg="philox"
    )
    return tf.nest.map_structure(
        lambda image: tf.where(chances < 0.5, image[:, :, ::-1], image), images
    )
