"""Several labels at once."""

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import checks, noise
from keras_gan_zoo.conditions.condition import Numbers
from keras_gan_zoo.endpoints import Input
from keras_gan_zoo.integers import check_integer


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Labels(Numbers):
    """Several labels, each of which holds or not: float32 of 0 and 1.

    Labels of real samples go together: who wears a beard seldom wears
    lipstick. Where they are drawn independently, half of the samples that the
    generator is asked for may be of no real kind. `rows` of the data keep them
    together.

    Args:
        num_labels: Integer.
        names: List of a string for each label, or `None`.
        frequency: Float in [0, 1], or a list of one for each label: how often
            it holds. Labels are drawn independently.
        rows: Array `(number, num_labels)` of 0 and 1, or `None`. If given, a
            row of it is drawn for each sample. It is part of the model's
            configuration, so some thousand rows of a large data set are better
            than all.
    """

    mend_of_shape = (
        "Encode the labels of a sample as 0 and 1, one column for each label."
    )

    def __init__(self, num_labels, names=None, frequency=0.5, rows=None):
        super().__init__(check_integer("num_labels", num_labels, 1), rows)
        if names is not None:
            names = checks.check_class_names(names, num_labels)
        self.names = names
        frequencies = np.broadcast_to(
            np.asarray(frequency, "float32"), (num_labels,)
        )
        if not np.all((frequencies >= 0) & (frequencies <= 1)):
            raise ValueError(
                "`frequency` must be in [0, 1]. Received: "
                f"frequency={frequency}. Of counts, pass their share."
            )
        self.frequency = frequency

    def draw(self, batch_size, seed):
        if self.rows is not None:
            return super().draw(batch_size, seed)
        units = noise.uniform([batch_size, self.size], seed)
        return tf.cast(units < self.frequency, tf.float32)

    def check(self, values):
        values = super().check(values)
        if not np.isin(values, (0.0, 1.0)).all():
            raise ValueError(
                "Labels must be 0 or 1. Received: values from "
                f"{values.min()} to {values.max()}. Of labels that are -1 or "
                "1, as those of CelebA, make `(labels + 1) / 2`."
            )
        return values

    def serving_input(self):
        return Input(
            tf.TensorSpec((None, self.size), tf.float32, "labels"),
            is_right=lambda rows: (rows == 0.0) | (rows == 1.0),
            expected="0 or 1",
        )

    def grid_rows(self, number):
        """Each row has one label alone."""
        number = min(number, self.size)
        names = self.names and self.names[:number]
        return tf.eye(number, self.size), names

    def facts(self):
        return {**super().facts(), "label_names": self.names}

    def get_config(self):
        return {
            "num_labels": self.size,
            "names": self.names,
            "frequency": self.frequency,
            "rows": self._stored_rows(),
        }
