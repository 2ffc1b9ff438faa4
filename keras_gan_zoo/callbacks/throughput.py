"""The speed of training."""

import math
import time

import keras

from keras_gan_zoo.callbacks import durations

# Early steps trace, allocate and fill pipelines; they are not timed.
_WARM_UP_STEPS = 3
_TIMED_STEPS = 5


class Throughput(keras.callbacks.Callback):
    """Logs the images per second, and says how long training will take.

    After some early steps it prints once how long the rest will take, as in
    "about 31 h on this device at 412 images/s". Each epoch's `logs` gain
    `images_per_second` and `images_per_second_per_replica`. Both count only
    the training steps, without validation, pictures and scores.

    Args:
        batch_size: Integer, images in what the dataset yields for one
            training step: the global batch of all replicas. If a step updates
            the discriminator n times, that is n of the paper's batches.

    Example:

    ```python
    gan.fit(
        cifar10(64 * gan.discriminator_steps),
        callbacks=[Throughput(64 * gan.discriminator_steps)],
    )
    ```
    """

    def __init__(self, batch_size):
        super().__init__()
        if batch_size < 1:
            raise ValueError(
                "`batch_size` must be the number of images of one training "
                f"step, at least 1. Received: batch_size={batch_size}."
            )
        self.batch_size = batch_size

    def on_train_begin(self, logs=None):
        self._warm = False
        self._estimated = False

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        self._steps = self._skipped = 0
        self._begin = self._end = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self._end = time.perf_counter()
        self._steps = batch + 1
        if not self._warm and self._steps >= _WARM_UP_STEPS:
            self._begin, self._skipped = self._end, self._steps
            self._warm = True
        elif self._warm and not self._estimated:
            if self._steps - self._skipped >= _TIMED_STEPS:
                self._print_estimate()
                self._estimated = True

    def on_epoch_end(self, epoch, logs=None):
        speed = math.nan  # Of an epoch of nothing but early steps.
        if self._warm and self._steps > self._skipped:
            speed = self._images_per_second()
        self._warm = True
        logs["images_per_second"] = speed
        logs["images_per_second_per_replica"] = speed / self._num_replicas()

    def _images_per_second(self):
        steps = self._steps - self._skipped
        return steps * self.batch_size / (self._end - self._begin)

    def _print_estimate(self):
        speed = self._images_per_second()
        duration = "an unknown time, as the dataset doesn't say its size,"
        if self.params["steps"] is not None:
            epochs = self.params["epochs"] - self._epoch
            steps = epochs * self.params["steps"] - self._steps
            seconds = steps * self.batch_size / speed
            duration = f"about {durations.in_words(seconds)}"
        replicas = self._num_replicas()
        devices = "this device" if replicas == 1 else f"{replicas} replicas"
        # Below the progress bar, which stays on its line.
        print(
            f"\nTraining takes {duration} on {devices} at {speed:,.0f} "
            "images/s."
        )

    def _num_replicas(self):
        return self.model.distribute_strategy.num_replicas_in_sync
