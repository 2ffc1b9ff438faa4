"""`python -m benchmarks` with the name of a measurement."""

import argparse
import importlib
import sys

MEASUREMENTS = {
    "train": "steps of each game, next to plain Keras and PyTorch",
    "pipeline": "what callbacks and data cost, next to a step",
    "replicas": "two replicas and two workers, next to one process",
    "scaling": "what several GPUs could do, calculated",
    "scale": "how cost grows with images, batches and data",
    "sample": "images of a generator, made in four ways",
    "score": "features, FID, KID, nearest neighbors",
    "profile": "where the time of a step goes, by kind of operation",
    "quality": "quality of images over CPU time, next to others' scripts",
    "startup": "imports, --help, and the first step of training",
    "serving": "speed of an export on the server for development",
}


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Repeats the measurements behind the tables in docs.",
        epilog="Each has its own options: python -m benchmarks train --help",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in MEASUREMENTS.items():
        commands.add_parser(name, help=text, add_help=False)
    options, rest = parser.parse_known_args()
    module = importlib.import_module(f"benchmarks.{options.command}")
    return module.main(rest)


if __name__ == "__main__":
    sys.exit(main())
