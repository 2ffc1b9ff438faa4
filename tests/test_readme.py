"""Every example of the documents runs, and every file they name is there."""

import pathlib
import re

import keras
import numpy as np
import pytest
from PIL import Image

from keras_gan_zoo.callbacks import failures
from tests.models import toys, zoo

ROOT = pathlib.Path(__file__).parents[1]
DOCUMENTS = [
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/*.md", "docs/models/*.md")
    for path in sorted(ROOT.glob(pattern))
]


def text_of(document):
    return (ROOT / document).read_text(encoding="utf-8")


def examples(document):
    return re.findall(r"```python\n(.*?)```", text_of(document), re.DOTALL)


def test_examples_of_the_readme_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_GAN_ZOO_HOME", str(tmp_path))
    blocks = examples("README.md")
    assert blocks
    names = {}
    for block in blocks:  # One after the other, as one reads them.
        block = re.sub(r"epochs=\d+", "epochs=1", block)
        exec(compile(block, "README.md", "exec"), names)
    assert (tmp_path / "saved_models" / "dcgan" / "1").is_dir()
    assert (tmp_path / "pictures" / "epoch_0001.png").exists()
    # The game of one's own is saved and loaded like any other.
    zoo_model = zoo.ZOO["VanillaGAN"].build()
    gan = names["PatientGAN"](
        zoo_model.generator, zoo_model.discriminator, toys.LATENT_DIM
    )
    toys.compile_model(gan, run_eagerly=True)
    images, _ = toys.arrays(num_batches=1)
    gan.fit(images, batch_size=len(images), verbose=0)
    gan.save("patient.keras")
    loaded = keras.models.load_model("patient.keras")
    assert type(loaded) is names["PatientGAN"] and loaded.step == 1
    np.testing.assert_array_equal(
        loaded.generate(2, seed=0), gan.generate(2, seed=0)
    )


def test_examples_of_the_scores_run():
    names = {}
    for block in examples("docs/metrics.md"):
        exec(compile(block, "docs/metrics.md", "exec"), names)
    images = np.zeros((2, 64, 64, 3), "uint8")
    assert names["network"](images).features.shape == (2, 128)


def test_examples_of_own_pictures_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("pets/cats", "pets/dogs", "edges", "photos", "facades"):
        pathlib.Path(folder).mkdir(parents=True)
        for number in range(2):
            picture = Image.new("RGB", (80, 60), (0, 0, 90 * number))
            picture.save(f"{folder}/{number}.png")
    names = {}
    for block in examples("docs/your_own_pictures.md"):
        exec(compile(block, "docs/your_own_pictures.md", "exec"), names)
    assert names["names"] == ["cats", "dogs"]
    assert names["wide"].element_spec.shape == (4, 48, 64, 4)
    shapes = {
        name: [tuple(part.shape) for part in names[name].element_spec]
        for name in ("pairs", "facades", "domains")
    }
    assert shapes == {
        "pairs": [(2, 64, 64, 3)] * 2,
        "facades": [(2, 60, 40, 3)] * 2,
        "domains": [(2, 64, 64, 3)] * 2,
    }
    assert len(next(iter(names["domains"]))) == 2


def test_examples_of_scaling_out_run(tmp_path, monkeypatch, two_replicas):
    monkeypatch.chdir(tmp_path)
    names = {"two_replicas": two_replicas}
    for block in examples("docs/scaling_out.md"):
        # On a machine of one GPU, or none, it would be one replica.
        block = block.replace(
            "tf.distribute.MirroredStrategy()", "two_replicas"
        )
        exec(compile(block, "docs/scaling_out.md", "exec"), names)
    logs = names["history"].history
    (speed,) = logs["images_per_second"]
    assert logs["images_per_second_per_replica"] == [speed / 2]


def test_the_commands_of_scaling_out_are_those_that_tests_run():
    text = text_of("docs/scaling_out.md")
    for name in ("on_ray", "wgan_gp_fashion_mnist"):
        assert f"recipes/distributed/{name}.py" in text
        assert f"{name}.py" in text_of("tests/recipes/test_distributed.py")


def test_examples_of_failures_run(capsys):
    names = {}
    for block in examples("docs/when_training_goes_wrong.md"):
        exec(compile(block, "docs/when_training_goes_wrong.md", "exec"), names)
    plan, findings = capsys.readouterr().out.splitlines()
    assert "looks every 10 steps" in plan and findings == "[]"
    assert names["gan"].step == 20  # Two examinations.


@pytest.mark.parametrize("failure", failures.ADVICE)
def test_each_failure_has_its_section(failure):
    text = text_of("docs/when_training_goes_wrong.md")
    _, section = text.split(f"\n## {failure}\n")
    section, *_ = section.split("\n## ")
    assert re.search(rf"Doctor, step [\d,]+: {re.escape(failure)}\.", section)
    for sentence in failures.ADVICE[failure]:
        assert f"      - {sentence}\n" in section + "\n"


def links(document):
    """Returns the paths that a document links to, from its folder."""
    return re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(document))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files(document):
    folder = (ROOT / document).parent
    missing = [link for link in links(document) if not (folder / link).exists()]
    assert not missing


def test_the_readme_leads_to_every_page():
    reached, waiting = set(), ["README.md"]
    while waiting:
        document = waiting.pop()
        reached.add(document)
        for link in links(document):
            path = ((ROOT / document).parent / link).resolve()
            if path.suffix == ".md":
                waiting += {str(path.relative_to(ROOT))} - reached
    assert {one for one in DOCUMENTS if one.startswith("docs/")} <= reached


def test_the_readme_tells_what_each_package_is_for():
    _, table = text_of("README.md").split("## Where things are")
    packages = (ROOT / "keras_gan_zoo").glob("*/__init__.py")
    names = {path.parent.name for path in packages}
    told = {path.split("/")[-1] for path in re.findall(r"`([\w/.]+)`", table)}
    assert names - told == set()


def test_the_table_of_the_zoo_is_whole():
    readme = text_of("README.md")
    for path in (ROOT / "keras_gan_zoo" / "models").rglob("*.py"):
        if path.name != "__init__.py" and path.parent.name != "base":
            assert f"({path.relative_to(ROOT)})" in readme
    recipes = ROOT / "recipes"
    for path in [*recipes.glob("*.py"), *recipes.glob("distributed/*.py")]:
        assert f"({path.relative_to(ROOT)})" in readme
