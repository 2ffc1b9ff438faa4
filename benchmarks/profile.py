"""Where the time of a training step goes, by kind of operation.

    python -m benchmarks profile --games DCGAN WGANGP --width small

TensorFlow's profiler measures how long each operation ran, for a model of the
zoo and for the same game in plain Keras. An operation uses all threads, so the
sum is about the time of a step; two that run at the same time both count.
"""

import argparse
import collections
import os
import pathlib
import re
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks import report as reports  # noqa: E402
from benchmarks import worker  # noqa: E402
from benchmarks.training import games  # noqa: E402

# Of names such as `generator/dense/MatMul:_FusedMatMul`; the first that fits.
KINDS = {
    "convolutions": ":.*Conv2D",
    "matrix products": ":.*MatMul",
    "batch normalization": "batch_normalization|:FusedBatchNorm",
    "activations": "re_lu|leaky_re_lu|activation",
    # The zoo's have the names of their players.
    "optimizers": "/(adam|rmsprop|(discriminator|generator)/)",
    "random numbers": "random",
    "all else": "",
}
# The executor's events, not `Iterator::Prefetch` and the like.
OPERATION = re.compile(r"[^: ]+:\w+")


def main(arguments):
    """Measures, prints the table and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks profile",
        description="Shows where the time of a training step goes.",
    )
    parser.add_argument(
        "--games",
        nargs="+",
        choices=games.MODELS,
        default=["DCGAN", "WGANGP"],
        metavar="GAME",
        help="default: %(default)s",
    )
    parser.add_argument(
        "--width",
        choices=games.WIDTHS,
        default="medium",
        help="default: medium",
    )
    parser.add_argument(
        "--steps",
        type=int,
        default=50,
        help="number of steps to profile; default: 50",
    )
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count(), help="default: all cores"
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write the results here, too"
    )
    options = parser.parse_args(arguments)

    # Not by `--help`, for which TensorFlow takes long to import.
    from benchmarks.training import keras_worker

    worker.use_threads(options.threads)
    report = {
        **reports.begun("profile", arguments, options.threads),
        "milliseconds": {
            game: {
                candidate: profiled(
                    candidate, game, games.WIDTHS[options.width], options.steps
                )
                for candidate in keras_worker.CANDIDATES
            }
            for game in options.games
        },
    }
    reports.keep(report, options.json)
    print(table(report))
    return 0


def profiled(candidate, game, width, steps):
    """Returns the milliseconds of a step for each operation.

    Args:
        candidate: String, `"zoo"` or `"plain"`.
        game: String, one of `games.MODELS`.
        width: Integer, channels.
        steps: Integer, of `fit`, to take the mean of.
    """
    import tensorflow as tf

    from benchmarks.training import keras_worker

    module = keras_worker.CANDIDATES[candidate]
    model = module.build(game, module.networks(game, width))
    dataset = keras_worker.data(game)
    model.fit(dataset, steps_per_epoch=3, shuffle=False, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            model.fit(dataset, steps_per_epoch=steps, shuffle=False, verbose=0)
        (trace,) = pathlib.Path(folder).rglob("*.xplane.pb")
        totals = operation_times(trace.read_bytes())
    return {name: total / steps for name, total in totals.items()}


def operation_times(trace):
    """Returns the milliseconds of all operations in a trace.

    Args:
        trace: Bytes, an `XSpace` as TensorFlow's profiler writes it.

    Returns:
        Dictionary from `<name>:<type>` to milliseconds.
    """
    # TensorFlow brings the format along, but has no public reader of it.
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    totals = collections.Counter()
    for plane in xplane_pb2.XSpace.FromString(trace).planes:
        for line in plane.lines:
            for event in line.events:
                name = plane.event_metadata[event.metadata_id].name
                if OPERATION.fullmatch(name):
                    totals[name] += event.duration_ps / 1e9
    return dict(totals)


def by_kinds(milliseconds):
    """Returns the sums of the times of operations, by `KINDS`."""
    sums = dict.fromkeys(KINDS, 0.0)
    for name, time in milliseconds.items():
        kind = next(kind for kind in KINDS if re.search(KINDS[kind], name))
        sums[kind] += time
    return sums


def table(report):
    """Returns the report as Markdown: milliseconds of one step."""
    found = {
        f"{game}, {candidate}": by_kinds(milliseconds)
        for game, candidates in report["milliseconds"].items()
        for candidate, milliseconds in candidates.items()
    }
    lines = [
        *reports.head(report),
        f"| ms of a step | {' | '.join(found)} |",
        "| --- " * (1 + len(found)) + "|",
    ]
    for kind in KINDS:
        cells = []
        for sums in found.values():
            share = sums[kind] / sum(sums.values())
            cells.append(f"{sums[kind]:.2f} ({share:.0%})")
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    cells = [f"{sum(sums.values()):.2f}" for sums in found.values()]
    lines.append(f"| sum | {' | '.join(cells)} |")
    return "\n".join(lines)
