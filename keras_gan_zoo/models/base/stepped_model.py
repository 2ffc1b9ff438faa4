"""Noise as a function of the step, so that a training can be repeated."""

import contextlib
import random
import threading

import keras
import tensorflow as tf

from keras_gan_zoo import noise


class SteppedModel(keras.Model):
    """A model that counts its steps and draws noise by their number.

    Noise is a function of (seed, step, draw), and nothing else. Seed and step
    are weights: they are saved, and a resumed run sees the same noise.
    """

    def __init__(self, **kwargs):
        # Networks cast what they are given themselves; one in float32 gets
        # its latents unrounded whatever the global policy was.
        super().__init__(autocast=False, **kwargs)
        # All workers start from the chief's first value: it isn't assigned.
        self.noise_seed = self._add_counter(
            "noise_seed", first=random.randrange(2**31)
        )
        self.step = self._add_counter("step")
        self.evaluation_step = self._add_counter("evaluation_step")
        self._draws = _Draws()
        self.built = True  # As its networks are.

    def next_seed(self):
        """Returns the seed of the next draw within this step.

        It depends only on the model's seed, the step and the number of earlier
        draws in the step; evaluation has seeds of its own. To be used with
        `keras_gan_zoo.noise`.
        """
        seed, step = self.noise_seed.value, self.step.value
        if self._draws.evaluating:
            seed, step = -1 - seed, self.evaluation_step.value
        self._draws.number += 1
        return noise.fold_in(tf.stack([seed, step]), self._draws.number)

    @contextlib.contextmanager
    def _evaluating(self):
        training_draws = self._draws.number
        self._draws.number, self._draws.evaluating = 0, True
        try:
            yield
        finally:
            self._draws.number, self._draws.evaluating = training_draws, False

    @contextlib.contextmanager
    def undisturbed(self):
        """Lets one look at the game as it is played, without a trace.

        What is computed inside draws the same noise each time, and whatever
        calls with `training=True` change is restored: statistics, random states
        and running means. Code that moves trained weights has to restore them
        itself. To be used within a `tf.function`, or eagerly.
        """
        moved = [v for v in self.variables if not v.trainable]
        moved += [v for metric in self.metrics for v in metric.variables]
        kept = [tf.identity(variable.value) for variable in moved]
        with self._evaluating():
            try:
                self.evaluation_step.assign(0)
                yield
            finally:
                for variable, value in zip(moved, kept):
                    variable.assign(value)

    def _add_counter(self, name, first=0):
        return self.add_weight(
            shape=(),
            dtype="int64",
            initializer=lambda shape, dtype: tf.constant(first, dtype),
            trainable=False,
            aggregation="only_first_replica",
            name=name,
        )


class _Draws(threading.local):
    """Counts the draws of one step, while the step is traced.

    A strategy traces the step once for each replica, each in a thread of its
    own, and each has to number its draws alike.
    """

    number = 0
    evaluating = False
