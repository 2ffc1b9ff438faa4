"""Scores of a model in training, in its logs."""

import math
import time

import keras

from keras_gan_zoo.callbacks import durations
from keras_gan_zoo.metrics import scorings
from keras_gan_zoo.metrics.feature_set import FeatureSet
from keras_gan_zoo.metrics.image_sources import GeneratedImages, seed_sampler


class GeneratedFeatures:
    """Samples of a model in training, as a feature network sees them.

    Give one object to several callbacks: they share the samples and the pass
    of the network over them. The samples are those of the same seeds each
    time, by the moving average of the generator where there is one, rounded
    to the bytes of a picture file.

    Args:
        network: `FeatureNetwork`.
        num_samples: Integer, images to score. Papers take 50,000; it is a part
            of each score's name, and scores of other numbers don't compare.
        batch_size: Integer, images to draw and to look at at once.
        seed: Integer, for another set of samples.

    Example:

    ```python
    samples = GeneratedFeatures(features.cifar10_cnn(), num_samples=10_000)
    real = reference("cifar10", samples.network)
    fid = FrechetInceptionDistance(samples, real, every=5)
    gan.fit(
        dataset,
        epochs=100,
        callbacks=[
            fid,
            KernelInceptionDistance(samples, real, every=5),
            InceptionScore(samples, every=5),
            keras.callbacks.ModelCheckpoint(
                "best.keras", monitor=fid.names[0], mode="min",
                save_best_only=True,
            ),
        ],
    )
    ```
    """

    def __init__(self, network, num_samples=10_000, batch_size=100, seed=0):
        if min(num_samples, batch_size) < 1:
            raise ValueError(
                "`num_samples` and `batch_size` must be at least 1. Received: "
                f"num_samples={num_samples}, batch_size={batch_size}."
            )
        self.network = network
        self.num_samples = num_samples
        self.batch_size = batch_size
        self.seed = seed
        self._model = self._features = self._step = None

    def __len__(self):
        return self.num_samples

    def begin(self, model):
        """Prepares for a model's samples.

        Returns:
            Seconds that all samples will take, or 0 if another callback has
            begun before.
        """
        if self._model is model:
            return 0.0
        self._generate = seed_sampler(model)
        number = min(self.batch_size, self.num_samples)
        batch = GeneratedImages(self._generate, number, number, self.seed)
        self.network(batch[:])  # Traces, and raises where shapes don't fit.
        start = time.perf_counter()
        self.network(batch[:])
        seconds = time.perf_counter() - start
        self._model = model  # Only now: what raised must raise again.
        return seconds * self.num_samples / number

    def now(self):
        """Returns the `FeatureSet` of the model as it is now."""
        step = int(self._model.step)
        if self._features is None or step != self._step:
            images = GeneratedImages(
                self._generate, self.num_samples, self.batch_size, self.seed
            )
            self._features = FeatureSet(
                self.network,
                images,
                "generated",
                seed=self.seed,
                batch_size=self.batch_size,
            )
            self._step = step
        return self._features

    def forget(self):
        """Frees the memory of the last samples' features."""
        self._features = None

    def end(self):
        """Forgets the model."""
        self._model = self._features = None


