"""What callbacks and data cost, next to the steps of training.

    python -m benchmarks pipeline

A DCGAN is trained epoch by epoch in a bare loop, by `fit`, and by `fit` with
the callbacks of recipes; then data sets of this package deliver batches without
training, next to plain `tf.data` with the same images.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile

from PIL import Image

from benchmarks import report as reports
from benchmarks import runner
from benchmarks.training import games
from keras_gan_zoo import datasets

LOOPS = {
    "bare": "bare loop",
    "fit": "`fit`",
    "callbacks": "`fit` with callbacks",
}
FOLDER = "folder"  # The name of images that are in files.
NAMES = ("fashion_mnist", "cifar10", "mnist", "embedded")
FILE_SIZE = 64  # Height and width of the images in files.

# What is called of a callback in an epoch, and what before and after all.
EACH_STEP = "on_train_batch_begin", "on_train_batch_end"
EACH_EPOCH = "on_epoch_begin", "on_epoch_end"
ONCE = "resume", "on_train_begin", "on_train_end"


def main(arguments):
    """Measures, prints the tables and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks pipeline",
        description="Measures what callbacks and data sets cost.",
    )
    parser.add_argument(
        "--dataset",
        choices=NAMES,
        default="fashion_mnist",
        help="what the loops train on, images of 28 x 28 pixels; default: "
        "fashion_mnist",
    )
    parser.add_argument(
        "--width",
        type=int,
        default=32,
        help="of the networks, in channels; default: 32, as in the recipe, "
        "whose step takes about 25 ms on two cores",
    )
    parser.add_argument(
        "--steps",
        type=int,
        default=500,
        help="in an epoch, which has one picture and one checkpoint; "
        "default: %(default)s",
    )
    parser.add_argument(
        "--datasets",
        nargs="+",
        choices=[*NAMES, FOLDER],
        default=["fashion_mnist", "cifar10", "embedded", FOLDER],
        help="whose batches to count; default: all but mnist",
    )
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count(), help="default: all cores"
    )
    parser.add_argument("--repeats", type=int, default=7, help="default: 7")
    parser.add_argument(
        "--json", metavar="FILE", help="write the results here, too"
    )
    options = parser.parse_args(arguments)
    report = {
        **reports.begun("pipeline", arguments, options.threads),
        "steps": options.steps,
        **measured_loops(options),
        "data": {
            name: measured_data(name, options) for name in options.datasets
        },
    }
    reports.keep(report, options.json)
    print(table(report))
    return 0


def measured_loops(options):
    """Returns steps in a second, and the seconds within callbacks.

    Returns:
        Dictionary of `loops`, rates by names, and `laps`, those of a
        `fit_worker.Stopwatch`.
    """
    with tempfile.TemporaryDirectory() as folder:
        laps = pathlib.Path(folder, "laps.json")
        settings = [
            f"--dataset={options.dataset}",
            f"--width={options.width}",
            f"--steps={options.steps}",
            f"--threads={options.threads}",
        ]
        commands = {
            name: _worker("fit_worker", name, *settings) for name in LOOPS
        }
        commands["callbacks"].append(f"--laps={laps}")
        candidates = runner.take_turns(commands, os.environ, options.repeats)
        return {
            "loops": {
                candidate.name: [options.steps * r for r in candidate.rates]
                for candidate in candidates
            },
            "laps": json.loads(laps.read_text()),
        }


def measured_data(name, options):
    """Returns the rates of both candidates, in images in a second."""
    with tempfile.TemporaryDirectory() as folder:
        if name == FOLDER:
            write_images(pathlib.Path(folder))
        settings = [
            folder if name == FOLDER else name,
            f"--batch-size={games.BATCH_SIZE}",
            f"--threads={options.threads}",
        ]
        commands = {
            candidate: _worker("data_worker", candidate, *settings)
            for candidate in ("zoo", "plain")
        }
        candidates = runner.take_turns(commands, os.environ, options.repeats)
    return {
        candidate.name: [games.BATCH_SIZE * rate for rate in candidate.rates]
        for candidate in candidates
    }


def write_images(folder):
    """Writes the embedded images as files in colour, larger than they are."""
    images, _ = datasets.image_arrays("embedded")
    for number, image in enumerate(images):
        picture = Image.fromarray(image[..., 0]).resize((FILE_SIZE, FILE_SIZE))
        picture.convert("RGB").save(folder / f"{number:04d}.png")


def table(report):
    """Returns the report as Markdown."""
    parts = _loops(report), _callbacks(report), _data(report)
    return (
        "\n".join(reports.head(report))
        + "\n"
        + "\n\n".join("\n".join(lines) for lines in parts)
    )


def _loops(report):
    bare = report["loops"]["bare"]
    lines = ["| | ms a step | time over the bare loop's |", "| --- " * 3 + "|"]
    for name, title in LOOPS.items():
        rates = report["loops"][name]
        times = _spread("{:.1f}", [1000 / rate for rate in rates])
        ratios = _spread("{:.3f}", [one / two for one, two in zip(bare, rates)])
        lines.append(f"| {title} | {times} | {ratios} |")
    return lines


def _callbacks(report):
    """Returns the lines of what was spent within each callback."""
    steps = report["steps"]
    before, *epochs, after = report["laps"]
    bare = statistics.median(steps / rate for rate in report["loops"]["bare"])
    lines = [
        "| callback | once, ms | each epoch, ms | each step, µs "
        f"| share of an epoch of {steps} steps |",
        "| --- " * 5 + "|",
    ]
    for name in dict.fromkeys(key.split()[0] for key in before):
        once = _sum(before, name, ONCE) + _sum(after, name, ONCE)
        each_epoch = [1e3 * _sum(lap, name, EACH_EPOCH) for lap in epochs]
        each_step = [1e6 * _sum(lap, name, EACH_STEP) / steps for lap in epochs]
        share = statistics.median(
            _sum(lap, name, (*EACH_EPOCH, *EACH_STEP)) for lap in epochs
        )
        cells = [
            f"`{name}`",
            f"{1e3 * once:.0f}",
            _spread("{:.1f}", each_epoch),
            _spread("{:.1f}", each_step),
            f"{share / bare:.2%}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _data(report):
    """Returns the lines of what data sets deliver."""
    eaten = games.BATCH_SIZE * statistics.median(report["loops"]["bare"])
    lines = [
        "| data | zoo, images/s | plain, images/s | zoo / plain "
        f"| the loop's {eaten:,.0f} images/s, of zoo's |",
        "| --- " * 5 + "|",
    ]
    for name, rates in report["data"].items():
        cells = [
            name,
            _spread("{:,.0f}", rates["zoo"]),
            _spread("{:,.0f}", rates["plain"]),
            "{:.2f} ({:.2f} to {:.2f})".format(
                *runner.ratio(rates["zoo"], rates["plain"])
            ),
            f"{eaten / statistics.median(rates['zoo']):.1%}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _sum(lap, name, hooks):
    return sum(lap.get(f"{name} {hook}", 0.0) for hook in hooks)


def _spread(form, values):
    median, least, most = map(form.format, runner.summary(values))
    return f"{median} ({least} to {most})"


def _worker(module, *arguments):
    return [sys.executable, "-m", f"benchmarks.{module}", *arguments]
