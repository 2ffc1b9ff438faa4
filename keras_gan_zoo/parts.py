"""Parts: what a game is made of beside its networks."""

import keras


class Part(keras.layers.Layer):
    """A serializable piece of a game, whose weights are weights of the model.

    It is a layer, since a model tracks, saves and counts the weights of its
    layers. It isn't called as one: `Layer.__call__` refuses functions as
    arguments and casts tensors.

    A subclass writes `get_config()`, with the arguments of its constructor,
    and keeps what it learns in weights made by `state()`. These move alike on
    every replica, so they must be computed from values that all replicas have.
    """

    def __init__(self, name=None):
        super().__init__(dtype="float32", autocast=False, name=name)
        self.built = True

    def state(self, name, first=0.0, dtype="float32"):
        """Returns a scalar weight that isn't trained, and begins at `first`."""
        return self.add_weight(
            shape=(),
            dtype=dtype,
            initializer=keras.initializers.Constant(first),
            trainable=False,
            aggregation="only_first_replica",
            name=name,
        )

    def get_config(self):
        return {}  # Without the name and dtype of a layer.
