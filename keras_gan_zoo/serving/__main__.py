"""Serving from a shell: `python -m keras_gan_zoo.serving serve`."""

import argparse
import sys

from keras_gan_zoo.serving import serve


def main(arguments=None):
    """Runs the command and returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, OSError, RuntimeError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m keras_gan_zoo.serving",
        description="Exported generators behind an endpoint.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve.add_arguments(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
