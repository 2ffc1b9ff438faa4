"""How fast a training step is, next to those that others would write.

    python -m benchmarks train --peers .peers/bin/python --json train.json

Every candidate is a process of its own, and all take turns, the machine's peak
among them. With `--json`, each measurement is kept at once, and after an
interruption the same command resumes.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys

from benchmarks import report as reports
from benchmarks import runner
from benchmarks.training import games

PRECISIONS = ("float32", "mixed_bfloat16")
PEAKS = ("product", "convolution")

# PyTorch as it starts, and with large buffers that are kept and not given back,
# which make it faster.
TORCH = {
    "torch": [],
    "tuned torch": [
        "env",
        "MALLOC_MMAP_THRESHOLD_=1000000000",
        "MALLOC_TRIM_THRESHOLD_=4000000000",
    ],
}


def main(arguments):
    """Measures, prints the tables and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks train",
        description="Measures training steps of several implementations, side "
        "by side.",
    )
    parser.add_argument(
        "--games",
        nargs="+",
        choices=games.MODELS,
        default=games.MODELS,
        help="default: all",
    )
    parser.add_argument(
        "--widths",
        nargs="+",
        choices=games.WIDTHS,
        default=["medium"],
        help="default: medium",
    )
    parser.add_argument(
        "--precisions",
        nargs="+",
        choices=PRECISIONS,
        default=PRECISIONS,
        help="default: both",
    )
    parser.add_argument(
        "--peers",
        metavar="PYTHON",
        help="Python of an environment with PyTorch, to measure that, too",
    )
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count(), help="default: all cores"
    )
    parser.add_argument("--repeats", type=int, default=7, help="default: 7")
    parser.add_argument(
        "--json",
        metavar="FILE",
        help="keep the results here; the same command resumes",
    )
    options = parser.parse_args(arguments)
    report = _kept(options.json) or {
        **reports.begun("train", arguments, options.threads),
        "rows": {},
    }
    for width in options.widths:
        for game in options.games:
            key = f"{game} {width}"
            if key in report["rows"]:
                continue
            print(key, file=sys.stderr, flush=True)
            report["rows"][key] = measured(game, width, options)
            reports.keep(report, options.json)
    print("\n".join(reports.head(report)))
    for width in options.widths:
        print(table(report, width, options) + "\n")
    return 0


def measured(game, width, options):
    """Returns the rates of all candidates, in steps in a second.

    Raises:
        RuntimeError: If candidates train networks of different sizes.
    """
    threads = f"--threads={options.threads}"
    commands = {
        f"{peak} {precision}": [
            *[sys.executable, "-m", "benchmarks.peak_worker", peak],
            *[f"--precision={precision.removeprefix('mixed_')}", threads],
        ]
        for peak in PEAKS
        for precision in options.precisions
    }
    settings = [game, f"--width={games.WIDTHS[width]}", threads]
    module = "benchmarks.training"
    for precision in options.precisions:
        rest = [*settings, f"--precision={precision}"]
        for name in ("zoo", "plain"):
            worker = [sys.executable, "-m", f"{module}.keras_worker", name]
            commands[f"{name} {precision}"] = [*worker, *rest]
        for name, tuned in TORCH.items() if options.peers else ():
            worker = [*tuned, options.peers, "-m", f"{module}.torch_worker"]
            commands[f"{name} {precision}"] = [*worker, *rest]
    environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}
    candidates = runner.take_turns(commands, environment, options.repeats)
    sizes = {
        candidate.name: candidate.facts["parameters"]
        for candidate in candidates
        if "parameters" in candidate.facts
    }
    if len(set(sizes.values())) > 1:
        raise RuntimeError(f"Networks of {game} differ in size: {sizes}.")
    return {
        candidate.name: {"rates": candidate.rates, "facts": candidate.facts}
        for candidate in candidates
    }


def table(report, width, options):
    """Returns the rows of one width as Markdown."""
    ours = [("zoo", precision) for precision in options.precisions]
    head = ["game", "parameters", "GFLOP"]
    head += [f"{_short(p)}, steps/s (share of peak)" for _, p in ours]
    found = report["rows"][f"{options.games[0]} {width}"]
    pairs = [
        (f"zoo {precision}", f"{rival} {of_precision}")
        for precision in options.precisions
        for rival, of_precision in [
            ("plain", "float32"),
            *([("plain", precision)] if precision != "float32" else []),
            *((name, precision) for name in TORCH),
        ]
        if f"{rival} {of_precision}" in found
    ]
    head += [f"{_short(one)} / {_short(other)}" for one, other in pairs]
    lines = [
        f"Width {width}, {games.WIDTHS[width]} channels:",
        "",
        f"| {' | '.join(head)} |",
        "| " + " | ".join("---" for _ in head) + " |",
    ]
    ratios = {pair: [] for pair in pairs}
    for game in options.games:
        row = report["rows"][f"{game} {width}"]
        facts = row["zoo float32"]["facts"]
        cells = [
            game,
            f"{facts['parameters']:,}",
            f"{facts['flops'] / 1e9:.2f}",
        ]
        for name, precision in ours:
            rates = row[f"{name} {precision}"]["rates"]
            cells.append(f"{_spread(rates)}, {_share(row, precision):.0%}")
        for one, other in pairs:
            values = runner.ratio(row[one]["rates"], row[other]["rates"])
            ratios[one, other].append(values[0])
            cells.append("{:.2f} ({:.2f} to {:.2f})".format(*values))
        lines.append(f"| {' | '.join(cells)} |")
    cells = ["geometric mean", "", "", *["" for _ in ours]]
    cells += [f"{statistics.geometric_mean(ratios[p]):.2f}" for p in pairs]
    lines.append(f"| {' | '.join(cells)} |")
    rows = [report["rows"][f"{game} {width}"] for game in options.games]
    lines += ["", "The machine's peaks, in GFLOP/s, medians over all rows:", ""]
    for precision in options.precisions:
        peaks = [f"{kind} {_peak(rows, kind, precision):.0f}" for kind in PEAKS]
        lines.append(f"- {_short(precision)}: {', '.join(peaks)}")
    return "\n".join(lines)


def _peak(rows, kind, precision):
    """Returns the median of what a candidate for the peak did in a second."""
    found = [row[f"{kind} {precision}"] for row in rows]
    return statistics.median(
        rate * candidate["facts"]["flops"] / 1e9
        for candidate in found
        for rate in candidate["rates"]
    )


def _share(row, precision):
    """Returns our operations in a second over those of a matrix product."""
    flops = row["zoo float32"]["facts"]["flops"]
    peak = row[f"product {precision}"]
    ours = row[f"zoo {precision}"]["rates"]
    share = runner.ratio(ours, peak["rates"])[0]
    return share * flops / peak["facts"]["flops"]


def _spread(rates):
    return "{:.3g} ({:.3g} to {:.3g})".format(*runner.summary(rates))


def _short(name):
    return name.replace("mixed_bfloat16", "bf16").replace("float32", "f32")


def _kept(path):
    if path and pathlib.Path(path).exists():
        return json.loads(pathlib.Path(path).read_text())
    return None
