"""A plain `ConditionalGAN` with each kind of condition."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan_zoo.callbacks import Checkpoint, SampleGrid
from keras_gan_zoo.conditions import Label, Labels, Vector
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.models.base import ConditionalGAN
from keras_gan_zoo.serving.facts import read_facts

SHAPE = (4, 4, 1)
EACH = pytest.mark.parametrize(
    "condition",
    [Label(3), Labels(3, ["a", "b", "c"]), Vector(1, 0.0, 2.0), Vector(2)],
    ids=["label", "labels", "number", "vector"],
)


def gan(condition, **kwargs):
    def told():
        if isinstance(condition, Label):
            given = keras.Input((), dtype="int32")
            return given, keras.layers.Embedding(3, 4)(given)
        given = keras.Input((condition.size,))
        return given, keras.layers.Dense(4)(given)

    latents, (given, code) = keras.Input((2,)), told()
    x = keras.layers.Concatenate()([latents, code])
    x = keras.layers.Dense(16, "tanh")(x)
    generator = keras.Model([latents, given], keras.layers.Reshape(SHAPE)(x))
    samples, (given, code) = keras.Input(SHAPE), told()
    x = keras.layers.Concatenate()([keras.layers.Flatten()(samples), code])
    discriminator = keras.Model([samples, given], keras.layers.Dense(1)(x))
    model = ConditionalGAN(
        generator, discriminator, 2, condition=condition, **kwargs
    )
    model.compile(
        generator_optimizer=keras.optimizers.Adam(0.01),
        discriminator_optimizer=keras.optimizers.Adam(0.01),
    )
    return model


def arrays(condition, number=8):
    rng = np.random.default_rng(0)
    samples = rng.uniform(-1, 1, (number, *SHAPE)).astype("float32")
    return samples, condition.draw(number, tf.constant([0, 1], "int64")).numpy()


def state_of(model):
    variables = [*model.weights, *model.optimizer.variables]
    return [variable.numpy() for variable in variables]


@EACH
def test_it_trains_resumes_and_generates(condition, tmp_path):
    samples, values = arrays(condition)

    def train(folder, epochs):
        keras.utils.set_random_seed(1)
        model = gan(condition)
        before = model.get_weights()
        data = tf.data.Dataset.from_tensor_slices((samples, values))
        logs = model.fit(
            data.batch(4, drop_remainder=True),
            epochs=epochs,
            verbose=0,
            callbacks=[
                Checkpoint(tmp_path / folder, every_steps=1),
                SampleGrid(tmp_path / f"{folder}_grid", columns=2),
            ],
        ).history
        assert np.isfinite(logs["generator_loss"]).all()
        assert not np.array_equal(before[-1], model.get_weights()[-1])
        return model

    train("one", 1)
    resumed, whole = train("one", 2), train("another", 2)
    for one, two in zip(state_of(resumed), state_of(whole), strict=True):
        np.testing.assert_array_equal(one, two)
    with Image.open(tmp_path / "one_grid" / "epoch_0002.png") as picture:
        assert picture.height > 8

    given = values[:3]
    same = resumed.generate(3, seed=0, labels=given)
    assert same.shape == (3, *SHAPE)
    latents, _ = resumed.sample_prior(3, seed=0)
    np.testing.assert_allclose(
        same,
        resumed.generator((latents, tf.constant(given)), training=False),
        atol=1e-6,
    )
    assert resumed.generate(2).shape == (2, *SHAPE)


@EACH
def test_it_is_saved_and_exported(condition, tmp_path):
    model = gan(condition)
    model.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.condition.get_config() == condition.get_config()
    np.testing.assert_array_equal(
        model.generate(3, seed=1), loaded.generate(3, seed=1)
    )
    path = export_generator(model, tmp_path / "served")
    assert condition.facts().items() <= read_facts(path).items()
    served = tf.saved_model.load(path)
    sample = served.signatures["sample"]
    _, values = arrays(condition, 3)
    name = condition.serving_input().name
    seeds = tf.constant([1, 2, 3], tf.int64)
    images = sample(seeds=seeds, **{name: tf.constant(values)})["images"]
    assert images.shape == (3, *SHAPE)
    wrong = tf.constant(values + values.dtype.type(7))
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be"):
        sample(seeds=seeds, **{name: wrong})


def test_what_warms_up_is_within_the_bounds(tmp_path):
    logs = pytest.importorskip("tensorflow_serving.apis.prediction_log_pb2")
    path = export_generator(gan(Vector(2, 1.0, 3.0)), tmp_path)
    served = tf.saved_model.load(path).signatures
    file = path / "assets.extra" / "tf_serving_warmup_requests"
    told = set()
    for record in tf.data.TFRecordDataset(str(file)):
        log = logs.PredictionLog.FromString(record.numpy())
        request = log.predict_log.request
        inputs = {k: tf.make_ndarray(v) for k, v in request.inputs.items()}
        # TensorFlow Serving serves no version that refuses one of these.
        served[request.model_spec.signature_name](
            **{k: tf.constant(v) for k, v in inputs.items()}
        )
        told |= {*np.ravel(inputs.get("attributes", []))}
    assert told == {1.0}


@EACH
def test_data_of_another_kind_are_refused(condition):
    samples, values = arrays(condition)
    model = gan(condition)
    before = state_of(model)
    with pytest.raises(ValueError, match="Received"):
        model.fit(samples, values + 7, batch_size=4, verbose=0)
    with pytest.raises(ValueError, match="Received"):
        model.generate(8, labels=values + 7)
    for one, two in zip(before, state_of(model), strict=True):
        np.testing.assert_array_equal(one, two)


def test_networks_of_another_condition_are_refused():
    networks = gan(Vector(2))
    model = ConditionalGAN(
        networks.generator, networks.discriminator, 2, condition=Labels(3)
    )
    with pytest.raises(ValueError, match=r"shape \(None, 3\). Received.* 2\)"):
        model.check_networks()


def test_a_number_of_classes_is_short_for_a_label():
    networks = gan(Label(3))
    model = ConditionalGAN(
        networks.generator,
        networks.discriminator,
        2,
        num_classes=3,
        class_names=["a", "b", "c"],
    )
    assert type(model.condition) is Label
    assert model.condition.get_config() == {
        "num_classes": 3,
        "names": ["a", "b", "c"],
    }
    for both in ({"num_classes": 3, "condition": Label(3)}, {}):
        with pytest.raises(ValueError, match="Samples have one condition"):
            ConditionalGAN(
                networks.generator, networks.discriminator, 2, **both
            )
