"""What must hold for every model of the zoo, on small networks."""

import functools
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import averages
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.images import to_unit, unit_to_uint8
from tests import graphs
from tests.models import toys, zoo

# Each model is traced once, and its tests go to the same worker.
EVERY_MODEL = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xdist_group(name))
        for name in zoo.ZOO
    ],
)

UNORDERED = {}  # Reads and writes in the graphs of `fitted`.


@functools.cache
def fitted(name):
    """Returns a model after one epoch, its data and the epoch's logs."""
    keras.utils.set_random_seed(1)
    model = toys.compile_model(zoo.ZOO[name].build(average=averages.EMA(0.9)))
    model.train_step = counted(model.train_step)
    data = batches(name)
    with graphs.optimized() as found:
        logs = model.fit(data, verbose=0).history
    UNORDERED[name] = [
        pair for graph in found for pair in graphs.unordered(graph)
    ]
    return model, data, logs


def counted(function):
    """Returns a function with the number of its calls as `calls`."""

    def counting(*args):
        counting.calls += 1
        return function(*args)

    counting.calls = 0
    return counting


def batches(name, form=lambda images, labels: (images, labels), seed=0):
    entry = zoo.ZOO[name]
    images, labels = toys.arrays(num_batches=2, steps=entry.steps, seed=seed)
    return (
        tf.data.Dataset.from_tensor_slices((images, labels))
        .map(form)
        .batch(toys.BATCH_SIZE * entry.steps, drop_remainder=True)
    )


def first(name, model):
    return model.unpack(next(iter(batches(name))))


def weights_of(networks):
    return [w.numpy().copy() for net in networks for w in net.weights]


