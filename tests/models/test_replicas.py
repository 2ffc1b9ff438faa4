"""Games on several replicas: equal to one device, or refused."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import models, replicas
from tests import tiny
from tests.models import mechanics, toys, zoo

ONE_DEVICE = tf.distribute.get_strategy()


def sgd_model(name, **kwargs):
    model = zoo.ZOO[name].build_averaged()
    return toys.compile_with(
        model, lambda: keras.optimizers.SGD(0.02), **kwargs
    )


def dataset(name, seed=0):
    entry = zoo.ZOO[name]
    return entry.dataset(2 * entry.num_batches, seed, parts=2)


def assert_equal_logs(one, two, atol=1e-5):
    assert sorted(one) == sorted(two)
    for name, values in one.items():
        np.testing.assert_allclose(
            two[name], values, rtol=0, atol=atol, err_msg=name
        )


@mechanics.on_representatives("replicas")
def test_r06_two_replicas_train_like_one_device(name, two_replicas):
    runs = []
    for strategy in (ONE_DEVICE, two_replicas):
        keras.utils.set_random_seed(3)
        with strategy.scope():
            model = sgd_model(name)
        logs = model.fit(dataset(name), verbose=0).history
        runs.append((model, logs))
    (one, one_logs), (two, two_logs) = runs
    assert_equal_logs(one_logs, two_logs)
    # Averages, batch statistics and the states of dropout are among them.
    for expected, variable in zip(one.variables, two.variables, strict=True):
        for copy in two_replicas.experimental_local_results(variable.value):
            np.testing.assert_allclose(
                copy, expected, rtol=0, atol=1e-5, err_msg=variable.path
            )


def test_r06_two_replicas_evaluate_and_predict_like_one_device(two_replicas):
    runs = []
    for strategy in (ONE_DEVICE, two_replicas):
        keras.utils.set_random_seed(3)
        with strategy.scope():
            error = keras.metrics.MeanAbsoluteError(name="error")
            model = sgd_model("CGAN", metrics=[error])
        logs = model.fit(
            dataset("CGAN"), validation_data=dataset("CGAN", 1), verbose=0
        ).history
        report = model.evaluate(
            dataset("CGAN", seed=2), verbose=0, return_dict=True
        )
        inputs = [rows.numpy() for rows in model.sample_prior(8, seed=0)]
        samples = model.predict(inputs, batch_size=8, verbose=0)
        runs.append((logs, report, {"samples": samples}))
    assert {"val_error", "val_generator_loss"} <= set(runs[0][0])
    for one, two in zip(*runs):
        assert_equal_logs(one, two)


def test_tensorflows_own_reductions_serve_too(monkeypatch):
    monkeypatch.setattr(replicas, "_collective_strategies", [])
    runs = []
    # The first of this process whose collectives run: see replicas.py.
    mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    for strategy in (ONE_DEVICE, mirrored):
        keras.utils.set_random_seed(3)
        with strategy.scope():
            model = sgd_model("DCGAN")
        logs = model.fit(dataset("DCGAN"), verbose=0).history
        runs.append((logs, dict(enumerate(model.get_weights()))))
    for one, two in zip(*runs):
        assert_equal_logs(one, two)


def test_two_replicas_train_in_half_precision(two_replicas):
    runs = []
    keras.config.set_dtype_policy("mixed_float16")
    try:
        for strategy in (ONE_DEVICE, two_replicas):
            keras.utils.set_random_seed(3)
            with strategy.scope():
                model = sgd_model("DCGAN")
            logs = model.fit(dataset("DCGAN"), verbose=0).history
            runs.append((logs, dict(enumerate(model.get_weights()))))
    finally:
        keras.config.set_dtype_policy("float32")
    for one, two in zip(*runs):  # Sums in half precision round otherwise.
        assert_equal_logs(one, two, atol=1e-3)


def test_two_strategies_with_collectives_are_refused(monkeypatch):
    monkeypatch.setattr(replicas, "_collective_strategies", [])
    first, second = (
        tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]) for _ in range(2)
    )
    for strategy in (first, first):
        with strategy.scope():
            tiny.gan()
    with second.scope(), pytest.raises(ValueError, match="ReductionToOneDev"):
        tiny.gan()


def optimizers(**kwargs):
    return {
        f"{player}_optimizer": keras.optimizers.SGD(0.1, **kwargs)
        for player in ("generator", "discriminator")
    }


@pytest.mark.parametrize(
    "options", [{"jit_compile": True}, {"steps_per_execution": 2}]
)
def test_r21_what_tensorflow_cannot_combine_is_refused(two_replicas, options):
    with two_replicas.scope():
        model = tiny.gan()
        with pytest.raises(ValueError, match="can't combine"):
            model.compile(**optimizers(), **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gradient_accumulation_steps": 2}, "gradient_accumulation_steps=2"),
        ({"clipnorm": 1.0}, "clipnorm=1.0 and 2 replicas"),
        ({"clipvalue": 0.5}, "clipvalue=0.5"),
        ({"global_clipnorm": 1.0}, "global_clipnorm=1.0"),
    ],
)
def test_r21_optimizers_that_count_replicas_are_refused(
    two_replicas, options, message
):
    tiny.gan().compile(**optimizers(**options))  # On one device they serve.
    with two_replicas.scope():
        model = tiny.gan()
        with pytest.raises(ValueError, match=message):
            model.compile(**optimizers(**options))
        scaled = {
            name: keras.optimizers.LossScaleOptimizer(optimizer)
            for name, optimizer in optimizers(**options).items()
        }
        with pytest.raises(ValueError, match=message):
            model.compile(**scaled)


def test_r21_strategies_that_are_not_tested_are_refused():
    strategy = tf.distribute.experimental.CentralStorageStrategy(
        compute_devices=["CPU:0", "CPU:1"], parameter_device="CPU:0"
    )
    with strategy.scope():
        with pytest.raises(ValueError, match="CentralStorageStrategy. Use one"):
            tiny.gan()


def test_one_device_by_name_is_one_device():
    with tf.distribute.OneDeviceStrategy("CPU:1").scope():
        model = tiny.gan()
        model.compile(**optimizers(clipnorm=1.0))
    model.fit(tiny.dataset(), verbose=0)
    assert "CPU:1" in model.generator.trainable_variables[0].value.device


def test_r21_all_is_made_in_one_scope(two_replicas):
    refused = pytest.raises(ValueError, match="under one strategy. Received: ")
    outside = tiny.gan()
    outer_optimizers = optimizers()
    with two_replicas.scope():
        inside = tiny.gan()
        inner_optimizers = optimizers()
        with refused:
            outside.compile(**optimizers())
        with refused:
            outside.fit(tiny.dataset(), verbose=0)
        with refused:
            inside.compile(**outer_optimizers)
        with refused:
            models.VanillaGAN(
                outside.generator, inside.discriminator, tiny.LATENT_DIM
            ).compile(**inner_optimizers)
    with refused:
        inside.compile(**optimizers())
    with refused:
        outside.compile(**inner_optimizers)


def test_a_batch_is_of_equal_parts(two_replicas):
    with two_replicas.scope():
        model = tiny.gan()
    images = np.resize(np.linspace(-1, 1, 7), (7, 4, 4, 1)).astype("float32")
    data = tf.data.Dataset.from_tensor_slices(images)
    with pytest.raises(ValueError, match="a batch of 3 and 2 replicas"):
        model.fit(data.batch(3, drop_remainder=True), verbose=0)
    with pytest.raises(ValueError, match="a batch of 3 and 2 replicas"):
        model.evaluate(images, batch_size=3, verbose=0)
    with pytest.raises(ValueError, match="Replicas need parts of equal size"):
        model.fit(data.batch(4), verbose=0)


def test_one_process_is_the_chief(two_replicas):
    for strategy in (ONE_DEVICE, two_replicas):
        assert replicas.is_chief(strategy)


def test_a_mean_over_replicas_has_no_gradient_and_a_sum_has(two_replicas):
    @tf.function
    def means_and_sums(value):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(value)
            mean, total = replicas.mean(value), replicas.sum(value)
        slope = tape.gradient(mean, value, unconnected_gradients="zero")
        return mean, slope, total, tape.gradient(total, value)

    values = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.constant(1.0 + 2 * context.replica_id_in_sync_group)
    )
    found = two_replicas.run(means_and_sums, (values,))
    for value, expected in zip(found, [2.0, 0.0, 4.0, 2.0]):
        parts = two_replicas.experimental_local_results(value)
        np.testing.assert_array_equal(parts, [expected, expected])
