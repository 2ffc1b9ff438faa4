"""What two replicas and two workers cost beyond the steps they share.

    python -m benchmarks replicas

A global batch is trained in four ways: by one process; by two replicas of a
`MirroredStrategy` in one process; by two workers of a
`MultiWorkerMirroredStrategy`; and by two processes with half a batch each that
run at the same time but don't communicate. Replicas are compared with the one
process, and workers with the two apart: each pair has the same threads and
cores.
"""

import argparse
import os
import sys

from benchmarks import replicas_worker
from benchmarks import report as reports
from benchmarks import runner
from benchmarks.training import games

WAYS = {
    "one": "one process",
    "mirrored": "two replicas",
    "apart": "two apart",
    "workers": "two workers",
}
BEYOND = {"mirrored": "one", "workers": "apart"}
# Of a repeat, for one update of the discriminator.
STEPS = {"small": 50, "medium": 20, "large": 5}


def main(arguments):
    """Measures, prints the table and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks replicas",
        description="Measures replicas and workers on one machine.",
    )
    parser.add_argument(
        "--games",
        nargs="+",
        choices=replicas_worker.GAMES,
        default=replicas_worker.GAMES,
    )
    parser.add_argument(
        "--widths",
        nargs="+",
        choices=STEPS,
        default=["small", "medium"],
        help="default: small medium",
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=os.cpu_count(),
        help="in all, half of them for each of two processes; default: all "
        "cores",
    )
    parser.add_argument("--repeats", type=int, default=7, help="default: 7")
    parser.add_argument(
        "--json", metavar="FILE", help="write the results here, too"
    )
    options = parser.parse_args(arguments)
    report = {
        **reports.begun("replicas", arguments, options.threads),
        "rows": {
            f"{game} {width}": measured(game, width, options)
            for game in options.games
            for width in options.widths
        },
    }
    reports.keep(report, options.json)
    print(table(report))
    return 0


def measured(game, width, options):
    """Returns the milliseconds of a step, and facts, of each way."""
    steps = max(1, STEPS[width] // games.discriminator_steps(game))
    commands = {
        way: [
            *[sys.executable, "-m", "benchmarks.replicas_worker", way, game],
            f"--width={games.WIDTHS[width]}",
            f"--steps={steps}",
            f"--threads={_threads(way, options.threads)}",
        ]
        for way in WAYS
    }
    candidates = runner.take_turns(commands, os.environ, options.repeats)
    return {
        candidate.name: {
            "milliseconds": [1000 / steps / rate for rate in candidate.rates],
            "facts": candidate.facts,
        }
        for candidate in candidates
    }


def table(report):
    """Returns the report as Markdown."""
    head = ["", "gradients, MB", "in collectives, MB", "calls"]
    head += [f"{title}, ms" for title in WAYS.values()]
    head += [
        f"{WAYS[way]} - {WAYS[other]}, ms" for way, other in BEYOND.items()
    ]
    lines = [
        *reports.head(report),
        f"| {' | '.join(head)} |",
        "| --- " * len(head) + "|",
    ]
    for name, row in report["rows"].items():
        facts = row["workers"]["facts"]
        cells = [
            name,
            f"{facts['gradient_bytes'] / 1e6:.2f}",
            f"{facts['bytes'] / 1e6:.2f}",
            str(facts["calls"]),
        ]
        times = {way: row[way]["milliseconds"] for way in WAYS}
        cells += [_spread(times[way]) for way in WAYS]
        for way, other in BEYOND.items():
            pairs = zip(times[way], times[other])
            cells.append(_spread([one - two for one, two in pairs]))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _threads(way, threads):
    return max(1, threads // 2) if way in replicas_worker.PAIRS else threads


def _spread(values):
    return "{:.1f} ({:.1f} to {:.1f})".format(*runner.summary(values))
