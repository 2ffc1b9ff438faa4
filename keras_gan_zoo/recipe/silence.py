"""Imports Keras and TensorFlow without what they write on the way.

It is the first import of the package, and so of every recipe.
"""

import contextlib
import os
import sys


@contextlib.contextmanager
def _silent_stderr():
    """Sends the file descriptor, which native code writes to, nowhere."""
    sys.stderr.flush()
    descriptor = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(descriptor, 2)
        os.close(descriptor)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _silent_stderr():
    import keras  # noqa: F401
    import tensorflow  # noqa: F401
