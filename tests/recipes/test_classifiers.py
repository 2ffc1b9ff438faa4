"""The recipes of classifiers, for one step, and what they do to images."""

import csv
import hashlib
import pathlib
import runpy
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import classifier_recipe, networks
from keras_gan_zoo.metrics.features import classifiers

RECIPES = pathlib.Path(__file__).parents[2] / "recipes" / "classifiers"
WIDTHS = {"mnist_cnn": 16, "fashion_mnist_cnn": 32, "cifar10_cnn": 32}


def test_each_classifier_has_a_recipe():
    names = {path.stem for path in RECIPES.glob("*.py")}
    assert names == set(classifiers.SHA256) == set(WIDTHS)


@pytest.mark.parametrize("name", WIDTHS)
def test_recipe_runs_to_its_weights(name, monkeypatch, tmp_path, capsys):
    arguments = (
        "--dataset=embedded",
        "--epochs=1",
        "--steps-per-epoch=1",
        "--batch-size=4",
        f"--output={tmp_path}",
    )
    path = RECIPES / f"{name}.py"
    monkeypatch.setattr(sys, "argv", [str(path), *arguments])
    runpy.run_path(str(path), run_name="__main__")

    with (tmp_path / "training" / "log.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert {"accuracy", "loss"} <= set(row)
    weights = tmp_path / f"{name}-v1.weights.h5"
    assert weights.stat().st_size <= 3_000_000  # Without an optimizer.
    said = capsys.readouterr().out
    assert "Accuracy on the training images of embedded: " in said
    assert hashlib.sha256(weights.read_bytes()).hexdigest() in said
    # The widths are those of the shipped weights, so these could be shipped.
    network = networks.residual_classifier((28, 28, 1), 10, WIDTHS[name])
    network.load_weights(weights)
    # Training doesn't end with another policy than it began with.
    assert keras.config.dtype_policy().name == "float32"


def numbered(height, width):
    """Two images without equal pixels."""
    pixels = np.arange(2 * height * width).reshape(2, height, width, 1)
    return tf.constant(pixels, tf.float32)


def test_images_are_moved_whole():
    images = numbered(5, 6)
    reflected = np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)], "symmetric")
    seen = set()
    for _ in range(200):
        moved = classifier_recipe.vary(images, flips=False, shift=2).numpy()
        for number in range(2):
            (place,) = (
                (row, column)
                for row in range(5)
                for column in range(5)
                if (
                    reflected[number, row : row + 5, column : column + 6]
                    == moved[number]
                ).all()
            )
            seen.add((number, *place))
    assert len(seen) == 50  # Each image to each place, independently.


def test_half_of_the_images_are_mirrored():
    images = numbered(3, 4)
    mirrored = []
    for _ in range(200):
        varied = classifier_recipe.vary(images, flips=True, shift=0).numpy()
        for before, after in zip(images.numpy(), varied):
            mirrored.append((after == before[:, ::-1]).all())
            assert mirrored[-1] or (after == before).all()
    assert 0.4 < np.mean(mirrored) < 0.6


def test_nothing_is_varied_if_not_asked_for():
    images = numbered(3, 4)
    varied = classifier_recipe.vary(images, flips=False, shift=0)
    np.testing.assert_array_equal(varied, images)


def test_recipes_of_no_paper_have_no_preset(monkeypatch, capsys):
    path = RECIPES / "mnist_cnn.py"
    monkeypatch.setattr(sys, "argv", [str(path), "--preset=paper"])
    with pytest.raises(SystemExit):
        runpy.run_path(str(path), run_name="__main__")
    assert "unrecognized arguments: --preset" in capsys.readouterr().err
