"""Training goes on where it was broken off, as if it never had been."""

import functools
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import averages
from keras_gan_zoo.callbacks import (
    Checkpoint,
    CSVLog,
    FrechetInceptionDistance,
    GeneratedFeatures,
    InceptionScore,
)
from keras_gan_zoo.metrics.feature_set import FeatureSet
from tests import tiny
from tests.models import mechanics

EPOCHS, STEPS = 3, 4


class BrokenOff(Exception):
    pass


class BreakOff(keras.callbacks.Callback):
    """Ends training as a crash does: after a step, or before an epoch ends."""

    def __init__(self, epoch, batch=None):
        super().__init__()
        self.at = epoch, batch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.at:
            raise BrokenOff

    def on_epoch_end(self, epoch, logs=None):
        if (epoch, None) == self.at:
            raise BrokenOff


def gan(**options):
    keras.utils.set_random_seed(1)
    model = tiny.gan(average=averages.EMA(0.9))
    options.setdefault("run_eagerly", True)
    model.compile(
        discriminator_optimizer=keras.optimizers.Adam(1e-2),
        generator_optimizer=keras.optimizers.Adam(1e-2),
        **options,
    )
    return model


def samples(number=2 * STEPS):
    rng = np.random.default_rng(3)
    return rng.uniform(-1, 1, (number, 4, 4, 1)).astype("float32")


def in_order():
    return tf.data.Dataset.from_tensor_slices(samples()).batch(2, True)


def shuffled():
    data = tf.data.Dataset.from_tensor_slices(samples())
    return data.shuffle(8, seed=5).batch(2, True)


def fit(directory, callbacks=(), data=in_order, model=None, **options):
    """Trains from the checkpoints of a folder on; returns model and history."""
    model = model or gan()
    checkpoint = Checkpoint(directory, every_steps=options.pop("every", None))
    options.setdefault("epochs", EPOCHS)
    history = model.fit(
        data(), callbacks=[checkpoint, *callbacks], verbose=0, **options
    )
    return model, history.history


@functools.cache
def undisturbed(data=in_order):
    """Returns a model whose training nothing broke off, and its history."""
    with tempfile.TemporaryDirectory() as directory:
        return fit(directory, data=data)


@pytest.fixture(scope="module")
def of_two_epochs(tmp_path_factory):
    directory = tmp_path_factory.mktemp("checkpoints")
    fit(directory, epochs=2)
    return directory


def state(model):
    values = model.get_weights()
    for optimizer in model.optimizer.optimizers:
        values += [variable.numpy() for variable in optimizer.variables]
    return values


def assert_equal(one, other):
    for (model, history), (other_model, other_history) in [(one, other)]:
        for left, right in zip(state(model), state(other_model), strict=True):
            np.testing.assert_array_equal(left, right)
        assert history == other_history


def names(directory):
    return sorted(path.name for path in pathlib.Path(directory).iterdir())


