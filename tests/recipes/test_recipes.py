"""Every recipe makes its first step, and one of each family its export."""

import argparse
import csv
import json
import pathlib
import re
import runpy
import shlex
import shutil
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan_zoo import models as zoo_models
from keras_gan_zoo import recipe
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.metrics import __main__ as metrics_command
from keras_gan_zoo.recipe import settings as recipe_settings
from keras_gan_zoo.recipe import training
from tests import tiny as models

RECIPES = pathlib.Path(__file__).parents[2] / "recipes"
NAMES = sorted(path.stem for path in RECIPES.glob("*.py"))
OF_THEIR_OWN = {
    "cyclegan_emoji",
    "evaluation_tour",
    "latent_tour",
    "pix2pix_emoji",
    "progan_emoji",
    "ring_of_gaussians",
    "three_d_gan_solids",
}
GANS = [name for name in NAMES if name not in OF_THEIR_OWN]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GAN_ZOO_HOME", str(tmp_path / "home"))


def run(name, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", [f"recipes/{name}.py", *arguments])
    runpy.run_path(str(RECIPES / f"{name}.py"), run_name="__main__")


def tiny(output):
    return (
        "--dataset=embedded",
        "--epochs=1",
        "--steps-per-epoch=1",
        "--batch-size=4",
        f"--output={output}",
    )


def check_output(output):
    with (output / "training" / "log.csv").open() as file:
        (row,) = csv.DictReader(file)
    settings = json.loads((output / "training" / "settings.json").read_text())
    assert settings["dataset"] == "embedded"
    players = settings["parameters"]
    assert all(players.values())
    losses = {f"{player}_loss" for player in players}
    assert (losses if len(players) > 1 else {"loss"}) <= set(row)
    card = json.loads((output / "training" / "card.json").read_text())
    assert card["generator_updates"] == 1 and card["paper"]
    for picture in (
        "reals.png",
        "epoch_0000.png",
        "epoch_0001.png",
        "training.gif",
    ):
        assert (output / "training" / picture).exists()
    served = tf.saved_model.load(str(output / "1"))
    serve = served.signatures["serving_default"]
    _, inputs = serve.structured_input_signature
    arguments = {
        key: tf.zeros([2 if size is None else size for size in spec.shape])
        for key, spec in inputs.items()
    }
    if "labels" in arguments:
        arguments["labels"] = tf.zeros((2,), tf.int32)
    images = serve(**arguments)["images"].numpy()
    assert images.shape == (2, 28, 28, 1)
    assert images.min() >= 0.0 and images.max() <= 1.0
    gan = keras.models.load_model(output / "training" / "gan.keras")
    assert gan.step == 1
    for player in gan.players:
        optimizer = gan.optimizer_of(player)
        assert optimizer.iterations.numpy() >= 1


def family_of(name):
    """Returns the family of the model that a recipe imports."""
    text = (RECIPES / f"{name}.py").read_text()
    model = re.search(r"from keras_gan_zoo.models import (\w+)", text)[1]
    return getattr(zoo_models, model).__module__.split(".")[-2]


# One of each family; `recipe.run` is the same for all.
EXPORTED = sorted({family_of(name): name for name in reversed(GANS)}.values())


@pytest.mark.parametrize("name", sorted({*GANS} - {*EXPORTED}))
def test_recipe_makes_its_first_step(name, monkeypatch, tmp_path, capfd):
    trained = []
    fit = zoo_models.AdversarialModel.fit

    def fit_alone(model, data, **arguments):
        assert arguments["callbacks"]
        trained.append(model)
        steps = arguments["steps_per_epoch"]
        return fit(model, data, steps_per_epoch=steps, verbose=0)

    monkeypatch.setattr(zoo_models.AdversarialModel, "fit", fit_alone)
    monkeypatch.setattr(training, "finish", lambda args, model: False)
    run(name, monkeypatch, *tiny(tmp_path))
    (model,) = trained
    assert model.step == 1
    first_line = capfd.readouterr().out.splitlines()[0]
    assert "jit False; precision float32; global batch" in first_line


@pytest.mark.parametrize("name", EXPORTED)
def test_recipe_runs_to_its_export(name, monkeypatch, tmp_path, capfd):
    output = tmp_path / name
    run(name, monkeypatch, *tiny(output))
    check_output(output)
    first_line = capfd.readouterr().out.splitlines()[0]
    assert "jit False; precision float32; global batch" in first_line


def test_r1_a_recipe_that_is_run_again_goes_on(monkeypatch, tmp_path, capfd):
    for epochs in (1, 3):
        arguments = [*tiny(tmp_path), f"--epochs={epochs}"]
        run("dcgan_fashion_mnist", monkeypatch, *arguments)
    assert "step 1, epoch 2 of 3" in capfd.readouterr().out
    with (tmp_path / "training" / "log.csv").open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["0", "1", "2"]
    gan = keras.models.load_model(tmp_path / "training" / "gan.keras")
    assert gan.step == 3
    before = contents(tmp_path)
    run("dcgan_fashion_mnist", monkeypatch, *arguments)
    assert "This training was finished before" in capfd.readouterr().out
    assert contents(tmp_path) == before
    message = "preset='quick'.*preset='paper'"
    with pytest.raises(ValueError, match=message):
        run("dcgan_fashion_mnist", monkeypatch, *arguments, "--preset=paper")
    assert contents(tmp_path) == before


def contents(folder):
    """Returns the bytes of the files that a run that changes none keeps."""
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".png", ".gif")
    }


