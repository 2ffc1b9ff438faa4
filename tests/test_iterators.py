"""A process ends, whatever its data are doing."""

import signal
import subprocess
import sys

from tests import tiny

# Threads of the data are in Python, and wait for Python, at any moment.
PREPARE = """
import time
import tensorflow as tf
from keras_gan_zoo import iterators

def read(index):
    end = time.monotonic() + 0.05
    while time.monotonic() < end:
        pass
    return index

def data():
    return tf.data.Dataset.range(10**9).map(
        lambda i: tf.numpy_function(read, [i], tf.int64),
        num_parallel_calls=4,
    ).prefetch(1000)

iterators.release_at_exit()
"""

# The interpreter would keep the frame, and the iterator in it, to its end.
FAIL = """
def fail():
    kept = iter(data())
    next(kept)
    raise KeyError

try:
    fail()
except KeyError:
    raise KeyboardInterrupt
"""


def test_a_process_ends_while_python_reads_its_data():
    run = subprocess.run(
        [sys.executable, "-c", PREPARE + FAIL],
        cwd=tiny.ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert run.returncode == -signal.SIGINT, run.stderr
