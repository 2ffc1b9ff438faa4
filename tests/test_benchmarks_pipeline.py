"""What the benchmark of callbacks and data measures, and that it runs."""

import io
import json
import sys
import time

import keras
import numpy as np
import pytest

from benchmarks import data_worker, fit_worker, pipeline
from keras_gan_zoo import datasets
from tests import tiny


class Sleeper(keras.callbacks.Callback):
    """Takes its time at the end of each epoch."""

    def on_train_begin(self, logs=None):
        pass

    def on_epoch_end(self, epoch, logs=None):
        time.sleep(0.05)


@pytest.fixture
def told_twice(monkeypatch, capsys):
    """Tells the candidate to repeat its work twice.

    Returns:
        Function that returns the candidate's answers.
    """
    monkeypatch.setattr(sys, "stdin", io.StringIO("again\nagain\n"))
    return lambda: [
        json.loads(line) for line in capsys.readouterr().out.splitlines()
    ]


def test_fit_trains_an_epoch_each_time_it_is_told_to(told_twice):
    gan = tiny.gan()
    stopwatch = fit_worker.Stopwatch()
    fit_worker.train_by_fit(
        gan, tiny.dataset().repeat(), 3, [Sleeper()], stopwatch
    )
    facts, *seconds = told_twice()
    assert facts == {"units": 1}
    # What callbacks do when an epoch ends belongs to it.
    assert len(seconds) == 2 and min(seconds) > 0.05
    # The warm-up, two epochs, and a step after which there is no more to do.
    assert int(gan.step) == 3 + 2 * 3 + 1
    before, *epochs, after = stopwatch.laps
    assert len(epochs) == 2
    for epoch, elapsed in zip(epochs, seconds):
        assert 0.05 < epoch["Sleeper on_epoch_end"] < elapsed
    assert before.keys() == {"Sleeper on_train_begin", "Sleeper on_epoch_end"}
    assert after.keys() == {"Sleeper on_epoch_end"}


def test_a_bare_loop_trains_an_epoch_each_time_it_is_told_to(told_twice):
    gan = tiny.gan()
    fit_worker.train_in_a_loop(gan, tiny.dataset().repeat(), 3)
    assert len(told_twice()) == 3
    assert int(gan.step) == 3 + 2 * 3


def test_recipes_save_and_draw_in_each_epoch(tmp_path, told_twice):
    stopwatch = fit_worker.Stopwatch()
    callbacks = fit_worker.recipe_callbacks(tmp_path, 3)
    data = tiny.dataset().repeat()
    fit_worker.train_by_fit(tiny.gan(), data, 3, callbacks, stopwatch)
    saved = sorted(path.name for path in tmp_path.glob("checkpoints/*"))
    # The last is of the step that ends it all, as whatever ends a training.
    assert saved == ["step_00000009", "step_00000010"]
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 1 + 4
    assert (tmp_path / "epoch_0003.png").exists()
    assert stopwatch.laps[0]["Checkpoint resume"] > 0
    for lap in stopwatch.laps[1:-1]:
        for callback in callbacks:
            assert lap[f"{type(callback).__name__} on_epoch_end"] > 0


def test_plain_data_are_the_same_images():
    ours, theirs = (
        np.concatenate(list(make("embedded", 50).take(20)))
        for make in (data_worker.zoo, data_worker.plain)
    )
    assert ours.shape == theirs.shape == (1000, 28, 28, 1)
    assert not np.array_equal(ours, theirs)  # They have an order of their own.
    for images in ours, theirs:
        images.sort(axis=0)
    np.testing.assert_array_equal(ours, theirs)


def test_plain_files_are_nearly_the_same_images(tmp_path, monkeypatch):
    images = datasets.image_arrays("embedded")[0][:20]
    monkeypatch.setattr(datasets, "image_arrays", lambda name: (images, None))
    pipeline.write_images(tmp_path)
    ours, theirs = (
        np.concatenate(list(make(str(tmp_path), 5).take(4)))
        for make in (data_worker.zoo, data_worker.plain)
    )
    assert ours.shape == theirs.shape == (20, 32, 32, 3)
    for batch in ours, theirs:
        batch.sort(axis=0)
    # Pillow clips and rounds to bytes; TensorFlow's filter overshoots.
    assert np.abs(ours - np.clip(theirs, -1, 1)).max() < 0.05


def test_the_tables_have_shares_and_ratios_pair_by_pair():
    hooks = (*pipeline.ONCE, *pipeline.EACH_EPOCH, *pipeline.EACH_STEP)
    lap = {f"CSVLog {hook}": 0.002 for hook in hooks}
    report = {
        "command": "python",
        "machine": "machine",
        "steps": 100,
        "loops": {
            "bare": [40.0, 50.0, 20.0],
            "fit": [20.0, 50.0, 16.0],
            "callbacks": [10.0, 40.0, 10.0],
        },
        # Before and after, there is what belongs to no epoch.
        "laps": [lap, lap, {name: 2 * s for name, s in lap.items()}, lap, lap],
        "data": {
            "cifar10": {
                "zoo": [6400.0, 25600.0, 12800.0],
                "plain": [6400.0, 6400.0, 1280.0],
            }
        },
    }
    rows = [row for row in pipeline.table(report).splitlines() if "|" in row]
    assert rows[2:5] == [
        "| bare loop | 25.0 (20.0 to 50.0) | 1.000 (1.000 to 1.000) |",
        "| `fit` | 50.0 (20.0 to 62.5) | 1.250 (1.000 to 2.000) |",
        "| `fit` with callbacks | 100.0 (25.0 to 100.0) "
        "| 2.000 (1.250 to 4.000) |",
    ]
    # Four hooks in an epoch, of which a bare one takes 2.5 s.
    assert rows[7] == (
        "| `CSVLog` | 12 | 4.0 (4.0 to 8.0) | 40.0 (40.0 to 80.0) | 0.32% |"
    )
    assert "| the loop's 2,560 images/s, of zoo's |" in rows[8]
    assert rows[10] == (
        "| cifar10 | 12,800 (6,400 to 25,600) | 6,400 (1,280 to 6,400) "
        "| 4.00 (1.00 to 10.00) | 20.0% |"
    )


@pytest.mark.slow
def test_the_command_measures_loops_and_data(tmp_path, capsys):
    file = tmp_path / "report.json"
    options = ["--dataset=embedded", "--width=2", "--steps=5", "--threads=1"]
    options += ["--repeats=2", "--datasets", "embedded", pipeline.FOLDER]
    assert pipeline.main([*options, f"--json={file}"]) == 0
    report = json.loads(file.read_text())
    assert report["loops"].keys() == pipeline.LOOPS.keys()
    assert report["data"].keys() == {"embedded", pipeline.FOLDER}
    for rates in [
        *report["loops"].values(),
        *report["data"]["folder"].values(),
    ]:
        assert len(rates) == 2 and min(rates) > 0
    assert len(report["laps"]) == 1 + 2 + 1
    assert pipeline.table(report) in capsys.readouterr().out