def begin(output, **options):
    (output / "training").mkdir(exist_ok=True)
    args = {
        "preset": "quick",
        "epochs": 2,
        "steps_per_epoch": 3,
        "batch_size": 4,
        "dataset": "embedded",
        "data_dir": None,
        "output": str(output),
        "seed": 0,
        "precision": "float32",
        "deterministic": False,
        "threads": 2,
        "require_gpu": False,
        "flip": False,
    }
    recipe.begin(argparse.Namespace(**{**args, **options}), models.gan())


@pytest.fixture
def begun(tmp_path):
    """An output folder of a training that began, and was broken off."""
    (tmp_path / "training" / "checkpoints" / "step_00000003").mkdir(
        parents=True
    )
    begin(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "option",
    [
        {"seed": 1},
        {"preset": "paper"},
        {"batch_size": 8},
        {"steps_per_epoch": 2},
        {"dataset": "mnist"},
        {"precision": "mixed_bfloat16"},
        {"deterministic": True},
        {"flip": True},
    ],
)
def test_another_training_in_the_same_output_is_refused(option, begun):
    before = contents(begun)
    ((name, value),) = option.items()
    message = rf"{name}=.*Received: .*{name}={value!r}\. Give the same "
    with pytest.raises(ValueError, match=message + ".*another --output"):
        begin(begun, **option)
    assert contents(begun) == before


