"""What a number was measured on, and the most that it could have been."""

import os
import pathlib
import platform
import re
from importlib import metadata

PACKAGES = ("tensorflow", "keras", "numpy", "starlette", "uvicorn")


def described(packages=PACKAGES):
    """Returns the processor, the system and the versions in words."""
    versions = [f"{name} {metadata.version(name)}" for name in packages]
    return (
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def processor():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()
