"""What the benchmark of scale measures, and that it runs."""

import io
import json
import math
import types

import numpy as np
import pytest
import tensorflow as tf

import benchmarks
from benchmarks import records, scale, scale_data_worker, scale_worker
from benchmarks.training import games
from tests import tiny


@pytest.fixture
def few(monkeypatch):
    """Makes files of 10 images, of which 4 are distinct."""
    monkeypatch.setattr(records, "IMAGES_IN_FILE", 10)
    monkeypatch.setattr(records, "DISTINCT", 4)
    monkeypatch.setattr(records, "BUFFER", 8)


def contents(path):
    return [r.numpy() for r in tf.data.TFRecordDataset(str(path))]


def test_records_are_images_in_files_of_the_same_size(few, tmp_path):
    folder = tmp_path / "23"
    records.write(folder, 23)
    first, second, third = sorted(folder.iterdir())
    images = contents(first)
    assert [len(image) for image in images] == [28 * 28] * 10
    assert len(set(images)) == 4
    assert images == contents(second) == (images[:4] * 3)[:10]
    assert contents(third) == images[:3]
    sizes = [path.stat().st_size for path in (first, second, third)]
    assert sizes == [n * records.RECORD_BYTES for n in (10, 10, 3)]


def test_a_stream_gives_the_images_of_all_files_without_an_end(few, tmp_path):
    records.write(tmp_path / "23", 23)
    distinct = np.stack(
        [
            np.frombuffer(record, "uint8").reshape(records.IMAGE_SHAPE)
            for record in contents(tmp_path / "23" / "00000.tfrecord")[:4]
        ]
    )
    expected = distinct.astype("float32") / 127.5 - 1.0
    batches = [*records.read(tmp_path / "23", 5).take(20)]
    found = np.concatenate(batches)
    assert found.shape == (100, *records.IMAGE_SHAPE)
    which = np.abs(found[:, None] - expected).max((2, 3, 4)).argmin(1)
    np.testing.assert_allclose(found, expected[which], atol=1e-6)
    assert set(which) == {0, 1, 2, 3}
    # Not in the order of the files.
    assert [*which] != [*which[:4]] * 25


@pytest.mark.parametrize(
    "size, smallest, stages",
    [(28, 7, 2), (32, 8, 2), (64, 8, 3), (96, 6, 4), (128, 8, 4)],
)
def test_networks_grow_with_their_images(size, smallest, stages):
    gan = scale_worker.build((size, size, 3), width=2, critic_steps=2)
    maps = [
        layer.output.shape[1:]
        for layer in gan.discriminator.layers
        if layer.name.startswith("conv")
    ]
    assert len(maps) == stages
    assert maps[-1] == (smallest, smallest, 2 * 2 ** (stages - 1))
    assert gan.generator.output_shape == (None, size, size, 3)
    assert gan.discriminator_steps == 2


def test_an_epoch_answers_for_each_line(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("again\nagain\n"))
    resident = []
    tiny.gan().fit(
        tiny.dataset().repeat(),
        epochs=3,
        steps_per_epoch=2,
        callbacks=[scale_data_worker.Turns(resident)],
        verbose=0,
    )
    facts, *seconds = map(json.loads, capsys.readouterr().out.splitlines())
    assert facts == {"units": 1}
    assert len(seconds) == 2 and all(0 < elapsed < 60 for elapsed in seconds)
    assert len(resident) == 3
    assert 0 < 0.99 * max(resident) < scale_data_worker.memory()["peak"]


def test_memory_is_in_bytes():
    before = scale_data_worker.memory()["resident"]
    kept = np.ones(50_000_000, "uint8")
    found = scale_data_worker.memory()
    assert 45e6 < found["resident"] - before < 60e6
    assert found["peak"] > 0.99 * found["resident"] > kept.nbytes


def steps():
    """Rates such that twice the images take 4 times the work, 3 the time."""
    rows = [
        {
            "value": value,
            "parameters": 1234,
            "flops": flops,
            "rates": rates,
        }
        for value, flops, rates in (
            (28, 10e9, [2.0, 3.0, 4.0]),
            (56, 40e9, [1.0, 1.0, 1.0]),
        )
    ]
    return {"peak": {"rates": [10.0] * 3, "flops": 8e9}, "rows": rows}


