"""The way that CONTRIBUTING.md shows is one that leads there."""

import pathlib
import re
import runpy
import shutil
import subprocess
import sys

import keras
import pytest
import tensorflow as tf

from keras_gan_zoo import losses
from keras_gan_zoo.models import GAN

ROOT = pathlib.Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def files():
    """Returns the files of the example, by their paths."""
    pattern = r"```python title=(\S+)\n(.*?)```"
    return dict(re.findall(pattern, TEXT, re.DOTALL))


def test_the_example_takes_three_files():
    model, test, recipe = files()
    assert model.startswith("keras_gan_zoo/models/objectives/")
    assert test.startswith("tests/models/test_")
    assert recipe.startswith("recipes/")
    for path in files():
        assert not (ROOT / path).exists(), path


def test_the_model_of_the_example_is_a_gan_of_its_paper(tmp_path):
    path = tmp_path / "hinge_gan.py"
    path.write_text(next(iter(files().values())), encoding="utf-8")
    model = runpy.run_path(str(path))["HingeGAN"]
    assert issubclass(model, GAN) and "train_step" in vars(model)
    latents, samples = keras.Input((2,)), keras.Input((3,))
    gan = model(
        keras.Model(latents, keras.layers.Dense(3)(latents)),
        keras.Model(samples, keras.layers.Dense(1)(samples)),
        latent_dim=2,
    )
    assert isinstance(gan.adversarial_loss, losses.Hinge)
    gan.compile(generator_optimizer="sgd", discriminator_optimizer="sgd")
    gan.fit(tf.random.normal((8, 3)), batch_size=4, verbose=0)
    assert gan.step == 2


def test_the_example_of_parts_runs():
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names = {}
    exec(compile(example, "CONTRIBUTING.md", "exec"), names)
    assert names["gan"].generate(2, seed=0).shape == (2, 32, 32, 4)


@pytest.mark.slow
def test_three_files_are_all_that_a_model_takes(tmp_path):
    for folder in ("benchmarks", "docs", "keras_gan_zoo", "recipes", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name in ("README.md", "setup.cfg"):
        shutil.copy(ROOT / name, tmp_path / name)
    for path, content in files().items():
        (tmp_path / path).write_text(content, encoding="utf-8")
    commands = (
        ["-m", "tests.costs"],
        ["-m", "pytest", "-q", "tests/models", "-k", "HingeGAN or hinge_gan"],
        ["-m", "pytest", "-q", "tests/recipes", "-k", "hinge_gan"],
        [
            "recipes/hinge_gan_mnist.py",
            *("--dataset=embedded", "--epochs=1", "--steps-per-epoch=2"),
        ],
        ["-m", "docs.make_zoo", "saved_models/hinge_gan_mnist"],
    )
    for command in commands:
        subprocess.run([sys.executable, *command], check=True, cwd=tmp_path)
    page = (tmp_path / "docs" / "models" / "hinge_gan.md").read_text("utf-8")
    assert "Geometric GAN" in page and "hinge_gan_mnist" in page
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "docs/models/hinge_gan.md" in readme
