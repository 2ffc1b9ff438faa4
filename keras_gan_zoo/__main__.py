"""What there is to run: `keras-gan-zoo`, or `python -m keras_gan_zoo`."""

import argparse
import dataclasses
import importlib
import importlib.metadata
import sys

from keras_gan_zoo import __version__


@dataclasses.dataclass(frozen=True)
class Command:
    """What a word stands for.

    Args:
        module: String, the module whose `main(arguments)` it calls.
        purpose: String, for the list of commands.
        word: String that comes before the arguments, or `None`.
    """

    module: str
    purpose: str
    word: str | None = None


COMMANDS = {
    "train": Command("keras_gan_zoo.commands.train", "run a recipe"),
    "generate": Command(
        "keras_gan_zoo.commands.generate",
        "write what a generator makes, as a picture or as files",
    ),
    "export": Command(
        "keras_gan_zoo.commands.export",
        "put a trained model into the form of a server or a runtime",
    ),
    "score": Command(
        "keras_gan_zoo.metrics.__main__",
        "score a generator or a folder of images",
        "score",
    ),
    "serve": Command(
        "keras_gan_zoo.serving.__main__",
        "put exported generators behind an endpoint",
        "serve",
    ),
    "translate": Command(
        "keras_gan_zoo.serving.__main__",
        "have an endpoint translate a folder of pictures",
        "translate",
    ),
    "datasets": Command("keras_gan_zoo.datasets.__main__", "get data sets"),
}
MODULES = {
    "keras_gan_zoo.datasets": "get data sets",
    "keras_gan_zoo.metrics": "score generators and folders of images",
    "keras_gan_zoo.serving": "put exported generators behind an endpoint",
}


def main(arguments=None):
    """Runs a command, or prints which there are; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments and arguments[0] in COMMANDS:
        command = COMMANDS[arguments[0]]
        words = [] if command.word is None else [command.word]
        module = importlib.import_module(command.module)
        return module.main([*words, *arguments[1:]])
    listed = _listed()
    parser = argparse.ArgumentParser(
        prog="keras-gan-zoo",
        description="Runs a command of keras_gan_zoo; without one, prints the "
        f"versions and the commands.\n\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", nargs="?", choices=list(COMMANDS))
    parser.parse_args(arguments)
    print(_versions())
    print(f"\n{listed}")
    return 0


def _versions():
    python = ".".join(map(str, sys.version_info[:3]))
    versions = [f"keras_gan_zoo {__version__}", f"Python {python}"]
    for name in ("keras", "tensorflow"):
        try:  # Read from a file: to import TensorFlow takes seconds.
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    return ", ".join(versions)


def _listed():
    lines = ["Commands, each with a --help of its own:"]
    for name, command in COMMANDS.items():
        lines.append(f"    keras-gan-zoo {name:10} {command.purpose}")
    lines.append("\nWithout the script, and with more of them:")
    for module, purpose in MODULES.items():
        lines.append(f"    python -m {module:24}  {purpose}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