class _ScoreCallback(keras.callbacks.Callback):
    """Scores samples at the end of epochs, and logs the scores.

    Args:
        scoring: `Scoring` of the metric.
        samples: `GeneratedFeatures`.
        reference: `FeatureSet` of real images, or `None`.
        every: Integer, epochs from one score to the next.
    """

    def __init__(self, scoring, samples, reference, every):
        super().__init__()
        if every < 1:
            raise ValueError(
                "`every` must be a number of epochs, at least 1. Received: "
                f"every={every}."
            )
        self.scoring = scoring
        self.samples = samples
        self.reference = reference
        self.every = every
        # Raises before an hour of training, where the sets don't fit.
        protocols = scoring.protocols(samples, reference)
        self.names = [str(protocol) for protocol in protocols]
        self.last_scores = []

    def on_train_begin(self, logs=None):
        seconds = self.samples.begin(self.model)
        if self.reference is not None:
            self.scoring.prepare(self.reference)
        cost = f"about {durations.in_words(seconds)} each time on this device"
        if seconds == 0:
            cost = "of the same samples"
        print(
            f"{', '.join(self.names)}: {len(self.samples):,} samples every "
            f"{self.every} epochs, {cost}."
        )
        self._first_epoch = None

    def on_epoch_begin(self, epoch, logs=None):
        if self._first_epoch is None:
            self._first_epoch = epoch
        self.samples.forget()

    def on_epoch_end(self, epoch, logs=None):
        for name in self.names:
            logs[name] = math.nan
            if self.scoring.deviates:
                logs[f"{name}_std"] = math.nan
        # The first is scored for those who take their columns or the best
        # value so far from it: nothing is greater than NaN.
        due = (epoch + 1) % self.every == 0
        if not due and epoch not in (
            self._first_epoch,
            self.params["epochs"] - 1,
        ):
            return
        self.last_scores = self.scoring.scores(
            self.samples.now(), self.reference
        )
        for name, score in zip(self.names, self.last_scores):
            logs[name] = score.value
            if self.scoring.deviates:
                logs[f"{name}_std"] = score.deviation

    def on_train_end(self, logs=None):
        self.samples.end()

    def get_progress(self):
        """Returns what a training that goes on later has to know."""
        return {"first_epoch": self._first_epoch}

    def set_progress(self, progress):
        self._first_epoch = progress["first_epoch"]


class FrechetInceptionDistance(_ScoreCallback):
    """Fréchet Inception Distance of a model in training; less is better.

    `logs` gain the score under its whole name, such as
    `fid10k[inception_2015|tf1-bilinear|train]`, for the callbacks that come
    later in the list: `CSVLogger`, `TensorBoard`, or
    `ModelCheckpoint(monitor=fid.names[0], mode="min")`. Epochs that aren't
    scored log NaN, since nothing was measured; the first of a `fit()` and the
    last are scored in any case.

    Args:
        samples: `GeneratedFeatures`.
        reference: `FeatureSet` of the real images, see `reference()`, or
            `StatisticsSet`.
        every: Integer, epochs from one score to the next.
        allow_few_samples: Whether fewer than 10,000 samples are allowed.

    Attributes:
        names: List of the names in `logs`.
        last_scores: List of the last `Score`s, with their protocols.

    Raises:
        ValueError: If there are fewer than 10,000 samples; when training
            begins, if the model's samples aren't images.
    """

    def __init__(self, samples, reference, every=1, allow_few_samples=False):
        scoring = scorings.FID(allow_few_samples)
        super().__init__(scoring, samples, reference, every)


class KernelInceptionDistance(_ScoreCallback):
    """Kernel Inception Distance of a model in training; less is better.

    As `FrechetInceptionDistance`, and fit for fewer samples. `logs` gain the
    mean over the subsets, and under the same name with `_std` their deviation.

    Args:
        samples: `GeneratedFeatures`.
        reference: `FeatureSet` of the real images, see `reference()`.
        every: Integer, epochs from one score to the next.
        subsets: Integer, number of subsets.
        subset_size: Integer, images in each.
    """

    def __init__(
        self, samples, reference, every=1, subsets=50, subset_size=1000
    ):
        scoring = scorings.KID(subsets, subset_size)
        super().__init__(scoring, samples, reference, every)


class InceptionScore(_ScoreCallback):
    """Inception Score of a model in training; more is better.

    As `FrechetInceptionDistance`. `logs` gain the mean over the splits, and
    under the same name with `_std` their deviation. Only the Inception network
    of 2015, with 50,000 samples and 10 splits, gives the scores of papers.

    Args:
        samples: `GeneratedFeatures` of a network with classes.
        every: Integer, epochs from one score to the next.
        splits: Integer, parts of the samples.
    """

    def __init__(self, samples, every=1, splits=10):
        super().__init__(scorings.IS(splits), samples, None, every)