def test_another_folder_of_pictures_is_refused(begun, tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    shutil.rmtree(begun / "training" / "checkpoints")  # Made no step.
    begin(begun, dataset=str(tmp_path / "a"))
    (begun / "training" / "gan.keras").touch()
    monkeypatch.chdir(tmp_path)
    begin(begun, dataset="a")  # The same folder.
    with pytest.raises(ValueError, match="dataset='.*/a'.*dataset='.*/b'"):
        begin(begun, dataset="b")


@pytest.mark.parametrize(
    "option", [{"epochs": 5}, {"threads": 1}, {"data_dir": "moved"}]
)
def test_what_changes_no_training_may_change(option, begun):
    begin(begun, **option)


def test_deterministic_trainings_keep_their_threads(tmp_path):
    begin(tmp_path, deterministic=True)
    (tmp_path / "training" / "gan.keras").touch()
    with pytest.raises(ValueError, match="began: threads=2.*threads=1"):
        begin(tmp_path, deterministic=True, threads=1)


def test_settings_of_what_made_no_step_are_written_anew(tmp_path):
    begin(tmp_path)
    begin(tmp_path, seed=1)
    settings = (tmp_path / "training" / "settings.json").read_text()
    assert json.loads(settings)["seed"] == 1


def test_the_tour_tells_collapse_and_noise(monkeypatch, tmp_path, capsys):
    run("evaluation_tour", monkeypatch, *tiny(tmp_path))
    table = {}
    for line in capsys.readouterr().out.splitlines():
        name, _, _ = line.partition("500[")
        if name in ("fid", "precision", "recall", "ms-ssim"):
            table[name] = [float(value) for value in line.split()[1:]]
    test, _, collapsed, noise = range(4)
    assert table["fid"][test] < table["fid"][collapsed] < table["fid"][noise]
    assert table["precision"][collapsed] == 1.0 > table["precision"][noise]
    assert table["recall"][collapsed] < 0.2 < table["recall"][test]
    assert table["ms-ssim"][test] > table["ms-ssim"][noise]
    for name in ("test_images", "dcgan", "collapsed", "noise"):
        with Image.open(tmp_path / f"training/nearest_{name}.png") as sheet:
            assert sheet.height == 8 * 30 - 2
    scores = json.loads((tmp_path / "training/scores.json").read_text())
    assert len(scores["DCGAN"]) == 9


def make_pictures(folder, number, size=(40, 32)):
    folder.mkdir(parents=True)
    for index in range(number):
        noise = np.random.default_rng(index).integers(0, 256, (*size, 3))
        Image.fromarray(noise.astype("uint8")).save(folder / f"{index}.png")


def test_recipe_takes_a_folder_without_classes(monkeypatch, tmp_path, capfd):
    folder, output = tmp_path / "pictures", tmp_path / "output"
    make_pictures(folder, 4)
    arguments = (f"--dataset={folder}", *tiny(output)[1:])
    run("wgan_gp_cifar", monkeypatch, *arguments)
    assert (output / "1" / "saved_model.pb").exists()
    found = "4 pictures of 32x40, cropped to squares and resized to 32x32\n"
    assert found in capfd.readouterr().out


def test_recipe_takes_a_folder_with_classes(monkeypatch, tmp_path, capfd):
    folder, output = tmp_path / "pets", tmp_path / "output"
    make_pictures(folder / "cats", 4)
    make_pictures(folder / "dogs", 4, (24, 24))
    run(
        "acgan_fashion_mnist",
        monkeypatch,
        *tiny(output)[1:],
        f"--dataset={folder}",
        "--image-size=24",
        "--flip",
    )
    found = (
        "8 pictures of 24x24 to 32x40 in 2 classes (cats, dogs), cropped to "
        "squares and resized to 24x24, mirrored at random\n"
    )
    assert found in capfd.readouterr().out
    gan = keras.models.load_model(output / "training" / "gan.keras")
    assert gan.class_names == ["cats", "dogs"]
    sizes = set()
    for name in ("reals.png", "epoch_0001.png"):
        with Image.open(output / "training" / name) as picture:
            sizes.add(picture.size)
    ((width, height),) = sizes
    assert height == 2 * 26 - 2 and width > 8 * 26 - 2 + 20  # With names.
    settings = json.loads((output / "training" / "settings.json").read_text())
    assert settings["image_size"] == 24 and settings["flip"] is True


def test_the_page_on_own_pictures_is_a_recipe(monkeypatch, tmp_path, capfd):
    text = (RECIPES.parent / "docs" / "your_own_pictures.md").read_text()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    with_classes, without, score = (
        shlex.split(block.replace("\\\n", " ")) for block in blocks
    )
    make_pictures(tmp_path / "pets" / "cats", 5, (40, 32))
    make_pictures(tmp_path / "pets" / "dogs", 4, (70, 90))
    monkeypatch.chdir(tmp_path)
    for program, script, *arguments in (with_classes, without):
        assert program == "python" and script.startswith("recipes/")
        run(pathlib.Path(script).stem, monkeypatch, *arguments, *tiny("")[1:4])
        found = "9 pictures of 32x40 to 90x70"
        assert found in capfd.readouterr().out
    assert score[:4] == ["python", "-m", "keras_gan_zoo.metrics", "score"]
    score[score.index("--num") + 1] = "20"
    assert metrics_command.main(score[3:]) == 0
    records = json.loads(
        (tmp_path / "saved_models/pets/scores.json").read_text()
    )
    for record in records["scores"]:
        assert "|32-square-lanczos|" in record["name"]
        assert "pets" in record["name"]
    facts = tmp_path / "saved_models/pets/1/assets.extra/generator.json"
    assert json.loads(facts.read_text())["class_names"] == ["cats", "dogs"]


def test_data_sets_with_a_name_have_sizes_of_their_own(
    monkeypatch, tmp_path, capsys
):
    with pytest.raises(SystemExit):
        run("gan_mnist", monkeypatch, "--image-size=32", *tiny(tmp_path))
    error = capsys.readouterr().err
    assert "the images of embedded have a size of their own" in error


def test_a_folder_that_is_not_there_is_named(monkeypatch, tmp_path):
    # Whatever else is said of it: a slip in its name is the mistake.
    folder = str(tmp_path / "petz")
    arguments = [f"--dataset={folder}", "--image-size=32"]
    with pytest.raises(ValueError, match="existing folder of images.*petz"):
        run("gan_mnist", monkeypatch, *arguments, f"--output={tmp_path}/out")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*GANS} - {*EXPORTED}))
