"""What `recipe.run` does for every recipe, in depth and once."""

import argparse
import contextlib
import csv
import io
import json
import sys
import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import recipe
from keras_gan_zoo.metrics import Protocol, Score
from keras_gan_zoo.recipe import cards
from keras_gan_zoo.recipe.stopwatch import Stopwatch
from tests import tiny

ERROR = {
    "name": "mae",
    "value": np.float32(0.25),
    "protocol": "7 pairs, in [-1, 1]",
    "trivial": {"identity": np.float64(0.5)},
}


class Measure(keras.callbacks.Callback):
    """Logs a number, and has a score."""

    last_scores = [Score(2.0, Protocol("fid", 500, reference="train"), 0.5)]

    def on_epoch_end(self, epoch, logs=None):
        logs["answer"] = 42.0 + epoch


class Pictures(keras.callbacks.Callback):
    """Counts the epochs that it could draw."""

    drawn = 0

    def on_epoch_end(self, epoch, logs=None):
        self.drawn += 1


def settings(output, **options):
    (output / "training").mkdir(exist_ok=True)
    flags = {
        "preset": "quick",
        "epochs": 2,
        "steps_per_epoch": 3,
        "batch_size": 4,
        "dataset": "embedded",
        "data_dir": None,
        "output": str(output),
        "seed": 5,
        "precision": "float32",
        "deterministic": False,
        "threads": None,
        "require_gpu": False,
    }
    return argparse.Namespace(**{**flags, **options})


