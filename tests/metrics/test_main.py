import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

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
    gan = tiny.gan(SHAPE, ema_decay=0.5)
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
    assert "swd30[train]" in runs[0] and "ms-ssim30[]" in runs[0]
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
        (["--generator", "x", "--reference", "embedded"], "no such file"),
        (["--generator", "."], "no `--reference`"),
        (["--generator", ".", "--reference", "embedded"], "which has none"),
        (["--generator", "a.npz", "--reference", "embedded"], "10,000"),
        (["--generator", "a.npz", "--reference", "imagenet"], "'imagenet'"),
        (["--generator", "a.txt", "--reference", "embedded"], "a.txt"),
    ],
)
def test_bad_input_is_one_clear_error(tmp_path, capsys, arguments, message):
    np.savez(tmp_path / "a.npz", pixels(3))
    (tmp_path / "a.txt").touch()
    assert main(["score", "--network", "mnist_cnn", *arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("Error: ") and message in error
    assert not (tmp_path / "scores.json").exists()


@pytest.mark.parametrize(
    "arguments",
    [
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
