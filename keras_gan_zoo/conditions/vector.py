"""Continuous attributes."""

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import noise
from keras_gan_zoo.conditions.condition import Numbers
from keras_gan_zoo.endpoints import Input
from keras_gan_zoo.integers import check_integer


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Vector(Numbers):
    """Continuous attributes such as angles or ages, float32 `(batch, size)`.

    Args:
        size: Integer, number of attributes.
        low: Float, the least value of an attribute.
        high: Float above `low`, the greatest one.
        rows: Array `(number, size)`, or `None` to draw all attributes uniformly
            and independently. If given, a row of it is drawn for each sample.
            It is part of the model's configuration, so some thousand rows of a
            large data set are better than all.
        name: String, by which it is served.
    """

    mend_of_shape = "Stack the attributes of a sample into one row."

    def __init__(self, size, low=-1.0, high=1.0, rows=None, name="attributes"):
        if not low < high:
            raise ValueError(
                "`low` must be below `high`. Received: "
                f"low={low}, high={high}."
            )
        self.low = low
        self.high = high
        self.name = name
        super().__init__(check_integer("size", size, 1), rows)

    def draw(self, batch_size, seed):
        if self.rows is not None:
            return super().draw(batch_size, seed)
        shape = [batch_size, self.size]
        return noise.uniform(shape, seed, self.low, self.high)

    def check(self, values):
        values = super().check(values)
        if not ((values >= self.low) & (values <= self.high)).all():
            raise ValueError(
                f"Attributes must be in [{self.low}, {self.high}]. Received: "
                f"values from {values.min()} to {values.max()}. Scale them, or "
                "give the condition their bounds, `Vector(size, low, high)`."
            )
        return values

    def serving_input(self):
        return Input(
            tf.TensorSpec((None, self.size), tf.float32, self.name),
            is_right=lambda rows: (rows >= self.low) & (rows <= self.high),
            expected=f"in [{self.low}, {self.high}]",
            filler=min(max(0.0, self.low), self.high),
        )

    def grid_rows(self, number):
        """Rows that go from all lowest to all highest attributes."""
        steps = np.linspace(self.low, self.high, number, dtype="float32")
        values = np.repeat(steps[:, np.newaxis], self.size, axis=1)
        return tf.constant(values), None

    def facts(self):
        bounds = [float(self.low), float(self.high)]
        # JSON has no infinity.
        known = [bound if np.isfinite(bound) else None for bound in bounds]
        return {**super().facts(), "bounds": known}

    def get_config(self):
        return {
            "size": self.size,
            "low": self.low,
            "high": self.high,
            "rows": self._stored_rows(),
            "name": self.name,
        }
