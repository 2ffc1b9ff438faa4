"""How cost grows: with image size, batch, critic steps and data-set size.

    python -m benchmarks scale --plots docs/images --json scale.json

A WGAN-GP, the game of the zoo that has critic steps, on the networks of a
DCGAN. One value is varied at a time; each is a process of its own, and all of
a kind take turns, the machine's peak among them. Data sets are of random
images in TFRecord files, the largest of 8 GB, and are removed at the end.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import shutil
import sys
import tempfile

from benchmarks import report as reports
from benchmarks import runner
from benchmarks.training import games
from keras_gan_zoo import files

VALUES = {
    "image_size": [28, 32, 64, 96, 128],
    "batch": [16, 32, 64, 128, 256],
    "critic_steps": [1, 2, 5, 10],
    "dataset": [100, 10_000, 1_000_000, 10_000_000],
}
PHASES = ("pipeline", "training")
FIXED = {"image_size": 28, "batch": games.BATCH_SIZE, "critic_steps": 1}


def main(arguments):
    """Measures, prints the tables, draws, and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks scale",
        description="Measures how cost grows with image size, batch, critic "
        "steps and data.",
    )
    parser.add_argument(
        "--kinds",
        nargs="+",
        choices=VALUES,
        default=[*VALUES],
        help="default: all",
    )
    for kind, values in VALUES.items():
        parser.add_argument(
            f"--{kind.replace('_', '-')}",
            nargs="+",
            type=int,
            default=values,
            metavar="N",
            help=f"default: {' '.join(map(str, values))}",
        )
    parser.add_argument(
        "--width",
        type=int,
        default=32,
        help="of the networks, except for data sets; default: 32",
    )
    parser.add_argument(
        "--steps",
        type=int,
        default=200,
        help="in each repeat of training on a data set; default: 200",
    )
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        help="keep data sets here, for the next run",
    )
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count(), help="default: all cores"
    )
    parser.add_argument("--repeats", type=int, default=7, help="default: 7")
    parser.add_argument(
        "--json", metavar="FILE", help="write the results here, too"
    )
    parser.add_argument("--plots", metavar="FOLDER", help="draw plots here")
    options = parser.parse_args(arguments)
    report = {
        **reports.begun("scale", arguments, options.threads),
        "width": options.width,
        "kinds": {},
    }
    for kind in options.kinds:
        print(kind, file=sys.stderr, flush=True)
        if kind == "dataset":
            report["kinds"][kind] = measured_data(options)
        else:
            report["kinds"][kind] = measured_steps(kind, options)
        reports.keep(report, options.json)
    print(tables(report))
    if options.plots:
        draw(report, files.make_folder(options.plots))
    return 0


def measured_steps(kind, options):
    """Returns the rates of training, in steps in a second, and of the peak."""
    threads = f"--threads={options.threads}"
    run = [sys.executable, "-m"]
    commands = {"peak": [*run, "benchmarks.peak_worker", "product", threads]}
    for value in getattr(options, kind):
        settings = {**FIXED, kind: value, "width": options.width}
        commands[value] = [
            *[*run, "benchmarks.scale_worker", threads],
            *[f"--{n.replace('_', '-')}={v}" for n, v in settings.items()],
        ]
    peak, *candidates = runner.take_turns(
        commands, _environment(options), options.repeats
    )
    return {
        "peak": {"rates": peak.rates, **peak.facts},
        "rows": [
            {"value": each.name, "rates": each.rates, **each.facts}
            for each in candidates
        ],
    }


def measured_data(options):
    """Returns rates and memory of reading data sets and of training on them.

    In all its repeats, the first one to warm up, each process reads as many
    images as the largest data set has, and so reads that one once.
    """
    share = max(options.dataset) / (1 + options.repeats) / games.BATCH_SIZE
    batches = {"pipeline": math.ceil(share), "training": options.steps}
    rows = [{"value": number} for number in options.dataset]
    with contextlib.ExitStack() as stack:
        folder = options.folder or pathlib.Path(
            stack.enter_context(tempfile.TemporaryDirectory())
        )
        written = [_written(folder, number) for number in options.dataset]
        notes = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for phase, number in batches.items():
            print(phase, file=sys.stderr, flush=True)
            commands = {
                path.name: [
                    *[sys.executable, "-m", "benchmarks.scale_data_worker"],
                    *[phase, str(path), str(notes / path.name)],
                    f"--batches={number}",
                    f"--repeats={options.repeats}",
                    f"--threads={options.threads}",
                ]
                for path in written
            }
            candidates = runner.take_turns(
                commands, _environment(options), options.repeats
            )
            for row, candidate in zip(rows, candidates):
                row[phase] = {
                    "rates": [number * rate for rate in candidate.rates],
                    **json.loads((notes / candidate.name).read_text()),
                }
    return {"batches": batches, "rows": rows}


def _written(folder, number):
    """Returns the folder of a data set, which is written if it isn't there."""
    from benchmarks import records

    path = folder / str(number)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        size = number * records.RECORD_BYTES
        free = shutil.disk_usage(folder).free
        if free < size:
            raise SystemExit(
                f"{number:,} images take {size / 1e9:.1f} GB. Received: a "
                f"folder, {str(folder)!r}, on a disk with {free / 1e9:.1f} GB "
                "left. Choose another by --folder, or fewer by --dataset."
            )
        print(f"{number:,} images", file=sys.stderr, flush=True)
        records.write(path, number)
    return path


