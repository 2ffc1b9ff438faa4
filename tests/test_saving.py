"""A save that fails leaves what was there before."""

import keras
import numpy as np
import pytest

from tests import tiny


@pytest.fixture(scope="module")
def gan():
    return tiny.gan()


def save(gan, path):
    getattr(gan, "save" if path.suffix == ".keras" else "save_weights")(path)


def weights_of(path):
    if path.suffix == ".keras":
        return keras.models.load_model(path).get_weights()
    loaded = tiny.gan()
    loaded.load_weights(path)
    return loaded.get_weights()


@pytest.mark.parametrize("name", ["gan.v2.keras", "gan.weights.h5"])
def test_r41_what_fails_leaves_the_good_file(name, gan, tmp_path, monkeypatch):
    path = tmp_path / name
    save(gan, path)
    before = path.read_bytes()

    def fill(layer, store):
        store["half"] = np.zeros(1000)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(gan), "save_own_variables", fill)
    with pytest.raises(OSError, match="No space left"):
        save(gan, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    for one, other in zip(gan.get_weights(), weights_of(path), strict=True):
        np.testing.assert_array_equal(one, other)


def test_r41_callbacks_of_keras_leave_the_good_file(tmp_path, monkeypatch):
    gan, path = tiny.gan(), tmp_path / "best.keras"
    gan.save(path)
    before = path.read_bytes()
    best = keras.callbacks.ModelCheckpoint(path)

    def fail(layer, store):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(gan), "save_own_variables", fail)
    with pytest.raises(OSError, match="No space left"):
        gan.fit(tiny.dataset(), callbacks=[best], verbose=0)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("method", "name", "suffix"),
    [
        ("save", "gan.h5", ".keras"),
        ("save", "gan.hdf5", ".keras"),
        ("save", "gan", ".keras"),
        ("save_weights", "gan.h5", ".weights.h5"),
        ("save_weights", "gan.keras", ".weights.h5"),
    ],
)
def test_other_formats_are_refused_unharmed(
    method, name, suffix, gan, tmp_path
):
    path = tmp_path / name
    path.write_text("kept")
    with pytest.raises(ValueError, match=f"ends in {suffix}.*{name}"):
        getattr(gan, method)(path)
    assert path.read_text() == "kept"


def test_a_file_that_must_not_be_replaced_is_not(gan, tmp_path):
    path = tmp_path / "gan.keras"
    path.write_text("kept")
    with pytest.raises(ValueError, match="overwrite=True"):
        gan.save(path, overwrite=False)
    assert path.read_text() == "kept"


def test_a_folder_that_is_not_there_is_named(gan, tmp_path):
    with pytest.raises(FileNotFoundError, match="missing/gan.keras"):
        gan.save(tmp_path / "missing" / "gan.keras")


def test_what_is_behind_a_link_is_replaced(gan, tmp_path):
    (tmp_path / "disk").mkdir()
    link = tmp_path / "gan.keras"
    link.symlink_to(tmp_path / "disk" / "gan.keras")
    gan.save(str(link))
    assert link.is_symlink()
    assert len(weights_of(tmp_path / "disk" / "gan.keras"))