def test_every_recipe_runs_to_its_export(name, monkeypatch, tmp_path):
    run(name, monkeypatch, *tiny(tmp_path))
    check_output(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", GANS)
def test_paper_preset_runs_to_its_export(name, monkeypatch, tmp_path):
    output = tmp_path / name
    run(name, monkeypatch, "--preset=paper", *tiny(output))
    check_output(output)


def test_ring_of_gaussians_makes_its_table(monkeypatch, tmp_path, capsys):
    run(
        "ring_of_gaussians",
        monkeypatch,
        "--seeds=5",
        "--steps=20",
        "--only=dragan",
        f"--output={tmp_path}",
    )
    text = (tmp_path / "results.json").read_text()
    assert "NaN" not in text
    ((*counts, divergence),) = json.loads(text)["DRAGAN"]
    assert len(counts) == 3 and np.isfinite(counts).all()
    assert divergence is None or divergence >= 0
    with Image.open(tmp_path / "samples.png") as picture:
        assert picture.size == (300, 300)
    assert "| DRAGAN |" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argument, message",
    [
        ("--only=BEGAN", "no row begins with 'BEGAN'; there are GAN, non"),
        ("--steps=0", "at least 1 step.*--steps 0"),
        ("--seeds=-2", "seeds of at least 0"),
    ],
)
def test_a_ring_that_can_not_run_makes_no_folder(
    monkeypatch, tmp_path, capsys, argument, message
):
    output = tmp_path / "ring"
    with pytest.raises(SystemExit, match="2"):
        run("ring_of_gaussians", monkeypatch, argument, f"--output={output}")
    assert re.search(message, capsys.readouterr().err)
    assert not output.exists()


def test_advice_on_precision_is_followed(monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(recipe_settings, "_LONG", 1)
    run("gan_mnist", monkeypatch, *tiny(tmp_path / "first"))
    advice = capfd.readouterr().out.splitlines()[2]
    pattern = r"With --precision mixed_bfloat16, \d+\.\d\d times as many"
    assert re.match(pattern, advice)
    half = "--precision=mixed_bfloat16"
    try:
        run("gan_mnist", monkeypatch, half, *tiny(tmp_path / "second"))
    finally:
        keras.config.set_dtype_policy("float32")
    lines = capfd.readouterr().out.splitlines()
    assert "precision mixed_bfloat16; global batch" in lines[0]
    assert not [line for line in lines if re.match(pattern, line)]
    path = tmp_path / "second" / "training" / "settings.json"
    assert json.loads(path.read_text())["precision"] == "mixed_bfloat16"


@pytest.mark.parametrize("flag", ["--epochs=0", "--batch-size=-1"])
def test_numbers_below_one_are_refused(flag, monkeypatch, capsys, tmp_path):
    with pytest.raises(SystemExit):
        run("gan_mnist", monkeypatch, flag, f"--output={tmp_path}")
    assert "must be at least 1" in capsys.readouterr().err


def test_an_unknown_dataset_is_named(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="name='imagenet'"):
        run(
            "gan_mnist",
            monkeypatch,
            "--dataset=imagenet",
            f"--output={tmp_path}",
        )


def test_an_output_that_cannot_be_written_is_refused(monkeypatch, tmp_path):
    occupied = tmp_path / "file"
    occupied.touch()
    with pytest.raises(OSError, match="must be a folder that can be written"):
        run("gan_mnist", monkeypatch, f"--output={occupied}")


def test_a_gpu_can_be_required(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    with pytest.raises(SystemExit):
        run("gan_mnist", monkeypatch, "--require-gpu", f"--output={tmp_path}")
    assert "TensorFlow finds no GPU" in capsys.readouterr().err


def test_the_tour_of_latents_draws_its_pictures(monkeypatch, tmp_path):
    version = export_generator(models.gan((28, 28, 1)), tmp_path / "gan")
    output = tmp_path / "tour"
    run(
        "latent_tour",
        monkeypatch,
        f"--generator={version}",
        f"--output={output}",
    )
    sizes = {}
    for path in output.iterdir():
        with Image.open(path) as picture:
            sizes[path.name] = picture.size, getattr(picture, "n_frames", 1)
    assert sizes == {
        "paths.png": ((298, 238), 1),
        "grid.png": ((298, 298), 1),
        "arithmetic.png": ((118, 118), 1),
        "walk.gif": ((28, 28), 72),
    }
    with Image.open(output / "paths.png") as picture:
        paths = np.asarray(picture)
    # A line and a circle meet at their ends and part between them.
    line, circle = paths[:28], paths[30:58]
    for ends in (slice(28), slice(-28, None)):
        np.testing.assert_array_equal(line[:, ends], circle[:, ends])
    assert (line != circle).any()