def data():
    rows = [
        {
            "value": number,
            **{
                phase: {
                    "rates": [rate, rate, 2 * rate],
                    "resident": [400e6, 500e6, 510e6, 520e6, 530e6],
                    "peak": 1500e6,
                }
                for phase, rate in (("pipeline", 1000.0), ("training", 20.0))
            },
        }
        for number in (100, 10_000_000)
    ]
    return {"batches": {"pipeline": 1000, "training": 30}, "rows": rows}


def report():
    return {
        "command": "python",
        "machine": "machine",
        "width": 32,
        "kinds": {"image_size": steps(), "dataset": data()},
    }


def test_the_tables_tell_whether_time_grows_as_operations_do():
    lines = scale.tables(report()).splitlines()
    assert "Over image size; batch 64, critic steps 1, width 32:" in lines
    rows = [line for line in lines if line.startswith("|")]
    assert rows[2:4] == [
        "| 28 | 1,234 | 10 | 0.333 (0.25 to 0.5) | 1.00 "
        "| 1.00 (1.00 to 1.00) | 30 | 38% |",
        "| 56 | 1,234 | 40 | 1 (1 to 1) | 4.00 | 3.00 (2.00 to 4.00) "
        "| 40 | 50% |",
    ]
    assert rows[7] == (
        "| 10,000,000 | 64,000 (64,000 to 128,000) | 20 (20 to 40) "
        "| 1.00 (1.00 to 1.00) |"
    )
    assert rows[8:11:2] == [
        "| images, pipeline | after 0 | after 64,000 | after 128,000 "
        "| after 256,000 | peak |",
        "| 100 | 400 | 500 | 510 | 530 | 1,500 |",
    ]
    assert rows[12].startswith("| images, training | after 0 | after 1,920 |")


def test_pictures_have_time_and_operations_in_one(monkeypatch, tmp_path):
    drawn = {}

    def lines(path, series, *labels, log_x=False, log_y=False):
        drawn[path.name] = series

    fake = types.SimpleNamespace(lines=lines)
    monkeypatch.setattr(benchmarks, "plot", fake, raising=False)
    scale.draw(report(), tmp_path)
    measured, operations = drawn["scale_image_size.png"].values()
    assert measured == [(28, 1 / 4, 1 / 3, 1 / 2), (56, 1.0, 1.0, 1.0)]
    assert operations == [(28, 0.25), (56, 1.0)]
    assert drawn["scale_dataset_memory.png"] == {
        phase: [(100, 1500.0), (10_000_000, 1500.0)] for phase in scale.PHASES
    }
    speed = drawn["scale_dataset_speed.png"]["training"]
    assert speed[0] == (100, 20 * 64, 20 * 64, 40 * 64)


def test_a_disk_that_is_too_small_is_an_error(tmp_path):
    with pytest.raises(SystemExit, match="Choose another by --folder"):
        scale.main(
            ["--kinds=dataset", f"--folder={tmp_path}", "--dataset", "9" * 16]
        )


@pytest.mark.slow
def test_the_command_measures_each_kind(tmp_path, capsys):
    file = tmp_path / "report.json"
    options = [
        *["--kinds", "critic_steps", "dataset", "--critic-steps", "1", "2"],
        *["--dataset", "100", "2000", f"--folder={tmp_path}", "--width=2"],
        *["--steps=3", "--repeats=1", "--threads=1", f"--json={file}"],
    ]
    assert scale.main(options) == 0
    found = json.loads(file.read_text())
    assert scale.tables(found) in capsys.readouterr().out
    one, two = found["kinds"]["critic_steps"]["rows"]
    assert one["flops"] < two["flops"] < 2 * one["flops"]
    batches = math.ceil(1000 / games.BATCH_SIZE)
    assert found["kinds"]["dataset"]["batches"]["pipeline"] == batches
    for row in found["kinds"]["dataset"]["rows"]:
        for phase in scale.PHASES:
            assert len(row[phase]["rates"]) == 1
            assert len(row[phase]["resident"]) == 3
            assert 0.99 * max(row[phase]["resident"]) <= row[phase]["peak"]
    # They are found again.
    assert (tmp_path / "100").exists() and (tmp_path / "2000").exists()
