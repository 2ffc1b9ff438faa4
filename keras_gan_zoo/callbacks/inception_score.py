"""The Inception Score of a model in training."""

import math
import time

import keras
import numpy as np

from keras_gan_zoo import images, metrics
from keras_gan_zoo.callbacks import durations, sampling


class InceptionScore(keras.callbacks.Callback):
    """Scores generated images at the end of epochs and logs the score.

    `logs` gain `inception_score`, the mean over the splits, and
    `inception_score_std`, their deviation. Callbacks that come later in the
    list see both, as does `History`: `CSVLogger`, or
    `ModelCheckpoint(monitor="inception_score", mode="max")`.

    The classifier sees what a picture file would hold: images rounded to
    bytes, and scaled back to [-1, 1]. The same latents are drawn each time.

    A score is that of its classifier. Only the Inception network of 2015,
    with 50,000 samples and 10 splits, gives the Inception Score of papers;
    choose another `name` for another network.

    Args:
        classifier: Keras model or other callable, from images in [-1, 1] of
            shape `(batch, height, width, channels)` to probabilities of shape
            `(batch, classes)`.
        num_samples: Integer, images to score.
        batch_size: Integer, images to draw and classify at once.
        splits: Integer, parts of the samples; see
            `keras_gan_zoo.metrics.inception_score`.
        every: Integer, epochs from one score to the next. The first epoch of
            a `fit()` and the last of its `epochs` are scored in any case. The
            others log NaN, not the last score, since nothing was measured.
        seed: Integer, the seed of the latents and of the samples' order.
        name: String, the name in `logs`.

    Raises:
        ValueError: If the samples of the model aren't images or the
            predictions of the classifier aren't probabilities, when training
            begins.
    """

    def __init__(
        self,
        classifier,
        num_samples=50_000,
        batch_size=100,
        splits=10,
        every=1,
        seed=0,
        name="inception_score",
    ):
        super().__init__()
        if min(batch_size, splits, every) < 1 or num_samples < splits:
            raise ValueError(
                "`batch_size`, `splits` and `every` must be at least 1, and "
                "`num_samples` at least `splits`. Received: "
                f"num_samples={num_samples}, batch_size={batch_size}, "
                f"splits={splits}, every={every}."
            )
        self.classifier = classifier
        self.num_samples = num_samples
        self.batch_size = batch_size
        self.splits = splits
        self.every = every
        self.seed = seed
        self.name = name

    def on_train_begin(self, logs=None):
        sampling.require_generator(self.model)
        self._sample = sampling.sampler(self.model)
        self._classify = self.classifier
        if isinstance(self.classifier, keras.layers.Layer):
            self._classify = sampling.sampler(self.classifier)
        self._first_epoch = None
        metrics.require_probabilities(self._predict(0))  # Traces.
        start = time.perf_counter()
        self._predict(0)
        seconds = (time.perf_counter() - start) * self._num_batches
        print(
            f"{self.name}: {self.num_samples:,} samples every {self.every} "
            f"epochs, about {durations.in_words(seconds)} each time on this "
            "device."
        )

    def on_epoch_begin(self, epoch, logs=None):
        if self._first_epoch is None:
            self._first_epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        mean = deviation = math.nan
        # The first is scored for those who take their columns or the best
        # value so far from it: nothing is greater than NaN.
        due = (epoch + 1) % self.every == 0
        if due or epoch in (self._first_epoch, self.params["epochs"] - 1):
            mean, deviation = self._score()
        logs[self.name] = mean
        logs[f"{self.name}_std"] = deviation

    @property
    def _num_batches(self):
        return math.ceil(self.num_samples / self.batch_size)

    def _score(self):
        batches = [self._predict(index) for index in range(self._num_batches)]
        probabilities = np.concatenate(batches)
        # Of the last batch, no more than is asked for.
        order = np.random.default_rng(self.seed).permutation(self.num_samples)
        return metrics.inception_score(probabilities[order], self.splits)

    def _predict(self, index):
        """Returns the predictions for the batch of this index."""
        # Each batch of each seed has latents of its own.
        seed = self.seed * self._num_batches + index
        inputs = self.model.sample_prior(self.batch_size, seed)
        samples = self._sample(inputs)
        images.require_images(samples)
        seen = images.from_uint8(images.to_uint8(samples))
        return np.asarray(self._classify(seen))
