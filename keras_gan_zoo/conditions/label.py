"""One class of several."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks, noise
from keras_gan_zoo.conditions.condition import Condition
from keras_gan_zoo.endpoints import Input
from keras_gan_zoo.integers import check_integer


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Label(Condition):
    """One class of several, an integer `(batch,)`; classes are drawn uniformly.

    Args:
        num_classes: Integer, number of classes.
        names: List of a string for each class, in the order of their labels,
            or `None`. They appear in sample grids and exports.
    """

    def __init__(self, num_classes, names=None):
        self.num_classes = check_integer("num_classes", num_classes, 1)
        if names is not None:
            names = checks.check_class_names(names, num_classes)
        self.class_names = names

    def draw(self, batch_size, seed):
        return noise.integers([batch_size], seed, self.num_classes)

    def check(self, values):
        return checks.check_labels(values, self.num_classes)

    def check_network(self, name, network):
        checks.require_num_classes(name, network, self.num_classes)

    def serving_input(self):
        return Input(
            tf.TensorSpec((None,), tf.int32, "labels"),
            is_right=lambda rows: (rows >= 0) & (rows < self.num_classes),
            expected=f"from 0 to {self.num_classes - 1}",
        )

    def grid_rows(self, number):
        number = min(number, self.num_classes)
        names = self.class_names and self.class_names[:number]
        return tf.range(number), names

    def get_config(self):
        return {"num_classes": self.num_classes, "names": self.class_names}
