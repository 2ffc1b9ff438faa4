"""How fast scores are, next to the most that the machine can do.

    python -m benchmarks score

The features are those of the Inception network of 2015, whose weights
`python -m keras_gan_zoo.metrics fetch inception_2015` gets; the scores are of
two sets of `--rows` rows of 2,048 features.
"""

import argparse
import os
import sys

from benchmarks import report as reports
from benchmarks import runner

KINDS = {
    "features": ("a batch of 50 images, features of Inception 2015", 7),
    "kid": ("KID, 50 subsets of 1,000", 7),
    "fid": ("FID, both covariances and the distance", 3),
    "knn": ("precision and recall, k = 3", 1),
}


def main(arguments):
    """Measures, prints the table and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks score",
        description="Measures features and scores.",
    )
    parser.add_argument(
        "--kinds",
        nargs="+",
        choices=KINDS,
        default=[*KINDS],
        help="default: all",
    )
    parser.add_argument(
        "--rows", type=int, default=50_000, help="in each set; default: 50,000"
    )
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count(), help="default: all cores"
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write the results here, too"
    )
    options = parser.parse_args(arguments)
    threads = f"--threads={options.threads}"
    environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}
    rows = {}
    for kind in options.kinds:
        print(kind, file=sys.stderr, flush=True)
        # Scores are computed in float64, features in float32.
        precision = "float32" if kind == "features" else "float64"
        commands = {
            kind: [
                *[sys.executable, "-m", "benchmarks.score_worker", kind],
                *[f"--rows={options.rows}", threads],
            ],
            "peak": [
                *[sys.executable, "-m", "benchmarks.peak_worker", "product"],
                *[f"--precision={precision}", threads],
            ],
        }
        repeats = KINDS[kind][1]
        rows[kind] = {
            candidate.name: {"rates": candidate.rates, **candidate.facts}
            for candidate in runner.take_turns(commands, environment, repeats)
        }
    report = {
        **reports.begun("score", arguments, options.threads),
        "rows": rows,
    }
    reports.keep(report, options.json)
    print(table(report))
    return 0


def table(report):
    """Returns the report as Markdown."""
    lines = [
        *reports.head(report),
        "| | seconds | GFLOP/s | share of the peak of a product |",
        "| --- | --- | --- | --- |",
    ]
    for kind, found in report["rows"].items():
        ours, peak = found[kind], found["peak"]
        seconds = runner.summary([1 / rate for rate in ours["rates"]])
        median = runner.summary(ours["rates"])[0]
        scale = ours["flops"] / peak["flops"]
        share = runner.ratio(ours["rates"], peak["rates"])[0] * scale
        cells = [
            KINDS[kind][0],
            "{:.3g} ({:.3g} to {:.3g})".format(*seconds),
            f"{median * ours['flops'] / 1e9:.0f}",
            f"{share:.0%}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
