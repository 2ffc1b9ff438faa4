"""`keras-gan-zoo` and its commands."""

import io
import json
import sys
import types

import keras
import numpy as np
import pytest
from PIL import Image

from keras_gan_zoo import __main__ as program
from keras_gan_zoo import export, samples
from keras_gan_zoo.endpoints import Endpoint
from keras_gan_zoo.images import to_uint8
from tests import tiny
from tests.samples import examples


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model, its .keras file, and a folder of two exports of it."""
    folder = tmp_path_factory.mktemp("trained")
    model = tiny.gan((8, 8, 1))
    model.save(folder / "gan.keras")
    for _ in range(2):
        export.export_generator(model, folder / "served")
    return types.SimpleNamespace(
        model=model, file=folder / "gan.keras", served=folder / "served"
    )


@pytest.mark.parametrize(
    "name, words",
    [
        ("score", ["score"]),
        ("serve", ["serve"]),
        ("translate", ["translate"]),
        ("datasets", []),
    ],
)
def test_a_command_gets_its_arguments(name, words, monkeypatch):
    module = types.SimpleNamespace(main=lambda arguments: arguments)
    found = program.COMMANDS[name].module
    monkeypatch.setitem(sys.modules, found, module)
    received = program.main([name, "--num", "3"])
    assert received == [*words, "--num", "3"]


def test_an_unknown_command_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        program.main(["paint"])
    assert "invalid choice: 'paint'" in capsys.readouterr().err


def test_without_a_command_all_are_listed(capsys):
    assert program.main([]) == 0
    text = capsys.readouterr().out
    for name in program.COMMANDS:
        assert f"keras-gan-zoo {name} " in text


def test_train_runs_a_script_as_python_does(tmp_path, monkeypatch):
    (tmp_path / "beside_it.py").write_text("NUMBER = 7")
    script = tmp_path / "script.py"
    script.write_text(
        "import json, pathlib, sys, beside_it\n"
        "found = [__name__, sys.argv, beside_it.NUMBER]\n"
        "pathlib.Path(sys.argv[2]).write_text(json.dumps(found))\n"
        "raise SystemExit(3)"
    )
    before = sys.argv, list(sys.path)
    output = str(tmp_path / "found.json")
    arguments = [str(script), "--output", output, "--help"]
    with pytest.raises(SystemExit, match="3"):
        program.main(["train", *arguments])
    assert (sys.argv, sys.path) == before
    found = json.loads((tmp_path / "found.json").read_text())
    assert found == ["__main__", arguments, 7]


def test_train_without_its_script_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        program.main(["train", str(tmp_path / "nothing.py")])
    assert "expected a recipe" in capsys.readouterr().err


def test_generate_draws_what_an_endpoint_returns(trained, tmp_path):
    pictures = []
    for number, model in enumerate(
        (trained.served, trained.served / "1", trained.file)
    ):
        out = tmp_path / f"{number}.png"
        arguments = [str(model), "--seed=5", "--num=3", f"--out={out}"]
        assert program.main(["generate", *arguments]) == 0
        with Image.open(out) as picture:
            pictures.append(np.asarray(picture))
    first, second, third = pictures
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, third)
    # Two columns of 8 pixels, two apart; the third image is that of seed 7.
    seeds = trained.model.prior_of_seeds(np.array([7], "int64"))
    expected = to_uint8(trained.model(seeds))[0, :, :, 0]
    np.testing.assert_array_equal(first[10:, :8], expected)


WAVES = samples.Waveforms(8000)


def _values(name, content):
    """Returns the numbers in a file; of a PNG or WAV, its bytes."""
    if name.endswith("csv"):
        return np.loadtxt(io.BytesIO(content), delimiter=",", skiprows=1)
    if name.endswith("npz"):
        (array,) = examples.read_npz(content).values()
        return array
    return np.frombuffer(content, "uint8")


@pytest.mark.parametrize(
    "model, kind, written",
    [
        (lambda: tiny.gan((2,)), samples.Points(), ["seeds_3_to_4.csv"]),
        (
            lambda: tiny.gan((8, 1), kind=WAVES),
            WAVES,
            ["seed_3.wav", "seed_4.wav"],
        ),
        (tiny.conditional_gan, samples.Images(), ["seed_3.png", "seed_4.png"]),
        # Of five channels there is no PNG.
        (
            lambda: tiny.gan((4, 4, 5)),
            samples.Images(),
            ["seeds_3_to_4.npz"],
        ),
    ],
    ids=["points", "waveforms", "images of labels", "images of five channels"],
)
def test_generate_writes_files_of_the_kind(model, kind, written, tmp_path):
    model = model()
    model.save(tmp_path / "gan.keras")
    path = export.export_generator(model, tmp_path / "served")
    drawn = model.prior_of_seeds(np.array([3, 4], "int64"))
    expected = kind.to_served(model(drawn)).numpy()
    rows = [expected] if len(written) == 1 else [expected[:1], expected[1:]]
    for source in (tmp_path / "gan.keras", path):
        out = tmp_path / f"of_{source.stem}"
        arguments = [str(source), "--seed=3", "--num=2", f"--out={out}"]
        assert program.main(["generate", *arguments]) == 0
        assert sorted(file.name for file in out.iterdir()) == written
        for name, samples_of_file in zip(written, rows, strict=True):
            content = kind.to_file(samples_of_file)
            found = _values(name, (out / name).read_bytes())
            # A graph may round the last digit otherwise.
            np.testing.assert_allclose(found, _values(name, content), atol=1e-6)


@pytest.mark.parametrize(
    "shape, size",
    [
        ((2,), (240, 240)),  # All points in one panel.
        ((8, 8, 8, 1), (2 * 128 + 2, 2 * 128 + 2)),
    ],
)
def test_generate_draws_other_kinds(shape, size, tmp_path):
    tiny.gan(shape).save(tmp_path / "gan.keras")
    out = tmp_path / "new" / "picture.png"
    arguments = [str(tmp_path / "gan.keras"), "--num=4", f"--out={out}"]
    assert program.main(["generate", *arguments]) == 0
    with Image.open(out) as picture:
        assert picture.size == size


def test_generate_names_samples_that_only_their_writer_knows(tmp_path):
    path = export.export_generator(tiny.gan((2,)), tmp_path)
    facts = path / "assets.extra" / "generator.json"
    told = json.loads(facts.read_text())
    told["kind"] = {"name": "molecules", "suffix": "sdf"}
    facts.write_text(json.dumps(told))
    out = tmp_path / "made.npz"
    assert program.main(["generate", str(path), f"--out={out}"]) == 0
    with np.load(out) as file:
        assert file["points"].shape == (16, 2)


class Negatives(keras.Model):
    """A model of images that draws nothing."""

    def endpoints(self):
        images = samples.Images().input((4, 4, 1))
        negative = lambda images: {"images": -images}  # noqa: E731
        return [Endpoint("serving_default", (images,), negative)]


def test_generate_refuses_what_draws_nothing(tmp_path, capsys):
    path = export.export_generator(Negatives(), tmp_path)
    out = tmp_path / "grid.png"
    assert program.main(["generate", str(path), f"--out={out}"]) == 1
    assert "draws samples from seeds" in capsys.readouterr().err
    assert not out.exists()


def test_generate_takes_the_latest_export(tmp_path):
    from keras_gan_zoo.commands import generate

    for version in ("2", "10", "notes"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "saved_model.pb").touch()
    assert generate._model_at(tmp_path) == tmp_path / "10"


@pytest.mark.parametrize("name", ["missing", "."])
def test_generate_refuses_what_is_no_model(name, tmp_path, capsys):
    model = str(tmp_path / name)
    out = tmp_path / "grid.png"
    assert program.main(["generate", model, f"--out={out}"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("Error: Expected an exported generator")
    assert not out.exists()


@pytest.mark.parametrize("flag", ["--num=0", "--seed=-1"])
def test_generate_refuses_numbers_that_mean_nothing(flag, capsys):
    with pytest.raises(SystemExit, match="2"):
        program.main(["generate", "model", "--out=x.png", flag])
    assert flag.replace("=", " ") in capsys.readouterr().err


def test_export_writes_the_next_version(trained, tmp_path, capsys):
    assert program.main(["export", str(trained.file), str(tmp_path)]) == 0
    assert (tmp_path / "1" / "saved_model.pb").exists()
    assert f"Exported to {tmp_path / '1'}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "suffix, function", [(".onnx", "export_onnx"), (".tflite", "export_litert")]
)
def test_export_goes_by_the_name_of_the_file(
    suffix, function, trained, tmp_path, monkeypatch
):
    received = []

    def exporter(model, path):
        received.append((type(model), path))
        return path

    monkeypatch.setattr(export, function, exporter)
    output = tmp_path / f"model{suffix}"
    assert program.main(["export", str(trained.file), str(output)]) == 0
    assert received == [(type(trained.model), output)]


def test_export_refuses_what_is_no_model(tmp_path, capsys):
    broken = tmp_path / "broken.keras"
    broken.write_text("no archive")
    for path in (broken, tmp_path / "missing.keras"):
        assert program.main(["export", str(path), str(tmp_path / "o")]) == 1
        error = capsys.readouterr().err
        assert error.startswith("Error: ") and path.name in error
    assert not (tmp_path / "o").exists()