def in_fresh_processes(*arguments):
    """Runs `tests.kills`, each of whose trainings is a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.kills", *arguments],
        cwd=tiny.ROOT,
        capture_output=True,
        text=True,
    )


@mechanics.on_all_representatives_at_once("kills")
def test_r1_a_killed_training_ends_as_the_undisturbed(names):
    # At the second step of the second epoch: it goes on from the first.
    run = in_fresh_processes("--at", "5", *names)
    expected = [
        f"{name}: went on from step 4 and ended equal" for name in names
    ]
    assert run.stdout.splitlines() == expected, run.stdout + run.stderr


@pytest.mark.parametrize(
    "number", [6, pytest.param(20, marks=pytest.mark.slow)]
)
def test_r1_kills_lose_nothing(number):
    run = in_fresh_processes("--kills", str(number), "VanillaGAN")
    said = run.stdout
    assert run.returncode == 0, said + run.stderr
    assert said.startswith(f"VanillaGAN: {number} kills, ")
    assert ", 0 of them unequal " in said
    assert said.endswith("; 0 saved steps lost\n")
    assert number < 20 or " 0 in a save" not in said


@pytest.mark.parametrize("data", [in_order, shuffled])
@pytest.mark.parametrize("at", [(0, 2), (1, 0), (1, 3), (1, None), (2, 1)])
def test_r1_broken_off_anywhere_it_goes_on(data, at, tmp_path):
    with pytest.raises(BrokenOff):
        fit(tmp_path, [BreakOff(*at)], data=data, every=1)
    assert_equal(undisturbed(data), fit(tmp_path, data=data, every=1))


def test_r1_a_graph_goes_on_too(tmp_path):
    whole = fit(tmp_path / "a", model=gan(run_eagerly=False), every=3)
    with pytest.raises(BrokenOff):
        model = gan(run_eagerly=False)
        fit(tmp_path / "b", [BreakOff(1, 3)], model=model, every=3)
    # The same object: what passes over steps is not what trains afterwards.
    assert_equal(whole, fit(tmp_path / "b", model=model, every=3))


def test_r1_arrays_go_on_too(tmp_path):
    options = dict(data=lambda: samples(), batch_size=2, every=1)
    whole = fit(tmp_path / "a", **options)
    with pytest.raises(BrokenOff):
        fit(tmp_path / "b", [BreakOff(1, 2)], **options)
    assert_equal(whole, fit(tmp_path / "b", **options))
    # Each epoch is another permutation of all.
    unlike = fit(tmp_path / "c", shuffle=False, **options)
    assert unlike[1] != whole[1]


def test_several_steps_in_one_execution_go_on_too(tmp_path):
    options = dict(every=2, epochs=2)
    whole = fit(
        tmp_path / "a",
        model=gan(steps_per_execution=2, run_eagerly=False),
        **options,
    )
    with pytest.raises(BrokenOff):
        model = gan(steps_per_execution=2, run_eagerly=False)
        fit(tmp_path / "b", [BreakOff(1, 3)], model=model, **options)
    assert names(tmp_path / "b")[-1] == "step_00000006"
    resumed = fit(
        tmp_path / "b",
        model=gan(steps_per_execution=2, run_eagerly=False),
        **options,
    )
    assert_equal(whole, resumed)
    with pytest.raises(ValueError, match="4 steps, steps_per_execution=3"):
        fit(tmp_path / "c", model=gan(steps_per_execution=3, run_eagerly=False))


def test_the_same_object_goes_on_after_an_interruption(tmp_path):
    model = gan()
    with pytest.raises(BrokenOff):
        fit(tmp_path, [BreakOff(1, 1)], model=model, every=1)
    assert_equal(undisturbed(), fit(tmp_path, model=model, every=1))


def test_other_callbacks_see_the_steps_that_are_left(tmp_path, capsys):
    class Watch(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

        def on_train_begin(self, logs=None):
            self.seen.append("begin")

        def on_train_end(self, logs=None):
            self.seen.append("end")

        def on_epoch_begin(self, epoch, logs=None):
            self.seen.append(f"epoch {epoch}")

        def on_train_batch_begin(self, batch, logs=None):
            self.seen.append(batch)

    with pytest.raises(BrokenOff):
        fit(tmp_path, [BreakOff(1, 2)], every=1)
    capsys.readouterr()
    watch = Watch()
    fit(tmp_path, [watch], every=1)
    first = ["begin", "epoch 1", 2, 3]
    assert watch.seen == [*first, "epoch 2", 0, 1, 2, 3, "end"]
    said = f"Resuming from {tmp_path}/step_00000006: step 6, epoch 2 of 3.\n"
    assert capsys.readouterr().out == said


def test_a_finished_training_is_not_done_again(tmp_path, capsys):
    assert_equal(undisturbed(), fit(tmp_path))
    assert_equal(undisturbed(), fit(tmp_path))
    assert "all 12 steps are done" in capsys.readouterr().out
    longer = fit(tmp_path, epochs=EPOCHS + 1)
    assert_equal(fit(tmp_path / "other", epochs=EPOCHS + 1), longer)


def test_r39_a_checkpoint_holds_all_of_a_training(tmp_path):
    model, history = fit(tmp_path)
    newest = tmp_path / "step_00000012"
    assert names(newest) == ["SHA256SUMS", "gan.keras", "training.json"]
    loaded = keras.models.load_model(newest / "gan.keras")
    assert_equal((model, None), (loaded, None))
    assert loaded.step == 12 and loaded.noise_seed == model.noise_seed
    training = json.loads((newest / "training.json").read_text())
    assert training["epoch"] == EPOCHS and training["step"] == 0
    assert training["steps_done"] == 12
    assert training["history"]["history"] == history
    assert sorted(training["game"]["versions"]) == [
        "keras",
        "keras_gan_zoo",
        "tensorflow",
    ]
    config = training["game"]["model"]["config"]
    assert {"generator", "discriminator", "average"} <= set(config)
    subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"],
        cwd=newest,
        check=True,
    )


def test_so_many_are_kept(tmp_path):
    fit(tmp_path, every=1, epochs=2)
    assert names(tmp_path) == ["step_00000007", "step_00000008"]
    model = gan()
    checkpoint = Checkpoint(tmp_path / "other", every_steps=3, keep=3)
    model.fit(in_order(), epochs=2, callbacks=[checkpoint], verbose=0)
    # The end of each epoch has one, whatever `every_steps` is.
    kept = ["step_00000004", "step_00000006", "step_00000008"]
    assert names(tmp_path / "other") == kept


def truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


def remove(path):
    path.unlink()


@pytest.mark.parametrize("harm", [truncate, flip_a_bit, empty, remove])
@pytest.mark.parametrize("file", ["gan.keras", "training.json", "SHA256SUMS"])
def test_a_harmed_checkpoint_is_left_for_the_one_before(
    file, harm, of_two_epochs, tmp_path
):
    shutil.copytree(of_two_epochs, tmp_path, dirs_exist_ok=True)
    newest = tmp_path / "step_00000008"
    harm(newest / file)
    before = {path.name: path.read_bytes() for path in newest.iterdir()}
    with pytest.warns(UserWarning, match="step_00000008 .* not used: .*"):
        resumed = fit(tmp_path)
    assert_equal(undisturbed(), resumed)
    kept = tmp_path / "damaged_step_00000008"
    after = {path.name: path.read_bytes() for path in kept.iterdir()}
    assert before == after


def test_a_foreign_folder_is_left_alone(tmp_path):
    fit(tmp_path, epochs=1)
    foreign = tmp_path / "step_00000100"
    foreign.mkdir()
    (foreign / "model.ckpt").write_text("of another library")
    with pytest.warns(UserWarning, match="not written by this package"):
        fit(tmp_path, epochs=2)
    assert (tmp_path / "damaged_step_00000100" / "model.ckpt").exists()


def test_where_none_is_whole_nothing_is_begun(of_two_epochs, tmp_path):
    shutil.copytree(of_two_epochs, tmp_path, dirs_exist_ok=True)
    for path in tmp_path.iterdir():
        flip_a_bit(path / "gan.keras")
    before = names(tmp_path)
    with pytest.raises(ValueError, match="none that is whole: step_00000008"):
        fit(tmp_path, epochs=2)
    assert names(tmp_path) == before


def other_latents():
    keras.utils.set_random_seed(1)
    generator = keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Dense(16),
            keras.layers.Reshape((4, 4, 1)),
        ]
    )
    model = type(gan())(
        generator, gan().discriminator, 5, average=averages.EMA(0.9)
    )
    adams = [keras.optimizers.Adam(1e-2) for _ in range(2)]
    model.compile(
        generator_optimizer=adams[0], discriminator_optimizer=adams[1]
    )
    return model


def other_rate():
    model = gan()
    model.generator_optimizer.learning_rate = 0.5
    return model


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": other_latents}, "model.config.latent_dim 3, now 5"),
        ({"model": other_rate}, "generator_optimizer.*learning_rate .*now 0.5"),
        ({"steps_per_epoch": 2}, "steps_per_epoch 4, now 2"),
    ],
)
def test_another_training_is_refused_and_named(options, message, tmp_path):
    fit(tmp_path, epochs=1)
    before = names(tmp_path)
    options = {
        name: value() if callable(value) else value
        for name, value in options.items()
    }
    with pytest.raises(ValueError, match=message):
        fit(tmp_path, **options)
    assert names(tmp_path) == before


def test_other_versions_are_refused_and_named(tmp_path, monkeypatch):
    fit(tmp_path, epochs=1)
    ours = keras.version()
    monkeypatch.setattr(keras, "version", lambda: "4.0.0")
    message = f"versions.keras '{ours}', now '4.0.0'"
    with pytest.raises(ValueError, match=message):
        fit(tmp_path)


def test_other_data_are_warned_of(tmp_path):
    fit(tmp_path, epochs=1)
    other = tf.data.Dataset.from_tensor_slices(-samples()).batch(2, True)
    with pytest.warns(UserWarning, match="another first batch"):
        fit(tmp_path, data=lambda: other)


def test_data_of_unknown_length_ask_for_steps(tmp_path):
    unknown = in_order().filter(lambda batch: True)
    with pytest.raises(ValueError, match="Pass `steps_per_epoch`"):
        fit(tmp_path, data=lambda: unknown)
    counted = fit(tmp_path, data=lambda: unknown, steps_per_epoch=4)
    assert_equal(undisturbed(), counted)


def test_what_cannot_be_skipped_is_refused(tmp_path):
    def generate():
        yield samples(2)

    with pytest.raises(ValueError, match="Received: generator"):
        fit(tmp_path, data=generate, steps_per_epoch=1)


def test_a_model_that_cannot_go_on_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.zeros((4, 1), "float32")
    with pytest.raises(ValueError, match="model of this package"):
        model.fit(x, x, verbose=0, callbacks=[Checkpoint(tmp_path)])


@pytest.mark.parametrize("options", [{"keep": 0}, {"every_steps": 0}])
def test_numbers_below_one_are_refused(options, tmp_path):
    with pytest.raises(ValueError, match="must be at least 1"):
        Checkpoint(tmp_path, **options)


def test_r41_a_full_disk_loses_nothing(tmp_path, monkeypatch):
    fit(tmp_path, epochs=1)
    before = names(tmp_path)
    model = gan()
    save = model.save

    def save_half(path):
        save(path)
        truncate(path)
        raise OSError(28, "No space left on device")

    model.save = save_half
    message = "step_00000008 could not be written: No space left"
    with pytest.raises(OSError, match=message):
        fit(tmp_path, model=model)
    assert names(tmp_path) == before
    assert_equal(undisturbed(), fit(tmp_path))


def test_r24_saving_takes_no_more_memory_than_keras_loses(tmp_path):
    model, checkpoint = gan(), Checkpoint(tmp_path, every_steps=1)
    model.fit(in_order(), callbacks=[checkpoint], verbose=0)
    step = iter(range(10**6))

    def save():
        checkpoint._steps_done = 100 + next(step)
        checkpoint._save("step", checkpoint._state(1, 0))

    # Keras 3.15.1 makes an optimizer for each one it saves, to look at its
    # attributes, and 70 kB of each are never freed.
    save()
    assert not tiny.grows(save, calls=50, limit=50 * 2 * 0.1e6)


def test_remains_of_a_kill_are_removed(tmp_path):
    remains = tmp_path / ("." + 32 * "0")
    remains.mkdir()
    (remains / "gan.keras").touch()
    (tmp_path / ".gitignore").touch()
    fit(tmp_path, epochs=1)
    assert names(tmp_path) == [".gitignore", "step_00000004"]


class Scores(keras.callbacks.Callback):
    """Logs given scores, as of the epochs of a training."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch, logs=None):
        logs["score"] = self.values[epoch]


