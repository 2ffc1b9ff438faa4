"""What callbacks remember of the epochs they have seen."""

import keras

# Of Keras's own, which can't be asked. Others have two methods for it.
_MEMORIES = {
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch"),
    keras.callbacks.ModelCheckpoint: ("best",),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
}


def of_callbacks(callbacks):
    """Returns the name and the memory of each, as for JSON."""
    return [
        (type(callback).__name__, _get_progress(callback))
        for callback in callbacks
    ]


def give_back(callbacks, memories):
    """Gives callbacks what `of_callbacks` returned, by their names."""
    left = list(memories)
    for callback in callbacks:
        for index, (name, progress) in enumerate(left):
            if name == type(callback).__name__:
                _set_progress(callback, progress)
                del left[index]
                break


def _get_progress(callback):
    """Returns what a callback has to remember, or `None`."""
    if hasattr(callback, "get_progress"):
        return callback.get_progress()
    for kind, names in _MEMORIES.items():
        if isinstance(callback, kind):
            return {name: getattr(callback, name) for name in names}
    return None


def _set_progress(callback, progress):
    if hasattr(callback, "set_progress"):
        callback.set_progress(progress)
    elif progress is not None:
        vars(callback).update(progress)
