"""What the base classes do for all models, on those that stand for all."""

import subprocess
import sys

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo.export import export_generator
from keras_gan_zoo.images import unit_to_uint8
from tests.models import mechanics, toys, zoo
from tests.models.played import equal


@mechanics.on_representatives("XLA")
def test_three_steps_under_explicit_xla(name):
    entry = zoo.ZOO[name]
    keras.utils.set_random_seed(1)
    model = toys.compile_model(entry.build(), jit_compile=True)
    steps = 3 * entry.stages
    logs = model.fit(entry.dataset(steps), verbose=0).history
    assert model.jit_compile is True
    assert all(np.isfinite(values).all() for values in logs.values())
    assert model.step == steps


@mechanics.on_representatives("callbacks of learning rates")
def test_learning_rate_callbacks_reach_every_optimizer(name):
    entry = zoo.ZOO[name]
    model = toys.compile_model(entry.build(), run_eagerly=True)
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    model.fit(entry.dataset(1), verbose=0, callbacks=[halve])
    for player in model.players:
        optimizer = model.optimizer_of(player)
        np.testing.assert_allclose(float(optimizer.learning_rate), 5e-4)
    assert len(toys.optimizers_of(model)) == len(model.players)


@mechanics.on_representatives("export to files")
def test_export_equals_call(name, tmp_path):
    model = zoo.ZOO[name].build_averaged()
    mechanics.require(model, "generate")
    kind = model.kind
    served_model = tf.saved_model.load(export_generator(model, tmp_path))
    served = served_model.signatures["serving_default"]
    names = ["latents", "labels"] if zoo.ZOO[name].conditional else ["latents"]
    _, inputs = served.structured_input_signature
    assert sorted(inputs) == sorted(names)
    assert list(served.structured_outputs) == [kind.name]
    prior = tf.nest.flatten(model.sample_prior(3, seed=0))
    samples = served(**dict(zip(names, prior)))[kind.name]
    expected = kind.to_served(model.generate(3, seed=0))
    np.testing.assert_allclose(samples, expected, atol=1e-6)
    assert samples.dtype == tf.float32
    # What is drawn of a seed follows the model's own prior.
    seeds = tf.constant([4, 7], tf.int64)
    drawn = served_model.signatures["prior"](seeds=seeds)
    assert sorted(drawn) == sorted(names)
    inputs = {"seeds": seeds, **{key: drawn[key] for key in names[1:]}}
    sampled = served_model.signatures["sample"](**inputs)[kind.name]
    expected = [
        kind.to_served(model.generate(1, seed=seed))[0] for seed in (4, 7)
    ]
    np.testing.assert_allclose(sampled, expected, atol=1e-6)
    if "sample_png" in served_model.signatures:
        png = served_model.signatures["sample_png"](**inputs)["png_bytes"][1]
        np.testing.assert_array_equal(
            tf.io.decode_png(png), unit_to_uint8(sampled[1])
        )


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


@mechanics.on_all_representatives_at_once("fresh process")
def test_a_fresh_process_goes_on_as_if_nothing_had_been_saved(names, tmp_path):
    expected = {}
    for name in names:
        entry = zoo.ZOO[name]
        keras.utils.set_random_seed(1)
        model = toys.compile_model(entry.build_averaged(), run_eagerly=True)
        model.fit(entry.dataset(1), verbose=0)
        model.save(tmp_path / f"{name}.keras")
        arrays = entry.arrays(1, seed=1)
        np.savez(tmp_path / f"{name}.data.npz", *arrays)
        model.fit(
            *arrays, batch_size=entry.batch_size, shuffle=False, verbose=0
        )
        expected[name] = model.get_weights()
    subprocess.run(
        [sys.executable, "-c", FRESH_PROCESS, str(tmp_path)], check=True
    )
    for name, weights in expected.items():
        after = np.load(tmp_path / f"{name}.after.npz")
        assert equal(weights, [after[key] for key in after.files]), name
