import csv
import json
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import averages, models
from keras_gan_zoo.callbacks import Doctor, diagnosis, failures, signs
from keras_gan_zoo.datasets import gaussian_ring
from tests import tiny
from tests.models import mechanics, toys, zoo

STEPS = 10  # In one execution of the toys.


def names(doctor):
    return [finding.failure for finding in doctor.findings]


# A look changes nothing.


def zoo_run(name, *callbacks):
    """Trains two steps; returns the model and its logs."""
    entry = zoo.ZOO[name]
    keras.utils.set_random_seed(1)
    model = toys.compile_model(entry.build_averaged(), run_eagerly=True)
    mechanics.require(model, "scores")
    history = model.fit(
        *entry.arrays(2),
        batch_size=entry.batch_size,
        shuffle=False,
        callbacks=list(callbacks),
        verbose=0,
    )
    return model, history.history


def zoo_data(name, number=16):
    found = zoo.ZOO[name].arrays(number // toys.BATCH_SIZE)
    found = tuple(part[:number] for part in found)
    return found if len(found) > 1 else found[0]


def unpacked(model, data):
    return model.unpack(tf.nest.map_structure(tf.constant, data))


def unlike(variables, others):
    return [
        variable.path
        for variable, other in zip(variables, others, strict=True)
        if not np.array_equal(variable, other)
    ]


@mechanics.on_representatives("doctor")
def test_training_is_the_same_with_a_doctor_to_the_bit(name):
    model, logs = zoo_run(name)
    doctor = Doctor(zoo_data(name), every_steps=1)
    watched, watched_logs = zoo_run(name, doctor)
    assert [e["step"] for e in doctor._examinations] == [1, 2]
    assert doctor._examine.experimental_get_tracing_count() == 1
    assert {key: watched_logs[key] for key in logs} == logs
    assert unlike(model.variables, watched.variables) == []
    optimizers = [one.optimizer.variables for one in (model, watched)]
    assert unlike(*optimizers) == []
    # What a look moves, by itself: if it moved nothing, nothing was tested.
    inputs = unpacked(model, zoo_data(name))
    state = [*model.variables, *model.metrics_variables]
    before = [variable.numpy() for variable in state]
    with model.undisturbed():
        for player in model.players:
            getattr(model, f"{player}_loss")(inputs, training=True)
        inside = unlike(state, before)
    assert inside and unlike(state, before) == []
    # Scores have one shape, for every discriminator.
    scores = model.scores(inputs, training=False)
    assert scores.shape == (16,) and scores.dtype == tf.float32


def test_a_look_sees_the_same_noise_each_time():
    model = toys.compile_model(zoo.ZOO["DCGAN"].build(), run_eagerly=True)
    draws = []
    for _ in range(2):
        model.next_seed()
        model.step.assign_add(1)
        model.evaluation_step.assign_add(1)
        with model.undisturbed():
            draws.append(model.next_seed().numpy())
    np.testing.assert_array_equal(*draws)
    assert model.evaluation_step == 2


def test_scores_of_energies_errors_and_classifiers():
    energies = zoo.ZOO["EBGAN"].build()
    images = tf.constant(zoo_data("EBGAN"))
    energy, _ = energies.energy(images, training=False)
    scores = energies.scores(images, training=False)
    np.testing.assert_array_equal(scores, -energy)
    errors = zoo.ZOO["BEGAN"].build()
    scores = errors.scores(images, training=False)
    reconstructions = errors.discriminator(images, training=False)
    difference = np.abs(reconstructions - images)
    expected = -difference.mean(axis=(1, 2, 3))
    np.testing.assert_allclose(scores, expected, rtol=1e-5)
    for name in ("CGAN", "ACGAN", "InfoGAN"):
        model = zoo.ZOO[name].build()
        inputs = unpacked(model, zoo_data(name))
        taken = inputs if name == "CGAN" else tf.nest.flatten(inputs)[0]
        outputs = model.discriminator(taken, training=False)
        scores = model.scores(inputs, training=False)
        expected = tf.nest.flatten(outputs)[0]
        np.testing.assert_array_equal(scores, expected[:, 0])


def test_many_looks_take_no_memory():
    gan = tiny.gan()
    doctor = Doctor(np.random.normal(size=(16, 4, 4, 1)), every_steps=1)
    doctor.set_model(gan)
    doctor.on_train_begin()
    doctor.on_epoch_begin(0)

    def step():
        gan.step.assign_add(1)
        doctor.on_train_batch_end(0, {"generator_loss": 1.0})

    step()
    assert not tiny.grows(step, limit=2e6)
    assert len(doctor._examinations) == diagnosis.MEMORY


# The signs.


def look(model, data):
    found = signs.examination(model, unpacked(model, data))()
    return {name: float(value) for name, value in found.items()}


def test_signs_of_a_known_game():
    # Samples are the latents shifted by 3, real ones twice as wide.
    rng = np.random.default_rng(0)
    real = 2.0 * rng.normal(size=(64, 2)).astype("float32")
    model = models.VanillaGAN(
        toys.affine(np.eye(2), 3.0), toys.affine([[-1.0], [0.0]], 1.0), 2
    )
    toys.compile_model(model)
    found = look(model, real)
    assert found["finite"] == 1.0
    assert found["sample_distance"] == pytest.approx(0.5, rel=0.2)
    assert found["nearest_sample_distance"] == pytest.approx(0.5, rel=0.3)
    with model.undisturbed():
        fakes = model.fakes_like(real, training=True).numpy()
    real_scores, fake_scores = 1.0 - real[:, 0], 1.0 - fakes[:, 0]
    order = np.mean(real_scores[:, None] > fake_scores[None])
    gap = real_scores.mean() - fake_scores.mean()
    distances = np.linalg.norm(real[:, None] - fakes[None], axis=-1)
    both = np.concatenate([real_scores, fake_scores])
    expected = {
        "real_score": real_scores.mean(),
        "fake_score": fake_scores.mean(),
        "score_deviation": both.std(),
        "score_order": order,
        "critic_slope": gap / distances.mean(),
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-3), name
    assert set(found) == {
        *expected,
        "sample_distance",
        "nearest_sample_distance",
        "generator_gradient_norm",
        "generator_signal",
        "discriminator_gradient_norm",
        "discriminator_signal",
        "finite",
    }


def test_the_gap_of_the_average_is_that_of_its_weights():
    model = stepwise(healthy(average=averages.EMA(0.5)))
    model.ema_generator.set_weights(
        [1.25 * weight for weight in model.generator.get_weights()]
    )
    assert look(model, next(iter(ring())))["ema_gap"] == pytest.approx(0.25)


def test_a_wasserstein_loss_passes_the_whole_gradient_on():
    model = toys.compile_model(zoo.ZOO["WGAN"].build())
    found = look(model, zoo_data("WGAN", 64))
    # The generator's moves the one mean score only; its draws are others.
    assert found["generator_signal"] == pytest.approx(1.0, rel=0.5)
    assert found["discriminator_signal"] == pytest.approx(1.0, rel=0.5)


def test_half_precision_shows_the_same_signs(monkeypatch):
    found = []
    for policy in ("float32", "mixed_float16"):
        keras.utils.set_random_seed(0)
        keras.config.set_dtype_policy(policy)
        try:
            model = toys.compile_model(zoo.ZOO["WGANGP"].build())
        finally:
            keras.config.set_dtype_policy("float32")
        found.append(look(model, zoo_data("WGANGP", 64)))
    for name, value in found[0].items():
        assert found[1][name] == pytest.approx(value, rel=0.05, abs=0.02), name


# The failures, for real.


def mlp(inputs, outputs):
    x = samples = keras.Input((inputs,))
    for _ in range(2):
        x = layers.LeakyReLU(0.2)(layers.Dense(32)(x))
    return keras.Model(samples, layers.Dense(outputs)(x))


def ring(batch_size=64, seed=0):
    return gaussian_ring(batch_size, stddev=0.02, seed=seed)


def toy(model, rate, generator_rate=None, generator=None, **kwargs):
    """Returns a compiled GAN of points, past its grace."""
    keras.utils.set_random_seed(0)
    gan = model(generator or mlp(2, 2), mlp(2, 1), 2, **kwargs)
    rates = rate, rate if generator_rate is None else generator_rate
    discriminator_optimizer, generator_optimizer = (
        keras.optimizers.Adam(rate, 0.5, 0.9) for rate in rates
    )
    gan.compile(
        generator_optimizer=generator_optimizer,
        discriminator_optimizer=discriminator_optimizer,
        steps_per_execution=STEPS,
    )
    gan.step.assign(diagnosis.GRACE_STEPS)
    return gan


def watch(gan, steps, every_steps=20, data=None, **kwargs):
    doctor = Doctor(ring(seed=1), every_steps=every_steps, **kwargs)
    data = ring(64 * gan.discriminator_steps) if data is None else data
    gan.fit(data, steps_per_epoch=steps, callbacks=[doctor], verbose=0)
    return doctor


def collapsing():
    generator = toys.constant_generator([0.5, 0.5], 2)
    return toy(models.DRAGAN, 1e-3, 0.0, generator)


def overpowering(**kwargs):
    """A generator that doesn't move, far from the data."""
    generator = toys.affine(np.eye(2), 5.0)
    return toy(models.VanillaGAN, 1e-2, 0.0, generator, **kwargs)


def steep():
    kwargs = {"discriminator_steps": 1, "penalty_weight": 0.0}
    return toy(models.WGANGP, 1e-2, 0.0, **kwargs)


def healthy(rate=1e-3, **kwargs):
    return toy(models.VanillaGAN, rate, **kwargs)


def test_a_constant_generator_is_a_mode_collapse(capsys):
    doctor = watch(collapsing(), 200)
    assert names(doctor) == [failures.MODE_COLLAPSE]
    (finding,) = doctor.findings
    # The fifth examination.
    assert finding.step == diagnosis.GRACE_STEPS + 5 * 20
    assert finding.advice == failures.ADVICE[failures.MODE_COLLAPSE]
    printed = capsys.readouterr().out
    assert printed.count("mode collapse") == 1
    assert str(finding) in printed


@pytest.mark.parametrize("saturating", [False, True])
def test_a_generator_that_stands_still_meets_too_strong_a_discriminator(
    saturating,
):
    doctor = watch(overpowering(saturating=saturating), 300)
    assert names(doctor) == [failures.STRONG_DISCRIMINATOR]


def test_a_learning_rate_100_times_too_large_oscillates():
    doctor = watch(healthy(rate=0.1), 1000, every_steps=50)
    assert names(doctor) == [failures.OSCILLATION]


def test_a_critic_without_its_penalty_blows_up():
    doctor = watch(steep(), 800, every_steps=50)
    assert names(doctor) == [failures.PENALTY_BLOW_UP]


@pytest.mark.parametrize("every_steps", [20, 100])
def test_healthy_toys_stay_quiet(every_steps):
    gan = healthy()
    doctor = watch(gan, 1000, every_steps=every_steps)
    assert doctor.findings == []
    assert len(doctor._examinations) >= 10


def poisoned(step, number=20):
    """Returns points of which one is NaN in the batch of one step, from 1."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(number, 64, 2)).astype("float32")
    if step is not None:
        points[step - 1, 5, 0] = math.nan
    return tf.data.Dataset.from_tensor_slices(points)


def stepwise(gan):
    """Compiles a toy anew, for executions of one step."""
    gan.compile(
        discriminator_optimizer=keras.optimizers.SGD(0.01),
        generator_optimizer=keras.optimizers.SGD(0.01),
    )
    return gan


def test_a_bad_batch_is_named_with_its_step(capsys):
    gan = stepwise(healthy())
    gan.step.assign(0)  # NaN has no grace.
    doctor = Doctor(ring(), every_steps=5)
    gan.fit(poisoned(7), verbose=0, callbacks=[doctor])
    (finding,) = doctor.findings
    assert (finding.step, finding.failure) == (7, failures.NAN)
    assert "At step 7, discriminator_loss, generator_loss" in finding.evidence
    assert "look at the data of that step first" in finding.evidence
    assert capsys.readouterr().out.count("Doctor, step 7: NaN.") == 1


def test_losses_that_ran_away_are_not_blamed_on_the_data():
    gan = models.WGAN(
        toys.affine(np.eye(2)), toys.affine([[1.0], [1.0]]), 2, clip_limit=1e30
    )
    gan.discriminator_steps = 1
    gan.compile(
        discriminator_optimizer=keras.optimizers.SGD(1e5),
        generator_optimizer=keras.optimizers.SGD(1e5),
    )
    doctor = Doctor(ring(), every_steps=100)
    gan.fit(poisoned(None), verbose=0, callbacks=[doctor])
    assert names(doctor) == [failures.NAN]
    assert "data of that step are not to blame" in doctor.findings[0].evidence


def test_weights_that_are_nan_are_found_before_a_loss_is():
    gan = stepwise(toy(models.VanillaGAN, 1e-3, average=averages.EMA(0.5)))
    weight = gan.ema_generator.weights[0]
    weight.assign(np.full(weight.shape, np.nan))
    doctor = Doctor(ring(), every_steps=5)
    gan.fit(poisoned(None), verbose=0, callbacks=[doctor])
    assert names(doctor) == [failures.NAN]
    assert "A weight or a sample" in doctor.findings[0].evidence


def test_an_execution_of_several_steps_says_so():
    doctor = watch(healthy(), 20, data=poisoned(15).repeat())
    assert "In one of the steps 1,011 to 1,020" in doctor.findings[0].evidence


# What is done about it.


class Checkpoints:
    """Stands in for the checkpoint of a model, in memory."""

    def __init__(self, gan, nothing=False):
        self.gan = gan
        self.calls = []
        self.marked = None if nothing else (int(gan.step), gan.get_weights())

    def mark_healthy(self):
        self.calls.append("mark")

    def roll_back(self):
        if self.marked is None:
            raise ValueError("No checkpoint was marked.")
        self.calls.append("roll back")
        step, weights = self.marked
        self.gan.set_weights(weights)
        return step


def test_a_failure_ends_training_if_asked():
    gan = stepwise(healthy())
    doctor = Doctor(ring(), every_steps=5, stop=True)
    gan.fit(poisoned(7), verbose=0, callbacks=[doctor], epochs=3)
    assert gan.step == diagnosis.GRACE_STEPS + 7
    assert gan.stop_training


def test_training_goes_on_after_a_bad_batch(capsys):
    gan = stepwise(healthy())
    checkpoints = Checkpoints(gan)
    doctor = Doctor(ring(), every_steps=5, roll_back_to=checkpoints)
    history = gan.fit(poisoned(7), verbose=0, callbacks=[doctor]).history
    # Marked at the 5th step; of the 13 after the 7th, at the 5th and the 10th.
    assert checkpoints.calls == ["mark", "roll back", "mark", "mark"]
    assert gan.step == diagnosis.GRACE_STEPS + 13
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())
    assert np.isfinite(history["generator_loss"]).all()
    assert history["findings"] == [1]
    assert "Back to step 1,000, going on" in capsys.readouterr().out


def test_the_third_time_ends_training(capsys):
    gan = stepwise(healthy())
    checkpoints = Checkpoints(gan)
    doctor = Doctor(ring(), every_steps=5, roll_back_to=checkpoints)
    gan.fit(poisoned(7).repeat(10), verbose=0, callbacks=[doctor])
    assert names(doctor) == [failures.NAN] * 3
    assert checkpoints.calls.count("roll back") == 2
    assert "Named 3 times" in capsys.readouterr().out


def test_nothing_to_go_back_to_ends_training(capsys):
    gan = stepwise(healthy())
    checkpoints = Checkpoints(gan, nothing=True)
    doctor = Doctor(ring(), roll_back_to=checkpoints)
    gan.fit(poisoned(3), verbose=0, callbacks=[doctor])
    assert gan.step == diagnosis.GRACE_STEPS + 3
    assert "go back to: No checkpoint was marked." in capsys.readouterr().out


def test_a_sick_game_is_not_marked_as_healthy():
    gan = collapsing()
    checkpoints = Checkpoints(gan)
    watch(gan, 80, roll_back_to=checkpoints)  # Not named yet.
    assert checkpoints.calls == []


def examined(course, hand_over=()):
    """Returns a doctor who saw distances of samples, one in 100 steps.

    Before some of the examinations, another doctor takes over.
    """
    doctor = Doctor(ring())
    for index, distance in enumerate(course):
        if index in hand_over:
            progress = json.loads(json.dumps(doctor.get_progress()))
            doctor = Doctor(ring())
            doctor.set_progress(progress)
        seen = {
            "real_score": 0.0,
            "fake_score": 0.0,
            "score_deviation": 1.0,
            "score_order": 0.5,
            "critic_slope": 0.0,
            "sample_distance": distance,
            "nearest_sample_distance": 1.0,
            "finite": 1.0,
        }
        doctor._examine = lambda: seen
        doctor._step = diagnosis.GRACE_STEPS + 100 * (index + 1)
        doctor._look()
    return doctor


SICK, WELL = [0.01] * 5, [1.0] * 5
COURSE = SICK + SICK + WELL + WELL + SICK + SICK


def test_a_failure_is_named_again_after_it_was_over():
    doctor = examined(COURSE)
    assert names(doctor) == [failures.MODE_COLLAPSE] * 2
    assert [finding.step for finding in doctor.findings] == [1500, 3500]


def test_samples_that_ran_away_do_not_converge():
    doctor = examined([1.0, 9.0, *[50.0] * 5])
    assert names(doctor) == [failures.OSCILLATION]
    assert "have run away" in doctor.findings[0].evidence


def test_a_doctor_who_takes_over_says_the_same():
    whole = examined(COURSE)
    parts = examined(COURSE, hand_over=[3, 8, 22])
    assert parts.findings == whole.findings
    assert parts.get_progress() == whole.get_progress()


def test_logs_have_the_signs(tmp_path):
    gan = stepwise(healthy())
    gan.step.assign(0)
    doctor = Doctor(ring(), every_steps=30)
    log = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    first = signs.examination(gan, gan.unpack(doctor._data))()
    gan.fit(poisoned(None), epochs=3, verbose=0, callbacks=[doctor, log])
    lines = (tmp_path / "log.csv").read_text().splitlines()
    rows = list(csv.DictReader(lines))
    assert [row["findings"] for row in rows] == ["0"] * 3
    for name, value in doctor._examinations[-1].items():
        if name != "step":
            assert " " not in name
            column = [float(row[name]) for row in rows]
            # Of the beginning, before the first examination at step 30.
            np.testing.assert_allclose(column[0], first[name], rtol=1e-5)
            assert column[0] != column[1] or name == "finite"
            assert column[2] == value and math.isfinite(column[1])


@pytest.mark.parametrize(
    "every, step, first", [(100, 0, 100), (100, 7_250, 7_300), (30, 30, 60)]
)
def test_a_doctor_says_when_it_will_speak(capsys, every, step, first):
    gan = tiny.gan((2,))
    gan.step.assign(step)
    doctor = Doctor(ring(), every_steps=every)
    doctor.set_model(gan)
    doctor.on_train_begin()
    (line,) = capsys.readouterr().out.splitlines()
    assert f"looks every {every} steps, first after step {first:,}," in line
    assert line.endswith("in 5 looks after step 1,000.")
    assert doctor.findings == [] and doctor._examinations == []


# What it refuses.


def test_data_must_be_enough_and_whole():
    with pytest.raises(ValueError, match="at least 16 real samples.*12 in"):
        Doctor(np.zeros((12, 2)))
    with pytest.raises(ValueError, match="NaN or infinity in its first"):
        Doctor(np.full((16, 2), np.nan))
    with pytest.raises(ValueError, match="Expected a dataset, an array"):
        Doctor(iter([np.zeros((16, 2))]))
    with pytest.raises(ValueError, match="every_steps=0"):
        Doctor(np.zeros((16, 2)), every_steps=0)
    with pytest.raises(ValueError, match="Choose one"):
        Doctor(np.zeros((16, 2)), stop=True, roll_back_to=object())


def test_data_have_the_forms_that_fit_takes():
    images, labels = toys.arrays(num_batches=10)
    pairs = tf.data.Dataset.from_tensor_slices((images, labels)).batch(40)
    for data in (
        images,
        (images, labels),
        {"image": images, "label": labels},
        pairs,
        pairs.map(lambda image, label: {"image": image, "label": label}),
    ):
        kept = keras.tree.flatten(Doctor(data)._data)
        assert [len(values) for values in kept] == [32] * len(kept)
        np.testing.assert_array_equal(kept[0], images[:32])


def test_a_game_without_latents_or_on_replicas_is_refused(two_replicas):
    doctor = Doctor(np.zeros((16, 4, 4, 1)))
    doctor.set_model(keras.Sequential([keras.Input((2,)), layers.Dense(1)]))
    with pytest.raises(ValueError, match="Received: a `Sequential`"):
        doctor.on_train_begin()
    strategy = two_replicas
    with strategy.scope():
        gan = tiny.gan()
    doctor.set_model(gan)
    with pytest.raises(ValueError, match="a model of 2 replicas"):
        doctor.on_train_begin()


def test_a_model_that_is_no_game_is_refused():
    class Likelihood(keras.Model):
        def sample_prior(self, number, seed=None):
            return tf.zeros((number, 2))

    doctor = Doctor(np.zeros((16, 2), "float32"))
    doctor.set_model(Likelihood())
    with pytest.raises(ValueError, match="a `Likelihood` without fakes_like"):
        doctor.on_train_begin()
