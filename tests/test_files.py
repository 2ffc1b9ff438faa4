import os

import pytest

from keras_gan_zoo import files


def test_make_folder_makes_parents_and_leaves_nothing_in_it(tmp_path):
    folder = files.make_folder(str(tmp_path / "a" / "b"))
    assert folder == tmp_path / "a" / "b"
    assert list(folder.iterdir()) == []
    (folder / "kept").touch()
    assert files.make_folder(folder) == folder
    assert (folder / "kept").exists()


def test_make_folder_refuses_a_file(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError, match="must be a folder .*'.*file'"):
        files.make_folder(tmp_path / "file")
    with pytest.raises(NotADirectoryError, match="Choose another place"):
        files.make_folder(tmp_path / "file" / "below")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_make_folder_refuses_an_unwritable_folder(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="can be written"):
        files.make_folder(tmp_path)


def test_make_folder_tries_to_write(tmp_path, monkeypatch):
    def touch(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.touch", touch)
    with pytest.raises(PermissionError, match="but: Permission denied"):
        files.make_folder(tmp_path)


def test_written_aside_replaces_at_the_end(tmp_path):
    path = tmp_path / "picture.png"
    path.write_text("old")
    with files.written_aside(path) as aside:
        assert aside.suffix == ".png" and aside.parent == tmp_path
        aside.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_written_aside_moves_folders(tmp_path):
    with files.written_aside(tmp_path / "1") as aside:
        assert not aside.name.isdigit()
        aside.mkdir()
        (aside / "model").write_text("whole")
    assert (tmp_path / "1" / "model").read_text() == "whole"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("make", ["touch", "mkdir"])
def test_written_aside_leaves_nothing_of_a_failure(tmp_path, make):
    path = tmp_path / "kept"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="in between"):
        with files.written_aside(path) as aside:
            getattr(aside, make)()
            raise RuntimeError("in between")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_r41_all_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    events = []
    fsync, replace = os.fsync, os.replace

    def recording_fsync(descriptor):
        events.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    def recording_replace(source, target):
        events.append("renamed")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", recording_fsync)
    monkeypatch.setattr(os, "replace", recording_replace)
    with files.written_aside(tmp_path / "1") as aside:
        (aside / "variables").mkdir(parents=True)
        (aside / "variables" / "data").write_text("whole")
    assert events == [
        f"{aside}/variables/data",
        f"{aside}/variables",
        f"{aside}",
        "renamed",
        f"{tmp_path}",
    ]
