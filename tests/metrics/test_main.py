import json
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import averages, saved_files
from keras_gan_zoo.callbacks import (
    FrechetInceptionDistance,
    GeneratedFeatures,
    InceptionScore,
    KernelInceptionDistance,
)
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.metrics import Score, features
from keras_gan_zoo.metrics.__main__ import main
from keras_gan_zoo.metrics.references import reference
from keras_gan_zoo.models import VanillaGAN
from tests import tiny

SHAPE = (28, 28, 1)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GAN_ZOO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    # As large as the images that come with the package, and quick.
    monkeypatch.setattr(
        features, "mnist_cnn", lambda: tiny.feature_network(SHAPE), False
    )
    return tmp_path / "home"


def score(generator, *options, metrics="fid,kid,is,prdc"):
    """Runs the command, and returns its scores by name."""
    arguments = ["score", "--generator", str(generator), "--metrics", metrics]
    arguments += ["--network", "mnist_cnn", "--reference", "embedded"]
    assert main([*arguments, "--allow-few-samples", *options]) == 0
    with open("scores.json", encoding="utf-8") as file:
        record = json.load(file)
    scores = [Score.from_json(json.dumps(s)) for s in record["scores"]]
    return {str(score.protocol): score for score in scores}


def pixels(number=1200, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (number, *SHAPE), dtype="uint8")


def test_callbacks_exports_and_files_get_the_same_scores(tmp_path, capsys):
    gan = tiny.gan(SHAPE, average=averages.EMA(0.5))
    network = tiny.feature_network(SHAPE)
    samples = GeneratedFeatures(network, num_samples=1000, seed=4)
    real = reference("embedded", network)
    callbacks = [
        FrechetInceptionDistance(samples, real, allow_few_samples=True),
        KernelInceptionDistance(samples, real),
        InceptionScore(samples),
    ]
    gan.fit(tiny.dataset(SHAPE), epochs=2, callbacks=callbacks, verbose=0)
    in_training = [s for callback in callbacks for s in callback.last_scores]
    gan.save("gan.keras")
    for path in (export_generator(gan, tmp_path / "zoo"), "gan.keras"):
        scores = score(path, "--num", "1000", "--seed", "4")
        for expected in in_training:
            assert scores[str(expected.protocol)] == expected
        assert len(scores) == 7
    table = capsys.readouterr().out
    for name, value in scores.items():
        assert f"{name} " in table and f"{value.value:.5g}" in table


def test_another_seed_and_another_number_give_other_scores(tmp_path):
    path = export_generator(tiny.gan(SHAPE), tmp_path / "zoo")
    runs = [
        score(path, *options, metrics="fid")
        for options in (
            ["--num", "300"],
            ["--num", "300"],
            ["--num", "300", "--seed", "1"],
            ["--num", "299"],
        )
    ]
    first, again, other, fewer = [next(iter(run.values())) for run in runs]
    assert first == again
    assert first.value != other.value and first - other
    with pytest.raises(ValueError, match="num_samples: 300 and 299"):
        first - fewer


def test_images_of_a_file_and_of_a_folder_are_scored(tmp_path):
    images = pixels(30)
    np.savez(tmp_path / "images.npz", images)
    for index, image in enumerate(images):
        content = tf.io.encode_png(image).numpy()
        path = tmp_path / "folder" / f"{index:02}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    runs = [
        score(tmp_path / name, metrics="fid,is,prdc,ms-ssim,swd")
        for name in ("images.npz", "folder")
    ]
    assert list(runs[0]) == list(runs[1])
    assert "swd30[train]" in runs[0] and "ms-ssim30[pairs-of-all]" in runs[0]
    assert [*runs[0].values()] == [*runs[1].values()]
    part = score(tmp_path / "folder", "--num", "20", metrics="fid")
    assert list(part) == ["fid20[tiny-v1|train]"]


