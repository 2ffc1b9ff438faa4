"""The command `train`: runs a recipe, or any script."""

import argparse
import pathlib
import runpy
import sys


def main(arguments=None):
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="keras-gan-zoo train",
        description="Runs a recipe, as `python FILE` does. Its own flags come "
        "after it; `keras-gan-zoo train FILE --help` lists them.",
    )
    parser.add_argument(
        "file", metavar="FILE", help="such as recipes/wgan_mnist.py"
    )
    parser.add_argument(
        "flags",
        nargs=argparse.REMAINDER,
        metavar="...",
        help="the recipe's own, such as --epochs 5",
    )
    options = parser.parse_args(arguments)
    path = pathlib.Path(options.file)
    if not path.is_file():
        parser.error(
            f"expected a recipe, a Python file. Received: {options.file}, "
            "which isn't there."
        )
    before = sys.argv, sys.path
    # As Python does for a script: its name, and the modules beside it.
    sys.argv = [options.file, *options.flags]
    sys.path = [str(path.resolve().parent), *sys.path]
    try:
        runpy.run_path(options.file, run_name="__main__")
    finally:
        sys.argv, sys.path = before
    return 0
