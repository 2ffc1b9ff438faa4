"""How scripts are watched by their CPU time, and what is made of it."""

import argparse
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from benchmarks import quality

SCRIPT = """
import sys
import keras
import tensorflow as tf

assert keras.datasets.mnist.load_data is keras.datasets.fashion_mnist.load_data
assert sys.argv[1:] == ["--seed=3"]
step = tf.function(lambda: tf.reduce_sum(tf.ones(1000)))
step()
model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(6, kernel_initializer="zeros", use_bias=False),
        keras.layers.Reshape((2, 3, 1)),
    ]
)
while {condition}:
    step()
"""


def watched(folder, marks, condition):
    script = folder / "script.py"
    script.write_text(SCRIPT.format(condition=condition))
    command = [
        *(sys.executable, "-m", "benchmarks.quality_worker", str(folder)),
        *("model", "--seed=0", "--number=7", "--cores", "0"),
        *("--marks", *map(str, marks)),
        *("--script", str(script), "--seed=3"),
    ]
    return subprocess.run(command, cwd=quality.ROOT, capture_output=True)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quality")
    # The first is at a step before the script has its model.
    run = watched(folder, [0.1, 15.0, 15.5], "True")
    assert run.returncode == 0, run.stderr.decode()
    return quality.snapshots(folder)


def test_samples_are_taken_at_cpu_times(samples):
    (first, _), (second, _) = samples
    assert 15.0 <= first < 15.4 and 15.5 <= second < 16.0
    for _, path in samples:
        images = np.load(path)
        assert images.shape == (7, 2, 3, 1) and images.dtype == np.uint8
        assert np.all(images == 128)  # A byte has no middle: 127.5, to even.


def test_a_script_that_ends_too_soon_is_an_error(tmp_path):
    run = watched(tmp_path, [100.0], "False")
    assert run.returncode != 0
    assert b"script.py ended before its time" in run.stderr


def test_marks_take_the_first_samples_after_them():
    minutes = 60.0
    seeds = {0: [(1.5, 9.0), (30.0, 4.0), (60.0, 3.0)], 1: [(60.0, 5.0)]}
    found = quality.at_marks(seeds, minutes)
    assert found[0] == (1.0, [9.0, 5.0])
    assert found[1] == (2.0, [4.0, 5.0])
    assert found[-1] == (60.0, [3.0, 5.0])


def test_the_table_has_all_seeds(tmp_path):
    curves = {
        "ours": {"0": [(30.0, 3.0)], "1": [(30.1, 4.06)]},
        "peer": {"0": [(31.0, 5.0)], "1": [(30.0, 6.0)]},
    }
    report = {
        "command": "python",
        "machine": "machine",
        "minutes": 30.0,
        "score": "fid",
        "curves": curves,
    }
    rows = quality.table(report).splitlines()
    assert rows[-1] == "| 30 | 3.0, 4.1 | 5.0, 6.0 |"
    assert len(rows) == 8 + len(quality.MARKS)
    quality.draw(report, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_peers_have_a_name_a_script_and_a_generator(tmp_path):
    name, (script, generator, arguments) = quality.peer(
        f"tutorial={tmp_path}/dcgan.py:model"
    )
    assert (name, generator, arguments) == ("tutorial", "model", [])
    assert script == tmp_path / "dcgan.py"
    with pytest.raises(argparse.ArgumentTypeError, match="NAME=SCRIPT:GENER"):
        quality.peer("dcgan.py")


@pytest.mark.parametrize("cores", [0, 1000])
def test_cores_that_are_not_there_are_refused(capsys, cores):
    with pytest.raises(SystemExit):
        quality.main([f"--cores={cores}"])
    message = capsys.readouterr().err
    assert "argument --cores: expected 1 to " in message
    assert message.endswith(f"received {cores}\n")


def test_a_folder_is_where_the_command_was_given(tmp_path, monkeypatch):
    commands = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        quality.subprocess, "run", lambda command, **_: commands.append(command)
    )
    options = argparse.Namespace(
        folder=pathlib.Path("here"), minutes=1.0, seeds=[3], samples=2, cores=1
    )
    quality.train({"a": (tmp_path / "a.py", "gan", ["--s={seed}"])}, options)
    (command,) = commands
    assert str(tmp_path / "here/a/3") in command
    assert command[-3:] == ["--script", str(tmp_path / "a.py"), "--s=3"]
