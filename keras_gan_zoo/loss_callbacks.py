"""What Keras's callbacks expect of a model that has one loss."""

import warnings

import keras
import numpy as np


def with_losses(callbacks, losses):
    """Returns the callbacks of `fit()`, those told what they wait for.

    `keras.callbacks.TerminateOnNaN` looks for a loss called "loss", which a
    game of several players doesn't have: it would wait in vain. Where nobody
    would tell of NaN, losses are looked at when an epoch ends: their means are
    NaN if one was.

    Args:
        callbacks: What `fit()` takes: a callback, a list, a `CallbackList` or
            `None`.
        losses: List of the names of losses.

    Returns:
        A list of them and of more, or the `CallbackList`.
    """
    is_list = isinstance(callbacks, keras.callbacks.CallbackList)
    members = [] if callbacks is None else keras.tree.flatten(callbacks)
    if is_list:
        members = callbacks.callbacks
    # Before all others: none should save what has become NaN.
    waiting = [
        callback
        for callback in members
        if isinstance(callback, keras.callbacks.TerminateOnNaN)
    ]
    added = []
    if waiting and losses != ["loss"]:
        added = [_LossOfAll(callback, losses) for callback in waiting]
    if not waiting and not any(hasattr(c, "tells_of_nan") for c in members):
        added = [_WordOnNaN(losses)]
    if is_list:
        callbacks.callbacks[:0] = added
        return callbacks
    return [*added, *members]


class _LossOfAll(keras.callbacks.Callback):
    """Shows a callback the sum of all losses, which is NaN if one is."""

    def __init__(self, callback, losses):
        super().__init__()
        self._callback = callback
        self._names = losses

    def on_train_batch_end(self, batch, logs=None):
        losses = [float(logs[name]) for name in self._names if name in logs]
        self._callback.on_batch_end(batch, {"loss": np.sum(losses)})


class _WordOnNaN(keras.callbacks.Callback):
    """Warns once, at the end of the first epoch whose losses aren't finite.

    It needs no log of a step, which would have to be waited for.
    """

    def __init__(self, losses):
        super().__init__()
        self._names = losses

    def on_epoch_end(self, epoch, logs=None):
        losses = {name: (logs or {}).get(name, 0.0) for name in self._names}
        broken = [name for name in losses if not np.isfinite(losses[name])]
        if broken:
            self._names = []
            warnings.warn(
                f"In epoch {epoch + 1}, {', '.join(broken)} became NaN or "
                "infinite, and what trains on won't mend it. Look for NaN, "
                "infinity and values beyond [-1, 1] in the data, then lower "
                "the learning rates: `callbacks.Doctor` finds the step."
            )
