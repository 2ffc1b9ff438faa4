"""What there is to run: `python -m keras_gan_zoo`."""

import argparse
import importlib.metadata
import sys

from keras_gan_zoo import __version__

COMMANDS = {
    "keras_gan_zoo.datasets": "get data sets",
    "keras_gan_zoo.metrics": "score generators and folders of images",
    "keras_gan_zoo.serving": "put exported generators behind an endpoint",
}


def main(arguments=None):
    """Prints the commands of the package, and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m keras_gan_zoo",
        description="Prints the versions and the commands of keras_gan_zoo.",
    )
    parser.parse_args(arguments)
    python = ".".join(map(str, sys.version_info[:3]))
    versions = [f"keras_gan_zoo {__version__}", f"Python {python}"]
    for name in ("keras", "tensorflow"):
        try:  # Read from a file: to import TensorFlow takes seconds.
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    print(", ".join(versions))
    print("\nCommands, each with a --help of its own:")
    for module, purpose in COMMANDS.items():
        print(f"    python -m {module:24}  {purpose}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
