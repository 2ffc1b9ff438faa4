"""What `fit()`, `compile()`, `generate()` and their like take and refuse."""

import functools
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import averages, models
from tests import tiny
from tests.models import toys, zoo

IMAGES = np.resize(np.linspace(-1, 1, 7, dtype="float32"), (8, 4, 4, 1))
LARGE = np.tile(IMAGES, (1, 2, 2, 1))  # As the networks of the zoo take.
LABELS = np.arange(8, dtype="int32") % tiny.NUM_CLASSES


def gan(**kwargs):
    """Returns a GAN whose steps run at once, without a trace."""
    return recompiled(tiny.gan(**kwargs))


def conditional_gan():
    return recompiled(tiny.conditional_gan())


def recompiled(model, **kwargs):
    model.compile(
        generator_optimizer=keras.optimizers.SGD(0.1),
        discriminator_optimizer=keras.optimizers.SGD(0.1),
        run_eagerly=True,
        **kwargs,
    )
    return model


def batches(*arrays, size=2):
    data = arrays if len(arrays) > 1 else arrays[0]
    return tf.data.Dataset.from_tensor_slices(data).batch(
        size, drop_remainder=True
    )


class PyData(keras.utils.PyDataset):
    def __init__(self, *arrays, size=2):
        super().__init__()
        self.arrays, self.size = arrays, size

    def __len__(self):
        return -(-len(self.arrays[0]) // self.size)

    def __getitem__(self, index):
        rows = slice(self.size * index, self.size * (index + 1))
        return tuple(array[rows] for array in self.arrays)


def generator_of(*arrays, size=2):
    yield from PyData(*arrays, size=size)


def refused(model, message, call):
    """Checks that a call is refused before anything has moved."""
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        call(model)
    assert model.step == 0
    for old, new in zip(before, model.get_weights()):
        np.testing.assert_array_equal(old, new)


WEIGHTS = np.ones(8, "float32")


@pytest.mark.parametrize(
    "call",
    [
        lambda gan: gan.fit(IMAGES, LABELS, class_weight={0: 0.0}),
        lambda gan: gan.fit(IMAGES, LABELS, sample_weight=WEIGHTS),
        lambda gan: gan.fit((IMAGES, LABELS, WEIGHTS)),
        lambda gan: gan.fit(batches(IMAGES, LABELS, WEIGHTS)),
        lambda gan: gan.fit(PyData(IMAGES, LABELS, WEIGHTS)),
        lambda gan: gan.fit(generator_of(IMAGES, LABELS, WEIGHTS)),
        lambda gan: gan.fit(
            IMAGES, batch_size=2, validation_data=(IMAGES, LABELS, WEIGHTS)
        ),
        lambda gan: gan.evaluate(IMAGES, LABELS, sample_weight=WEIGHTS),
        lambda gan: gan.train_on_batch(IMAGES, LABELS, WEIGHTS),
        lambda gan: gan.train_on_batch(IMAGES, LABELS, class_weight={0: 0.0}),
        lambda gan: gan.test_on_batch(IMAGES, LABELS, WEIGHTS),
    ],
)
def test_weights_of_samples_are_refused(call):
    refused(gan(), "weighs all samples alike.*sample_from_datasets", call)


def last_row(array, value):
    changed = array.copy()
    changed[-1] = value
    return changed


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (last_row(IMAGES, np.nan), LABELS, "must be finite"),
        (last_row(IMAGES, -np.inf), LABELS, "must be finite"),
        (last_row(IMAGES, 200.0), LABELS, "to 200.0"),
        (IMAGES, last_row(LABELS, tiny.NUM_CLASSES), "from 0 to 2.*to 3"),
        (IMAGES, last_row(LABELS, -1), "from 0 to 2.*from -1"),
    ],
)
def test_arrays_are_looked_at_to_their_end(x, y, message):
    for arrays in [(x, y), ({"image": x, "label": y},), ((x, tf.constant(y)),)]:
        refused(
            conditional_gan(),
            message,
            lambda gan: gan.fit(*arrays, batch_size=2),
        )
    refused(
        conditional_gan(),
        message,
        lambda gan: gan.fit(
            IMAGES, LABELS, batch_size=2, validation_data=(x, y)
        ),
    )


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.uint8(127 * IMAGES + 128), "dtype uint8"),
        (127.5 * IMAGES + 127.5, "to 255.0"),
        (IMAGES / 2 + 0.5, r"all in \[0, 1\]"),
    ],
)
def test_generators_and_single_batches_are_looked_at(images, message):
    for call in [
        lambda gan: gan.fit(generator_of(images, size=8), steps_per_epoch=1),
        lambda gan: gan.fit(
            generator_of(IMAGES),
            steps_per_epoch=2,
            validation_data=generator_of(images, size=8),
            validation_steps=1,
        ),
        lambda gan: gan.train_on_batch(images),
        lambda gan: gan.test_on_batch(images),
    ]:
        refused(gan(), message, call)


