"""What the benchmark of replicas and workers measures, and that it runs."""

import json
import sys
import time

import pytest
import tensorflow as tf

from benchmarks import replicas, replicas_worker, scaling
from tests import tiny


def test_the_table_has_differences_pair_by_pair():
    facts = {"gradient_bytes": 1_230_000, "bytes": 2_500_000, "calls": 17}
    times = {
        "one": [10.0, 20.0, 30.0],
        "mirrored": [12.0, 21.0, 33.0],
        "apart": [11.0, 11.0, 11.0],
        "workers": [21.0, 31.0, 10.0],
    }
    row = {
        way: {"milliseconds": milliseconds, "facts": facts}
        for way, milliseconds in times.items()
    }
    report = {"command": "", "machine": "", "rows": {"DCGAN small": row}}
    head, _, cells = replicas.table(report).splitlines()[-3:]
    assert head.endswith(
        "| two replicas - one process, ms | two workers - two apart, ms |"
    )
    assert cells == (
        "| DCGAN small | 1.23 | 2.50 | 17 | 20.0 (10.0 to 30.0) "
        "| 21.0 (12.0 to 33.0) | 11.0 (11.0 to 11.0) | 21.0 (10.0 to 31.0) "
        "| 2.0 (1.0 to 3.0) | 10.0 (-1.0 to 20.0) |"
    )


def test_a_pair_works_at_the_same_time(tmp_path, monkeypatch, capsys):
    # Each waits until the other has begun the same repeat.
    code = (
        "import json, os, pathlib, time; from benchmarks import worker\n"
        "task = json.loads(os.environ['TF_CONFIG'])['task']['index']\n"
        "repeats = iter(range(9))\n"
        "def work(units):\n"
        "    repeat = next(repeats)\n"
        f"    folder = pathlib.Path({str(tmp_path)!r})\n"
        "    (folder / f'{repeat} of {task}').touch()\n"
        "    while not (folder / f'{repeat} of {1 - task}').exists():\n"
        "        time.sleep(0.01)\n"
        "    time.sleep(0.2 * task)\n"
        "worker.answer(work, {'calls': 5}, seconds=0)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tiny.ROOT))
    monkeypatch.setattr(sys, "stdin", iter(["again\n"]))
    start = time.perf_counter()
    replicas_worker.answer_as_pair([sys.executable, "-c", code])
    elapsed = time.perf_counter() - start
    facts, seconds = map(json.loads, capsys.readouterr().out.splitlines())
    assert facts == {"calls": 5, "units": 1}
    assert 0.2 < seconds < elapsed  # Those of the slower one.


def test_one_process_has_no_collectives():
    gan = replicas_worker.build("DCGAN", width=2)
    batch = tf.zeros([4, 28, 28, 1])
    assert replicas_worker.collectives(gan, batch) == (0, 0)
    trainable = gan.generator.count_params() + gan.discriminator.count_params()
    moved = sum(
        tf.size(variable.value).numpy()
        for network in (gan.generator, gan.discriminator)
        for variable in network.non_trainable_variables
    )
    assert scaling.gradient_bytes(gan) == 4 * (trainable - moved)


@pytest.mark.slow
def test_the_command_measures_replicas_and_workers(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setitem(replicas.STEPS, "small", 10)
    file = tmp_path / "report.json"
    options = ["--games", "WGANGP", "--widths", "small", "--repeats=1"]
    assert replicas.main([*options, "--threads=2", f"--json={file}"]) == 0
    report = json.loads(file.read_text())
    row = report["rows"]["WGANGP small"]
    facts = {way: row[way]["facts"] for way in replicas.WAYS}
    assert facts["one"]["calls"] == facts["apart"]["calls"] == 0
    assert facts["mirrored"]["calls"] == facts["workers"]["calls"] > 5
    # All gradients, and statistics of normalization.
    for way in "mirrored", "workers":
        assert facts[way]["bytes"] > facts[way]["gradient_bytes"]
    for way in replicas.WAYS:
        assert min(row[way]["milliseconds"]) > 0
    assert replicas.table(report) in capsys.readouterr().out