def data():
    images = np.random.default_rng(0).uniform(-1, 1, (4, 4, 4, 1))
    dataset = tf.data.Dataset.from_tensors(images.astype("float32"))
    return dataset.repeat()


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The output of a run with a callback, pictures and scores of its own."""
    output = tmp_path_factory.mktemp("run")
    pictures = Pictures()
    asked = []

    def scores(model):
        asked.append(int(model.step))
        return [ERROR]

    printed = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(printed),
    ):
        patch.setattr(sys, "argv", ["recipes/toy_mnist.py"])
        model = tiny.gan()
        recipe.run(
            settings(output),
            model,
            data(),
            callbacks=[Measure()],
            pictures=pictures,
            scores=scores,
        )
    return types.SimpleNamespace(
        folder=output / "training",
        output=output,
        pictures=pictures,
        asked=asked,
        printed=printed.getvalue(),
        card=json.loads((output / "training" / "card.json").read_text()),
    )


def test_a_run_trains_saves_and_exports(done):
    model = keras.models.load_model(done.folder / "gan.keras")
    assert model.step == 6
    assert (done.folder / "checkpoints" / "step_00000006").is_dir()
    assert (done.output / "1" / "saved_model.pb").exists()
    assert json.loads((done.folder / "settings.json").read_text())["seed"] == 5


def test_own_pictures_take_the_place_of_grids(done):
    assert done.pictures.drawn == 2
    assert not [*done.folder.glob("*.png")]


def test_what_callbacks_log_is_in_the_log(done):
    with (done.folder / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["answer"] for row in rows] == ["42.0", "43.0"]
    assert "images_per_second" in rows[0] and "generator_loss" in rows[0]


def test_the_card_says_what_was_run(done):
    expected = {
        "recipe": "toy_mnist",
        "model": "VanillaGAN",
        "dataset": "embedded",
        "preset": "quick",
        "seed": 5,
        "precision": "float32",
        "batch_size": 4,
        "generator_updates": 6,
    }
    assert {key: done.card[key] for key in expected} == expected
    assert done.card["paper"]["title"] == "Generative Adversarial Nets"
    assert done.card["paper"]["year"] == 2014
    # 3 x 16 + 16 of the dense layer, 4 x 16 of the normalization after it.
    assert done.card["parameters"] == {"generator": 128, "discriminator": 17}
    assert done.card["versions"]["keras"] == keras.version()
    assert done.card["minutes"] >= 0.0
    assert done.card["hardware"]
    assert done.card["measured"]["answer"] == [42.0, 43.0]
    assert not [key for key in done.card["measured"] if "per_second" in key]


def test_the_card_has_the_scores_of_callbacks_and_recipe(done):
    assert done.asked == [6]
    assert done.card["scores"] == [
        {
            "name": "fid500_train",
            "value": 2.0,
            "deviation": 0.5,
            "protocol": "fid500[train]",
        },
        {**ERROR, "value": 0.25},
    ]


def test_a_run_ends_in_its_scores(done):
    assert done.printed.splitlines()[-2:] == [
        "fid500_train: 2 (fid500[train])",
        cards.line_of(ERROR),
    ]
    score = {"name": "mae", "value": 0.25, "protocol": "2 pairs"}
    assert cards.line_of(score) == "mae: 0.25 (2 pairs)"
    score["trivial"] = {"identity": 0.5, "mean image": 1 / 3}
    expected = "mae: 0.25; identity: 0.5; mean image: 0.3333 (2 pairs)"
    assert cards.line_of(score) == expected


def test_a_folder_of_pictures_is_on_the_card_by_its_name(tmp_path):
    (tmp_path / "pets").mkdir()
    args = settings(tmp_path, dataset=str(tmp_path / "pets"))
    path = cards.write_card(args, tiny.gan(), 1.0)
    assert json.loads(path.read_text())["dataset"] == "pets"
    assert str(tmp_path) not in path.read_text()


def test_what_is_no_number_is_none_on_the_card(tmp_path):
    args = settings(tmp_path)
    (tmp_path / "training" / "log.csv").write_text("epoch,a,b\n0,nan,1\n1,2,\n")
    path = cards.write_card(args, tiny.gan(), 1.0)
    measured = json.loads(path.read_text())["measured"]
    assert measured == {"a": [None, 2.0], "b": [1.0, None]}


@pytest.mark.parametrize(
    "score, advice",
    [
        ({"name": "mae", "value": 1.0}, "Add `protocol`"),
        ({**ERROR, "units": "nats"}, "Remove `units`"),
    ],
)
def test_a_score_without_its_protocol_is_refused(score, advice, tmp_path):
    with pytest.raises(ValueError, match=f"Received: score=.*{advice}"):
        cards.write_card(settings(tmp_path), tiny.gan(), 1.0, [score])
    assert not (tmp_path / "training" / "card.json").exists()


def test_time_before_an_interruption_counts(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    first = Stopwatch()
    first.on_train_begin()
    now[0] += 90.0
    progress = json.loads(json.dumps(first.get_progress()))
    resumed = Stopwatch()
    resumed.on_train_begin()
    resumed.set_progress(progress)
    now[0] += 30.0
    assert resumed.minutes == 2.0


def read_flags(monkeypatch, tmp_path, *flags, **options):
    command = ["toy.py", f"--output={tmp_path}", *flags]
    monkeypatch.setattr(sys, "argv", command)
    quick = {"epochs": 1, "steps_per_epoch": 2, "batch_size": 3}
    return recipe.arguments("A toy.", "emoji", quick, **options)


def test_a_recipe_adds_flags_of_its_own(monkeypatch, tmp_path):
    def extra(parser):
        parser.add_argument("--l1", type=float, default=100.0)

    args = read_flags(monkeypatch, tmp_path, "--l1=10", extra=extra)
    assert args.l1 == 10.0
    assert read_flags(monkeypatch, tmp_path, extra=extra).l1 == 100.0


def test_a_recipe_names_its_data_sets(monkeypatch, tmp_path, capsys):
    choices = ["emoji", "solids"]
    args = read_flags(
        monkeypatch, tmp_path, "--dataset=solids", choices=choices
    )
    assert args.dataset == "solids"
    # What says how to read a folder of images is not offered.
    assert not hasattr(args, "flip") and not hasattr(args, "image_size")
    for flag in ("--dataset=mnist", "--flip"):
        with pytest.raises(SystemExit, match="2"):
            read_flags(monkeypatch, tmp_path, flag, choices=choices)
    assert "invalid choice: 'mnist'" in capsys.readouterr().err
