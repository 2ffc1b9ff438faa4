"""What ends a training: signals, errors, another training, NaN."""

import itertools
import os
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.callbacks import Checkpoint, checkpoint_files
from keras_gan_zoo.callbacks.remaining import RemainingCallbacks
from tests import interrupts, tiny
from tests.callbacks.test_checkpoint import (
    STEPS,
    BreakOff,
    BrokenOff,
    assert_equal,
    fit,
    gan,
    in_order,
    names,
    samples,
    undisturbed,
)

SIGNALS = [signal.SIGINT, signal.SIGTERM]


class Ended(BaseException):
    """Raised by the handler that was there before `fit()`."""


class At(keras.callbacks.Callback):
    """Acts once at a moment of training, named by the method."""

    def __init__(self, moment, epoch, batch, act):
        super().__init__()
        self.moment, self.at, self.act = moment, (epoch, batch), act

    def _reached(self, moment, batch=None):
        if (moment, (self.epoch, batch)) == (self.moment, self.at):
            self.act()

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self._reached("epoch_begin")

    def on_train_batch_begin(self, batch, logs=None):
        self._reached("batch_begin", batch)

    def on_train_batch_end(self, batch, logs=None):
        self._reached("batch_end", batch)

    def on_test_batch_end(self, batch, logs=None):
        self._reached("validation", batch)

    def on_epoch_end(self, epoch, logs=None):
        self._reached("epoch_end")


@pytest.fixture(params=SIGNALS)
def number(request):
    """A signal, which raises `Ended` before and after `fit()`."""

    def handle(number, frame):
        raise Ended

    previous = signal.signal(request.param, handle)
    yield request.param
    assert signal.getsignal(request.param) is handle
    signal.signal(request.param, previous)


# Each with the step that is kept of the 12.
MOMENTS = [
    ("batch_begin", 0, 0, None),  # There is nothing to save yet.
    ("batch_begin", 0, 2, 3),  # In a step: it comes to its end.
    ("batch_end", 1, 1, 6),
    ("batch_end", 1, 3, 8),  # The last of an epoch, whose end is to come.
    ("validation", 1, 0, 8),
    ("epoch_end", 1, None, 8),
    ("epoch_begin", 2, None, 8),
]


def with_others(directory, callbacks=()):
    """Trains beside callbacks; the names of rates in the log are Keras's."""
    model, history = fit(
        directory, [*others(), *callbacks], validation_data=in_order()
    )
    losses = {key: history[key] for key in history if "loss" in key}
    return model, losses


def others():
    """Callbacks that change the model as an epoch begins and ends."""
    return [
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9),
        keras.callbacks.ReduceLROnPlateau(
            "generator_loss", factor=0.5, patience=1, mode="min", min_delta=9
        ),
    ]


