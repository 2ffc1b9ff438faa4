"""Scores of a model in training, in its logs."""

import time

import keras

from keras_gan_zoo.callbacks import durations
from keras_gan_zoo.metrics import scorings
from keras_gan_zoo.metrics.feature_set import FeatureSet
from keras_gan_zoo.metrics.image_sources import GeneratedImages, seed_sampler
from keras_gan_zoo.metrics.parameter_checks import require_integers


class GeneratedFeatures:
    """Samples of a model in training, as a feature network sees them.

    Give one object to several callbacks: they share the samples and the pass
    of the network over them. The samples are those of the same seeds each
    time, made by the moving average of the generator if there is one, and
    rounded to bytes as in a picture file.

    Args:
        network: `FeatureNetwork`.
        num_samples: Integer, images to score. Papers take 50,000; it is part
            of each score's name, since scores of other numbers don't compare.
        batch_size: Integer, images to draw and to look at in one go.
        seed: Integer, for another set of samples.

    Example:

    ```python
    samples = GeneratedFeatures(features.cifar10_cnn(), num_samples=10_000)
    real = reference("cifar10", samples.network)
    gan.fit(
        dataset,
        epochs=100,
        callbacks=[
            FrechetInceptionDistance(samples, real, every=5),
            KernelInceptionDistance(samples, real, every=5),
            InceptionScore(samples, every=5),
            keras.callbacks.ModelCheckpoint(
                "best_{epoch}_{fid:.2f}.keras", monitor="fid", mode="min",
                save_best_only=True,
            ),
        ],
    )
    ```
    """

    def __init__(self, network, num_samples=10_000, batch_size=100, seed=0):
        require_integers(1, num_samples=num_samples, batch_size=batch_size)
        require_integers(0, seed=seed)
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
        alias: String, the short name in `logs`.
    """

    def __init__(self, scoring, samples, reference, every, alias):
        super().__init__()
        require_integers(1, every=every)
        if not str(alias).isidentifier() or alias in ("epoch", "batch"):
            raise ValueError(
                "`alias` must be a name that fits into the braces of a file "
                "name: of letters, digits and _, and none of Keras's own. "
                f"Received: alias={alias!r}."
            )
        self.scoring = scoring
        self.samples = samples
        self.reference = reference
        self.every = every
        self.alias = alias
        # Raises before an hour of training, where the sets don't fit.
        protocols = scoring.protocols(samples, reference)
        self.names = [protocol.key for protocol in protocols]
        self.last_scores = []

    def on_train_begin(self, logs=None):
        # Callbacks pass these logs on, so the next one sees the name taken.
        logs = {} if logs is None else logs
        if self.alias in {*logs, *(m.name for m in self.model.metrics)}:
            raise ValueError(
                "Each of the `logs` must have a name of its own. Received: "
                f"two of alias={self.alias!r}. Give {self.names[0]} another "
                "`alias`."
            )
        logs[self.alias] = self.names[0]
        seconds = self.samples.begin(self.model)
        if self.reference is not None:
            self.scoring.prepare(self.reference)
        cost = f"about {durations.in_words(seconds)} each time on this device"
        if seconds == 0:
            cost = "of the same samples"
        print(
            f"{', '.join(self.names)}: {len(self.samples):,} samples every "
            f"{self.every} epochs, {cost}. In the logs: {self.alias}."
        )
        self.scored_epochs = []
        self._logged = {}  # What was logged last.

    def on_epoch_begin(self, epoch, logs=None):
        self.samples.forget()

    def on_epoch_end(self, epoch, logs=None):
        # The first is scored, too, for those who take their columns from it.
        last = epoch + 1 == self.params["epochs"]
        if last or (epoch + 1) % self.every == 0 or not self._logged:
            self._score(epoch)
        # Without the name, `ModelCheckpoint` would take any epoch for the
        # best, and with NaN it would keep the first.
        logs.update(self._logged)

    def _score(self, epoch):
        self.last_scores = self.scoring.scores(
            self.samples.now(), self.reference
        )
        self.scored_epochs.append(epoch)
        (score,) = self.last_scores
        for name in (self.alias, *self.names):
            self._logged[name] = score.value
            if score.deviation is not None:
                self._logged[f"{name}_std"] = score.deviation

    def on_train_end(self, logs=None):
        self.samples.end()

    def get_progress(self):
        """Returns what a training that goes on later has to know."""
        return {"logged": self._logged, "scored_epochs": self.scored_epochs}

    def set_progress(self, progress):
        self._logged = progress.get("logged", {})
        self.scored_epochs = progress.get("scored_epochs", [])


class FrechetInceptionDistance(_ScoreCallback):
    """Fréchet Inception Distance of a model in training; lower is better.

    `logs` gain the score twice, for the callbacks that come later in the
    list: under its full name, such as
    `fid10k_inception_2015_tf1_bilinear_train`, which says what it can be
    compared with, and under a short one, `fid`. Both will do for `monitor=`
    (with a `mode`, which Keras can't infer) and in file names, as in
    `ModelCheckpoint("{epoch}_{fid:.2f}.keras")`.

    The first epoch of a `fit()` and the last are always scored. Epochs that
    aren't scored repeat the score before them, so nothing mistakes them for
    better; `scored_epochs` lists those that were. `EarlyStopping` counts its
    `patience` in epochs, of which only one in `every` can be better.

    Args:
        samples: `GeneratedFeatures`.
        reference: `FeatureSet` of the real images, see `reference()`, or
            `StatisticsSet`.
        every: Integer, epochs from one score to the next.
        allow_few_samples: Whether fewer than 10,000 samples are allowed.
        alias: String, the short name in `logs`. Two distances in one `fit()`
            need different ones.

    Attributes:
        names: List of the full name in `logs`.
        scored_epochs: List of the epochs that were scored, from 0.
        last_scores: List of the last `Score`s, with their protocols.

    Raises:
        ValueError: If there are fewer than 10,000 samples; when training
            begins, if the model's samples aren't images, or another of the
            `logs` has that `alias`.
    """

    def __init__(
        self,
        samples,
        reference,
        every=1,
        allow_few_samples=False,
        alias="fid",
    ):
        scoring = scorings.FID(allow_few_samples)
        super().__init__(scoring, samples, reference, every, alias)


class KernelInceptionDistance(_ScoreCallback):
    """Kernel Inception Distance of a model in training; lower is better.

    Like `FrechetInceptionDistance`, but suited to fewer samples, too. `logs`
    gain the mean over the subsets, and under the same names with `_std` their
    deviation, if there is more than one.

    Args:
        samples: `GeneratedFeatures`.
        reference: `FeatureSet` of the real images, see `reference()`.
        every: Integer, epochs from one score to the next.
        subsets: Integer, number of subsets.
        subset_size: Integer, images in each; `None` for 1,000, or for all of
            the smaller set if it has fewer.
        alias: String, the short name in `logs`.
    """

    def __init__(
        self,
        samples,
        reference,
        every=1,
        subsets=50,
        subset_size=None,
        alias="kid",
    ):
        scoring = scorings.KID(subsets, subset_size)
        super().__init__(scoring, samples, reference, every, alias)


class InceptionScore(_ScoreCallback):
    """Inception Score of a model in training; higher is better.

    Like `FrechetInceptionDistance`. `logs` gain the mean over the splits, and
    under the same names with `_std` their deviation, if there is more than
    one. Only the Inception network of 2015, with 50,000 samples and 10 splits,
    gives the scores of papers.

    Args:
        samples: `GeneratedFeatures` of a network with classes.
        every: Integer, epochs from one score to the next.
        splits: Integer, parts of the samples.
        alias: String, the short name in `logs`.
    """

    def __init__(self, samples, every=1, splits=10, alias="is"):
        super().__init__(scorings.IS(splits), samples, None, every, alias)
