"""How good images are after a given number of minutes of CPU time.

    python -m benchmarks quality --peers tutorial=dcgan.py:generator

Recipes of this package, and others' scripts with their own settings, train on
Fashion-MNIST for the same CPU time, on one core each, as many at a time as
there are cores. While samples are taken, the clock stops. The score is the
Fréchet distance of 10,000 samples with `fashion_mnist_cnn`, computed when all
are trained; whatever is already in the folder is not trained again.
"""

import argparse
import os
import pathlib
import queue
import subprocess
import sys
from concurrent import futures

from benchmarks import report as reports

ROOT = pathlib.Path(__file__).parents[1]
# Of the minutes, when to look: more often while much happens.
MARKS = (1 / 60, 1 / 30, 1 / 15, 0.1, 1 / 6, 0.25, 1 / 3, 0.5, 2 / 3, 5 / 6, 1)


def main(arguments):
    """Trains, scores, prints the table and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks quality",
        description="Trains on Fashion-MNIST for a given CPU time, and scores "
        "the samples.",
    )
    parser.add_argument(
        "--recipes",
        nargs="*",
        default=["dcgan_fashion_mnist"],
        help="names of recipes; default: dcgan_fashion_mnist",
    )
    parser.add_argument(
        "--peers",
        nargs="*",
        type=peer,
        default=[],
        metavar="NAME=SCRIPT:GENERATOR",
        help="a script, and the global in it that is the generator, a Keras "
        "model",
    )
    parser.add_argument(
        "--minutes", type=float, default=30.0, help="of CPU time; default: 30"
    )
    parser.add_argument(
        "--seeds", nargs="+", type=int, default=[0, 1], help="default: 0 1"
    )
    parser.add_argument(
        "--samples",
        type=int,
        default=10_000,
        help="for each score; default: 10,000",
    )
    parser.add_argument(
        "--cores", type=int, default=1, help="for each training; default: 1"
    )
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=pathlib.Path("quality"),
        help="for samples and logs; default: %(default)s",
    )
    parser.add_argument("--plot", metavar="FILE", help="draw the curves")
    parser.add_argument(
        "--json", metavar="FILE", help="write the results here, too"
    )
    options = parser.parse_args(arguments)
    available = len(os.sched_getaffinity(0))
    if not 1 <= options.cores <= available:
        parser.error(
            f"argument --cores: expected 1 to {available}, those of this "
            f"machine, received {options.cores}"
        )
    scripts = {
        **{name: recipe(name) for name in options.recipes},
        **dict(options.peers),
    }
    train(scripts, options)
    report = {
        **reports.begun("quality", arguments, options.cores),
        "minutes": options.minutes,
        "score": score(options.samples),
        "curves": {
            name: {
                seed: curve(options.folder / name / str(seed))
                for seed in options.seeds
            }
            for name in scripts
        },
    }
    reports.keep(report, options.json)
    print(table(report))
    if options.plot:
        draw(report, options.plot)
    return 0


def peer(text):
    """Returns the name of a peer, and its script, global and arguments."""
    name, _, rest = text.partition("=")
    script, _, generator = rest.rpartition(":")
    if not (name and script and generator):
        raise argparse.ArgumentTypeError(
            f"expected NAME=SCRIPT:GENERATOR, received {text!r}"
        )
    return name, (pathlib.Path(script).resolve(), generator, [])


def recipe(name):
    """Returns a recipe's script, global and arguments."""
    # It trains until it is stopped.
    arguments = ["--epochs=1000000", "--output=.", "--seed={seed}"]
    return ROOT / "recipes" / f"{name}.py", "gan", arguments


def train(scripts, options):
    """Runs all that isn't there, on so many cores each, side by side."""
    cores = sorted(os.sched_getaffinity(0))
    places = queue.Queue()
    for start in range(0, len(cores) - options.cores + 1, options.cores):
        places.put(cores[start : start + options.cores])
    with futures.ThreadPoolExecutor(places.qsize()) as pool:
        runs = [
            pool.submit(run, name, script, seed, places, options)
            for name, script in scripts.items()
            for seed in options.seeds
        ]
        for each in futures.as_completed(runs):
            each.result()


