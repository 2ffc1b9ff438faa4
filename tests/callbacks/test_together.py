"""All callbacks beside each other, in one training."""

import itertools

import keras
import numpy as np
import psutil
import pytest
import tensorflow as tf

from keras_gan_zoo import averages
from keras_gan_zoo.callbacks import (
    Checkpoint,
    CSVLog,
    Doctor,
    SampleGrid,
    Throughput,
)
from tests import tiny

BATCH_SIZE = 16


def images(number=4 * BATCH_SIZE):
    rng = np.random.default_rng(2)
    return rng.uniform(-1, 1, (number, 4, 4, 1)).astype("float32")


def gan(learning_rate=1e-3):
    keras.utils.set_random_seed(1)
    model = tiny.gan(average=averages.EMA(0.9))
    model.compile(
        discriminator_optimizer=keras.optimizers.Adam(learning_rate),
        generator_optimizer=keras.optimizers.Adam(learning_rate),
    )
    return model


def all_of_them(folder):
    checkpoint = Checkpoint(folder / "checkpoints", every_steps=2)
    doctor = Doctor(images(), every_steps=2, roll_back_to=checkpoint)
    return [
        SampleGrid(folder / "pictures", columns=2),
        Throughput(BATCH_SIZE),
        CSVLog(folder / "log.csv"),
        doctor,
        checkpoint,
    ]


def test_a_bad_batch_is_passed_over(tmp_path, capsys):
    batches = images(40 * BATCH_SIZE)
    batches[30 * BATCH_SIZE] = np.nan  # In the 31st step.
    data = tf.data.Dataset.from_tensor_slices(batches).batch(BATCH_SIZE, True)
    model, callbacks = gan(), all_of_them(tmp_path)
    history = model.fit(
        data.repeat(),
        epochs=2,
        steps_per_epoch=20,
        callbacks=callbacks,
        verbose=0,
    ).history
    (finding,) = callbacks[3].findings
    assert (finding.step, finding.failure) == (31, "NaN")
    # The last that an examination had found healthy.
    assert "Back to step 28" in capsys.readouterr().out
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert np.isfinite(history["generator_loss"]).all()
    assert model.step == 40 - (31 - 28)
    assert (tmp_path / "checkpoints" / "step_00000040").is_dir()


class BrokenOff(Exception):
    pass


def test_broken_off_all_go_on(tmp_path):
    def fit(folder, *others):
        data = tf.data.Dataset.from_tensor_slices(images())
        return gan().fit(
            data.batch(BATCH_SIZE, True),
            epochs=4,
            callbacks=[*all_of_them(folder), *others],
            verbose=0,
        )

    def break_off(batch, logs):
        if next(steps) == 9:
            raise BrokenOff

    steps = itertools.count()
    undisturbed = fit(tmp_path / "a")
    with pytest.raises(BrokenOff):
        fit(
            tmp_path / "b",
            keras.callbacks.LambdaCallback(on_train_batch_end=break_off),
        )
    resumed = fit(tmp_path / "b")
    for name, values in undisturbed.history.items():
        if not name.startswith("images_per_second"):
            np.testing.assert_array_equal(values, resumed.history[name], name)
    pictures = [
        sorted((tmp_path / folder / "pictures").iterdir())
        for folder in ("a", "b")
    ]
    for one, other in zip(*pictures, strict=True):
        assert one.name == other.name
        assert one.read_bytes() == other.read_bytes()


def test_r24_a_long_training_takes_no_more_memory_than_a_short_one(tmp_path):
    sizes = []

    def measure(epoch, logs):
        sizes.append(psutil.Process().memory_info().rss)

    data = tf.data.Dataset.from_tensor_slices(images())
    # Without the checkpoints, of which Keras itself loses some memory.
    callbacks = all_of_them(tmp_path)[:3]
    gan().fit(
        data.batch(BATCH_SIZE, True),
        epochs=150,
        callbacks=[
            *callbacks,
            Doctor(images(), every_steps=2),
            keras.callbacks.LambdaCallback(on_epoch_end=measure),
        ],
        verbose=0,
    )
    # 600 steps, 300 examinations, 150 pictures: what leaks, leaks in each part.
    parts = np.diff(sizes[::50])
    assert parts.min() < 1e6, parts
