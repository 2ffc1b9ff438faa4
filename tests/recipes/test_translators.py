"""The recipes of translators, on a few emoji of noise."""

import json
import pathlib
import runpy
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import datasets, recipe
from tests.models.test_pix2pix import ENTRIES

RECIPES = pathlib.Path(__file__).parents[2] / "recipes"


def emoji(batch_size, image_size, number):
    """Returns an endless stream or one pass of so many batches."""
    rng = np.random.default_rng(0)
    shape = (batch_size, image_size, image_size, 3)
    rows = rng.uniform(-1.0, 1.0, shape).astype("float32")
    return tf.data.Dataset.from_tensors(rows).repeat(number)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Returns a function that runs a recipe, to the folder that it returns."""

    def pairs(batch_size, image_size=32, split="train", **options):
        number = -1 if "start_step" in options else 1
        rows = emoji(batch_size, image_size, number)
        return tf.data.Dataset.zip((rows, rows.map(tf.negative)))

    def vendor(batch_size, vendor, image_size=32, **options):
        return emoji(batch_size, image_size, -1)

    monkeypatch.setattr(datasets, "emoji_pairs", pairs)
    monkeypatch.setattr(datasets, "emoji", vendor)

    def run(name, *flags):
        flags = ["--epochs=1", "--steps-per-epoch=1", "--batch-size=4", *flags]
        arguments = [f"{name}.py", *flags, f"--output={tmp_path}"]
        monkeypatch.setattr(sys, "argv", arguments)
        runpy.run_path(str(RECIPES / f"{name}.py"), run_name="__main__")
        return tmp_path

    return run


def test_pix2pix_to_its_card(run):
    output = run("pix2pix_emoji")
    card = json.loads((output / "training" / "card.json").read_text())
    (score,) = card["scores"]
    assert score["name"] == "mean_absolute_error_to_twitter"
    assert set(score["trivial"]) == {"identity", "mean image", "random pair"}
    assert "val_mean_absolute_error" in card["measured"]
    assert (output / "training" / "training.gif").exists()
    served = tf.saved_model.load(str(output / "1")).signatures
    images = tf.zeros((2, 32, 32, 3))
    found = served["translate_twitter"](
        images=images, seeds=tf.range(2, dtype=tf.int64)
    )
    assert found["images"].shape == (2, 32, 32, 3)


def test_cyclegan_to_its_card(run):
    output = run("cyclegan_emoji")
    card = json.loads((output / "training" / "card.json").read_text())
    names = [score["name"] for score in card["scores"]]
    assert names == [
        "mean_absolute_error_to_google",
        "mean_absolute_error_to_twitter",
    ]
    served = tf.saved_model.load(str(output / "1")).signatures
    for domain in ("google", "twitter"):
        found = served[f"translate_{domain}"](images=tf.zeros((2, 32, 32, 3)))
        assert found["images"].shape == (2, 32, 32, 3)


def test_scores_stand_beside_answers_that_learned_nothing():
    model = ENTRIES["Pix2Pix"].build(domains=("maps", "photos"))
    maps, photos = ENTRIES["Pix2Pix"].arrays(2)
    training = tf.data.Dataset.from_tensor_slices((maps, photos)).batch(3)
    (score,) = recipe.translation_scores(
        model, (maps, photos), training, "8 pairs"
    )
    assert score["name"] == "mean_absolute_error_to_photos"
    assert score["protocol"].startswith("8 pairs; to photos")
    answers = {
        "identity": maps,
        "mean image": photos.mean(axis=0),
        "random pair": np.roll(photos, 4, axis=0),
    }
    for name, answer in answers.items():
        expected = np.abs(photos - answer).mean()
        np.testing.assert_allclose(score["trivial"][name], expected, rtol=1e-5)
    expected = np.abs(photos - model.translate(maps)).mean()
    np.testing.assert_allclose(score["value"], expected, rtol=1e-5)


class Began(Exception):
    """Carries a model that is about to train, and what on."""


@pytest.fixture
def begun(run, monkeypatch):
    """Returns a function from a recipe to what its paper's preset fits."""

    def fit(model, data, **arguments):
        raise Began(model, data, arguments)

    monkeypatch.setattr("keras_gan_zoo.models.AdversarialModel.fit", fit)

    def begin(name):
        with pytest.raises(Began) as began:
            run(name, "--preset=paper", "--epochs=200")
        gan, data, arguments = began.value.args
        for images in data.element_spec:
            assert images.shape == (4, 256, 256, 3)
        for optimizer in gan.optimizer.optimizers:
            assert isinstance(optimizer, keras.optimizers.Adam)
            rates = float(optimizer.learning_rate), optimizer.beta_1
            np.testing.assert_allclose(rates, (2e-4, 0.5))
            assert optimizer.epsilon == 1e-8
        return gan, arguments

    return begin


def test_the_papers_preset_of_pix2pix(begun):
    gan, _ = begun("pix2pix_emoji")
    assert gan.generator.count_params() == 54_413_955
    assert gan.discriminator.count_params() == 2_768_705
    assert gan.l1_weight == 100.0


def test_the_papers_preset_of_cyclegan(begun):
    gan, arguments = begun("cyclegan_emoji")
    assert gan.forward.count_params() == 11_383_427
    assert gan.second_discriminator.output_shape == (None, 30, 30, 1)
    assert gan.cycle_weight == 10.0 and gan.pools[0].size == 50
    (rates,) = (
        callback.schedule
        for callback in arguments["callbacks"]
        if isinstance(callback, keras.callbacks.LearningRateScheduler)
    )
    found = [rates(epoch) for epoch in (0, 99, 100, 150, 199)]
    np.testing.assert_allclose(found, [2e-4, 2e-4, 2e-4, 1e-4, 2e-6])
