"""The recipes of ProGAN and 3D-GAN, on data that are made at once."""

import json
import pathlib
import runpy
import sys

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import datasets, recipe
from keras_gan_zoo.models import ProGAN, ThreeDGAN

RECIPES = pathlib.Path(__file__).parents[2] / "recipes"


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Returns a function that runs a recipe, to the folder that it returns."""

    def emoji(batch_size, image_size, **options):
        rng = np.random.default_rng(0)
        shape = (batch_size, image_size, image_size, 3)
        rows = rng.uniform(-1.0, 1.0, shape).astype("float32")
        return tf.data.Dataset.from_tensors(rows).repeat()

    monkeypatch.setattr(datasets, "emoji", emoji)

    def run(name, *flags):
        arguments = [f"{name}.py", *flags, f"--output={tmp_path}"]
        monkeypatch.setattr(sys, "argv", arguments)
        runpy.run_path(str(RECIPES / f"{name}.py"), run_name="__main__")
        return tmp_path

    return run


@pytest.fixture
def begun(monkeypatch, run):
    """Returns a function that tells what a recipe passes to `recipe.run`."""

    def begun(name, *flags):
        passed = {}

        def keep(args, model, data, **options):
            passed.update(args=args, model=model, data=data, **options)

        with monkeypatch.context() as patch:
            patch.setattr(recipe, "run", keep)
            run(name, *flags)
        return passed

    return begun


def test_three_d_gan_to_its_card(run):
    flags = ["--epochs=1", "--steps-per-epoch=2", "--batch-size=4"]
    output = run("three_d_gan_solids", *flags)
    card = json.loads((output / "training" / "card.json").read_text())
    scores = {score["name"]: score for score in card["scores"]}
    assert sorted(scores) == ["coverage", "filled", "pieces", "plausibility"]
    for score in scores.values():
        assert set(score["trivial"]) == {"ball", "noise", "other solids"}
    # Solids are alike, and nothing is like noise.
    answers = scores["coverage"]["trivial"]
    assert answers["other solids"] > answers["ball"] > answers["noise"]
    assert scores["pieces"]["trivial"]["ball"] == 1.0
    assert "discriminator_rests" in card["measured"]
    assert (output / "training" / "training.gif").exists()


def test_progan_to_its_score(begun):
    passed = begun("progan_emoji", "--batch-size=2")
    model = passed["model"]
    assert isinstance(model, ProGAN) and model.levels == 4
    assert next(iter(passed["data"])).shape == (2, 64, 64, 3)
    (score,) = passed["scores"](model, number=8)
    assert score["name"] == "swd"
    # The data are noise here, and all of one batch.
    assert score["trivial"]["training data"] < score["value"]
    assert set(score["trivial"]) == {"training data", "mean image", "noise"}


def test_progan_has_the_images_of_its_stages(begun):
    model = begun("progan_emoji")["model"]
    steps = 9 * 500
    at = [float(model.growth.at(16 * step, 4)) for step in range(steps)]
    assert at[0] == 0.0 and at[-1] == 4.0
    assert sum(growth == 4.0 for growth in at) >= 1000


def test_the_papers_presets(begun):
    paper = begun("three_d_gan_solids", "--preset=paper")
    assert isinstance(paper["model"], ThreeDGAN)
    assert paper["model"].generator.output_shape == (None, 64, 64, 64, 1)
    assert next(iter(paper["data"])).shape == (100, 64, 64, 64, 1)
    rates = [
        float(optimizer.learning_rate)
        for optimizer in paper["model"].optimizer.optimizers
    ]
    np.testing.assert_allclose(rates, [1e-5, 0.0025])


def test_the_papers_preset_of_progan(begun):
    paper = begun("progan_emoji", "--preset=paper")["model"]
    assert paper.growth.stable_images == paper.growth.fade_images == 800_000
    assert paper.latent_dim == 512 and paper.average.decay == 0.999
