"""The time that a training takes."""

import time

import keras


class Stopwatch(keras.callbacks.Callback):
    """Measures a training, with what it took before it was resumed.

    `Checkpoint` keeps what it has measured, so steps that were lost with a
    killed process are not counted, and those that replace them are.
    """

    def __init__(self):
        super().__init__()
        self._before = 0.0
        self._start = None

    @property
    def minutes(self):
        """Float, minutes of training, with its pictures and scores."""
        return (self._before + self._elapsed()) / 60.0

    def on_train_begin(self, logs=None):
        self._start = time.perf_counter()

    def get_progress(self):
        """Returns what a training that goes on later has to know."""
        return {"seconds": self._before + self._elapsed()}

    def set_progress(self, progress):
        self._before = progress.get("seconds", 0.0)

    def _elapsed(self):
        return 0.0 if self._start is None else time.perf_counter() - self._start
