import socket
import time

import numpy as np
import pytest

from keras_gan_zoo.metrics import weights
from keras_gan_zoo.metrics.weights import WeightFile, digest

ARRAYS = {
    "body/kernel": np.arange(6, dtype="float32").reshape(2, 3),
    "body/bias": np.float32([0.5, -0.5]),
}
FILE = WeightFile("small", digest(ARRAYS), optional="classes")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GAN_ZOO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def save(path, arrays):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path


def changed(**arrays):
    return ARRAYS | {f"body/{name}": array for name, array in arrays.items()}


def test_the_digest_is_the_same_in_every_order_of_names():
    assert digest(dict(reversed(ARRAYS.items()))) == digest(ARRAYS)
    assert len(digest(ARRAYS)) == 64


def test_the_digest_is_the_same_in_every_memory_layout():
    kernel = np.asfortranarray(ARRAYS["body/kernel"])
    big_endian = ARRAYS["body/bias"].astype(">f4")
    other = changed(kernel=kernel, bias=big_endian)
    assert digest(other) == digest(ARRAYS)


@pytest.mark.parametrize(
    "other",
    [
        changed(bias=np.float32([0.5, -0.50000006])),
        changed(kernel=np.arange(6, dtype="float32").reshape(3, 2)),
        changed(kernel=ARRAYS["body/kernel"][::-1]),
        {name.upper(): array for name, array in ARRAYS.items()},
        {"body/kernel": ARRAYS["body/kernel"]},
        changed(more=np.zeros(1, "float32")),
    ],
    ids=["value", "shape", "order", "names", "missing", "more"],
)
def test_other_weights_have_another_digest_and_are_refused(tmp_path, other):
    assert digest(other) != digest(ARRAYS)
    path = save(tmp_path / "other.npz", other)
    with pytest.raises(ValueError, match="SHA-256.*fetch it again") as error:
        FILE.load(path)
    for word in ("small", digest(ARRAYS), digest(other), str(path)):
        assert word in str(error.value)


def test_the_folder_is_that_of_the_environment_variable(home):
    assert weights.home() == home
    assert FILE.default_path == home / "weights" / "small.npz"
    save(FILE.default_path, ARRAYS)
    loaded = FILE.load()
    assert loaded.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(loaded[name], array)


@pytest.mark.parametrize("value", [None, ""])
def test_the_folder_is_in_the_cache_of_the_user_by_default(
    monkeypatch, tmp_path, value
):
    monkeypatch.setenv("HOME", str(tmp_path))
    if value is None:
        monkeypatch.delenv("KERAS_GAN_ZOO_HOME")
    else:
        monkeypatch.setenv("KERAS_GAN_ZOO_HOME", value)
    assert weights.home() == tmp_path / ".cache" / "keras_gan_zoo"


def test_the_environment_variable_may_begin_with_a_tilde(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_GAN_ZOO_HOME", "~/zoo")
    assert weights.home() == tmp_path / "zoo"


@pytest.mark.parametrize("convert", [str, lambda path: path])
def test_a_path_is_honoured_before_the_folder(tmp_path, convert):
    save(FILE.default_path, changed(bias=np.float32([1, 1])))
    path = save(tmp_path / "elsewhere.npz", ARRAYS)
    assert FILE.load(convert(path)).keys() == ARRAYS.keys()


def test_an_optional_array_is_loaded_but_no_part_of_the_digest(tmp_path):
    classes = np.float32([[1, 2], [3, 4]])
    path = save(tmp_path / "more.npz", ARRAYS | {"classes": classes})
    np.testing.assert_array_equal(FILE.load(path)["classes"], classes)
    assert "classes" not in FILE.load(save(tmp_path / "less.npz", ARRAYS))


@pytest.mark.parametrize(
    "file", [weights.INCEPTION_2015, weights.VGG16_LPIPS], ids=lambda f: f.name
)
def test_a_missing_file_is_named_at_once_without_a_network(
    monkeypatch, home, file
):
    def refuse(*_, **__):
        raise AssertionError("It touched the network.")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    start = time.perf_counter()
    with pytest.raises(FileNotFoundError) as error:
        file.load()
    assert time.perf_counter() - start < 1
    for words in (
        f"file {file.name}.npz",
        f"folder {home / 'weights'}",
        file.sha256,
        f"python -m keras_gan_zoo.metrics fetch {file.name}",
        "KERAS_GAN_ZOO_HOME",
    ):
        assert words in str(error.value)
    assert not home.exists()


def test_a_missing_file_of_a_path_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"mine.npz .*{tmp_path}"):
        FILE.load(tmp_path / "mine.npz")
    with pytest.raises(FileNotFoundError, match="no such file"):
        FILE.load(tmp_path)


def assert_unreadable(path):
    with pytest.raises(ValueError, match="can't be read.*fetch it again") as e:
        FILE.load(path)
    assert str(path) in str(e.value) and "small" in str(e.value)


def test_truncated_files_are_refused(tmp_path):
    path = save(tmp_path / "short.npz", ARRAYS)
    content = path.read_bytes()
    for size in range(0, len(content), 7):
        path.write_bytes(content[:size])
        assert_unreadable(path)


@pytest.mark.parametrize("saver", [np.savez, np.savez_compressed])
def test_damaged_files_are_refused(tmp_path, saver):
    path = tmp_path / "damaged.npz"
    saver(path, **ARRAYS)
    content, random = path.read_bytes(), np.random.default_rng(0)
    for _ in range(150):
        damaged = np.frombuffer(content, "uint8").copy()
        places = random.integers(0, len(content), 8)
        damaged[places] = random.integers(0, 256, 8)
        path.write_bytes(damaged)
        try:
            loaded = FILE.load(path)
        except ValueError as error:
            assert "fetch it again" in str(error)
        else:  # Only what doesn't matter was hit.
            assert digest(loaded) == FILE.sha256


def test_other_files_are_refused(tmp_path):
    np.save(tmp_path / "one.npy", ARRAYS["body/bias"])
    assert_unreadable(tmp_path / "one.npy")
    (tmp_path / "page.npz").write_text("<html>Not found</html>")
    assert_unreadable(tmp_path / "page.npz")


class Opens:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def test_a_file_that_could_run_code_is_refused(tmp_path):
    marker = tmp_path / "marker"
    evil = ARRAYS | {"evil": np.array([Opens(str(marker))], object)}
    assert_unreadable(save(tmp_path / "evil.npz", evil))
    assert not marker.exists()


def test_the_library_names_the_weights_of_2015():
    # These name scores: weights of another digest are other scores.
    assert weights.INCEPTION_2015.sha256.startswith("7adf4f98c35c73f6")
    assert weights.VGG16_LPIPS.sha256.startswith("7f137987bf7f7bde")