def run(name, script, seed, places, options):
    """Trains one script with one seed, unless that is done."""
    # Trainings run elsewhere than this.
    folder = (options.folder / name / str(seed)).resolve()
    marks = [60 * options.minutes * mark for mark in MARKS]
    if any(seconds >= marks[-1] for seconds, _ in snapshots(folder)):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for _, path in snapshots(folder):  # Of a training that was broken off.
        path.unlink()
    path, generator, arguments = script
    command = [
        *(sys.executable, "-m", "benchmarks.quality_worker"),
        *(str(folder), generator, f"--seed={seed}"),
        *("--marks", *map(str, marks), f"--number={options.samples}"),
        *("--cores", *map(str, core := places.get())),
        *("--script", str(path)),
        *(argument.format(seed=seed) for argument in arguments),
    ]
    print(f"{name}, seed {seed}: {folder}/log.txt", file=sys.stderr)
    try:
        with open(folder / "log.txt", "w") as log:
            subprocess.run(
                command, stdout=log, stderr=log, check=True, cwd=ROOT
            )
    finally:
        places.put(core)


def snapshots(folder):
    """Returns pairs of CPU seconds and the file of samples, in order."""
    return sorted((float(path.stem), path) for path in folder.glob("*.npy"))


def score(samples):
    """Returns the score's name, as this package writes it everywhere."""
    from keras_gan_zoo.metrics.features import fashion_mnist_cnn
    from keras_gan_zoo.metrics.score import Protocol

    network = fashion_mnist_cnn().label
    return str(Protocol("fid", samples, network, reference="train"))


def curve(folder):
    """Returns pairs of CPU minutes and the Frechet distance."""
    import numpy as np

    from keras_gan_zoo.metrics import frechet_distance
    from keras_gan_zoo.metrics.feature_set import FeatureSet
    from keras_gan_zoo.metrics.features import fashion_mnist_cnn
    from keras_gan_zoo.metrics.references import reference

    network = fashion_mnist_cnn()
    real = reference("fashion_mnist", network).statistics
    points = []
    for seconds, path in snapshots(folder):
        samples = FeatureSet(network, np.load(path), "samples")
        distance = frechet_distance(real, samples.statistics)
        points.append((seconds / 60, float(distance)))
    return points


def at_marks(seeds, minutes):
    """Returns for each mark the distances of all seeds.

    A script with long steps may have passed two marks at once.

    Args:
        seeds: Dictionary from seeds to curves.
        minutes: Float, the last mark.

    Returns:
        List of pairs, of minutes and a list of floats.
    """
    return [
        (
            minutes * mark,
            [
                next(distance for x, distance in points if x >= minutes * mark)
                for points in seeds.values()
            ],
        )
        for mark in MARKS
    ]


def table(report):
    """Returns the report as Markdown: a row for each mark."""
    rows = {
        name: at_marks(seeds, report["minutes"])
        for name, seeds in report["curves"].items()
    }
    lines = [
        *reports.head(report),
        f"`{report['score']}` of each seed:",
        "",
        f"| CPU minutes | {' | '.join(rows)} |",
        "| --- " * (1 + len(rows)) + "|",
    ]
    for row in zip(*rows.values()):
        cells = [f"{row[0][0]:.3g}"]
        for _, distances in row:
            cells.append(", ".join(f"{each:.1f}" for each in distances))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def draw(report, path):
    """Draws the medians, with what lies between the seeds."""
    import statistics

    from benchmarks import plot

    series = {
        name: [
            (at, min(values), statistics.median(values), max(values))
            for at, values in at_marks(seeds, report["minutes"])
        ]
        for name, seeds in report["curves"].items()
    }
    plot.lines(
        path,
        series,
        "Fashion-MNIST: quality over CPU time",
        "minutes of CPU time",
        f"{report['score']}, less is better",
        log_x=True,
        log_y=True,
    )