def _environment(options):
    return {**os.environ, "OMP_NUM_THREADS": str(options.threads)}


def tables(report):
    """Returns the report as Markdown."""
    lines = reports.head(report)
    for kind, found in report["kinds"].items():
        if kind == "dataset":
            lines += [data_table(found), "", "MB resident:", ""]
            lines += [memory_table(found), ""]
        else:
            fixed = {**FIXED, "width": report["width"]}
            del fixed[kind]
            text = ", ".join(f"{_words(n)} {v}" for n, v in fixed.items())
            lines += [f"Over {_words(kind)}; {text}:", ""]
            lines += [steps_table(kind, found), ""]
    return "\n".join(lines).rstrip()


def steps_table(kind, found):
    """Returns what a step costs for each value, and beside the first one."""
    lines = [
        f"| {_words(kind)} | parameters | GFLOP | s | GFLOP, times the first "
        "| s, times the first | GFLOP/s | share of peak |",
        "| --- " * 8 + "|",
    ]
    peak, first = found["peak"], found["rows"][0]
    for row in found["rows"]:
        seconds = [1 / rate for rate in row["rates"]]
        share = runner.ratio(row["rates"], peak["rates"])[0]
        cells = [
            str(row["value"]),
            f"{row['parameters']:,}",
            f"{row['flops'] / 1e9:.3g}",
            _spread(seconds),
            f"{row['flops'] / first['flops']:.2f}",
            _spread_of_ratio(first["rates"], row["rates"]),
            f"{_speed(row) / 1e9:.0f}",
            f"{share * row['flops'] / peak['flops']:.0%}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def data_table(found):
    """Returns how fast data sets are read, and trained on."""
    lines = [
        "| images | pipeline, images/s | training, steps/s "
        "| training, over the first |",
        "| --- " * 4 + "|",
    ]
    first = found["rows"][0]["training"]["rates"]
    for row in found["rows"]:
        images = [games.BATCH_SIZE * rate for rate in row["pipeline"]["rates"]]
        steps = row["training"]["rates"]
        cells = [
            f"{row['value']:,}",
            "{:,.0f} ({:,.0f} to {:,.0f})".format(*runner.summary(images)),
            _spread(steps),
            _spread_of_ratio(steps, first),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def memory_table(found):
    """Returns the resident memory, in MB, after so many images were read."""
    last = len(found["rows"][0]["pipeline"]["resident"]) - 1
    # The imports, the warm-up, the middle and the end.
    moments = sorted({0, 1, (1 + last) // 2, last})
    lines = []
    for phase in PHASES:
        images = found["batches"][phase] * games.BATCH_SIZE
        heads = [f"after {moment * images:,}" for moment in moments]
        lines += [
            f"| images, {phase} | {' | '.join(heads)} | peak |",
            "| --- " * (2 + len(heads)) + "|",
        ]
        for row in found["rows"]:
            resident, peak = row[phase]["resident"], row[phase]["peak"]
            amounts = [*[resident[moment] for moment in moments], peak]
            cells = [f"{row['value']:,}"]
            cells += [f"{amount / 1e6:,.0f}" for amount in amounts]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def draw(report, folder):
    """Draws the report as pictures in a folder."""
    for kind, found in report["kinds"].items():
        if kind == "dataset":
            _draw_data(found["rows"], folder)
        else:
            _draw_steps(kind, found["rows"], folder)


def _draw_steps(kind, rows, folder):
    from benchmarks import plot  # Its matplotlib is for pictures alone.

    series = {
        "measured": [
            _point(row["value"], [1 / rate for rate in row["rates"]])
            for row in rows
        ],
        "operations, at the speed of the last": [
            (row["value"], row["flops"] / _speed(rows[-1])) for row in rows
        ],
    }
    plot.lines(
        folder / f"scale_{kind}.png",
        series,
        f"A step of WGAN-GP over {_words(kind)}",
        _words(kind),
        "seconds",
        log_y=True,
    )


def _draw_data(rows, folder):
    from benchmarks import plot

    memory, speed = {}, {}
    for phase in PHASES:
        memory[phase] = [
            (row["value"], row[phase]["peak"] / 1e6) for row in rows
        ]
        speed[phase] = [
            _point(
                row["value"],
                [games.BATCH_SIZE * rate for rate in row[phase]["rates"]],
            )
            for row in rows
        ]
    for name, series, label, log_y in (
        ("memory", memory, "resident at the peak, MB", False),
        ("speed", speed, "images/s", True),
    ):
        plot.lines(
            folder / f"scale_dataset_{name}.png",
            series,
            f"{name.capitalize()} over data-set size",
            "images in the data set",
            label,
            log_x=True,
            log_y=log_y,
        )


def _point(value, amounts):
    median, least, most = runner.summary(amounts)
    return value, least, median, most


def _speed(row):
    """Returns operations in a second."""
    return row["flops"] * runner.summary(row["rates"])[0]


def _spread(amounts):
    return "{:.3g} ({:.3g} to {:.3g})".format(*runner.summary(amounts))


def _spread_of_ratio(ones, others):
    return "{:.2f} ({:.2f} to {:.2f})".format(*runner.ratio(ones, others))


def _words(name):
    return name.replace("_", " ")