def equal(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


@EVERY_MODEL
def test_fit_reports_a_finite_loss_for_each_player(name):
    model, _, logs = fitted(name)
    assert {f"{player}_loss" for player in model.players} <= set(logs)
    assert "loss" not in logs
    assert all(np.isfinite(values).all() for values in logs.values())


@EVERY_MODEL
def test_training_traces_a_step_once(name):
    model, data, _ = fitted(name)
    weights = model.get_weights()
    model.fit(data, verbose=0)
    model.set_weights(weights)
    assert model.train_step.calls == 1


@EVERY_MODEL
def test_reads_and_writes_of_a_variable_have_an_order(name):
    fitted(name)
    assert UNORDERED[name] == []


@EVERY_MODEL
def test_fit_takes_pairs_dictionaries_and_images(name):
    entry = zoo.ZOO[name]
    forms = [lambda images, labels: {"image": images, "label": labels}]
    if not entry.conditional:
        forms.append(lambda images, labels: images)
    runs = []
    for form in [lambda images, labels: (images, labels), *forms]:
        keras.utils.set_random_seed(2)
        model = toys.compile_model(entry.build(), run_eagerly=True)
        model.fit(batches(name, form).take(1), verbose=0)
        runs.append(model.get_weights())
    for run in runs[1:]:
        assert equal(runs[0], run)


@EVERY_MODEL
def test_fit_takes_arrays(name):
    entry = zoo.ZOO[name]
    model = toys.compile_model(entry.build(), run_eagerly=True)
    images, labels = toys.arrays(num_batches=1, steps=entry.steps)
    arrays = (images, labels) if entry.conditional else (images,)
    model.fit(*arrays, batch_size=len(images), verbose=0)
    assert model.step == 1


@EVERY_MODEL
def test_a_move_moves_its_player_only(name):
    model = toys.compile_model(zoo.ZOO[name].build(), run_eagerly=True)
    inputs = first(name, model)
    inputs = model.discriminator_batches(inputs)[0]
    for player in model.players:
        before = {p: weights_of(nets) for p, nets in model.players.items()}
        others = [
            variable
            for other in model.players
            if other != player
            for variable in model.optimizer_of(other).variables
        ]
        optimizers_before = [v.numpy() for v in others]
        model.update(player, inputs)
        for other, networks in model.players.items():
            unmoved = equal(before[other], weights_of(networks))
            assert unmoved == (other != player), (player, other)
        assert equal(optimizers_before, [v.numpy() for v in others])


@EVERY_MODEL
def test_batch_statistics_move_in_training_and_not_in_evaluation(name):
    model, data, _ = fitted(name)
    statistics = [
        weight
        for networks in model.players.values()
        for network in networks
        for weight in network.non_trainable_weights
    ]
    fresh = [0.0 if "mean" in weight.path else 1.0 for weight in statistics]
    for weight, initial in zip(statistics, fresh):
        assert np.abs(weight.numpy() - initial).max() > 0, weight.path
    before = [weight.numpy() for weight in model.weights]
    first_report = model.evaluate(data, verbose=0, return_dict=True)
    second_report = model.evaluate(data, verbose=0, return_dict=True)
    assert first_report == second_report  # The same latents each time.
    counter = [w is model.evaluation_step for w in model.weights].index(True)
    after = [weight.numpy() for weight in model.weights]
    del before[counter], after[counter]
    assert equal(before, after)


@EVERY_MODEL
def test_evaluate_reports_what_fit_reports_and_metrics_compare(name):
    model, data, logs = fitted(name)
    report = model.evaluate(data, verbose=0, return_dict=True)
    assert sorted(report) == sorted(logs)
    assert np.isfinite(list(report.values())).all()


@EVERY_MODEL
def test_metrics_see_real_and_generated_samples(name):
    model = zoo.ZOO[name].build()
    error = keras.metrics.MeanAbsoluteError(name="error")
    toys.compile_model(model, metrics=[error], run_eagerly=True)
    logs = model.fit(batches(name).take(1), verbose=0).history
    assert "error" not in logs
    report = model.evaluate(batches(name), verbose=0, return_dict=True)
    assert 0.0 < report["error"] < 2.0


@EVERY_MODEL
def test_predict_generate_and_call_agree_and_use_the_average(name):
    model, _, _ = fitted(name)
    inputs = model.sample_prior(4, seed=3)
    samples = model(inputs, training=False)
    expected = model.ema_generator(inputs, training=False)
    np.testing.assert_array_equal(samples, expected)
    np.testing.assert_array_equal(samples, model.generate(4, seed=3))
    keras_inputs = keras.tree.map_structure(np.asarray, inputs)
    predicted = model.predict(keras_inputs, batch_size=4, verbose=0)
    np.testing.assert_allclose(predicted, samples, atol=1e-6)
    raw = model.generator(inputs, training=False)
    assert np.abs(samples - raw).max() > 0
    assert samples.shape == (4, *toys.IMAGE_SHAPE)
    assert np.abs(samples).max() <= 1.0


@EVERY_MODEL
def test_seeds_decide_the_samples(name):
    model, _, _ = fitted(name)
    samples = model.generate(4, seed=3).numpy()
    assert not np.array_equal(samples, model.generate(4, seed=4))
    assert not np.array_equal(model.generate(4), model.generate(4))


@EVERY_MODEL
def test_summary_counts_the_networks(name):
    model, _, _ = fitted(name)
    lines = []
    model.summary(print_fn=lines.append)
    number = model.generator.count_params()
    assert f"{number:,}" in "\n".join(lines)


@EVERY_MODEL
def test_learning_rate_callbacks_reach_every_optimizer(name):
    model = toys.compile_model(zoo.ZOO[name].build(), run_eagerly=True)
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    model.fit(batches(name).take(1), verbose=0, callbacks=[halve])
    for player in model.players:
        optimizer = model.optimizer_of(player)
        np.testing.assert_allclose(float(optimizer.learning_rate), 5e-4)
    assert len(model.optimizer.optimizers) == len(model.players)


@EVERY_MODEL
def test_graph_and_eager_steps_agree(name):
    runs = []
    for run_eagerly in (False, True):
        keras.utils.set_random_seed(5)
        model = zoo.ZOO[name].build()
        toys.compile_model(model, run_eagerly=run_eagerly)
        logs = model.fit(batches(name), verbose=0).history
        runs.append(logs)
    for key, values in runs[0].items():
        np.testing.assert_allclose(values, runs[1][key], rtol=2e-3, atol=2e-3)


@EVERY_MODEL
def test_three_steps_under_explicit_xla(name):
    keras.utils.set_random_seed(1)
    model = zoo.ZOO[name].build()
    toys.compile_model(model, jit_compile=True)
    logs = model.fit(batches(name).repeat().take(3), verbose=0).history
    assert model.jit_compile is True
    assert all(np.isfinite(values).all() for values in logs.values())
    assert model.step == 3


@EVERY_MODEL
def test_export_equals_call(name, tmp_path):
    model, _, _ = fitted(name)
    path = export_generator(model, tmp_path)
    served_model = tf.saved_model.load(str(path))
    served = served_model.signatures["serving_default"]
    names = ["latents", "labels"] if zoo.ZOO[name].conditional else ["latents"]
    _, inputs = served.structured_input_signature
    assert sorted(inputs) == sorted(names)
    assert list(served.structured_outputs) == ["images"]
    prior = model.sample_prior(3, seed=0)
    prior = prior if isinstance(prior, tuple) else (prior,)
    images = served(**dict(zip(names, prior)))["images"]
    expected = to_unit(model.generate(3, seed=0))
    np.testing.assert_allclose(images, expected, atol=1e-6)
    assert images.dtype == tf.float32
    # What is drawn of a seed follows the model's own prior.
    seeds = tf.constant([4, 7], tf.int64)
    drawn = served_model.signatures["prior"](seeds=seeds)
    assert sorted(drawn) == sorted(names)
    inputs = {"seeds": seeds, **{key: drawn[key] for key in names[1:]}}
    sampled = served_model.signatures["sample"](**inputs)["images"]
    expected = [to_unit(model.generate(1, seed=seed))[0] for seed in (4, 7)]
    np.testing.assert_allclose(sampled, expected, atol=1e-6)
    png = served_model.signatures["sample_png"](**inputs)["png_bytes"][1]
    np.testing.assert_array_equal(
        tf.io.decode_png(png), unit_to_uint8(sampled[1])
    )


@EVERY_MODEL
def test_save_and_load_keep_everything_that_training_needs(name, tmp_path):
    keras.utils.set_random_seed(1)
    model = zoo.ZOO[name].build(average=averages.EMA(0.9))
    toys.compile_model(model, run_eagerly=True)
    model.fit(batches(name).take(1), verbose=0)
    model.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert type(loaded) is type(model)
    for one in (model, loaded):
        one.fit(batches(name, seed=1).take(1), verbose=0)
    assert equal(model.get_weights(), loaded.get_weights())
    for player in model.players:
        optimizers = [one.optimizer_of(player) for one in (model, loaded)]
        values = [[v.numpy() for v in one.variables] for one in optimizers]
        assert equal(*values)


@EVERY_MODEL
def test_weights_alone_carry_the_training_state_too(name, tmp_path):
    keras.utils.set_random_seed(1)
    build = zoo.ZOO[name].build
    model = toys.compile_model(
        build(average=averages.EMA(0.9)), run_eagerly=True
    )
    model.fit(batches(name).take(1), verbose=0)
    model.save_weights(tmp_path / "gan.weights.h5")
    other = toys.compile_model(
        build(average=averages.EMA(0.9)), run_eagerly=True
    )
    other.load_weights(tmp_path / "gan.weights.h5")
    for one in (model, other):
        one.fit(batches(name, seed=1).take(1), verbose=0)
    assert equal(model.get_weights(), other.get_weights())


# The last bits of sums depend on the number of threads: see conftest.py.
FRESH_PROCESS = """
import pathlib, sys
import keras
import numpy as np
import tensorflow as tf
import keras_gan_zoo.models
tf.config.threading.set_intra_op_parallelism_threads(1)
folder = pathlib.Path(sys.argv[1])
for path in sorted(folder.glob("*.keras")):
    model = keras.models.load_model(path)
    data = np.load(path.with_suffix(".data.npz"))
    arrays = [data[key] for key in data.files]
    model.fit(*arrays, batch_size=len(arrays[0]), shuffle=False, verbose=0)
    np.savez(path.with_suffix(".after.npz"), *model.get_weights())
"""


def test_a_fresh_process_goes_on_as_if_nothing_had_been_saved(tmp_path):
    expected = {}
    for name, entry in zoo.ZOO.items():
        keras.utils.set_random_seed(1)
        model = entry.build(average=averages.EMA(0.9))
        toys.compile_model(model, run_eagerly=True)
        model.fit(batches(name).take(1), verbose=0)
        model.save(tmp_path / f"{name}.keras")
        images, labels = toys.arrays(num_batches=1, steps=entry.steps, seed=1)
        arrays = (images, labels) if entry.conditional else (images,)
        np.savez(tmp_path / f"{name}.data.npz", *arrays)
        model.fit(*arrays, batch_size=len(images), shuffle=False, verbose=0)
        expected[name] = model.get_weights()
    subprocess.run(
        [sys.executable, "-c", FRESH_PROCESS, str(tmp_path)], check=True
    )
    for name, weights in expected.items():
        after = np.load(tmp_path / f"{name}.after.npz")
        assert equal(weights, [after[key] for key in after.files]), name