@pytest.mark.parametrize("broken_off", [False, True])
def test_other_callbacks_remember(broken_off, tmp_path):
    def callbacks():
        return [
            Scores([3.0, 4.0, 2.5, 5.0, 6.0, 1.0]),
            keras.callbacks.ReduceLROnPlateau(
                "score", factor=0.5, patience=2, mode="min"
            ),
            keras.callbacks.EarlyStopping("score", patience=3, mode="min"),
            keras.callbacks.ModelCheckpoint(
                tmp_path / "{epoch}.keras",
                monitor="score",
                mode="min",
                save_best_only=True,
            ),
        ]

    if broken_off:
        for epoch in range(5):
            with pytest.raises(BrokenOff):
                fit(
                    tmp_path / "a",
                    [*callbacks(), BreakOff(epoch, 1)],
                    epochs=6,
                )
    model, _ = fit(tmp_path / "a", callbacks(), epochs=6)
    # Better in epochs 1, 3 and 6; the plateau lasts from 4 to 5.
    kept = ["1.keras", "3.keras", "6.keras", "a"]
    assert names(tmp_path) == kept
    rate = model.generator_optimizer.learning_rate
    np.testing.assert_allclose(rate, 0.5e-2)


def test_one_that_was_stopped_stays_so(tmp_path):
    def run():
        scores = Scores([1.0, 2.0, 3.0, 4.0])
        stop = keras.callbacks.EarlyStopping("score", patience=1, mode="min")
        return fit(tmp_path, [scores, stop], epochs=4)

    model, history = run()
    assert history["score"] == [1.0, 2.0]
    assert_equal((model, history), run())