class Frame:
    """What becomes an array, as tables and the arrays of others do."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return self.values


FORMS = {
    "arrays": lambda x, y: ((x, y), {"batch_size": 2}),
    "by position": lambda x, y: ((x, y, 2), {}),
    "a pair": lambda x, y: (((x, y),), {"batch_size": 2}),
    "a list of labels": lambda x, y: ((x, y.tolist(), 2), {}),
    "a column": lambda x, y: ((x, y[:, None], 2), {}),
    "tables": lambda x, y: ((Frame(x), Frame(y), 2), {}),
    "by steps": lambda x, y: ((x, y), {"steps_per_epoch": 2}),
    "columns in batches": lambda x, y: ((batches(x, y[:, None]),), {}),
    "a PyDataset": lambda x, y: ((PyData(x, y),), {}),
    "a generator": lambda x, y: ((generator_of(x, y),), {"steps_per_epoch": 2}),
    "unknown shapes": lambda x, y: (
        (
            tf.data.Dataset.from_generator(
                lambda: generator_of(x, y[:, None]),
                output_signature=(
                    tf.TensorSpec(None, "float32"),
                    tf.TensorSpec(None, "int32"),
                ),
            ),
        ),
        {},
    ),
}


@functools.cache
def trained(form=None):
    """Returns the weights after two steps on data of a form, or of batches."""
    keras.utils.set_random_seed(1)
    model = conditional_gan()
    args, kwargs = (batches(IMAGES[:4], LABELS[:4]),), {}
    if form is not None:
        args, kwargs = FORMS[form](IMAGES[:4], LABELS[:4])
    model.fit(*args, shuffle=False, verbose=0, **kwargs)
    assert model.step == 2
    return model.get_weights()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.filterwarnings("ignore:The last batch may be smaller")
@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_data_of_every_form_train_alike(form):
    for value, weight in zip(trained(), trained(form), strict=True):
        np.testing.assert_array_equal(value, weight)


@pytest.mark.parametrize("name", ["CGAN", "ACGAN"])
def test_labels_may_be_bytes(name):
    model = toys.compile_model(zoo.ZOO[name].build(), run_eagerly=True)
    images, labels = toys.arrays(num_batches=1)
    model.fit(images, labels.astype("uint8")[:, None], 4, verbose=0)
    model.evaluate(images, labels.astype("uint16"), 4, verbose=0)
    assert model.step == 1


@pytest.mark.filterwarnings("ignore:The last batch may be smaller")
@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_sides_that_are_unknown_are_those_of_the_network():
    data = tf.data.Dataset.from_generator(
        lambda: generator_of(LARGE),
        output_signature=(tf.TensorSpec((None, None, None, 1), "float32"),),
    )
    model = toys.compile_model(zoo.ZOO["DRAGAN"].build())
    model.fit(data, epochs=2, verbose=0)
    # The ends of an epoch, which the data did not tell, are no steps.
    counters = [o.iterations for o in model.optimizer.optimizers]
    assert [int(counter) for counter in [model.step, *counters]] == [8, 8, 8]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda gan: gan.fit(None), "Expected data"),
        (lambda gan: gan.fit(IMAGES[:0]), "at least one sample"),
        (lambda gan: gan.fit(generator_of(IMAGES[:0])), "yields nothing"),
        (lambda gan: gan.fit(IMAGES, batch_size=0), "batch_size=0"),
        (lambda gan: gan.fit(IMAGES, batch_size=2.5), "batch_size=2.5"),
        (lambda gan: gan.fit(IMAGES, steps_per_epoch=0), "steps_per_epoch=0"),
        (lambda gan: gan.fit(IMAGES, epochs=1.5), "epochs=1.5"),
        (lambda gan: gan.fit(batches(IMAGES), batch_size=4), "Only arrays are"),
        (lambda gan: gan.fit(PyData(IMAGES), None, 4), "Only arrays are"),
        (
            lambda gan: gan.fit(batches(IMAGES).repeat()),
            "`steps_per_epoch`, or the epoch would never end",
        ),
        (
            lambda gan: gan.fit(
                IMAGES, None, 2, validation_data=batches(IMAGES).repeat()
            ),
            "`validation_steps`, or the epoch would never end",
        ),
        (
            lambda gan: gan.evaluate(batches(IMAGES).repeat()),
            "`steps`, or the epoch would never end",
        ),
        (
            lambda gan: gan.fit(batches(IMAGES), validation_split=0.5),
            "validation_split=0.5 of 0 samples in a .*Dataset",
        ),
        (
            lambda gan: gan.fit(IMAGES, validation_split=1.0),
            "validation_split=1.0 of 8 samples",
        ),
        (lambda gan: gan.train_on_batch(batches(IMAGES)), "Expected one batch"),
    ],
)
def test_what_is_no_data_or_no_number_is_refused(call, message):
    refused(gan(), message, call)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (8, "y=8. If it is the size of batches, pass `batch_size=8`"),
        (np.int64(8), "pass `batch_size=8`"),
        (2.5, "y=2.5. Pass an array of integers"),
        ("cats", "y='cats'. Pass an array"),
        (np.zeros(7, "int32"), "arrays of 8 and 7 entries"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch"])
def test_labels_of_an_array_are_one_for_each_sample(method, labels, message):
    model = recompiled(tiny.gan())
    call = getattr(model, method)
    refused(model, message, lambda m: call(IMAGES, labels))


def test_a_part_of_arrays_is_validated_on():
    model = gan()
    logs = model.fit(IMAGES, None, 2, validation_split=0.25, verbose=0).history
    assert model.step == 3
    held_out = model.evaluate(IMAGES[6:], None, 2, verbose=0, return_dict=True)
    assert held_out == {name: logs[f"val_{name}"][0] for name in held_out}


@pytest.mark.parametrize(
    ("data", "kwargs"),
    [
        (LARGE, {"batch_size": 5}),
        (PyData(LARGE, size=5), {}),
        (tf.data.Dataset.from_tensor_slices(LARGE).batch(5), {}),
        (LARGE, {"batch_size": 5, "validation_split": 0.25}),
    ],
    ids=["array", "PyDataset", "dataset", "split"],
)
def test_a_last_batch_that_can_not_be_split_is_refused_first(data, kwargs):
    refused(
        toys.compile_model(zoo.ZOO["WGAN"].build(), run_eagerly=True),
        "must be a multiple.*discriminator_steps=5. Choose",
        lambda model: model.fit(data, **kwargs),
    )


@pytest.mark.filterwarnings("ignore:The last batch may be smaller")
def test_batches_to_evaluate_need_no_parts():
    model = toys.compile_model(zoo.ZOO["WGAN"].build(), run_eagerly=True)
    report = model.evaluate(LARGE, None, 3, verbose=0, return_dict=True)
    assert np.isfinite(report["discriminator_loss"])
    assert np.isfinite(model.test_on_batch(LARGE[:3])).all()


def test_a_batch_of_unknown_size_that_can_not_be_split_says_so():
    model = zoo.ZOO["WGAN"].build()
    parts = tf.function(
        model.discriminator_batches,
        input_signature=[tf.TensorSpec((None, 1), tf.float32)],
    )
    assert len(parts(tf.zeros((10, 1)))) == 5
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="must be a multiple"
    ):
        parts(tf.zeros((4, 1)))


def test_freezing_asks_for_another_compile(tmp_path):
    model = gan()
    model.fit(IMAGES, batch_size=4, verbose=0)
    dense = model.discriminator.layers[-1]
    dense.trainable = False
    for call in [
        lambda: model.fit(IMAGES, batch_size=4),
        lambda: model.train_on_batch(IMAGES),
        lambda: model.save(tmp_path / "gan.keras"),
    ]:
        with pytest.raises(ValueError, match="of the discriminator.*again"):
            call()
    with pytest.raises(ValueError, match="with a new optimizer"):
        model.compile(
            generator_optimizer=model.generator_optimizer,
            discriminator_optimizer=model.discriminator_optimizer,
        )
    recompiled(model)
    before = dense.kernel.numpy()
    model.fit(IMAGES, batch_size=4, verbose=0)
    np.testing.assert_array_equal(before, dense.kernel)


def test_an_optimizer_of_another_model_is_refused():
    other = gan()
    with pytest.raises(ValueError, match="another model's"):
        tiny.gan().compile(
            generator_optimizer=other.generator_optimizer,
            discriminator_optimizer="sgd",
        )


def test_compiling_again_keeps_the_optimizers():
    model = gan()
    optimizers = {
        f"{player}_optimizer": getattr(model, f"{player}_optimizer")
        for player in model.players
    }
    model.compile(**optimizers, run_eagerly=True)
    model.fit(IMAGES, batch_size=4, verbose=0)


@pytest.mark.parametrize("raise_error", [False, True])
@pytest.mark.parametrize("as_list", [False, True])
def test_terminate_on_nan_sees_the_losses_of_all_players(raise_error, as_list):
    model = gan()
    callback = keras.callbacks.TerminateOnNaN(raise_error=raise_error)
    callbacks = [callback]
    if as_list:
        callbacks = keras.callbacks.CallbackList(
            [callback], add_history=True, model=model
        )
    data = batches(last_row(IMAGES[:4], np.nan)).repeat()
    arguments = dict(steps_per_epoch=9, epochs=2, callbacks=callbacks)
    if raise_error:
        with pytest.raises(RuntimeError, match="NaN or Inf loss"):
            model.fit(data, verbose=0, **arguments)
    else:
        model.fit(data, verbose=0, **arguments)
    assert model.step == 2


@pytest.mark.parametrize("value", [np.nan, -np.inf])
@pytest.mark.parametrize("callbacks", [None, [keras.callbacks.Callback()]])
def test_a_stream_that_ends_in_nan_is_told_once(value, callbacks):
    data = batches(last_row(IMAGES, value))
    model = gan()
    with pytest.warns(UserWarning, match="In epoch 1, .*_loss became") as seen:
        model.fit(data, epochs=3, callbacks=callbacks, verbose=0)
    assert len(seen) == 1 and model.step == 12


def test_terminate_on_nan_lets_a_healthy_game_go_on():
    model = gan()
    stop = keras.callbacks.TerminateOnNaN()
    logs = model.fit(IMAGES, None, 4, 2, verbose=0, callbacks=stop).history
    assert model.step == 4
    assert "loss" not in logs


ADAM = keras.optimizers.Adam


@pytest.mark.parametrize(
    ("args", "kwargs", "received"),
    [
        (("adam",), {}, "'adam'"),
        ((), {"optimizer": "adam", "loss": "mse"}, "optimizer='adam', loss="),
        ((), {"d_optimizer": "adam", "g_optimizer": "adam"}, "d_optimizer="),
        (
            (),
            {
                "generator_optimizer": "adam",
                "discriminator_optimizer": "adam",
                "loss_fn": "mse",
            },
            "loss_fn='mse'",
        ),
        (
            (),
            {"generator_optimizer": "adam", "discriminator_optimizer": None},
            "discriminator_optimizer=None",
        ),
    ],
)
def test_compile_shows_the_right_call(args, kwargs, received):
    model = tiny.gan()
    with pytest.raises(
        ValueError,
        match=f"(?s)Received: .*{received}.*Call `compile\\("
        "discriminator_optimizer=keras.optimizers.Adam",
    ) as refusal:
        model.compile(*args, **kwargs)
    _, call, _ = str(refusal.value).rsplit("`", 2)
    eval(f"model.{call}", {"model": model, "keras": keras})


@pytest.mark.parametrize(
    "metrics",
    [["accuracy"], "mae", keras.metrics.MeanAbsoluteError(), [lambda x, y: 0]],
)
def test_metrics_must_compare_real_and_generated(metrics):
    with pytest.raises(ValueError, match="update_state.*MeanAbsoluteError"):
        recompiled(tiny.gan(), metrics=metrics)


def test_logs_say_whose_learning_rate_it_is():
    model = gan()
    keep = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate)
    logs = model.fit(IMAGES, None, 4, verbose=0, callbacks=[keep]).history
    names = {name for name in logs if name.startswith("learning_rate")}
    assert names == {"learning_rate_discriminator", "learning_rate_generator"}
    assert set(model.optimizer.get_config()) == set(model.players)
    assert isinstance(model.optimizer.name, str)


def test_the_name_that_a_user_gave_an_optimizer_stays():
    model = tiny.gan()
    model.compile(
        generator_optimizer=ADAM(name="slow"),
        discriminator_optimizer=keras.optimizers.LossScaleOptimizer(ADAM()),
    )
    optimizer = model.discriminator_optimizer
    assert model.generator_optimizer.name == "slow"
    assert optimizer.name == optimizer.inner_optimizer.name == "discriminator"


def test_a_file_of_optimizers_that_keras_named_still_loads(tmp_path):
    model = gan()
    model.fit(IMAGES, None, 4, verbose=0)
    for player in model.players:
        getattr(model, f"{player}_optimizer").name = "sgd_23"
    model.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.generator_optimizer.name == "generator"
    assert loaded.generator_optimizer.iterations == 2


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"batch_size": -1}, "batch_size=-1"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"batch_size": 2.5}, "batch_size=2.5"),
        ({"batch_size": "4"}, "batch_size='4'"),
        ({"batch_size": 2, "seed": 1.5}, "seed=1.5"),
        ({"batch_size": 2, "seed": "a"}, "seed='a'"),
        ({"batch_size": 2, "seed": [1, 2, 3]}, r"seed=\[1, 2, 3\]"),
        ({"batch_size": 2, "seed": 2**70}, "seed=1180591620717411303424"),
    ],
)
def test_generate_takes_integers(kwargs, message):
    for model in (gan(), conditional_gan()):
        with pytest.raises(ValueError, match=f"integer.*{message}"):
            model.generate(**kwargs)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (1, r"labels=1. Pass `labels=\[1\] \* 4`"),
        ([0, 1], "2 labels, batch_size=4"),
        ([0.0, 1.0, 2.0, 0.5], "must be integers"),
    ],
)
def test_generate_takes_a_label_for_each_sample(labels, message):
    with pytest.raises(ValueError, match=message):
        conditional_gan().generate(4, labels=labels)


def test_generate_takes_what_counts_exactly():
    model = conditional_gan()
    expected = model.generate(3, seed=2, labels=[0, 1, 2])
    for number in (np.int64(3), tf.constant(3)):
        samples = model.generate(number, np.uint8(2), np.array([[0], [1], [2]]))
        np.testing.assert_array_equal(samples, expected)


def test_many_samples_are_made_in_parts():
    sizes = []
    for model, kwargs in [
        (gan(average=averages.EMA(0.5)), {}),
        (conditional_gan(), {}),
        (conditional_gan(), {"labels": np.arange(600) % 3}),
    ]:
        inputs = model.sample_prior(600, seed=1)
        if kwargs:
            inputs = inputs[0], kwargs["labels"]
        expected = model(inputs)
        call = model.call
        model.call = lambda inputs, **kwargs: (
            sizes.append(len(tf.nest.flatten(inputs)[0])),
            call(inputs, **kwargs),
        )[1]
        samples = model.generate(600, seed=1, **kwargs)
        np.testing.assert_allclose(samples, expected, atol=1e-6)
        assert sum(sizes) == 600 and max(sizes) <= 256
        sizes.clear()


def test_images_in_place_of_latents_are_refused():
    with pytest.raises(ValueError, match="maps latents.*sample_prior"):
        gan().predict(IMAGES, verbose=0)


def judge(ending=None, shape=(4, 4, 1), outputs=1):
    inputs = keras.Input(shape)
    x = layers.Dense(outputs, ending)(layers.Flatten()(inputs))
    return keras.Model(inputs, x)


def maker(ending="tanh", shape=(4, 4, 1)):
    size = int(np.prod(shape))
    return keras.Sequential(
        [
            keras.Input((tiny.LATENT_DIM,)),
            layers.Dense(size, ending),
            layers.Reshape(shape),
        ]
    )


RAW_SCORES = ["VanillaGAN", "DCGAN", "LSGAN", "WGAN", "WGANGP", "DRAGAN"]


@pytest.mark.parametrize("name", RAW_SCORES)
def test_networks_that_do_not_fit_are_refused_before_the_first_step(name):
    for networks, message in [
        ((maker(), judge("sigmoid")), "raw scores.*`sigmoid`"),
        ((maker("sigmoid"), judge()), r"in \[-1, 1\].*`sigmoid`"),
        ((maker(shape=(5, 5, 1)), judge()), r"\(None, 5, 5, 1\). Build both"),
    ]:
        model = recompiled(getattr(models, name)(*networks, tiny.LATENT_DIM))
        images = np.resize(IMAGES, (10, 4, 4, 1))
        refused(model, message, lambda m: m.fit(images, batch_size=10))
        if "Build" in message or "raw" in message:
            refused(model, message, lambda m: m.train_on_batch(images))
            refused(model, message, lambda m: m.evaluate(images, None, 10))
    with pytest.raises(ValueError, match="Swap them"):
        getattr(models, name)(judge(), maker(), tiny.LATENT_DIM)


def test_points_may_come_from_a_sigmoid():
    model = recompiled(
        models.VanillaGAN(
            maker("sigmoid", (2,)), judge(shape=(2,)), tiny.LATENT_DIM
        )
    )
    points = np.random.uniform(0, 1, (8, 2)).astype("float32")
    model.fit(points, batch_size=4, verbose=0)
    assert model.step == 2


def test_a_model_of_ones_own_may_take_probabilities():
    class Probabilities(models.DCGAN):
        discriminator_outputs = None

        def train_step(self, data):
            return self.loss_results()

    model = Probabilities(maker(), judge("sigmoid"), tiny.LATENT_DIM)
    recompiled(model).fit(IMAGES, batch_size=4, verbose=0)
    assert model.step == 2


@pytest.mark.parametrize(
    ("name", "made", "classes", "message"),
    [
        ("CGAN", 4, 3, "The generator .* 3 of them. Received: .* of 4"),
        ("CGAN", 4, 4, "The discriminator .* 4 of them. Received: .* of 3"),
        ("ACGAN", 2, 3, "The generator .* 3 of them. Received: .* of 2"),
        ("ACGAN", 4, 4, r"logits of 4 classes.*\(None, 3\)"),
    ],
)
def test_networks_of_other_classes_are_refused(name, made, classes, message):
    discriminator = {
        "CGAN": toys.conditional_discriminator,
        "ACGAN": toys.classifying_discriminator,
    }[name]
    model = getattr(models, name)(
        toys.generator(num_classes=made),
        discriminator(),
        toys.LATENT_DIM,
        num_classes=classes,
    )
    arrays = toys.arrays()
    refused(recompiled(model), message, lambda m: m.fit(*arrays, 4))


@pytest.mark.parametrize(
    ("name", "discriminator"),
    [
        ("DCGAN", toys.classifying_discriminator),
        ("InfoGAN", toys.discriminator),
        ("EBGAN", lambda: toys.autoencoder(False)),
        ("BEGAN", toys.discriminator),
    ],
)
def test_the_discriminator_of_another_model_is_refused(name, discriminator):
    model = toys.compile_model(zoo.ZOO[name].build())
    model.discriminator = discriminator()
    with pytest.raises(ValueError, match="The discriminator must return"):
        model.check_networks()


@pytest.mark.parametrize("batch_size", [1, 3])
def test_a_batch_of_one_has_no_pairs_to_pull_away(batch_size):
    model = toys.compile_model(zoo.ZOO["EBGAN"].build(), run_eagerly=True)
    images, _ = toys.arrays(num_batches=1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The last batch may be smaller")
        logs = model.fit(images, None, batch_size, verbose=0).history
    assert np.isfinite(logs["generator_loss"]).all()


def test_export_writes_a_folder_that_can_be_loaded(tmp_path, capsys):
    model = gan()
    for _ in range(2):  # A second one takes the place of the first.
        model.export(tmp_path / "exported")
        served = tf.saved_model.load(str(tmp_path / "exported"))
        assert "sample_png" in served.signatures
    assert f"exported to {tmp_path / 'exported'}" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["exported"]


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"format": "torch"}, "format='torch'"),
        ({"input_signature": []}, "endpoints.*input_signature"),
    ],
)
def test_export_refuses_what_it_can_not_write(tmp_path, kwargs, message):
    with pytest.raises(ValueError, match=message):
        gan().export(tmp_path / "exported", **kwargs)


def test_export_replaces_no_folder_of_other_things(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(ValueError, match="an export may replace"):
        gan().export(tmp_path)
    assert (tmp_path / "mine.txt").exists()
