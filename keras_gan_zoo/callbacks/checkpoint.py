"""Training that can be killed at any moment and resumes as if it had not."""

import contextlib
import copy
import math
import pathlib
import random
import warnings

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import files, replicas
from keras_gan_zoo.callbacks import (
    checkpoint_files,
    identity,
    memories,
    remaining,
)
from keras_gan_zoo.callbacks.folder_lock import FolderLock
from keras_gan_zoo.callbacks.interruptions import Interruptions


class Checkpoint(keras.callbacks.Callback):
    """Saves training as it goes, and resumes it where it was interrupted.

    Run the same script again, whatever ended it: `fit()` restores the newest
    checkpoint in the folder and resumes at that very step, even in the middle
    of an epoch. Networks, moving averages, optimizers, noise, what the model
    tracks, metrics, history, the memory of other callbacks and the position in
    the data are those of a training that was never interrupted; on a CPU with
    the same number of threads, to the last bit.

    Ctrl-C, SIGTERM or an error end training with a checkpoint of the last step
    before, and a line says where it is. A signal in the middle of a step waits
    for the step's end; a second one doesn't. Nothing is saved if the error came
    from within a step, or with several workers, which only save together.

    Checkpoints are written whole or not at all, and their hashes are checked
    when they are read. A damaged one is skipped, with a warning, in favor of
    the one before it. A state with NaN or infinity is never written, and a
    warning says so: the last finite one stays. `keras.models.load_model()`
    reads the `gan.keras` in each.

    The data are taken as one endless sequence, repeated if they are finite, in
    which the steps already made are skipped. Resuming is exact if the sequence
    is the same in every process: that of the datasets of this package, of
    arrays, and of anything in order or shuffled with a seed.

    With several workers, the chief writes and all read, so they must share the
    folder. Each has to pass the callback.

    Args:
        directory: String or path of the folder of the checkpoints, one folder
            for one training. It is made if need be.
        every_steps: Integer, training steps from one checkpoint to the next,
            or `None` for checkpoints only at the end of each epoch.
        keep: Integer, how many of the newest to keep. Anything else in the
            folder is left alone.
        best_of: Callback that scores samples, such as
            `FrechetInceptionDistance`, or `None`. If given, the checkpoint of
            the best score so far is kept, too, as `best_00001200`.

    Raises:
        ValueError: When training begins, if another training writes to the
            folder, or a worker doesn't see it as the chief does; if the
            checkpoint is of another model, data with other steps or other
            versions; if none is whole; if the length of the data isn't known.
        OSError: If the folder can't be written. What was saved before is
            still there.

    Example:

    ```python
    gan.fit(
        cifar10(64, start_step=0),
        epochs=100,
        steps_per_epoch=1000,
        callbacks=[Checkpoint("checkpoints", every_steps=500)],
    )
    ```
    """

    tells_of_nan = True  # Of what it doesn't write; `fit()` need not.

    def __init__(self, directory, every_steps=None, keep=2, best_of=None):
        super().__init__()
        if keep < 1 or (every_steps is not None and every_steps < 1):
            raise ValueError(
                "`every_steps` and `keep` must be at least 1. Received: "
                f"every_steps={every_steps}, keep={keep}."
            )
        self.directory = pathlib.Path(directory)
        self.every_steps = every_steps
        self.keep = keep
        self.best_of = best_of
        self._interruptions = Interruptions()
        self._lock = FolderLock(self.directory)
        self._ready = False

    @contextlib.contextmanager
    def guarding(self):
        """Keeps what a `fit()` in the context has done, whatever ends it.

        `AdversarialModel.fit()` calls it, and `resume` within.
        """
        self._ready = self._begun = False
        self._callbacks = None
        with self._interruptions:
            try:
                yield
            except BaseException:
                if self._begun:
                    self._save_what_was_done()
                raise
            finally:
                if self._callbacks is not None:
                    self._callbacks.stop_passing()
                self._lock.release()

    def resume(self, model, x, y, first_batch, arguments):
        """Prepares a `fit()` that resumes from the newest checkpoint.

        `AdversarialModel.fit()` calls it.

        Args:
            model: Compiled `AdversarialModel`.
            x: What `fit()` was given to train on.
            y: Labels, if `x` is an array, or `None`.
            first_batch: The first batch of the data, or `None`.
            arguments: Dictionary of the further arguments of `fit()`.

        Returns:
            The dataset and the further arguments to call
            `keras.Model.fit()` with.
        """
        self.set_model(model)
        self._others = [
            callback
            for callback in keras.tree.flatten(arguments.get("callbacks"))
            if callback is not self
        ]
        self._check_others()
        self._history = keras.callbacks.History()
        batches = remaining.as_batches(x, y, arguments, model.noise_seed)
        self._steps_per_epoch = remaining.epoch_steps(
            batches, arguments.get("steps_per_epoch"), model.steps_per_execution
        )
        self._game = identity.description(model, self._steps_per_epoch)
        self._data = identity.fingerprint(first_batch)
        self._epoch = arguments.get("initial_epoch", 0)
        self._step = self._steps_done = 0  # Of the epoch, of the training.
        self._best = self._healthy = None
        self._last_logs = {}
        self._unsaved = False  # Whether steps were made since the last save.
        self._in_a_step = False
        self._epoch_made = None  # The state before an epoch's end, within it.
        self._finite = True
        epochs = arguments.get("epochs", 1)
        self._is_chief = replicas.is_chief(model.distribute_strategy)
        self._resumed = self._newest = self._find_newest()
        if self._resumed is not None:
            self._go_on(epochs)
            batches = remaining.as_batches(x, y, arguments, model.noise_seed)
        self._ready = True
        verbose = arguments.get("verbose", "auto")
        # It is the last, so that it saves what the others have done.
        self._callbacks = remaining.RemainingCallbacks(
            [*self._others, self._history, self],
            add_progbar=verbose != 0,
            add_history=True,
            model=model,
            first_epoch=self._epoch,
            first_step=self._step,
            last_logs=self._last_logs,
            begin_step=self._begin_step,
            end_step=self._end_step,
            verbose=verbose,
            epochs=epochs,
            steps=self._steps_per_epoch,
        )
        arguments = {
            **arguments,
            "initial_epoch": min(self._epoch, epochs),
            "steps_per_epoch": self._steps_per_epoch,
            "callbacks": self._callbacks,
        }
        arguments.pop("batch_size", None)
        return (
            remaining.from_step(batches, self._steps_done),
            {**arguments, "shuffle": False},
        )

    def mark_healthy(self):
        """Keeps the newest checkpoint until another is marked."""
        if self._newest is not None:
            self._healthy = self._newest.name

    def roll_back(self):
        """Takes the model back to the checkpoint marked last.

        Training then goes on with the data that come next.

        Returns:
            Integer, the training step the checkpoint was written at.

        Raises:
            ValueError: If no checkpoint was marked.
        """
        healthy = self.directory / str(self._healthy)
        if not healthy.is_dir():
            raise ValueError(
                "Expected a checkpoint marked as healthy to roll back to. "
                f"Received: none in {self.directory}. Save more often by "
                "`every_steps`."
            )
        self.model.load_weights(healthy / checkpoint_files.MODEL)
        self.model.reset_metrics()  # Means may hold a NaN.
        for path in checkpoint_files.written_in(self.directory):
            if path == healthy or not self._is_chief:
                break
            checkpoint_files.remove(path)  # A restart would begin with it.
        self._newest = healthy
        return checkpoint_files.read_training(healthy)["steps_done"]

    def on_train_begin(self, logs=None):
        if not self._ready:
            raise ValueError(
                "`Checkpoint` must be one of the `callbacks` of `fit()` of a "
                "model of this package, since the model has to skip the data "
                f"it has seen. Received: {type(self.model).__name__}."
            )
        self._ready = False
        if self._resumed is not None:
            self._restore()
        self._begun = True

    def on_epoch_begin(self, epoch, logs=None):
        if epoch > self._epoch:
            self._epoch, self._step = epoch, 0
        elif self._step:
            # What callbacks do as an epoch begins was done, and saved, before.
            self._restore()

    def _begin_step(self):
        if self._unsaved:
            # After a save there is no work to lose, and the first step of all
            # takes long: a signal needn't wait.
            self._interruptions.hold()
        self._in_a_step = True

    def _end_step(self):
        self._in_a_step = False
        self._interruptions.let_go()

    def on_train_batch_end(self, batch, logs=None):
        steps = batch + 1 - self._step
        self._step += steps
        self._steps_done += steps
        self._unsaved = True
        if self._step == self._steps_per_epoch:
            # It is written when the epoch's end is done as well; until then
            # that may change what callbacks and metrics remember.
            self._epoch_made = self._state(self._epoch, self._step, logs)
        elif self._is_due(steps) or self.model.stop_training:
            self._save("step", self._state(self._epoch, self._step))

    def on_epoch_end(self, epoch, logs=None):
        if self._step < self._steps_per_epoch:
            return  # Something stopped it within: there is no end to save.
        with self._interruptions.held():
            self._epoch_made = None
            if self.best_of is not None:
                self._save_if_best(epoch, logs.get(self.best_of.names[0]))
            if self._unsaved:
                self._save("step", self._state(epoch + 1, 0))

    def _save_what_was_done(self):
        """Saves the last step before training broke off, and says where."""
        several = replicas.several_workers(self.model.distribute_strategy)
        done = self._steps_done
        if self._unsaved and not self._in_a_step and not several:
            state = self._epoch_made
            if state is None:
                state = self._state(self._epoch, self._step)
            for variable, value in state.pop("numbers", ()):
                variable.assign(value)
            try:
                self._save("step", state)
            except Exception as error:  # What broke training off is shown.
                print(f"\n{error}")
        if self._newest is None:
            where = (
                f"There is no checkpoint in {self.directory} yet: run the same "
                "script again to begin anew."
            )
        else:
            where = (
                "Run the same script again to resume from the checkpoint "
                f"{self._newest}."
            )
        print(
            f"\nTraining was interrupted at step {done:,}. {where}", flush=True
        )

    def _is_due(self, steps):
        """Tells whether one of the last `steps` steps was to be saved."""
        if self.every_steps is None:
            return False
        return self._steps_done % self.every_steps < steps

    def _check_others(self):
        """Raises a `ValueError` for callbacks that it can't work beside."""
        if self.best_of is not None and self.best_of not in self._others:
            raise ValueError(
                "`best_of` must be one of the callbacks of the same `fit()`, "
                "or it would never score. Received: "
                f"best_of={self.best_of!r}, not among {self._others}. Add it "
                "to `callbacks`."
            )
        for callback in self._others:
            if getattr(callback, "restore_best_weights", False):
                raise ValueError(
                    f"The best weights of `{type(callback).__name__}` are "
                    "lost when training is interrupted. Expected: "
                    "restore_best_weights=False. Use `Checkpoint(best_of=...)` "
                    "or `keras.callbacks.ModelCheckpoint` to keep the best."
                )

    def _find_newest(self):
        """Returns the checkpoint to go on from, the same for all workers."""
        newest = None
        if self._is_chief:
            files.make_folder(self.directory)
            self._lock.acquire()
            checkpoint_files.remove_remains(self.directory)
            newest = checkpoint_files.newest_whole(self.directory)
        strategy = self.model.distribute_strategy
        if not replicas.several_workers(strategy):
            return newest
        # The chief leaves a mark, and says which and what it has found.
        number = random.getrandbits(62)
        step = -1 if newest is None else int(newest.name.removeprefix("step_"))
        if self._is_chief:
            self._mark(number).touch()
        number, step = replicas.of_all_workers(strategy, [number, step])[0]
        seen = self._mark(number).exists()
        all_seen = replicas.of_all_workers(strategy, [seen])[:, 0]
        if self._is_chief:
            self._mark(number).unlink()
        if not all_seen.all():
            blind = np.flatnonzero(all_seen == 0).tolist()
            raise ValueError(
                "All workers must see one folder of checkpoints, since one "
                "writes what all read. Received: "
                f"directory={str(self.directory)!r}, which the replicas "
                f"{blind} don't see as the chief does. Choose a folder that "
                "the machines share."
            )
        return None if step < 0 else self.directory / f"step_{step:08d}"

    def _mark(self, number):
        return self.directory / f".seen_by_all_{number}"

    def _go_on(self, epochs):
        """Takes the position of the checkpoint to go on from."""
        training = checkpoint_files.read_training(self._resumed)
        differences = identity.differences(training["game"], self._game)
        if differences:
            raise ValueError(
                f"The checkpoint {self._resumed} is of another training. "
                "Expected, as it was written, and received: "
                + "; ".join(differences[:5])
                + ". Make them equal to resume, or begin anew in another "
                "folder; `keras.models.load_model()` reads the "
                f"{checkpoint_files.MODEL} in it."
            )
        if training["data"] != self._data:
            warnings.warn(
                f"The checkpoint {self._resumed} was written in a training "
                "with another first batch. Training resumes, but not as if it "
                "had never been interrupted. Shuffle with a seed, or use the "
                "datasets of this package."
            )
        self._epoch, self._step = training["epoch"], training["step"]
        self._last_logs = training["logs"]
        self._steps_done = training["steps_done"]
        self._best, self._healthy = training["best"], training["healthy"]
        self._restore()
        if training["stopped"]:
            self._epoch = epochs
        where = (
            f"step {self._steps_done:,}, epoch {self._epoch + 1} of {epochs}"
        )
        if self._epoch >= epochs:
            where = f"all {self._steps_done:,} steps are done"
        print(f"Resuming from {self._resumed}: {where}.")

    def _restore(self):
        """Puts the model and the callbacks in the state of the checkpoint."""
        training = checkpoint_files.read_training(self._resumed)
        self.model.load_weights(self._resumed / checkpoint_files.MODEL)
        for metric, values in zip(self.model.metrics, training["metrics"]):
            for variable, value in zip(metric.variables, values):
                variable.assign(value)
        memories.give_back(self._others, training["callbacks"])
        self._history.epoch = training["history"]["epoch"]
        self._history.history = training["history"]["history"]

    def _state(self, epoch, step, logs=None):
        """Returns the state of the training, as it is now.

        Args:
            epoch: Integer, that of the next step or of the end to come.
            step: Integer, how many steps of the epoch were made.
            logs: Dictionary, what the last step reported, if it was the last
                of an epoch whose end is to come.
        """
        state = {
            "epoch": epoch,
            "step": step,
            "steps_done": self._steps_done,
            "stopped": step == 0 and self.model.stop_training,
            "game": self._game,
            "data": self._data,
            "logs": logs or {},
            "metrics": [
                [variable.numpy() for variable in metric.variables]
                for metric in self.model.metrics
            ],
            "history": {
                "epoch": list(self._history.epoch),
                "history": copy.deepcopy(self._history.history),
            },
            "callbacks": copy.deepcopy(memories.of_callbacks(self._others)),
            "best": self._best,
            "healthy": self._healthy,
        }
        if logs is not None:
            # Learning rates, which callbacks move as an epoch ends.
            state["numbers"] = [
                (variable, variable.numpy())
                for variable in self.model.optimizer.variables
                if variable.shape == ()
            ]
        return state

    def _save(self, name, state):
        path = self.directory / f"{name}_{self._steps_done:08d}"
        if not _is_finite(self.model):
            self._warn_of_infinity(path)
            return
        if self._is_chief:  # Others had to take part in reading the metrics.
            checkpoint_files.write(path, self.model.save, state)
        if name == "step":
            self._newest, self._unsaved = path, False
        if not self._is_chief:
            return
        for path in checkpoint_files.written_in(self.directory)[self.keep :]:
            if path.name != self._healthy:
                checkpoint_files.remove(path)

    def _warn_of_infinity(self, path):
        if not self._finite:  # It was said.
            return
        self._finite = False
        kept = "There is none before it"
        if self._newest is not None:
            kept = f"{self._newest.name} stays the newest"
        warnings.warn(
            f"The checkpoint {path} was not written, since weights or moments "
            f"are NaN or infinite. {kept}. End training, fix the cause "
            "(`Doctor` finds the step), and run it again."
        )

    def _save_if_best(self, epoch, score):
        sign = 1 if self.best_of.scoring.higher_is_better else -1
        if score is None or math.isnan(score):  # Not scored in this epoch.
            return
        if self._best is None or sign * score > sign * self._best:
            self._best = score
            best = self.directory / f"best_{self._steps_done:08d}"
            # It is there if a kill came before the step's own checkpoint.
            if not best.exists():
                self._save("best", self._state(epoch + 1, 0))
            if self._is_chief and best.exists():
                for path in checkpoint_files.written_in(self.directory, "best"):
                    if path != best:
                        checkpoint_files.remove(path)


def _is_finite(model):
    """Tells whether all weights and all moments of optimizers are finite."""
    return all(
        tf.reduce_all(tf.math.is_finite(variable.value))
        for variable in [*model.weights, *model.optimizer.variables]
        if tf.as_dtype(variable.dtype).is_floating
    )
