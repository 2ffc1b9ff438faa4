"""How fast one generator makes images, in four ways side by side.

    python -m benchmarks sample

`gan.generate`, the export's `sample`, a loop of Keras's `predict`, and ONNX
Runtime on the file of `export_onnx`. The first two draw the latents, too.
"""

import argparse
import os
import pathlib
import sys
import tempfile

from benchmarks import report as reports
from benchmarks import runner
from benchmarks.training import games

NAMES = {
    "generate": "`gan.generate`",
    "signature": "export, `sample`",
    "predict": "`generator.predict`",
    "onnx": "ONNX Runtime",
}


def main(arguments):
    """Measures, prints the table and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks sample",
        description="Measures how fast images are made.",
    )
    parser.add_argument(
        "--width",
        choices=games.WIDTHS,
        default="medium",
        help="default: medium",
    )
    parser.add_argument(
        "--batch-sizes",
        nargs="+",
        type=int,
        default=[1, 64],
        help="default: 1 64",
    )
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count(), help="default: all cores"
    )
    parser.add_argument("--repeats", type=int, default=7, help="default: 7")
    parser.add_argument(
        "--json", metavar="FILE", help="write the results here, too"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        export(options.width, pathlib.Path(folder))
        rows = {
            size: measured(folder, size, options)
            for size in options.batch_sizes
        }
    report = {
        **reports.begun("sample", arguments, options.threads),
        "rows": rows,
    }
    reports.keep(report, options.json)
    print(table(report))
    return 0


def export(width, folder):
    """Writes a generator in each form that a candidate takes."""
    from benchmarks.training import zoo_steps
    from keras_gan_zoo.export import export_generator, export_onnx

    networks = zoo_steps.networks("WGANGP", games.WIDTHS[width])
    gan = zoo_steps.build("WGANGP", networks)
    gan.save(folder / "gan.keras")
    export_generator(gan, folder)
    export_onnx(gan, folder / "generator.onnx")


def measured(folder, batch_size, options):
    """Returns the rates of all ways, in images in a second."""
    settings = [folder, f"--batch-size={batch_size}"]
    settings.append(f"--threads={options.threads}")
    commands = {
        way: [sys.executable, "-m", "benchmarks.sample_worker", way, *settings]
        for way in NAMES
    }
    environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}
    candidates = runner.take_turns(commands, environment, options.repeats)
    return {
        candidate.name: [batch_size * rate for rate in candidate.rates]
        for candidate in candidates
    }


def table(report):
    """Returns the report as Markdown."""
    sizes = [*report["rows"]]
    head = [f"batch {size}, images/s | over `predict`" for size in sizes]
    lines = [
        *reports.head(report),
        f"| | {' | '.join(head)} |",
        "| --- " * (1 + 2 * len(sizes)) + "|",
    ]
    for way, name in NAMES.items():
        cells = [name]
        for rates in report["rows"].values():
            cells.append(
                "{:,.0f} ({:,.0f} to {:,.0f})".format(
                    *runner.summary(rates[way])
                )
            )
            ratio = runner.ratio(rates[way], rates["predict"])[0]
            cells.append(f"{ratio:.2f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
