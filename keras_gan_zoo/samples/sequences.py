"""Sequences of vectors."""

import keras
import numpy as np

from keras_gan_zoo.drawings import rolls
from keras_gan_zoo.samples.kind import Kind

_WIDTH = 256  # Pixels.
_HEIGHT = 96


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Sequences(Kind):
    """Sequences of shape `(length, features)`, finite floats.

    They are served as they are, and as NPZ files with one array, `sequences`.
    A picture shows a column for each step and a row for each feature, the
    first at the bottom; colours are from the least value of all sequences that
    are drawn together to the largest.
    """

    name = "sequences"
    axes = ("batch", "length", "features")
    picture_rows = 4
    picture_columns = 2

    def cells(self, samples):
        samples = self.drawable(samples)
        limits = self.limits or (samples.min(), samples.max())
        return np.stack(
            [rolls.roll(one, limits, _HEIGHT, _WIDTH) for one in samples]
        )
