"""The recipes for several machines, which are processes here."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import psutil
import pytest

import keras_gan_zoo.models  # noqa: F401  So that its classes are known.
from tests import cluster

FOLDER = cluster.ROOT / "recipes" / "distributed"
RECIPE = "recipes/distributed/wgan_gp_fashion_mnist.py"
STEPS = 60  # The checkpoint at step 50 is within the second epoch.


def arguments(output):
    return (
        RECIPE,
        "--dataset=embedded",
        "--epochs=2",
        f"--steps-per-epoch={STEPS // 2}",
        "--batch-size=2",
        "--deterministic",
        "--threads=1",
        f"--output={output}",
    )


def checkpoint(output, step):
    return output / "training" / "checkpoints" / f"step_{step:08d}"


def wait_for(path, processes, timeout=300):
    end = time.monotonic() + timeout
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} is not written."
        for process in processes:
            assert process.poll() is None, process.communicate()[0]
        time.sleep(0.01)


def state(output):
    """Returns all variables of the trained game, optimizers included."""
    gan = keras.models.load_model(checkpoint(output, STEPS) / "gan.keras")
    assert gan.step == STEPS
    return [
        variable.numpy()
        for holder in (gan, *gan.optimizer.optimizers)
        for variable in holder.variables
    ]


def assert_equal_games(one, other):
    for expected, values in zip(state(one), state(other), strict=True):
        np.testing.assert_array_equal(values, expected)


def check_output(output):
    with (output / "training" / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1"]
    speeds = [
        float(rows[1][f"images_per_second{suffix}"])
        for suffix in ("", "_per_replica")
    ]
    assert speeds[0] == pytest.approx(2 * speeds[1])  # R35
    settings = json.loads((output / "training" / "settings.json").read_text())
    assert settings["global_batch"] == 10
    assert (output / "training" / "epoch_0002.png").exists()
    # The chief alone writes, and once.
    assert (output / "1").is_dir() and not (output / "2").exists()
    hidden = [path for path in output.rglob(".*")]
    assert not hidden


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Returns the output of two workers that nobody has killed."""
    output = tmp_path_factory.mktemp("undisturbed")
    with cluster.workers(lambda index: arguments(output)) as processes:
        printed = cluster.finish(processes)
    assert "global batch 10 (2 x 5)" in printed[0]
    assert "Exported" in printed[0] and "Exported" not in printed[1]
    check_output(output)
    return output


def test_two_workers_make_what_one_recipe_makes(undisturbed):
    assert len(state(undisturbed)) > 10


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(undisturbed, tmp_path):
    with cluster.workers(lambda index: arguments(tmp_path)) as processes:
        wait_for(checkpoint(tmp_path, 50), processes)
        processes[1].send_signal(signal.SIGKILL)
        # TensorFlow tells the other, which can't go on alone.
        printed = processes[0].communicate(timeout=120)[0]
    assert processes[0].returncode != 0, printed
    with cluster.workers(lambda index: arguments(tmp_path)) as processes:
        for printed in cluster.finish(processes):
            assert re.search(r"step 50, epoch 2 of 2\.", printed)
    assert_equal_games(undisturbed, tmp_path)
    check_output(tmp_path)


def test_workers_must_share_their_folder(tmp_path):
    with cluster.workers(
        lambda index: arguments(tmp_path / str(index))
    ) as processes:
        for process in processes:
            printed = process.communicate(timeout=120)[0]
            assert process.returncode != 0
            assert "which the replicas [1] don't see" in printed


@pytest.mark.slow
def test_ray_starts_a_killed_worker_again(undisturbed, tmp_path):
    pytest.importorskip("ray")
    output = tmp_path / "output"
    process = subprocess.Popen(
        [
            sys.executable,
            FOLDER / "on_ray.py",
            "--workers=2",
            f"--ray-folder={tmp_path / 'ray'}",
            *arguments(output),
        ],
        cwd=cluster.ROOT,
        env={**os.environ, "PYTHONPATH": str(cluster.ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_for(checkpoint(output, 50), [process])
        descendants = psutil.Process(process.pid).children(recursive=True)
        workers = [p for p in descendants if "TrainWorker" in p.cmdline()[0]]
        assert len(workers) == 2, descendants
        workers[1].send_signal(signal.SIGKILL)
        printed, _ = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 0, printed
    assert "step 50, epoch 2 of 2." in printed
    assert_equal_games(undisturbed, output)
    check_output(output)
