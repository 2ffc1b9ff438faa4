"""Servers in the process of a test, or in one of their own."""

import contextlib
import socket
import subprocess
import sys
import threading
import time

from keras_gan_zoo.serving import server
from tests import tiny


@contextlib.contextmanager
def running(servables, limits=server.Limits(), **kwargs):
    """Serves from a thread, and gives the URL."""
    runner = server.runner(servables, limits, **kwargs)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(
            target=runner.run, args=([listener],), name="server"
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            runner.should_exit = True
            thread.join()


def serve(*arguments):
    """Starts the command `serve`; its messages come from `stderr`."""
    return subprocess.Popen(
        [sys.executable, "-m", "keras_gan_zoo.serving", "serve", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tiny.ROOT,
    )


def wait_until(condition):
    """Returns once a function of nothing is true."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
