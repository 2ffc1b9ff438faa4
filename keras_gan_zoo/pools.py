"""A pool of earlier samples, for a discriminator to see again."""

import keras
import tensorflow as tf

from keras_gan_zoo import noise, replicas
from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.parts import Part


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ImagePool(Part):
    """Earlier samples of a generator, which take turns with the newest.

    A discriminator that sees the newest only forgets what the generator did
    before, and the two may go round in circles. The rule is that of CycleGAN
    (Zhu et al. 2017, section 4, and the authors' `util/image_pool.lua`), after
    Shrivastava et al. 2017: until the pool is full each sample is stored and
    shown. Then a coin is thrown for each: either it is shown, and not stored,
    or a random one of the pool is shown, whose place it takes.

    What it holds is saved with the model, and is the same on all replicas.

    Args:
        size: Integer, number of samples that are stored.
        shape: Tuple, the shape of a sample.
    """

    def __init__(self, size, shape):
        super().__init__()
        self.size = check_integer("size", size, 1)
        self.shape = tuple(shape)
        if None in self.shape:
            raise ValueError(
                "A pool stores samples of one shape. Received: "
                f"shape={self.shape}. Build the networks for images of a given "
                "height and width, or leave the pool out by `pool_size=0`."
            )
        self.number = self.add_state("number", 0, "int64")
        self.samples = self.add_weight(
            shape=(self.size, *self.shape),
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",
            name="samples",
        )

    def exchange(self, samples, seed):
        """Stores some of a batch, and returns what is to be shown for it.

        Args:
            samples: Tensor of shape `(batch, *shape)`, the newest.
            seed: Seed of shape `(2,)`, see `keras_gan_zoo.noise`.

        Returns:
            Tensor of the same shape. The rows of a batch come one after the
            other, those of the first replica first. It has no gradient.
        """
        rows = tf.shape(samples)[0]
        coin_seed, place_seed = noise.split(seed)
        coins = replicas.gather(noise.integers([rows], coin_seed, 2))
        places = noise.integers([rows], place_seed, self.size)
        places = tf.cast(replicas.gather(places), tf.int64)
        samples = replicas.gather(tf.stop_gradient(samples))
        samples = tf.cast(samples, tf.float32)
        order = tf.range(tf.size(places, tf.int64))
        number = self.number.value
        filling = number + order < self.size
        places = tf.where(filling, number + order, places)
        stored = filling | (coins == 1)
        shown = self._shown(samples, places, stored, filling)
        self._store(samples, places, stored)
        added = tf.size(places, tf.int64)
        self.number.assign(tf.minimum(number + added, self.size))
        return replicas.own_rows(lambda _: shown, rows)

    def _shown(self, samples, places, stored, filling):
        """Returns the rows that are shown, as if they came one by one."""
        # An earlier row of the batch may lie where a later one looks.
        order = tf.range(tf.size(places))
        is_earlier = order[None, :] < order[:, None]
        at_its_place = places[None, :] == places[:, None]
        writer = _last(is_earlier & at_its_place & stored[None, :])
        old = _chosen(writer, samples, tf.gather(self.samples.value, places))
        return tf.where(_like(stored & ~filling, old), old, samples)

    def _store(self, samples, places, stored):
        place = tf.range(self.size, dtype=tf.int64)
        writes = (place[:, None] == places[None, :]) & stored[None, :]
        stays = tf.convert_to_tensor(self.samples.value)
        self.samples.assign(_chosen(_last(writes), samples, stays))

    def get_config(self):
        return {"size": self.size, "shape": self.shape}


def _last(is_true):
    """Returns the last column that is true of each row, or -1."""
    columns = tf.range(tf.shape(is_true)[1])
    return tf.reduce_max(tf.where(is_true, columns, -1), axis=1)


def _chosen(index, samples, others):
    """Returns for each index a row of `samples`, or of `others` if it is -1."""
    rows = tf.gather(samples, tf.maximum(index, 0))
    return tf.where(_like(index >= 0, others), rows, others)


def _like(condition, rows):
    """Returns a condition for each row in a shape that fits to the rows."""
    return tf.reshape(condition, [-1] + [1] * (rows.shape.rank - 1))
