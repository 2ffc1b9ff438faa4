"""What each measurement reports besides numbers, and where it keeps them."""

import json
import os
import pathlib
import platform
import re
import shlex
from importlib import metadata

from keras_gan_zoo import files

PACKAGES = ("tensorflow", "keras", "numpy")


def begun(name, arguments, threads=None, packages=PACKAGES):
    """Returns a report with the command, and the machine it runs on.

    Args:
        name: String, the measurement.
        arguments: List of strings, those of its command line.
        threads: Integer, or `None` for TensorFlow's own number.
        packages: Names of distributions whose versions matter.

    Returns:
        Dictionary of `command` and `machine`.
    """
    versions = [f"{each} {metadata.version(each)}" for each in packages]
    number = "TensorFlow's own number of" if threads is None else threads
    return {
        "command": shlex.join(["python", "-m", "benchmarks", name, *arguments]),
        "machine": (
            f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, "
            f"Python {platform.python_version()}, {', '.join(versions)}; "
            f"{number} threads"
        ),
    }


def head(report):
    """Returns the lines above a table."""
    return [f"`{report['command']}`", "", f"{report['machine']}.", ""]


def keep(report, path):
    """Writes a report as JSON, if there is a path for it."""
    if path:
        with files.written_aside(pathlib.Path(path)) as aside:
            aside.write_text(json.dumps(report, indent=1) + "\n")


def _processor():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()
