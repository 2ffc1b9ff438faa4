"""How fast exports are served, with and without batching.

    python -m benchmarks serving saved_models/wgan_gp_cifar

The server, its clients and a plain loop of `predict` for comparison have a
process each. Ways to serve take turns, so that a machine that slows down slows
all of them. Every answer is compared with the first one for its seed, over all
servers. The result is a table in Markdown.
"""

import argparse
import contextlib
import json
import pathlib
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks import report as reports

ROOT = pathlib.Path(__file__).parents[1]
# How they are called, and the rows that the server computes together at most.
SERVERS = {"`serve`, batching": 64, "`serve --batch-size 1`": 1}
LOOPS = {"`predict` loop, batch 1": 1, "`predict` loop, batch 64": 64}
PACKAGES = (*reports.PACKAGES, "starlette", "uvicorn")


def main(arguments):
    """Measures, prints the table and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks serving",
        description="Measures how fast an export is served.",
    )
    parser.add_argument(
        "model", help="folder of a model, with its versions in it"
    )
    parser.add_argument(
        "--clients", type=int, default=64, help="at a time; default: 64"
    )
    parser.add_argument(
        "--seconds", type=float, default=60, help="of each run; default: 60"
    )
    parser.add_argument(
        "--repeats", type=int, default=3, help="runs of each kind; default: 3"
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write the results here, too"
    )
    options = parser.parse_args(arguments)
    version = latest_version(pathlib.Path(options.model))
    runs = {name: [] for name in [*SERVERS, *LOOPS]}
    for number in range(options.repeats):
        for name, measured in runs.items():
            print(f"Run {number + 1}: {name}", file=sys.stderr, flush=True)
            if name in SERVERS:
                measured.append(served(version, SERVERS[name], options))
            else:
                measured.append(looped(version, LOOPS[name], options))
    report = {
        **reports.begun("serving", arguments, packages=PACKAGES),
        "seeds_that_differ": seeds_that_differ(runs),
        "runs": runs,
    }
    reports.keep(report, options.json)
    print(table(report))
    served_runs = [run for name in SERVERS for run in runs[name]]
    wrong = any(errors(run) or run["mismatches"] for run in served_runs)
    return int(wrong or report["seeds_that_differ"] > 0)


def latest_version(model):
    versions = [p for p in model.glob("*") if p.name.isdecimal()]
    if not versions:
        raise SystemExit(
            f"`model` must be a folder with versions, as {model}/1. Received: "
            f"{str(model)!r}, which has none."
        )
    return max(versions, key=lambda path: int(path.name)).resolve()


def served(version, batch_size, options):
    """Returns what clients measured of a server of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(folder, version, batch_size) as url,
    ):
        return run_json(
            ["benchmarks.load", url, "model", f"--clients={options.clients}"],
            version,
            options.seconds,
            f"--warm-up={min(3, options.seconds / 4)}",
        )


def looped(version, batch_size, options):
    return run_json(
        ["benchmarks.predict_loop", str(version)],
        version,
        options.seconds,
        f"--batch-size={batch_size}",
    )


def run_json(module, version, seconds, option):
    """Runs a module and returns the JSON that it prints."""
    command = [sys.executable, "-m", *module, f"--seconds={seconds}", option]
    facts = json.loads((version / "assets.extra/generator.json").read_text())
    if facts["num_classes"]:
        command.append(f"--num-classes={facts['num_classes']}")
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{shlex.join(command)} failed:\n{result.stderr}")
    return json.loads(result.stdout)


@contextlib.contextmanager
def running_server(folder, version, batch_size):
    """Serves a version as the one model of a folder, and gives the URL."""
    model = pathlib.Path(folder) / "model"
    model.mkdir()
    (model / version.name).symlink_to(version)
    command = [sys.executable, "-m", "keras_gan_zoo.serving", "serve", folder]
    log = pathlib.Path(folder) / "log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [*command, "--port=0", f"--batch-size={batch_size}"],
            cwd=ROOT,
            stderr=file,
        )
    try:
        yield wait_for_url(server, log)
    finally:
        server.terminate()
        server.wait()


def wait_for_url(server, log):
    """Returns the URL that a server writes into its log when it is ready."""
    while server.poll() is None:
        found = re.search(r"Serving 1 model at (\S+),", log.read_text())
        if found:
            return found[1]
        time.sleep(0.1)
    raise SystemExit(f"The server did not start:\n{log.read_text()}")


def seeds_that_differ(runs):
    """Returns how many seeds had other answers from another server."""
    digests = {}
    for name in SERVERS:
        for run in runs[name]:
            for seed, digest in run["digests"].items():
                digests.setdefault(seed, set()).add(digest)
    return sum(len(found) > 1 for found in digests.values())


def errors(run):
    return sum(run["errors"].values())


def table(report):
    """Returns the report as Markdown."""
    lines = [
        *reports.head(report),
        "| | requests/s | images/s | p50, ms | p99, ms | errors | changed |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, runs in report["runs"].items():
        rates = [run["answers"] / run["seconds"] for run in runs]
        size = LOOPS.get(name, 1)
        cells = [
            name,
            spread(rates),
            spread([size * rate for rate in rates]),
            spread([run["p50_ms"] for run in runs]),
            spread([run["p99_ms"] for run in runs]),
        ]
        if name in SERVERS:
            cells.append(f"{sum(map(errors, runs)):,}")
            cells.append(f"{sum(run['mismatches'] for run in runs):,}")
        else:
            cells += ["", ""]
        lines.append(f"| {' | '.join(cells)} |")
    loads = [
        run["load_cpu_seconds"] / run["seconds"]
        for name in SERVERS
        for run in report["runs"][name]
    ]
    lines += [
        "",
        f"Medians, with the least and the most, of {len(runs)} runs of "
        f"{runs[0]['seconds']:.0f} s. Changed are answers that were not those "
        "of the same seed before. Seeds that differed between servers: "
        f"{report['seeds_that_differ']}. The clients, in one process, took "
        f"{max(loads):.0%} of a core at most.",
    ]
    return "\n".join(lines)


def spread(values):
    """Returns the median of values, with the least and the most."""
    if None in values:
        return "no answer"
    numbers = statistics.median(values), min(values), max(values)
    texts = [f"{v:,.0f}" if v >= 100 else f"{v:.3g}" for v in numbers]
    return "{} ({} to {})".format(*texts)
