"""Serving from a shell: `python -m keras_gan_zoo.serving` and a command."""

import argparse
import sys

from keras_gan_zoo.serving import (
    client_command,
    serve_command,
    tensorflow_serving,
    translate_command,
)


def main(arguments=None):
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m keras_gan_zoo.serving",
        description="Exported generators behind an endpoint.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve_command.add_arguments(commands)
    client_command.add_arguments(commands)
    translate_command.add_arguments(commands)
    tensorflow_serving.add_arguments(commands)
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
