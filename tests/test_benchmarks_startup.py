"""What the benchmark of starting up measures, and that it runs."""

import json

import pytest

from benchmarks import startup


def test_the_table_has_medians_and_what_keras_does_not_take():
    report = {
        "command": "python",
        "machine": "machine",
        "width": 64,
        "processes": {
            startup.KERAS: [3.0, 4.0, 6.0],
            "import more": [3.5, 4.125, 6.25],
        },
        "first_steps": {
            "zoo": {
                "WGAN": [
                    {"seconds": 3.0, "tracing": 2.0, "traces": 1},
                    {"seconds": 4.0, "tracing": 1.0, "traces": 2},
                    {"seconds": 2.0, "tracing": 1.5, "traces": 1},
                ]
            }
        },
    }
    rows = [line for line in startup.table(report).splitlines() if "|" in line]
    assert rows[2:4] == [
        "| `import keras` | 4.00 (3.00 to 6.00) | 0.00 (0.00 to 0.00) |",
        "| `import more` | 4.12 (3.50 to 6.25) | 0.25 (0.12 to 0.50) |",
    ]
    assert rows[4].startswith("| zoo, width 64 | `fit` to the end")
    assert rows[6] == (
        "| WGAN | 3.00 (2.00 to 4.00) | 1.50 (1.00 to 2.00) | 2 |"
    )


@pytest.mark.slow
def test_the_command_measures_processes_and_first_steps(tmp_path, capsys):
    file = tmp_path / "report.json"
    options = ["--repeats=1", "--games", "WGAN", "--width=4", "--threads=1"]
    assert startup.main([*options, "--peers", f"--json={file}"]) == 0
    report = json.loads(file.read_text())
    assert report["processes"].keys() == startup.ARGUMENTS.keys()
    assert report["first_steps"].keys() == {"zoo", "plain"}
    # Plain Keras traces once more, since its optimizers make variables.
    for candidate, traces in ("zoo", 1), ("plain", 2):
        (step,) = report["first_steps"][candidate]["WGAN"]
        assert 0 < step["tracing"] < step["seconds"]
        assert step["traces"] == traces
    assert startup.table(report) in capsys.readouterr().out
