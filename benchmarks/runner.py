"""The runner's side: candidates in turn, medians, ratios pair by pair."""

import json
import statistics
import subprocess
import sys


class Candidate:
    """A process that does a piece of work whenever it is told to.

    Args:
        name: String, for the table.
        command: List of strings.
        environment: Dictionary.
    """

    def __init__(self, name, command, environment):
        self.name = name
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.facts = None
        self.rates = []  # Units of work in a second, one for each repeat.

    def get_ready(self):
        self.facts = self._answer()

    def repeat(self):
        self._process.stdin.write("again\n")
        self._process.stdin.flush()
        self.rates.append(self.facts["units"] / self._answer())

    def close(self):
        self._process.communicate()

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The candidate {self.name!r} ended too soon.")
        return json.loads(line)


def take_turns(commands, environment, repeats):
    """Runs candidates by turns, so that a slower machine slows them all.

    Args:
        commands: Dictionary of commands by names, the first of which is the
            one that others are compared with.
        environment: Dictionary for all of them.
        repeats: Integer.

    Returns:
        List of `Candidate`, each with `repeats` rates.
    """
    candidates = []
    try:
        for name, command in commands.items():
            candidates.append(Candidate(name, command, environment))
            candidates[-1].get_ready()
        for repeat in range(repeats):
            print(f"repeat {repeat + 1} of {repeats}", file=sys.stderr)
            # There and back, so that none always follows the same one.
            for candidate in candidates[:: 1 if repeat % 2 else -1]:
                candidate.repeat()
    finally:
        for candidate in candidates:
            candidate.close()
    return candidates


def summary(rates):
    """Returns the median of repeats, with the least and the most."""
    return statistics.median(rates), min(rates), max(rates)


def ratio(rates, of_rates):
    """Returns the summary of one's rates over another's, pair by pair."""
    return summary([one / other for one, other in zip(rates, of_rates)])
