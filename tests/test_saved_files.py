import os
import zipfile

import numpy as np
import pytest

from keras_gan_zoo import saved_files


def npz(path, header):
    """Writes an .npz file of one array whose header claims what it likes."""
    content = header.encode().ljust(117) + b"\n"
    content = (
        b"\x93NUMPY\x01\x00" + len(content).to_bytes(2, "little") + content
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", content + bytes(12))


def bomb(path, name, size, part=2**20):
    """Writes a zip file of zeros that unpacks to about 1,000 times its size."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(name, "w", force_zip64=True) as file:
            for _ in range(size // part):
                file.write(bytes(part))


def test_what_was_saved_is_read(tmp_path):
    arrays = {"a": np.arange(6).reshape(2, 3), "b": np.float32(2.5)}
    np.savez(tmp_path / "plain.npz", **arrays)
    np.savez_compressed(tmp_path / "small.npz", **arrays)
    np.savez(tmp_path / "empty.npz")
    for name in ("plain.npz", "small.npz"):
        read = saved_files.load_npz(tmp_path / name)
        assert read.keys() == arrays.keys()
        for key, array in arrays.items():
            np.testing.assert_array_equal(read[key], array)
    assert saved_files.load_npz(tmp_path / "empty.npz") == {}


HEADER = "{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }"


@pytest.mark.parametrize(
    "header, message",
    [
        (HEADER % "10**9, 1000", "ValueError"),
        (HEADER % "1000000000, 1000, 1000, 3", "takes 3,000,000,000,000,128"),
        (HEADER % "2, 3", "takes 134 bytes, and has 140"),
        (HEADER.replace("|u1", "|O") % "2, 3", "holds objects"),
        ("{", "read"),
    ],
)
def test_an_array_that_claims_too_much_is_refused(tmp_path, header, message):
    npz(tmp_path / "claims.npz", header)
    with pytest.raises(ValueError, match=f"claims.npz. Received.*{message}"):
        saved_files.load_npz(tmp_path / "claims.npz")


@pytest.mark.parametrize("keep", [0, 3, 100, 1000, -20])
def test_a_part_of_a_file_is_refused_in_one_line(tmp_path, keep):
    path = tmp_path / "part.npz"
    np.savez(path, images=np.random.default_rng(0).bytes(3000))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match="part.npz. Received") as raised:
        saved_files.load_npz(path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "name, size",
    [
        ("config.json", 2 * 2**20),
        ("model.weights.h5", 9 * 2**20),
        ("images.npy", 9 * 2**20),
    ],
)
def test_a_file_that_unpacks_to_far_more_is_not_unpacked(
    tmp_path, monkeypatch, name, size
):
    # The limits are 64 MiB and 1 GiB, which take seconds to write.
    assert saved_files.MAX_JSON == 2**26 and saved_files.HARMLESS == 2**30
    monkeypatch.setattr(saved_files, "MAX_JSON", 2**20)
    monkeypatch.setattr(saved_files, "HARMLESS", 8 * 2**20)
    bomb(tmp_path / "bomb.zip", name, size)
    with pytest.raises(ValueError, match=f"unpacks to {size:,}.*don't use"):
        saved_files.require_archive(tmp_path / "bomb.zip")


def test_large_weights_and_a_small_configuration_pass(tmp_path):
    bomb(tmp_path / "sparse.keras", "model.weights.h5", 2**20)
    with zipfile.ZipFile(tmp_path / "sparse.keras", "a") as archive:
        archive.writestr("config.json", "{}" * 1000)
    saved_files.require_archive(tmp_path / "sparse.keras")


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.npz")
    for path in (tmp_path, tmp_path / "pipe.npz"):
        with pytest.raises(ValueError, match="Expected a file. Received"):
            saved_files.load_npz(path)
    with pytest.raises(FileNotFoundError):
        saved_files.load_npz(tmp_path / "none.npz")


@pytest.mark.parametrize(
    "error", [KeyError("a\nb"), MemoryError(), RuntimeError("\n one \n two")]
)
def test_any_error_is_told_in_one_line(error):
    with pytest.raises(ValueError, match="a cat in x.*Name") as raised:
        with saved_files.reading("x", "a cat", "Name another."):
            raise error
    assert "\n" not in str(raised.value)


def test_what_the_system_refuses_is_told_as_it_says():
    with pytest.raises(PermissionError):
        with saved_files.reading("x", "a cat", "Name another."):
            raise PermissionError(13, "Permission denied", "x")