def test_the_second_run_reads_the_cache(tmp_path, monkeypatch, capsys):
    np.savez(tmp_path / "images.npz", pixels(30))
    first = score(tmp_path / "images.npz", metrics="fid,is")
    network = tiny.feature_network(SHAPE)
    network._compute = lambda images: pytest.fail("computed again")
    monkeypatch.setattr(features, "mnist_cnn", lambda: network)
    capsys.readouterr()
    assert score(tmp_path / "images.npz", metrics="fid,is") == first
    bar = "=" * 20
    assert f"generated [{bar}] 30 of 30 images" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--generator", "x", "--reference", "embedded"], "isn't there"),
        (["--generator", "."], "no `--reference`"),
        (["--generator", "empty", "--reference", "a.npz"], "which has none"),
        (["--generator", "a.npz", "--reference", "embedded"], "10,000"),
        (["--generator", "a.npz", "--reference", "imagenet"], "'imagenet'"),
        (["--generator", "a.txt", "--reference", "embedded"], "a.txt"),
        (["--generator", "pipe.npz", "--reference", "embedded"], "pipe.npz"),
        (["--generator", "half.npz", "--reference", "a.npz"], "half.npz"),
        (["--generator", "a.npz", "--reference", "half.npz"], "half.npz"),
        (["--generator", "a.npz", "--reference", "nan.npz"], "float64"),
        (["--generator", "half.keras", "--reference", "a.npz"], "half.keras"),
        (["--generator", "bomb.keras", "--reference", "a.npz"], "unpacks to"),
        (["--generator", "broken", "--reference", "a.npz"], "broken"),
        (["--generator", "a.npz", "--reference", "out"], "out/10?"),
        (["--generator", "out", "--reference", "a.npz"], "Did you mean out/10"),
        (
            ["--generator", "out/9/variables", "--reference", "a.npz"],
            "Did you mean out/9?",
        ),
        (
            ["--generator", "steps", "--reference", "a.npz"],
            "Did you mean steps/step_2/gan.keras?",
        ),
        (
            ["--generator", "a.npz", "--reference", "a.npz", "--output", "out"],
            "out/scores.json",
        ),
        (["--generator", "small.npz", "--reference", "embedded"], "height 28"),
        (
            ["--generator", "a.npz", "--metrics", "kid", "--subset-size", "4"]
            + ["--reference", "a.npz"],
            "subset_size=4, 3 real and 3 gen",
        ),
        (["--generator", "one.npz", "--metrics", "ms-ssim"], "Received: 1."),
    ],
)
def test_bad_input_is_one_clear_error(
    tmp_path, capsys, monkeypatch, arguments, message
):
    monkeypatch.setattr(saved_files, "MAX_JSON", 2**20)
    _write_bad_files(tmp_path)
    options = {"--network": "mnist_cnn", "--metrics": "prdc"}
    if message in ("10,000", "no `--reference`"):
        options["--metrics"] = "fid"
    options = [part for option in options.items() for part in option]
    assert main(["score", *options, *arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("Error: ") and message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "scores.json").exists()


def _write_bad_files(folder):
    np.savez(folder / "a.npz", pixels(3))
    np.savez(folder / "one.npz", pixels(1))
    np.savez(folder / "small.npz", pixels(5)[:, 1:, 1:])
    np.savez(folder / "nan.npz", np.full((5, *SHAPE), np.nan))
    content = (folder / "a.npz").read_bytes()
    for name in ("half.npz", "half.keras"):
        (folder / name).write_bytes(content[: len(content) // 2])
    (folder / "a.txt").touch()
    os.mkfifo(folder / "pipe.npz")
    with zipfile.ZipFile(
        folder / "bomb.keras", "w", zipfile.ZIP_DEFLATED
    ) as archive:
        archive.writestr("config.json", bytes(2**20 + 1))
    (folder / "empty").mkdir()
    for name in (
        "out/9/saved_model.pb",
        "out/9/variables/variables.index",
        "out/10/saved_model.pb",
        "out/training/epoch_00001.png",
        "steps/step_1/gan.keras",
        "steps/step_2/gan.keras",
        "broken/saved_model.pb",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"broken")


def test_models_of_classes_of_ones_own_are_one_error(tmp_path, capsys):
    class MyGAN(VanillaGAN):
        pass

    gan = tiny.gan(SHAPE)
    MyGAN(gan.generator, gan.discriminator, tiny.LATENT_DIM).save("my.keras")
    arguments = ["--generator", "my.keras", "--network", "mnist_cnn"]
    arguments += ["--reference", "embedded", "--num", "9"]
    assert main(["score", *arguments]) == 1
    error = capsys.readouterr().err
    assert "MyGAN" in error and "export_generator" in error
    assert error.startswith("Error: ") and error.count("\n") == 1


def test_samples_of_nan_are_one_error(tmp_path, capsys):
    gan = tiny.gan(SHAPE)
    gan.generator.layers[0].bias.assign(np.full(28 * 28, np.nan))
    gan.save("nan.keras")
    path = export_generator(gan, tmp_path / "zoo")
    for generator in ("nan.keras", str(path)):
        arguments = ["--generator", generator, "--network", "mnist_cnn"]
        arguments += ["--reference", "embedded", "--num", "9"]
        assert main(["score", *arguments, "--metrics", "kid,swd"]) == 1
        error = capsys.readouterr().err
        assert error.startswith("Error: ") and "100% NaN" in error
        assert error.count("\n") == 1


def test_default_scores_of_few_images_need_no_flag_but_that_of_fid(tmp_path):
    np.savez(tmp_path / "a.npz", pixels(30))
    scores = score(tmp_path / "a.npz", metrics="kid,prdc")
    assert "kid30[tiny-v1|train|subsets-of-30]" in scores
    (smaller,) = score(tmp_path / "a.npz", "--subset-size", "10", metrics="kid")
    assert smaller == "kid30[tiny-v1|train|subsets-of-10]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["score", "--generator", "x", "--seed", "-1"],
        ["score", "--generator", "x", "--seed", str(2**31)],
        ["score", "--generator", "x", "--subset-size", "0"],
        ["score", "--generator", "x", "--metrics", "fid,fad"],
        ["score", "--generator", "x", "--network", "resnet"],
        ["score", "--generator", "x", "--num", "0"],
        ["fetch", "alexnet"],
        [],
    ],
)
def test_misuse_ends_with_the_usage(capsys, arguments):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage:" in capsys.readouterr().err


def test_r32_missing_weights_are_told_before_tensorflow_is_imported(home):
    code = (
        "import sys\n"
        "from keras_gan_zoo.metrics.__main__ import main\n"
        "assert main(['score', '--generator', '.', '--reference', 'cifar10'])\n"
        "assert 'tensorflow' not in sys.modules"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=str(tiny.ROOT),
    )
    assert run.returncode == 0, run.stderr
    for part in (
        "inception_2015.npz",
        "7adf4f98c35c73f6279e285e5910d07449cd5e8af1df21baed4a3e049b6bb19e",
        str(home / "weights"),
        "python -m keras_gan_zoo.metrics fetch inception_2015",
    ):
        assert part in run.stderr
