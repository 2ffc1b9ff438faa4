"""A look at the health of a game while it is played."""

import collections
import dataclasses
import math

import keras
import tensorflow as tf

from keras_gan_zoo import checks
from keras_gan_zoo.callbacks import diagnosis, failures, sampling, signs

# Distances between fewer samples say little, and those of more cost time. It
# is also a multiple of what some discriminators group a batch by.
_LEAST_SAMPLES = 16
_MOST_SAMPLES = 64

# Losses of a game in order are far below, and those that overflow far above.
_RUNAWAY = 1e4

# A failure that comes back so often isn't the fault of a batch.
_ROLL_BACKS = 2


class Doctor(keras.callbacks.Callback):
    """Watches a game, names its failure and says what to try.

    Every so many steps it looks at fixed real samples and at samples of fixed
    latents, as the players see them in training. It names "NaN", "mode
    collapse", "discriminator too strong, vanishing generator gradient",
    "oscillation, no convergence" and "penalty blow-up", prints each once with
    its evidence, and again only after it was over. All but NaN must last over
    several examinations, and none is named in the first 1,000 steps. Training
    is the same with a doctor and without, to the bit.

    Each epoch's `logs` gain the signs of the last examination, such as
    `score_order` and `sample_distance` (`signs.examination` has the list),
    and `findings`, the number so far. Before the first examination, they are
    those of a look as training begins. `docs/when_training_goes_wrong.md`
    says how to read them.

    Args:
        data: Real samples in the form that `fit` takes, at least 16. From a
            dataset, the first batch is used; taking it counts as one reading
            of a dataset that shuffles anew for each.
        every_steps: Integer, training steps from one examination to the next.
            One costs about as much as two training steps.
        stop: Boolean, whether a failure ends training.
        roll_back_to: `Checkpoint` in the same list of callbacks, or `None`. A
            failure then takes the model back to the last healthy checkpoint,
            and training goes on with the data that come next. A failure that
            is named for the third time ends training.

    Attributes:
        findings: List of `Finding`s, each with `step`, `failure`, `evidence`
            and `advice`.

    Raises:
        ValueError: If there are too few samples, or NaN among them; when
            training begins, if the model isn't a `GAN` or runs on several
            replicas.

    Example:

    ```python
    doctor = Doctor(dataset, stop=True)
    gan.fit(dataset, epochs=20, callbacks=[doctor])
    ```
    """

    tells_of_nan = True  # So that `fit()` need not.

    def __init__(self, data, every_steps=100, stop=False, roll_back_to=None):
        super().__init__()
        if every_steps < 1:
            raise ValueError(
                "`every_steps` must be a number of steps, at least 1. "
                f"Received: every_steps={every_steps}."
            )
        if stop and roll_back_to is not None:
            raise ValueError(
                "A failure either ends training or takes it back. Received: "
                "stop=True and a checkpoint in `roll_back_to`. Choose one; a "
                "failure named for the third time ends training in any case."
            )
        self._data = _samples(data)
        self.every_steps = every_steps
        self.stop = stop
        self.roll_back_to = roll_back_to
        self.findings = []
        self._examinations = []
        self._lasting = {}  # Examinations since each failure was seen.
        self._losses = {}  # Of the last step.
        self._signs = {}  # To log.

    def on_train_begin(self, logs=None):
        sampling.require_generator(self.model)
        sampling.require_game(self.model)
        replicas = self.model.distribute_strategy.num_replicas_in_sync
        if replicas > 1:
            raise ValueError(
                "On several replicas, the doctor can't restore what its "
                "examinations change. "
                f"Received: a model of {replicas} replicas. Leave the "
                "callback out, or try the game on one."
            )
        self._examine = signs.examination(
            self.model, self.model.unpack(self._data)
        )
        # Raises at once where shapes don't fit, and is all there is to log
        # until the first examination. It judges nothing.
        self._signs = self._measured()
        print(self._plan(int(self.model.step)))

    def on_epoch_begin(self, epoch, logs=None):
        # A checkpoint may have set it since training began.
        self._step = int(self.model.step)

    def on_train_batch_end(self, batch, logs=None):
        before, self._step = self._step, int(self.model.step)
        broken = [k for k, v in logs.items() if not math.isfinite(v)]
        if broken:
            evidence = self._says_nan(before, broken)
            self._diagnosed({failures.NAN: evidence})
        elif self._step // self.every_steps > before // self.every_steps:
            self._look()
        self._losses = logs

    def on_epoch_end(self, epoch, logs=None):
        logs.update(self._signs)
        logs["findings"] = len(self.findings)

    def get_progress(self):
        """Returns what the doctor knows, as JSON can hold it."""
        return {
            "findings": [dataclasses.asdict(f) for f in self.findings],
            "examinations": self._examinations,
            "lasting": self._lasting,
            "losses": self._losses,
            "signs": self._signs,
        }

    def set_progress(self, progress):
        """Takes over what another doctor knew."""
        self.findings = [
            failures.Finding(**{**finding, "advice": tuple(finding["advice"])})
            for finding in progress["findings"]
        ]
        self._examinations = progress["examinations"]
        self._lasting = progress["lasting"]
        self._losses = progress["losses"]
        self._signs = progress.get("signs", {})

    def _plan(self, step):
        """Tells when it will look, and what it will speak of."""
        first = (step // self.every_steps + 1) * self.every_steps
        return (
            f"Doctor: looks every {self.every_steps:,} steps, first after "
            f"step {first:,}, and reports only failures: NaN at once, others "
            f"when they show in {diagnosis.PERSISTENCE} looks after step "
            f"{diagnosis.GRACE_STEPS:,}."
        )

    def _measured(self):
        return {name: float(v) for name, v in self._examine().items()}

    def _look(self):
        self._signs = self._measured()
        self._examinations = [
            *self._examinations[1 - diagnosis.MEMORY :],
            {"step": self._step, **self._signs},
        ]
        found = diagnosis.diagnose(self._examinations)
        self._diagnosed(found)
        if self.roll_back_to is not None and not found:
            if diagnosis.is_healthy(self._examinations[-1]):
                self.roll_back_to.mark_healthy()

    def _diagnosed(self, found):
        new = [failure for failure in found if failure not in self._lasting]
        self._lasting = {
            failure: quiet + 1
            for failure, quiet in self._lasting.items()
            if quiet + 1 < diagnosis.PERSISTENCE
        } | {failure: 0 for failure in found}
        for failure in new:
            finding = failures.Finding(
                self._step, failure, found[failure], failures.ADVICE[failure]
            )
            self.findings.append(finding)
            print(f"\n{finding}")
        if new and self.stop:
            self.model.stop_training = True
        elif new and self.roll_back_to is not None:
            self._roll_back(new)

    def _roll_back(self, new):
        named = collections.Counter(f.failure for f in self.findings)
        often = [failure for failure in new if named[failure] > _ROLL_BACKS]
        if often:
            print(f"Named {named[often[0]]} times: training ends here.")
            self.model.stop_training = True
            return
        try:
            self._step = self.roll_back_to.roll_back()
        except ValueError as error:
            print(f"There is nothing to go back to: {error}")
            self.model.stop_training = True
            return
        print(f"Back to step {self._step:,}, going on with other data.")
        self.model.reset_metrics()  # Or NaN would stay in their means.
        self._lasting = {}
        self._examinations = [
            e for e in self._examinations if e["step"] <= self._step
        ]

    def _says_nan(self, before, broken):
        steps = f"At step {self._step:,}"
        if self._step - before > 1:  # `steps_per_execution`
            steps = f"In one of the steps {before + 1:,} to {self._step:,}"
        evidence = f"{steps}, {', '.join(broken)} became NaN or infinite."
        if not self._losses:
            return evidence
        losses = ", ".join(
            f"{name} {value:.3g}"
            for name, value in self._losses.items()
            if name.endswith("_loss")
        )
        if max(abs(value) for value in self._losses.values()) < _RUNAWAY:
            return (
                f"{evidence} Just before, all was well ({losses}): "
                "look at the data of that step first."
            )
        return (
            f"{evidence} Just before, the losses had run away ({losses}): "
            "the data of that step are not to blame."
        )


def _samples(data):
    """Returns some samples of `data` and what comes with them, as tensors."""
    batch = checks.first_batch(data, batch_size=_MOST_SAMPLES)
    if batch is None:
        raise ValueError(
            "The doctor keeps real samples. Expected a dataset, an array, a "
            f"tuple or a dictionary of arrays. Received: {type(data).__name__}."
        )
    number = len(keras.tree.flatten(batch)[0])
    if number < _LEAST_SAMPLES:
        raise ValueError(
            f"The doctor needs at least {_LEAST_SAMPLES} real samples to "
            f"measure distances. Received: {number} in the first batch. Pass "
            "an array of more, or `dataset.unbatch().batch(64)`."
        )
    number = min(number // _LEAST_SAMPLES * _LEAST_SAMPLES, _MOST_SAMPLES)

    def first(values):
        values = tf.convert_to_tensor(values[:number])
        if not values.dtype.is_floating:
            return values
        values = tf.cast(values, tf.float32)
        if not tf.reduce_all(tf.math.is_finite(values)):
            raise ValueError(
                "The doctor compares with real samples. Received: `data` with "
                "NaN or infinity in its first batch. Remove or fix the "
                "samples that have them."
            )
        return values

    return keras.tree.map_structure(first, batch)
