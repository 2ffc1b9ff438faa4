"""A model of one player, as Keras users train any model."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import checks
from keras_gan_zoo.callbacks import Checkpoint
from keras_gan_zoo.models.base import AdversarialModel

ROWS = np.random.default_rng(0).uniform(-1, 1, (8, 4)).astype("float32")
NAN = np.full_like(ROWS, np.nan)


@keras.saving.register_keras_serializable("tests")
class Autoencoder(AdversarialModel):
    """One network that learns to give back what it takes."""

    def __init__(self, network, **kwargs):
        super().__init__(**kwargs)
        self.network = network

    @property
    def players(self):
        return {"autoencoder": [self.network]}

    def call(self, inputs, training=False):
        return self.network(inputs, training=training)

    def unpack(self, data):
        rows, _ = checks.samples_and_labels(data)
        return rows

    def train_step(self, data):
        self.update("autoencoder", self.unpack(data))
        return self.loss_results()

    def autoencoder_loss(self, inputs, training=True):
        outputs = self.network(inputs, training=training)
        return tf.reduce_mean((outputs - inputs) ** 2)

    def real_and_generated(self, inputs):
        return inputs, self(inputs)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {**super().get_config(), "network": serialize(self.network)}


def autoencoder(*args, **kwargs):
    network = keras.Sequential([keras.Input((4,)), layers.Dense(4)])
    model = Autoencoder(network)
    if args or kwargs:
        model.compile(*args, **kwargs)
    return model


def data(rows=ROWS):
    return tf.data.Dataset.from_tensor_slices(rows).batch(4, True)


def state_of(model):
    variables = [*model.weights, *model.optimizer.variables]
    return [variable.numpy() for variable in variables]


def assert_equal(one, two):
    for first, second in zip(state_of(one), state_of(two), strict=True):
        np.testing.assert_array_equal(first, second)


def test_its_optimizer_is_given_as_to_any_keras_model():
    adam = keras.optimizers.Adam(0.1)
    assert autoencoder(adam).optimizer is adam
    sgd = keras.optimizers.SGD(0.1)
    assert autoencoder(optimizer=sgd).optimizer is sgd
    assert isinstance(autoencoder("adam").optimizer, keras.optimizers.Adam)
    assert autoencoder("adam").optimizer.name.startswith("adam")


@pytest.mark.parametrize(
    ("args", "kwargs", "received"),
    [
        ((), {}, "none"),
        (("adam", "mse"), {}, "'adam', 'mse'"),
        (("adam",), {"loss": "mse"}, "'adam', loss='mse'"),
        ((), {"autoencoder_optimizer": "adam"}, "autoencoder_optimizer='adam'"),
    ],
)
def test_it_takes_nothing_else(args, kwargs, received):
    with pytest.raises(
        ValueError,
        match=rf"Expected: \['optimizer'\]. Received: {received}. Call "
        r"`compile\(optimizer=",
    ):
        autoencoder().compile(*args, **kwargs)


def test_its_loss_is_called_loss():
    model = autoencoder("sgd", metrics=[keras.metrics.MeanAbsoluteError("mae")])
    logs = model.fit(data(), validation_data=data(), verbose=0).history
    assert sorted(logs) == ["loss", "val_loss", "val_mae"]
    loss, error = model.evaluate(data(), verbose=0)
    expected = float(model.autoencoder_loss(ROWS, training=False))
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    assert logs["val_loss"] == [loss] and logs["val_mae"] == [error]
    assert [metric.name for metric in model.metrics] == ["loss", "mae"]


def test_its_loss_is_the_mean_over_the_epoch_and_falls():
    model = autoencoder(keras.optimizers.SGD(0.0))
    logs = model.fit(data(), verbose=0).history
    before = model.autoencoder_loss(ROWS)
    np.testing.assert_allclose(logs["loss"], before, rtol=1e-5)
    model.compile(keras.optimizers.SGD(0.1))
    model.fit(data(), verbose=0)
    assert model.autoencoder_loss(ROWS) < before


def test_rates_are_moved_by_keras_callbacks():
    model = autoencoder(keras.optimizers.SGD(0.5))
    logs = model.fit(
        data(),
        epochs=3,
        verbose=0,
        callbacks=[
            keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
            keras.callbacks.ReduceLROnPlateau(
                monitor="loss", factor=0.1, patience=1, min_delta=1e9
            ),
        ],
    ).history
    np.testing.assert_allclose(logs["learning_rate"], [0.25, 0.125, 0.00625])


def test_averaged_weights_are_swapped_in_by_keras_callback():
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    model = autoencoder(keras.optimizers.SGD(0.5, use_ema=True))
    model.fit(data(), epochs=2, verbose=0, callbacks=[swap])
    # At the end, Keras puts the averages in place.
    for weight, average in zip(
        model.trainable_weights,
        model.optimizer._model_variables_moving_average,
        strict=True,
    ):
        np.testing.assert_allclose(weight, average)
    assert model.optimizer.iterations == 4


def test_nan_ends_training_where_the_callback_is_given(capsys):
    model = autoencoder("sgd")
    stop = keras.callbacks.TerminateOnNaN()
    model.fit(data(NAN), epochs=3, verbose=0, callbacks=[stop])
    assert model.step == 1
    assert capsys.readouterr().out.count("Invalid loss") == 1


def test_nan_is_told_where_it_is_not():
    with pytest.warns(UserWarning, match="In epoch 1, loss became NaN"):
        autoencoder("sgd").fit(data(NAN), verbose=0)


def test_it_is_saved_and_loaded_compiled(tmp_path):
    model = autoencoder(keras.optimizers.Adam(0.1), run_eagerly=True)
    model.fit(data(), verbose=0)
    model.save(tmp_path / "autoencoder.keras")
    loaded = keras.models.load_model(tmp_path / "autoencoder.keras")
    assert loaded.optimizer.iterations == 2
    assert_equal(model, loaded)
    for one in (model, loaded):
        one.fit(data(), verbose=0)
    assert_equal(model, loaded)


def test_a_killed_training_resumes(tmp_path):
    def train(folder, epochs):
        keras.utils.set_random_seed(1)
        model = autoencoder(keras.optimizers.Adam(0.1))
        callback = Checkpoint(tmp_path / folder, every_steps=1)
        model.fit(data(), epochs=epochs, verbose=0, callbacks=[callback])
        return model

    train("one", 1)
    assert_equal(train("one", 2), train("another", 2))


def test_its_optimizer_is_scaled_in_half_precision():
    network = keras.Sequential(
        [keras.Input((4,)), layers.Dense(4, dtype="mixed_float16")]
    )
    model = Autoencoder(network)
    adam = keras.optimizers.Adam()
    model.compile(adam)
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert model.optimizer.inner_optimizer is adam
