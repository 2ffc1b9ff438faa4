"""Several worker processes on this machine, for tests."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[1]


def addresses(number):
    """Returns so many addresses of this machine that nobody listens at."""
    with contextlib.ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            for _ in range(number)
        ]
        return [f"127.0.0.1:{s.getsockname()[1]}" for s in sockets]


@contextlib.contextmanager
def workers(command, number=2):
    """Starts a script in `number` processes, as workers of one cluster.

    Args:
        command: Function of a worker's number that returns a list of
            strings: the script and its arguments.
        number: Integer.

    Yields:
        List of `subprocess.Popen`. They are killed in the end.
    """
    cluster = {"worker": addresses(number)}
    processes = []
    try:
        for index in range(number):
            task = {"type": "worker", "index": index}
            config = json.dumps({"cluster": cluster, "task": task})
            processes.append(
                subprocess.Popen(
                    [sys.executable, *command(index)],
                    cwd=ROOT,
                    env={
                        **os.environ,
                        "PYTHONPATH": str(ROOT),
                        "TF_CONFIG": config,
                        "TF_CPP_MIN_LOG_LEVEL": "2",
                    },
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def finish(processes, timeout=300):
    """Waits for processes to end well and returns what each has printed."""
    # A worker that fails would leave the others waiting: so none does long.
    outputs = [process.communicate(timeout=timeout)[0] for process in processes]
    for process, output in zip(processes, outputs):
        assert process.returncode == 0, output
    return outputs
