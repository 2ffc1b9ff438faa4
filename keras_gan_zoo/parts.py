"""Parts: what a game is composed of beside its networks.

An augmentation or a penalty is an object that the caller makes and hands to a
model. What it has to remember, such as the strength of an augmentation that
adapts, belongs to the state of the training: it is saved in the model's files,
resumed, and moves alike on all replicas.
"""

import keras


class Part(keras.layers.Layer):
    """A serializable piece of a game, whose weights are weights of the model.

    It is a layer, since a model finds, counts and saves the weights of the
    layers among its attributes; in float32, whatever the precision of the
    networks. It is never called as one: `keras.layers.Layer.__call__` casts its
    inputs and refuses functions. The methods of its subclasses are called
    instead.

    A subclass writes `get_config()` if its constructor takes arguments, adds
    what it remembers in the constructor by `add_state()`, and is registered by
    `keras.saving.register_keras_serializable()`:

        @keras.saving.register_keras_serializable()
        class Fading(Part):
            def __init__(self, steps):
                super().__init__()
                self.steps = steps
                self.moves = self.add_state("moves", dtype="int64")

            def get_config(self):
                return {"steps": self.steps}

    A part belongs to one model: in two, both would move its weights. Under a
    `tf.distribute` strategy it is made in the strategy's scope, as networks
    are.
    """

    def __init__(self):
        super().__init__(dtype="float32", autocast=False)
        self.built = True

    def add_state(self, name, initial=0.0, dtype="float32"):
        """Adds a scalar weight that isn't trained.

        Under a `tf.distribute` strategy, the value of the first replica is kept
        for all. So a value that is assigned must be the same on all: what
        differs between them goes through `keras_gan_zoo.replicas` first, which
        isn't possible inside of `tf.cond`.

        Args:
            name: String.
            initial: Number.
            dtype: String.

        Returns:
            `keras.Variable` of shape `()`.
        """
        return self.add_weight(
            shape=(),
            dtype=dtype,
            initializer=keras.initializers.Constant(initial),
            trainable=False,
            autocast=False,  # Nor where a layer in mixed precision asks.
            aggregation="only_first_replica",
            name=name,
        )

    def get_config(self):
        return {}  # Without the name and the dtype of a layer.

    def __call__(self, *args, **kwargs):
        raise ValueError(
            "A part of a game isn't called as a layer, and is no part of a "
            f"network. Received: a call of {type(self).__name__}. Hand it to a "
            "model, or call one of its methods."
        )


def require_part(name, value, kind):
    """Raises a `ValueError` unless an argument is a part of some kind.

    Args:
        name: String, name of the argument.
        value: What a caller passed for it.
        kind: Subclass of `Part`.
    """
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        raise ValueError(
            f"`{name}` must be {article} `{kind.__name__}`: an object, not its "
            f"class or name. Received: {name}={value!r}. Make one, or write a "
            f"subclass of `{kind.__module__}.{kind.__name__}`."
        )