@pytest.fixture(scope="module")
def undisturbed_with_others(tmp_path_factory):
    return with_others(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize(
    ("number", "moment"),
    # One handler takes both, so that one signal is sent at each moment.
    [*zip(itertools.cycle(SIGNALS), MOMENTS)],
    indirect=["number"],
)
def test_a_signal_ends_training_with_its_last_step(
    moment, number, undisturbed_with_others, tmp_path, capsys
):
    *at, kept = moment
    press = At(*at, lambda: signal.raise_signal(number))
    with pytest.raises(Ended):
        with_others(tmp_path, [press])
    said = capsys.readouterr().out
    if kept is None:
        assert names(tmp_path) == []
        assert "run the same script again to begin anew" in said
    else:
        newest = tmp_path / f"step_{kept:08d}"
        assert names(tmp_path)[-1] == newest.name
        assert f"interrupted at step {kept}. Run the same script again" in said
        assert f"resume from the checkpoint {newest}." in said
    assert_equal(undisturbed_with_others, with_others(tmp_path))


def test_a_second_signal_does_not_wait(number, tmp_path, capsys):
    def press_twice():
        signal.raise_signal(number)
        signal.raise_signal(number)

    with pytest.raises(Ended):
        fit(tmp_path, [At("batch_end", 1, 1, press_twice)])
    # The step it came in was not at its end.
    assert names(tmp_path) == ["step_00000004"]
    assert "resume from the checkpoint" in capsys.readouterr().out
    assert_equal(undisturbed(), fit(tmp_path))


def test_a_signal_during_a_save_waits_for_it(number, tmp_path):
    model = gan()
    save = model.save

    def press_and_save(path):
        if model.step == 4:
            signal.raise_signal(number)
        save(path)

    model.save = press_and_save
    with pytest.raises(Ended):
        fit(tmp_path, model=model)
    assert names(tmp_path) == ["step_00000004"]


def test_a_second_signal_during_a_save_harms_nothing(number, tmp_path):
    model = gan()
    save = model.save

    def save_and_press(path):
        save(path)
        if model.step == 8:
            signal.raise_signal(number)
            signal.raise_signal(number)

    model.save = save_and_press
    with pytest.raises(Ended):
        fit(tmp_path, model=model)
    assert names(tmp_path) == ["step_00000004"]
    assert_equal(undisturbed(), fit(tmp_path))


def test_one_whose_handler_returns_lets_training_go_on(tmp_path, capsys):
    received = []
    previous = signal.signal(
        signal.SIGTERM, lambda number, frame: received.append(number)
    )
    press = At("batch_end", 0, 1, lambda: signal.raise_signal(signal.SIGTERM))
    try:
        fit(tmp_path, [press])
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert received == [signal.SIGTERM]
    assert names(tmp_path)[-1] == "step_00000012"
    assert "interrupted" not in capsys.readouterr().out


def test_one_that_native_code_has_lost_comes_again(number, tmp_path):
    def lose():
        try:
            signal.raise_signal(number)
            signal.raise_signal(number)
        except Ended:
            pass

    with pytest.raises(Ended):
        fit(tmp_path, [At("batch_end", 0, 1, lose)])
    assert names(tmp_path) == ["step_00000002"]


@pytest.mark.parametrize(
    ("moment", "kept"),
    [("epoch_end", 8), ("epoch_begin", 4), ("batch_end", 4)],
)
def test_an_error_between_steps_loses_nothing(moment, kept, tmp_path, capsys):
    def fail():
        raise BrokenOff

    batch = 2 if moment == "batch_end" else None
    with pytest.raises(BrokenOff):
        fit(tmp_path, [At(moment, 1, batch, fail)])
    assert names(tmp_path)[-1] == f"step_{kept:08d}"
    assert f"step_{kept:08d}" in capsys.readouterr().out
    assert_equal(undisturbed(), fit(tmp_path))


def test_an_error_of_the_save_does_not_hide_the_first(tmp_path, capsys):
    model = gan()

    def save(path):
        raise OSError(28, "No space left on device")

    with pytest.raises(BrokenOff):
        model.save = save
        fit(tmp_path, [BreakOff(0, None)], model=model)
    said = capsys.readouterr().out
    assert "could not be written: No space left" in said
    assert "begin anew" in said


def test_one_refused_says_nothing_of_going_on(tmp_path, capsys):
    fit(tmp_path, epochs=1)
    with pytest.raises(ValueError, match="steps_per_epoch 4, now 2"):
        fit(tmp_path, steps_per_epoch=2)
    assert capsys.readouterr().out == ""


def test_a_signal_while_steps_pass_leaves_a_model_that_trains(
    tmp_path, monkeypatch
):
    with pytest.raises(BrokenOff):
        fit(tmp_path, [BreakOff(1, 2)], every=1)
    model = gan()

    def press(callbacks, batch, logs=None):
        assert callbacks._passing
        raise KeyboardInterrupt

    checkpoint = Checkpoint(tmp_path)
    monkeypatch.setattr(RemainingCallbacks, "on_train_batch_end", press)
    with pytest.raises(KeyboardInterrupt):
        model.fit(in_order(), epochs=3, callbacks=[checkpoint], verbose=0)
    monkeypatch.undo()
    step = int(model.step)
    history = model.fit(in_order(), epochs=1, verbose=0).history
    assert int(model.step) == step + STEPS and history["generator_loss"]


def test_what_is_not_finite_is_not_written(tmp_path):
    broken = samples()
    broken[5] = np.nan  # In the third step of each epoch.
    broken = tf.data.Dataset.from_tensor_slices(broken).batch(2, True)
    options = dict(every=1, epochs=2)
    with pytest.warns(UserWarning, match="step_00000003 was not written"):
        fit(tmp_path, data=lambda: broken, **options)
    assert names(tmp_path) == ["step_00000001", "step_00000002"]
    mended, _ = fit(tmp_path, **options)
    assert all(np.isfinite(weight).all() for weight in mended.get_weights())
    assert mended.step == 2 * STEPS


def test_moments_that_overflow_are_not_written(tmp_path):
    model = gan()

    def overflow():
        model.generator_optimizer.variables[-1].assign(
            np.inf + model.generator_optimizer.variables[-1]
        )

    with pytest.warns(UserWarning, match="none before it"):
        fit(tmp_path, [At("batch_end", 0, 1, overflow)], model=model, epochs=1)
    assert names(tmp_path) == []


def test_two_trainings_of_one_folder_are_refused(tmp_path):
    inner = []

    def another():
        with pytest.raises(ValueError, match=f"process {os.getpid()} on "):
            fit(tmp_path)
        inner.append(names(tmp_path))

    fit(tmp_path, [At("batch_end", 1, 0, another)])
    assert inner == [[".lock", "step_00000004"]]
    assert ".lock" not in names(tmp_path)


def test_a_killed_training_leaves_no_lock(tmp_path):
    (tmp_path / ".lock").write_text("process 1 on a machine")
    fit(tmp_path, epochs=1)
    assert names(tmp_path) == ["step_00000004"]


def of_another(path):
    path.mkdir()
    (path / "thesis.txt").write_text("ten years of work")


def notes(path):
    path.write_text("notes")


def linked(path):
    target = path.with_name("elsewhere")
    target.mkdir()
    (target / "kept").touch()
    path.symlink_to(target)


@pytest.mark.parametrize("make", [of_another, notes, linked])
@pytest.mark.parametrize(
    "name", ["step_1", "step_0000001", "best_of_all", "best_00000001"]
)
def test_what_it_has_not_written_stays(name, make, tmp_path):
    checkpoint_files.write(
        tmp_path / "step_00000004", lambda path: path.touch(), {}
    )
    make(tmp_path / name)
    before = names(tmp_path)
    for kind in ("step", "best"):
        for path in checkpoint_files.written_in(tmp_path, kind):
            checkpoint_files.remove(path)
    checkpoint_files.remove_remains(tmp_path)
    before.remove("step_00000004")
    assert names(tmp_path) == before
    assert checkpoint_files.newest_whole(tmp_path) is None


@pytest.mark.parametrize("make", [of_another, notes, linked])
def test_one_goes_on_beside_what_others_have_put_there(make, tmp_path):
    fit(tmp_path, epochs=1)
    make(tmp_path / "step_2")
    (tmp_path / "step_00000004" / "mine.txt").write_text("notes")
    fit(tmp_path)
    kept = ["step_00000004", "step_00000008", "step_00000012", "step_2"]
    assert set(kept) <= set(names(tmp_path))


def test_a_checkpoint_that_was_moved_is_read_by_its_link(tmp_path):
    fit(tmp_path / "a", epochs=1)
    (tmp_path / "a" / "step_00000004").rename(tmp_path / "moved")
    (tmp_path / "a" / "step_00000004").symlink_to(tmp_path / "moved")
    assert_equal(fit(tmp_path / "b"), fit(tmp_path / "a"))
    assert (tmp_path / "moved" / "gan.keras").exists()
    assert (tmp_path / "a" / "step_00000004").is_symlink()


def test_a_file_with_a_checkpoints_name_is_set_aside(tmp_path):
    fit(tmp_path, epochs=1)
    (tmp_path / "step_00000008").write_text("notes")
    with pytest.warns(UserWarning, match="not written by this package"):
        fit(tmp_path, epochs=2)
    assert (tmp_path / "damaged_step_00000008").read_text() == "notes"


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, -signal.SIGTERM)],
)
def test_a_process_ends_by_the_signal_it_got(number, code, tmp_path):
    script = (
        "import sys; from tests.callbacks import test_interruptions as t; "
        "import signal; "
        "press = t.At('batch_end', 0, 1, "
        f"lambda: signal.raise_signal({int(number)})); "
        f"t.fit({str(tmp_path)!r}, [press])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tiny.ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == code, run.stderr
    assert "interrupted at step 2. Run the same script again" in run.stdout
    assert names(tmp_path) == ["step_00000002"]


@pytest.mark.parametrize(
    "moments", [2, pytest.param(6, marks=pytest.mark.slow)]
)
def test_trainings_on_a_folder_end_at_any_moment_and_go_on(moments, tmp_path):
    wrong, _, ends = interrupts.interrupt_all(
        moments,
        num_pictures=100,
        at_once=2,
        seed=1,
        folder=tmp_path,
        limit=30.0,  # That no machine is too busy for.
    )
    assert not wrong, "\n".join(wrong)
    assert len(ends) == moments
