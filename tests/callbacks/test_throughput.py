import math

import pytest

from keras_gan_zoo.callbacks import Throughput, throughput
from tests import tiny


class Clock:
    """A clock that the test moves."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(throughput.time, "perf_counter", lambda: self.now)


def run_epoch(callback, clock, epoch, seconds):
    """Runs an epoch of steps that take so many seconds; returns its logs."""
    callback.on_epoch_begin(epoch)
    for batch, duration in enumerate(seconds):
        clock.now += duration
        callback.on_train_batch_end(batch)
    clock.now += 1000.0  # A score, a picture.
    logs = {}
    callback.on_epoch_end(epoch, logs)
    return logs


def throughput_of(model, batch_size, epochs, steps):
    callback = Throughput(batch_size)
    callback.set_model(model)
    callback.set_params({"epochs": epochs, "steps": steps})
    callback.on_train_begin()
    return callback


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def test_the_early_steps_are_not_timed(clock):
    callback = throughput_of(tiny.gan(), 64, epochs=2, steps=20)
    logs = run_epoch(callback, clock, 0, [30.0, 1.0, 1.0] + [0.5] * 17)
    assert logs["images_per_second"] == pytest.approx(128)
    logs = run_epoch(callback, clock, 1, [0.25] * 20)
    assert logs["images_per_second"] == pytest.approx(256)


def test_the_estimate_is_of_the_steps_left(clock, capsys):
    callback = throughput_of(tiny.gan(), 320, epochs=11, steps=1000)
    callback.on_epoch_begin(1)
    for batch, seconds in enumerate([30.0, 5.0, 5.0, *[0.5] * 4]):
        clock.now += seconds
        callback.on_train_batch_end(batch)
        assert capsys.readouterr().out == ""
    run_epoch(callback, clock, 1, [0.5] * 10)
    # 9,995 of the 10,000 steps of ten epochs are left, at 0.5 s.
    expected = "Training takes about 83 min on this device at 640 images/s."
    assert capsys.readouterr().out.strip() == expected
    run_epoch(callback, clock, 2, [0.5] * 10)
    assert capsys.readouterr().out == ""


def test_the_estimate_counts_the_steps_of_one_execution(clock, capsys):
    callback = throughput_of(tiny.gan(), 10, epochs=1, steps=100)
    callback.on_epoch_begin(0)
    for batch in (9, 19):  # `steps_per_execution=10`
        clock.now += 10.0
        callback.on_train_batch_end(batch)
    assert "about 80 s on this device at 10 im" in capsys.readouterr().out


def test_the_estimate_without_a_number_of_steps(clock, capsys):
    callback = throughput_of(tiny.gan(), 10, epochs=1, steps=None)
    run_epoch(callback, clock, 0, [1.0] * 10)
    assert "an unknown time, as the dataset" in capsys.readouterr().out


def test_short_epochs(clock, capsys):
    callback = throughput_of(tiny.gan(), 10, epochs=5, steps=2)
    logs = run_epoch(callback, clock, 0, [30.0, 1.0])
    assert math.isnan(logs["images_per_second"])
    logs = run_epoch(callback, clock, 1, [1.0, 1.0])
    assert logs["images_per_second"] == 10
    assert capsys.readouterr().out == ""


def test_no_step_at_all(clock):
    callback = throughput_of(tiny.gan(), 10, epochs=5, steps=0)
    callback._warm = True
    assert math.isnan(run_epoch(callback, clock, 0, [])["images_per_second"])


def test_r35_each_replica_has_its_share(clock, capsys, two_replicas):
    with two_replicas.scope():
        model = tiny.gan()
    callback = throughput_of(model, 64, epochs=1, steps=10)
    logs = run_epoch(callback, clock, 0, [1.0] * 10)
    assert logs["images_per_second"] == 64
    assert logs["images_per_second_per_replica"] == 32
    assert "on 2 replicas at 64 images/s" in capsys.readouterr().out


def test_r35_two_replicas_log_their_speed(two_replicas):
    with two_replicas.scope():
        model = tiny.gan()
    history = model.fit(
        tiny.dataset(steps=10), callbacks=[Throughput(2)], verbose=0
    ).history
    (speed,) = history["images_per_second"]
    assert history["images_per_second_per_replica"] == [speed / 2]


def test_a_training_logs_its_speed(capsys):
    history = (
        tiny.gan()
        .fit(
            tiny.dataset(steps=10),
            epochs=2,
            callbacks=[Throughput(batch_size=2)],
            verbose=0,
        )
        .history
    )
    assert "images/s" in capsys.readouterr().out
    speeds = history["images_per_second"]
    assert len(speeds) == 2 and min(speeds) > 0
    assert speeds == history["images_per_second_per_replica"]


def test_the_batch_size_must_be_positive():
    with pytest.raises(ValueError, match="batch_size=0"):
        Throughput(0)
