"""What Keras's callbacks expect of a model that has one loss."""

import keras
import numpy as np


def with_losses(callbacks, players):
    """Returns the callbacks of `fit()`, those told what they wait for.

    `keras.callbacks.TerminateOnNaN` looks for a loss called "loss", which a
    game doesn't have: it would wait in vain.

    Args:
        callbacks: What `fit()` takes: a callback, a list, a `CallbackList` or
            `None`.
        players: List of strings.

    Returns:
        The same, or a list of them and of more.
    """
    is_list = isinstance(callbacks, keras.callbacks.CallbackList)
    members = callbacks.callbacks if is_list else keras.tree.flatten(callbacks)
    # Before all others: none should save what has become NaN.
    added = [
        _LossOfAll(callback, players)
        for callback in members
        if isinstance(callback, keras.callbacks.TerminateOnNaN)
    ]
    if not added:
        return callbacks
    if is_list:
        callbacks.callbacks[:0] = added
        return callbacks
    return [*added, *members]


class _LossOfAll(keras.callbacks.Callback):
    """Shows a callback the sum of all losses, which is NaN if one is."""

    def __init__(self, callback, players):
        super().__init__()
        self._callback = callback
        self._names = [f"{player}_loss" for player in players]

    def on_train_batch_end(self, batch, logs=None):
        losses = [float(logs[name]) for name in self._names if name in logs]
        self._callback.on_batch_end(batch, {"loss": np.sum(losses)})
