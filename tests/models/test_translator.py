"""Translators: their data, their noise, what is served of them."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import averages
from keras_gan_zoo import images as pixels
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.layers import DropoutFromNoise
from keras_gan_zoo.models import Pix2Pix
from keras_gan_zoo.models.base.translator_noise import with_noise
from tests.models import toys

SHAPE = (8, 8, 1)
NOISE = 8 * 8 * 2


def generator(noisy=True):
    images = keras.Input(SHAPE)
    x = layers.Conv2D(2, 3, padding="same")(images)
    inputs = images
    if noisy:
        noise = keras.Input((NOISE,))
        inputs = [images, noise]
        x = DropoutFromNoise(0.5)([x, noise])
    x = layers.Conv2D(3, 3, padding="same")(x)
    return keras.Model(
        inputs, layers.Activation("tanh", dtype=toys.HEAD_DTYPE)(x)
    )


def discriminator():
    images, condition = keras.Input((8, 8, 3)), keras.Input(SHAPE)
    x = layers.Concatenate()([images, condition])
    scores = layers.Conv2D(1, 4, strides=2, dtype=toys.HEAD_DTYPE)(x)
    return keras.Model([images, condition], scores)


def translator(noisy=True, **kwargs):
    kwargs.setdefault("domains", ("maps", "photos"))
    return Pix2Pix(generator(noisy), discriminator(), **kwargs)


def uniform(*shape, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1.0, 1.0, shape).astype("float32")


def pairs(number=4, seed=0):
    return uniform(number, *SHAPE, seed=seed), uniform(number, 8, 8, 3)


def test_a_row_depends_on_its_image_and_its_seed():
    model, images = translator(), uniform(64, *SHAPE)
    whole = model.translate(images, seed=5).numpy()
    assert whole.shape == (64, 8, 8, 3)
    np.testing.assert_array_equal(model.translate(images, seed=5), whole)
    for size in (1, 7):
        part = model.translate(images[:size], "photos", seed=5)
        np.testing.assert_allclose(part, whole[:size], atol=1e-6)
    last = model.translate(images[60:], seed=65)
    np.testing.assert_allclose(last, whole[60:], atol=1e-6)
    other = model.translate(images, seed=500).numpy()
    assert np.abs(other - whole).max(axis=(1, 2, 3)).min() > 0


def test_many_images_are_translated_in_parts():
    model, calls = translator(), []
    images = uniform(300, *SHAPE)
    calls = toys.record(model.generator)
    whole = model.translate(images)
    assert [len(inputs[0]) for inputs in calls] == [256, 44]
    np.testing.assert_allclose(
        whole[255:257], model.translate(images[255:257], seed=255), atol=1e-6
    )


def test_only_known_domains_are_translated_to():
    with pytest.raises(ValueError, match=r"one of \['photos'\].*to='maps'"):
        translator().translate(uniform(2, *SHAPE), to="maps")


def test_noise_of_training_is_of_the_unit_range_and_differs_by_draw():
    model = translator()
    first, second = (
        model.draw_noise(model.generator, tf.zeros((50, *SHAPE)))
        for _ in range(2)
    )
    assert first.shape == (50, NOISE)
    assert 0.0 <= np.min(first) and np.max(first) < 1.0
    assert abs(np.mean(first) - 0.5) < 0.02
    assert not np.array_equal(first, second)
    quiet = translator(noisy=False)
    assert quiet.draw_noise(quiet.generator, tf.zeros((2, *SHAPE))) is None


@pytest.mark.parametrize("noisy", [True, False])
def test_what_is_served_is_what_it_translates(tmp_path, noisy):
    model = translator(noisy)
    loaded = tf.saved_model.load(str(export_generator(model, tmp_path)))
    served = loaded.signatures
    assert sorted(served) == [
        "serving_default",
        "translate_photos",
        "translate_photos_png",
    ]
    images = uniform(4, *SHAPE)
    units = pixels.to_unit(images)
    seeds = {"seeds": np.array([7, 8, 9, 10], "int64")} if noisy else {}
    found = served["translate_photos"](images=units, **seeds)["images"]
    expected = pixels.to_unit(model.translate(images, seed=7))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    png = served["translate_photos_png"](images=units, **seeds)["png_bytes"][2]
    np.testing.assert_array_equal(
        tf.io.decode_png(png), pixels.unit_to_uint8(found[2])
    )
    noise = np.random.default_rng(0).uniform(size=(4, NOISE)).astype("float32")
    inputs = {"noise": noise} if noisy else {}
    found = served["serving_default"](images=units, **inputs)["images"]
    expected = model([images, noise] if noisy else images)
    np.testing.assert_allclose(found, pixels.to_unit(expected), atol=1e-6)


def test_what_is_served_has_no_state_and_refuses_what_is_beyond(tmp_path):
    path = export_generator(translator(), tmp_path)
    served = tf.saved_model.load(str(path)).signatures["serving_default"]
    kinds = {node.op for node in served.graph.as_graph_def().node}
    assert not [kind for kind in kinds if kind.startswith(("Assign", "Random"))]
    right = {"images": tf.zeros((1, *SHAPE)), "noise": tf.zeros((1, NOISE))}
    served(**right)
    for name, value in (("images", 1.1), ("images", -0.1), ("noise", 1.0)):
        wrong = {**right, name: right[name] + value}
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=f"`{name}` must be in"
        ):
            served(**wrong)


def test_data_come_as_pairs_arrays_or_by_the_names_of_the_domains():
    maps, photos = pairs()
    datasets = [
        tf.data.Dataset.from_tensors((maps, photos)),
        tf.data.Dataset.from_tensors({"photos": photos, "maps": maps}),
    ]
    runs = []
    for data in [*datasets, (maps, photos)]:
        keras.utils.set_random_seed(1)
        model = toys.compile_model(translator(), run_eagerly=True)
        if isinstance(data, tuple):
            model.fit(*data, batch_size=4, shuffle=False, verbose=0)
        else:
            model.fit(data, verbose=0)
        runs.append(model.get_weights())
    for run in runs[1:]:
        for one, other in zip(runs[0], run, strict=True):
            np.testing.assert_array_equal(one, other)


MAPS, PHOTOS = pairs()


@pytest.mark.parametrize(
    "data, message",
    [
        (MAPS, "Expected pairs of a batch of `maps`.*Received: one value"),
        ({"maps": MAPS, "x": PHOTOS}, r"dictionaries of \['maps', 'x'\]"),
        ((MAPS, 127.5 * PHOTOS), r"`photos`: Images must be in \[-1, 1\]"),
        ((MAPS * np.nan, PHOTOS), "`maps`: Images must be finite"),
        ((PHOTOS, MAPS), "`maps`: .*Received: a batch of shape"),
        ((MAPS, PHOTOS[:, :4]), "`photos`: .*Received: a batch of shape"),
    ],
)
def test_data_of_another_form_are_refused(data, message):
    model = toys.compile_model(translator())
    with pytest.raises(ValueError, match=message):
        model.fit(tf.data.Dataset.from_tensors(data))


@pytest.mark.parametrize(
    "domains", ["ab", ("a",), ("a", "a"), ("a b", "c"), (1, 2), None]
)
def test_domains_must_be_two_names(domains):
    with pytest.raises(ValueError, match="two different names"):
        translator(domains=domains)


def test_averages_translate(tmp_path):
    model = translator(average=averages.EMA(0.9))
    toys.compile_model(model, 0.1, run_eagerly=True)
    model.fit(tf.data.Dataset.from_tensors(pairs()), verbose=0)
    images = tf.constant(uniform(2, *SHAPE))
    inputs = with_noise(model.generator, images, tf.range(2, dtype=tf.int64))
    expected = model.ema_generator(inputs)
    assert np.abs(expected - model.generator(inputs)).max() > 1e-3
    np.testing.assert_array_equal(model.translate(images), expected)
    np.testing.assert_array_equal(model(inputs), expected)
    assert model.translators == {"photos": model.ema_generator}


def test_metrics_compare_pairs_during_fit():
    metric = keras.metrics.MeanAbsoluteError()
    model = toys.compile_model(translator(), 0.0, metrics=[metric])
    data = tf.data.Dataset.from_tensors(pairs())
    logs = model.fit(data, validation_data=data, verbose=0).history
    (error,) = logs["val_mean_absolute_error"]
    maps, photos = pairs()
    answers = [model.translate(maps, seed=seed) for seed in (0, 100)]
    expected = np.mean([np.abs(photos - answer) for answer in answers])
    np.testing.assert_allclose(error, expected, rtol=0.1)
