"""Maxout: the largest of several features."""

import keras


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Maxout(keras.layers.Layer):
    """Keeps the largest of each group of `pieces` features.

    A `Dense(units * pieces)` followed by `Maxout(pieces)` is a maxout layer of
    `units` units: Goodfellow et al. 2013, "Maxout Networks",
    https://arxiv.org/abs/1302.4389, section 2.

    The features of a group are not neighbours. Unit `j` of `units` takes the
    features `j, j + units, j + 2 * units, ...`, as in the layer of TensorFlow
    Addons: `Maxout(pieces)` on `channels` features gives what
    `tfa.layers.Maxout(channels // pieces)` gave. After a layer that learns its
    features the grouping does not matter; for weights that were learned with
    the other one it does.

    Args:
        pieces: Integer, size of each group.
        axis: Integer, the axis of the features.

    Input shape:
        `(batch, ..., channels, ...)`, `channels` a multiple of `pieces`.

    Output shape:
        The same, with `channels // pieces` features.
    """

    def __init__(self, pieces, axis=-1, **kwargs):
        super().__init__(**kwargs)
        if pieces < 1:
            raise ValueError(
                "The largest of at least one feature can be taken. Received: "
                f"pieces={pieces}. Use a positive integer."
            )
        self.pieces = pieces
        self.axis = axis

    def build(self, input_shape):
        channels = input_shape[self.axis]
        if channels is None or channels % self.pieces:
            raise ValueError(
                "The number of features must be known and a multiple of "
                f"`pieces`. Received: {channels} features on axis "
                f"{self.axis}, pieces={self.pieces}. Give the layer before it "
                "`units * pieces` features."
            )

    def call(self, inputs):
        axis = self.axis % len(inputs.shape)
        shape = list(inputs.shape)
        shape[axis : axis + 1] = [self.pieces, shape[axis] // self.pieces]
        # Reshape allows one size that is not known, which the batch may need.
        shape = [-1 if size is None else size for size in shape]
        return keras.ops.max(keras.ops.reshape(inputs, shape), axis=axis)

    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        shape[self.axis] //= self.pieces
        return tuple(shape)

    def get_config(self):
        config = {"pieces": self.pieces, "axis": self.axis}
        return {**super().get_config(), **config}
