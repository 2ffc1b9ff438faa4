"""How long you wait: for imports, for `--help` and for the first step.

    python -m benchmarks startup

Each measurement is the time of a fresh process from its start to its end, and
they take turns; for a first step, the time is from the call of `fit` to the end
of the step. Files that were not read before are slower to read: no cache is
emptied here, so the first repeat may be the slowest. The result is a table in
Markdown.
"""

import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

from benchmarks import report as reports
from benchmarks import runner
from benchmarks.training import games

ROOT = pathlib.Path(__file__).parents[1]
KERAS = "import keras"
IMPORTS = (
    KERAS,
    "import keras_gan_zoo",
    # What is imported beside Keras, by those that don't need it as well.
    "import keras, keras_gan_zoo.callbacks",
    "import keras, keras_gan_zoo.datasets",
    "import keras, keras_gan_zoo.export",
    "import keras, keras_gan_zoo.metrics",
    "import keras, keras_gan_zoo.models",
    "import keras, keras_gan_zoo.networks",
)
COMMANDS = (
    "python -m keras_gan_zoo.datasets --help",
    "python -m keras_gan_zoo.metrics --help",
    "python -m keras_gan_zoo.serving --help",
)
ARGUMENTS = {
    **{code: ["-c", code] for code in IMPORTS},
    **{command: command.split()[1:] for command in COMMANDS},
}


def main(arguments):
    """Measures, prints the table and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks startup",
        description="Measures imports, --help, and the first step of fit.",
    )
    parser.add_argument("--repeats", type=int, default=7, help="default: 7")
    parser.add_argument(
        "--games",
        nargs="*",
        choices=games.MODELS,
        default=games.MODELS,
        metavar="GAME",
        help="whose first step to measure; default: all eleven",
    )
    parser.add_argument(
        "--width",
        type=int,
        default=games.WIDTHS["medium"],
        help="of their networks, in channels; default: %(default)s",
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help="measure first steps of plain Keras, too",
    )
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count(), help="default: all cores"
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write the results here, too"
    )
    options = parser.parse_args(arguments)
    candidates = ["zoo", "plain"] if options.peers else ["zoo"]
    first_steps = [(c, game) for game in options.games for c in candidates]
    report = {
        **reports.begun("startup", arguments, options.threads),
        "width": options.width,
        "processes": {name: [] for name in ARGUMENTS},
        "first_steps": {
            candidate: {game: [] for game in options.games}
            for candidate in candidates
        },
    }
    for repeat in range(options.repeats):
        print(f"repeat {repeat + 1} of {options.repeats}", file=sys.stderr)
        # There and back, so that none always follows the same one.
        order = 1 if repeat % 2 else -1
        for name in list(ARGUMENTS)[::order]:
            start = time.perf_counter()
            run_python(ARGUMENTS[name])
            elapsed = time.perf_counter() - start
            report["processes"][name].append(elapsed)
        for candidate, game in first_steps[::order]:
            step = first_step(candidate, game, options)
            report["first_steps"][candidate][game].append(step)
    reports.keep(report, options.json)
    print(table(report))
    return 0


def first_step(candidate, game, options):
    """Returns what `benchmarks.first_step_worker` prints."""
    output = run_python(
        [
            *("-m", "benchmarks.first_step_worker", candidate, game),
            f"--width={options.width}",
            f"--threads={options.threads}",
        ]
    )
    return json.loads(output)


def run_python(arguments):
    """Runs Python in a process and returns what it prints."""
    command = [sys.executable, *arguments]
    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise SystemExit(f"{shlex.join(command)} failed:\n{result.stderr}")
    return result.stdout


def table(report):
    """Returns the report as Markdown."""
    processes = report["processes"]
    keras = processes[KERAS]
    lines = [
        *reports.head(report),
        f"| process | s | beyond `{KERAS}`, s |",
        "| --- | --- | --- |",
    ]
    for name, seconds in processes.items():
        beyond = [one - other for one, other in zip(seconds, keras)]
        lines.append(f"| `{name}` | {spread(seconds)} | {spread(beyond)} |")
    for candidate, steps in report["first_steps"].items():
        lines += [
            "",
            f"| {candidate}, width {report['width']} | `fit` to the end of "
            "its first step, s | of it tracing, s | traces |",
            "| --- | --- | --- | --- |",
        ]
        for game, runs in steps.items():
            cells = [
                game,
                spread([run["seconds"] for run in runs]),
                spread([run["tracing"] for run in runs]),
                str(max(run["traces"] for run in runs)),
            ]
            lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        f"Medians, with the least and the most, of {len(keras)} repeats.",
    ]
    return "\n".join(lines)


def spread(seconds):
    return "{:.2f} ({:.2f} to {:.2f})".format(*runner.summary(seconds))


if __name__ == "__main__":
    sys.exit(main())
