"""What benchmarks count, and that their commands run."""

import asyncio
import base64
import itertools
import json
import os
import sys
import types

import keras
import pytest

from benchmarks import load, report, runner, serving, train
from keras_gan_zoo.export import export_generator
from tests import tiny
from tests.serving import endpoints


def measure(answer, clients=3, seconds=0.3, num_classes=None):
    with endpoints.rest_endpoint(answer) as url:
        work = load.Load(url, "a gan", num_classes)
        return asyncio.run(work.run(clients, seconds, warm_up=0.0))


def test_answers_are_counted_and_compared():
    asked = set()

    def answer(path, body):
        asked.add((path, body))
        return 200, base64.b64encode(body)

    result = measure(answer, num_classes=3)
    assert result["answers"] > 0 and result["errors"] == {}
    assert result["mismatches"] == 0
    assert 0 < result["p50_ms"] <= result["p99_ms"] < 300
    for path, body in asked:
        assert path == "/v1/models/a%20gan:predict"
        request = json.loads(body)
        assert request["signature_name"] == "sample_png"
        (seed,) = request["inputs"]["seeds"]
        assert request["inputs"]["labels"] == [seed % 3]
    assert len(asked) == len(result["digests"]) <= load.NUM_SEEDS


def test_other_pixels_for_a_seed_are_found():
    count = itertools.count()
    result = measure(lambda *_: (200, b"%d" % next(count)))
    assert result["mismatches"] > 0
    # All but the first of each seed, of those within the time at least.
    assert result["mismatches"] >= result["answers"] - load.NUM_SEEDS


def test_errors_are_counted_by_kind():
    result = measure(lambda *_: (503, b"busy"))
    assert result["answers"] == 0 and result["p50_ms"] is None
    (message,) = result["errors"]
    assert message.startswith("ValueError: HTTP/1.1 503") and "busy" in message
    broken = measure(lambda *_: None)
    (message,) = broken["errors"]
    assert message.startswith("IncompleteReadError")
    assert broken["errors"][message] > 1  # Each connection is opened again.


def run_of(answers, digest, **others):
    return {
        "answers": answers,
        "seconds": 10.0,
        "errors": {},
        "mismatches": 0,
        "p50_ms": 12.34,
        "p99_ms": 100.0,
        "digests": {"0": digest},
        "load_cpu_seconds": 2.0,
        **others,
    }


def test_the_table_has_medians_and_what_went_wrong():
    names = [*serving.SERVERS, *serving.LOOPS]
    runs = {name: [run_of(50, "a")] * 3 for name in names}
    runs[names[0]] = [
        run_of(10, "a", p50_ms=None),
        run_of(25_000, "a", errors={"x": 2, "y": 1}, mismatches=1),
        run_of(400, "b"),
    ]
    differ = serving.seeds_that_differ(runs)
    assert differ == 1
    found = {
        "command": "python",
        "machine": "machine",
        "seeds_that_differ": differ,
        "runs": runs,
    }
    rows = [line for line in serving.table(found).splitlines() if "|" in line]
    assert rows[2:] == [
        "| `serve`, batching | 40 (1 to 2,500) | 40 (1 to 2,500) | no answer "
        "| 100 (100 to 100) | 3 | 1 |",
        "| `serve --batch-size 1` | 5 (5 to 5) | 5 (5 to 5) "
        "| 12.3 (12.3 to 12.3) | 100 (100 to 100) | 0 | 0 |",
        "| `predict` loop, batch 1 | 5 (5 to 5) | 5 (5 to 5) "
        "| 12.3 (12.3 to 12.3) | 100 (100 to 100) |  |  |",
        "| `predict` loop, batch 64 | 5 (5 to 5) | 320 (320 to 320) "
        "| 12.3 (12.3 to 12.3) | 100 (100 to 100) |  |  |",
    ]


def test_a_folder_without_versions_is_an_error(tmp_path):
    with pytest.raises(SystemExit, match="which has none"):
        serving.main([str(tmp_path)])


@pytest.mark.slow
def test_the_command_measures_a_server(tmp_path, capsys):
    path = export_generator(tiny.conditional_gan(), tmp_path / "cgan")
    file = tmp_path / "report.json"
    options = ["--clients=4", "--seconds=1", "--repeats=1", f"--json={file}"]
    assert serving.main([str(path.parent), *options]) == 0
    found = json.loads(file.read_text())
    assert found["seeds_that_differ"] == 0
    for (run,) in found["runs"].values():
        assert run["answers"] > 0 and not run.get("errors")
    assert serving.table(found) in capsys.readouterr().out


def test_a_report_begins_with_its_command_and_machine(tmp_path):
    begun = report.begun("train", ["--games", "WGAN"], threads=2)
    assert begun["command"] == "python -m benchmarks train --games WGAN"
    assert begun["machine"].endswith("; 2 threads")
    assert f"keras {keras.version()}" in begun["machine"]
    assert report.head(begun)[0] == f"`{begun['command']}`"
    report.keep(begun, None)
    report.keep(begun, tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text()) == begun


def candidate(rates, **facts):
    return {"rates": rates, "facts": facts}


def test_the_table_of_training_has_shares_and_ratios_pair_by_pair():
    row = {
        "product float32": candidate([10.0, 20.0, 10.0], flops=8e9),
        "convolution float32": candidate([1.0, 3.0, 2.0], flops=1e10),
        "zoo float32": candidate([2.0, 4.0, 3.0], flops=16e9, parameters=1234),
        "plain float32": candidate([1.0, 4.0, 1.0], parameters=1234),
        "torch float32": candidate([1.0, 1.0, 1.0], parameters=1234),
        "tuned torch float32": candidate([4.0, 4.0, 4.0], parameters=1234),
    }
    options = types.SimpleNamespace(games=["WGAN"], precisions=["float32"])
    table = train.table({"rows": {"WGAN small": row}}, "small", options)
    *_, head, _, cells, mean, _, _, _, peaks = table.splitlines()
    assert head.endswith("zoo f32 / torch f32 | zoo f32 / tuned torch f32 |")
    # Twice the operations at 0.2, 0.2 and 0.3 times the rate.
    assert cells == (
        "| WGAN | 1,234 | 16.00 | 3 (2 to 4), 40% | 2.00 (1.00 to 3.00) "
        "| 3.00 (2.00 to 4.00) | 0.75 (0.50 to 1.00) |"
    )
    assert mean == "| geometric mean |  |  |  | 2.00 | 3.00 | 0.75 |"
    assert peaks == "- f32: product 80, convolution 20"


def test_candidates_take_turns_and_answer(tmp_path):
    code = (
        "import pathlib; from benchmarks import worker; "
        f"log = pathlib.Path({str(tmp_path / 'log')!r}).open('a'); "
        "worker.answer(lambda units: (log.write('{0}'), log.flush()), "
        "{{'name': '{0}'}}, seconds=0)"
    )
    commands = {
        name: [sys.executable, "-c", code.format(name)] for name in "ab"
    }
    environment = {**os.environ, "PYTHONPATH": str(tiny.ROOT)}
    first, second = runner.take_turns(commands, environment, repeats=3)
    # Each once to warm up, then there and back.
    assert (tmp_path / "log").read_text() == "ab" + "ba" + "ab" + "ba"
    assert first.facts == {"name": "a", "units": 1}
    assert len(first.rates) == len(second.rates) == 3
    failing = {"c": [sys.executable, "-c", "raise SystemExit(3)"]}
    with pytest.raises(RuntimeError, match="'c' ended too soon"):
        runner.take_turns(failing, environment, repeats=1)
