"""`python -m benchmarks` and the name of a measurement."""

import argparse
import importlib
import sys

MEASUREMENTS = {
    "train": "steps of each game, beside plain Keras and PyTorch",
    "pipeline": "what callbacks and data cost beside a step",
    "replicas": "two replicas and two workers, beside one process",
    "scaling": "what several GPUs could do, calculated",
    "scale": "how cost grows with images, batches and data",
    "sample": "images of a generator, four ways",
    "score": "features, FID, KID, nearest neighbors",
    "profile": "where the time of a step goes, by kinds of operations",
    "quality": "images after so many minutes, beside peers' scripts",
    "startup": "imports, help, and the first step of a training",
    "serving": "an export behind the server for development",
}


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures again what the documents state.",
        epilog="Each has options of its own: python -m benchmarks train --help",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in MEASUREMENTS.items():
        commands.add_parser(name, help=text, add_help=False)
    options, rest = parser.parse_known_args()
    module = importlib.import_module(f"benchmarks.{options.command}")
    return module.main(rest)


if __name__ == "__main__":
    sys.exit(main())
