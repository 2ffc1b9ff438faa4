"""Says where the time of the tests goes, in CPU seconds.

    python -m tests.times
    python -m tests.times tests/models

runs what `make test` runs, or some of it, and prints two tables in Markdown: by
kind of test, and by entry of the zoo. Processes that a test starts are counted.
Arguments are those of pytest.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import pytest

LOG = "KERAS_GAN_ZOO_TEST_TIMES"
MODELS = "tests/models"
MECHANICS = {"precision", "replicas", "representatives", "workers"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Writes a line for each test; pytest takes this module for a plugin."""
    before = os.times()
    try:
        return (yield)
    finally:
        seconds = sum(os.times()[:4]) - sum(before[:4])
        with open(os.environ[LOG], "a", encoding="utf-8") as log:
            log.write(f"{seconds:.3f} {item.nodeid}\n")


def kind_of(test):
    """Returns the row of a test, given by its file and name."""
    path = pathlib.PurePosixPath(test.partition("::")[0])
    name = path.stem.removeprefix("test_")
    if str(path.parent) != MODELS:
        is_folder = path.parent.name != "tests"
        return f"{path.parent}" if is_folder else f"tests, {name.split('_')[0]}"
    if name == "contract":
        return f"{MODELS}, the contract of every entry"
    if name in MECHANICS:
        return f"{MODELS}, mechanics on representatives"
    return f"{MODELS}, papers and base classes"


def entry_of(test):
    """Returns the entry that a test of the contract is about, or `None`."""
    found = re.search(r"/test_contract\.py::\w+\[(\w+)\]$", test)
    is_of_models = test.startswith(MODELS)
    return found[1] if found and is_of_models else None


def read(lines):
    """Returns the tests and seconds of a log, a list of pairs."""
    pairs = [line.rstrip("\n").split(" ", 1) for line in lines]
    # Tests of a group end in its name under xdist.
    return [(test.partition("@")[0], float(s)) for s, test in pairs]


def table(head, times, row_of):
    """Returns the lines of a Markdown table of sums, the largest first."""
    seconds, numbers = collections.Counter(), collections.Counter()
    for test, spent in times:
        row = row_of(test)
        if row is not None:
            seconds[row] += spent
            numbers[row] += 1
    return [
        f"| {head} | tests | CPU seconds |",
        "| --- | ---: | ---: |",
        *(
            f"| {row} | {numbers[row]} | {spent:.1f} |"
            for row, spent in seconds.most_common()
        ),
        f"| all | {numbers.total()} | {seconds.total():.1f} |",
    ]


def main():
    arguments = sys.argv[1:] or ["-n", "2"]
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder, "log")
        log.touch()
        status = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", __spec__.name]
            + arguments,
            env={**os.environ, LOG: str(log)},
        ).returncode
        times = read(log.read_text(encoding="utf-8").splitlines())
    print("\n".join(["", *table("kind", times, kind_of), ""]))
    print("\n".join(table("entry, its contract", times, entry_of)))
    sys.exit(status)


if __name__ == "__main__":
    main()