def test_one_stopped_within_an_epoch_goes_on_there(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    fit(tmp_path, [Stop()], every=1)
    assert names(tmp_path)[-1] == "step_00000002"
    assert_equal(undisturbed(), fit(tmp_path, every=1))


def test_best_weights_in_memory_are_refused(tmp_path):
    stop = keras.callbacks.EarlyStopping("score", restore_best_weights=True)
    with pytest.raises(ValueError, match="restore_best_weights=False"):
        fit(tmp_path, [stop])


def scored(directory, values, make, **options):
    """Trains with scores in place of those that a callback computes."""
    network = tiny.feature_network()
    generated = GeneratedFeatures(network, num_samples=4, batch_size=4)
    callback = make(network, generated)
    scores = iter(values)
    callback.scoring.scores = lambda *_: [tiny_score(next(scores))]
    checkpoint = Checkpoint(directory, best_of=callback)
    options.setdefault("epochs", len(values))
    gan().fit(
        in_order(), callbacks=[checkpoint, callback], verbose=0, **options
    )


def tiny_score(value):
    class Score:
        deviation = 0.0

    Score.value = value
    return Score


def distance(network, generated):
    images = np.zeros((4, 4, 4, 1), "uint8")
    real = FeatureSet(network, images, "zeros")
    return FrechetInceptionDistance(generated, real, allow_few_samples=True)


def inception(network, generated):
    return InceptionScore(generated, splits=2)


@pytest.mark.parametrize(
    ("make", "best"), [(distance, "00000008"), (inception, "00000012")]
)
def test_r34_the_best_is_kept(make, best, tmp_path):
    scored(tmp_path, [3.0, 1.0, 4.0], make)
    kept = [name for name in names(tmp_path) if name.startswith("best")]
    assert kept == [f"best_{best}"]
    model = keras.models.load_model(tmp_path / kept[0] / "gan.keras")
    assert model.step == int(best)


def test_a_best_that_outlived_its_step_is_written_anew(tmp_path):
    scored(tmp_path, [3.0, 1.0], distance)
    # As if killed between the two: the best of the epoch is there already.
    shutil.rmtree(tmp_path / "step_00000008")
    scored(tmp_path, [1.0, 4.0], distance, epochs=3)
    kept = ["best_00000008", "step_00000008", "step_00000012"]
    assert names(tmp_path) == kept


def test_r34_the_best_of_what_is_not_scored_is_refused(tmp_path):
    network = tiny.feature_network()
    generated = GeneratedFeatures(network, num_samples=4, batch_size=4)
    checkpoint = Checkpoint(tmp_path, best_of=inception(network, generated))
    with pytest.raises(ValueError, match="would never score"):
        gan().fit(in_order(), callbacks=[checkpoint], verbose=0)


def test_scores_are_due_as_in_an_undisturbed_training(tmp_path):
    def run(directory, **options):
        network = tiny.feature_network()
        generated = GeneratedFeatures(network, num_samples=4, batch_size=4)
        score = InceptionScore(generated, every=3, splits=2)
        return fit(directory, [score], epochs=5, **options)

    _, whole = run(tmp_path / "a")
    with pytest.raises(BrokenOff):
        fit(tmp_path / "b", [BreakOff(0, None)], epochs=5)
    network = tiny.feature_network()
    generated = GeneratedFeatures(network, num_samples=4, batch_size=4)
    with pytest.raises(BrokenOff):
        score = InceptionScore(generated, every=3, splits=2)
        fit(tmp_path / "c", [score, BreakOff(3, 1)], epochs=5)
    _, history = run(tmp_path / "c")
    for key, values in history.items():
        np.testing.assert_array_equal(values, whole[key])


def test_the_log_has_one_row_for_each_epoch(tmp_path):
    log = tmp_path / "logs" / "log.csv"
    fit(tmp_path / "a", [CSVLog(log)])
    whole = log.read_text()
    assert len(whole.splitlines()) == 1 + EPOCHS
    with pytest.raises(BrokenOff):
        # The last row is of an epoch whose end is not saved.
        fit(tmp_path / "b", [CSVLog(log), BreakOff(1, None)])
    assert len(log.read_text().splitlines()) == 3
    fit(tmp_path / "b", [CSVLog(log)])
    assert log.read_text() == whole


def test_the_log_begins_anew_with_a_training(tmp_path):
    log = tmp_path / "log.csv"
    for _ in range(2):
        gan().fit(in_order(), epochs=2, callbacks=[CSVLog(log)], verbose=0)
        assert [line[0] for line in log.read_text().splitlines()] == list("e01")


def test_the_log_has_columns_for_what_comes_later(tmp_path):
    log = CSVLog(tmp_path / "log.csv")
    gan().fit(
        in_order(),
        epochs=2,
        validation_data=in_order(),
        validation_freq=2,
        callbacks=[log],
        verbose=0,
    )
    header, *rows = log.path.read_text().splitlines()
    assert "val_generator_loss" in header
    assert [row.count(",") for row in rows] == 2 * [header.count(",")]


def test_a_game_is_rolled_back_to_a_healthy_checkpoint(tmp_path):
    model = gan()
    checkpoint = Checkpoint(tmp_path, every_steps=1, keep=1)
    seen = []

    class Doctor(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(model.get_weights())
            if len(seen) == 2:
                checkpoint.mark_healthy()  # That of the first step.
            if len(seen) == 6:
                assert checkpoint.roll_back() == 1
                for one, other in zip(model.get_weights(), seen[0]):
                    np.testing.assert_array_equal(one, other)
                assert names(tmp_path) == [".lock", "step_00000001"]

    model.fit(in_order(), epochs=2, callbacks=[checkpoint, Doctor()], verbose=0)
    # It is kept while others come and go.
    assert names(tmp_path) == ["step_00000001", "step_00000008"]
    assert model.step == 8 - 6 + 1


def test_without_a_healthy_checkpoint_there_is_no_way_back(tmp_path):
    checkpoint = Checkpoint(tmp_path)
    gan().fit(in_order(), callbacks=[checkpoint], verbose=0)
    with pytest.raises(ValueError, match="Save more often"):
        checkpoint.roll_back()
    checkpoint.mark_healthy()
    (tmp_path / "step_00000004").rename(tmp_path / "step_00000001")
    with pytest.raises(ValueError, match="Save more often"):
        checkpoint.roll_back()
    assert names(tmp_path) == ["step_00000001"]
