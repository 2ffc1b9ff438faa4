"""How a training begins in the midst of an epoch."""

import keras
import numpy as np
import tensorflow as tf


class RemainingCallbacks(keras.callbacks.CallbackList):
    """Callbacks of an epoch whose first steps were made before.

    Keras counts an epoch's steps from zero. Those made already pass without
    data, computation or callbacks.

    Args:
        callbacks: List of callbacks.
        first_epoch: Integer, the epoch some of whose steps were made.
        first_step: Integer, how many.
        last_logs: Dictionary, what the last of an epoch's steps reported, if
            all were made.
        begin_step: Function to call before a step moves model and callbacks.
        end_step: Function to call when it has moved all.
        **kwargs: As of `keras.callbacks.CallbackList`.
    """

    def __init__(
        self,
        callbacks,
        first_epoch,
        first_step,
        last_logs,
        begin_step,
        end_step,
        **kwargs,
    ):
        super().__init__(callbacks, **kwargs)
        self._first_epoch, self._first_step = first_epoch, first_step
        self._last_logs = last_logs
        self._begin_step, self._end_step = begin_step, end_step
        self._passing, self._train = False, None

    def on_epoch_begin(self, epoch, logs=None):
        super().on_epoch_begin(epoch, logs)
        if epoch != self._first_epoch or self._first_step == 0:
            return
        self._train, self._passing = self.model.train_function, True

        def pass_or_train(iterator):
            if self._passing:
                return self._last_logs
            return self._train(iterator)

        self.model.train_function = pass_or_train

    def on_train_batch_begin(self, batch, logs=None):
        self._passing = self._passing and batch < self._first_step
        if not self._passing:
            self.stop_passing()
            self._begin_step()
            super().on_train_batch_begin(batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        if not self._passing:
            super().on_train_batch_end(batch, logs)
            self._end_step()

    def on_epoch_end(self, epoch, logs=None):
        self.stop_passing()
        super().on_epoch_end(epoch, logs)

    def stop_passing(self):
        """Gives the model its training step back. It may be done twice."""
        if self._train is not None:
            self.model.train_function, self._train = self._train, None
        self._passing = False


def as_batches(x, y, arguments, seed):
    """Returns what `fit()` was given as a `tf.data.Dataset` of batches.

    Args:
        x: Dataset, array or dictionary of arrays.
        y: Array of labels or `None`.
        arguments: Dictionary of the further arguments of `fit()`.
        seed: Integer, the seed that arrays are shuffled by.

    Raises:
        ValueError: If `x` is something else.
    """
    if isinstance(x, tf.data.Dataset):
        return x
    samples = x if y is None else (x, y)
    arrays = keras.tree.flatten(samples)
    if not all(isinstance(array, (np.ndarray, tf.Tensor)) for array in arrays):
        raise ValueError(
            "To resume within the data, they must be arrays or a "
            f"`tf.data.Dataset`. Received: {type(x).__name__}. Make it one, "
            "by `tf.data.Dataset.from_generator` for example."
        )
    dataset = tf.data.Dataset.from_tensor_slices(samples)
    if arguments.get("shuffle", True):
        dataset = dataset.shuffle(len(arrays[0]), seed=int(seed))
    return dataset.batch(arguments.get("batch_size") or 32)


def from_step(batches, step):
    """Returns the endless repetition of a dataset, from a step on."""
    if batches.cardinality() != tf.data.INFINITE_CARDINALITY:
        batches = batches.repeat()
    return batches.skip(step)


def epoch_steps(batches, steps, steps_per_execution):
    """Returns the number of training steps in an epoch.

    Args:
        batches: `tf.data.Dataset`.
        steps: What `fit()` was given as `steps_per_epoch`.
        steps_per_execution: That of the model.

    Raises:
        ValueError: If it can't be known, or isn't a multiple of an execution's.
    """
    if steps is None:
        steps = int(batches.cardinality())
        if steps < 1:
            raise ValueError(
                "To resume within an epoch, its length must be known. "
                "Received: a dataset that doesn't say its size. Pass "
                "`steps_per_epoch` to `fit()`."
            )
    if steps % steps_per_execution:
        raise ValueError(
            "An epoch's steps must be a multiple of those of an execution. "
            f"Received: {steps} steps, "
            f"steps_per_execution={steps_per_execution}."
        )
    return steps
