"""R25: a deterministic recipe gives the same files each time."""

import csv
import json
import os
import pathlib
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]
GANS = sorted(
    path.stem
    for path in (ROOT / "recipes").glob("*.py")
    if path.stem
    not in (
        "cyclegan_emoji",
        "evaluation_tour",
        "latent_tour",
        "pix2pix_emoji",
        "progan_emoji",
        "ring_of_gaussians",
        "three_d_gan_solids",
    )
)


def run(name, folder, seeds):
    """Runs a recipe once for each seed, at the same time.

    Two threads, as sums that are not split can't show how they are split.
    """
    outputs = [folder / str(number) for number in range(len(seeds))]
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                f"recipes/{name}.py",
                "--dataset=embedded",
                "--deterministic",
                "--threads=2",
                "--epochs=2",
                "--steps-per-epoch=3",
                "--batch-size=16",
                f"--seed={seed}",
                f"--output={output}",
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed, output in zip(seeds, outputs)
    ]
    prints = [process.communicate()[0] for process in processes]
    assert all(process.returncode == 0 for process in processes)
    return outputs, prints


def losses_of(output):
    """Returns the log without its columns of speed, as text."""
    with (output / "training" / "log.csv").open() as file:
        rows = list(csv.reader(file))
    timed = [index for index, name in enumerate(rows[0]) if "_per_s" in name]
    assert timed
    return [
        [cell for index, cell in enumerate(row) if index not in timed]
        for row in rows
    ]


def pictures_of(output):
    paths = sorted((output / "training").glob("epoch_*.png"))
    return [path.read_bytes() for path in paths]


def arrays_of(output):
    """Returns all that is saved of the game, optimizers included, by name."""
    arrays = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            arrays[name] = item[()]

    with zipfile.ZipFile(output / "training" / "gan.keras") as archive:
        with archive.open("model.weights.h5") as file, h5py.File(file) as h5:
            h5.visititems(visit)
    return arrays


def assert_equal(first, second):
    assert losses_of(first) == losses_of(second)
    assert pictures_of(first) == pictures_of(second)
    arrays, again = arrays_of(first), arrays_of(second)
    assert arrays.keys() == again.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)


def test_two_processes_give_the_same_losses_pictures_and_weights(tmp_path):
    outputs, prints = run("lsgan_mnist", tmp_path, seeds=[0, 0, 1])
    assert_equal(outputs[0], outputs[1])
    assert len(losses_of(outputs[0])) == 3
    assert len(pictures_of(outputs[0])) == 3
    assert losses_of(outputs[0]) != losses_of(outputs[2])
    assert pictures_of(outputs[0]) != pictures_of(outputs[2])
    arrays, others = arrays_of(outputs[0]), arrays_of(outputs[2])
    assert any(
        not np.array_equal(arrays[name], others[name]) for name in arrays
    )
    assert "; deterministic, 2 threads" in prints[0].splitlines()[0]
    path = outputs[0] / "training" / "settings.json"
    settings = json.loads(path.read_text())
    assert settings["deterministic"] and settings["threads"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", GANS)
def test_every_recipe_is_deterministic(name, tmp_path):
    outputs, _ = run(name, tmp_path, seeds=[0, 0])
    assert_equal(*outputs)
