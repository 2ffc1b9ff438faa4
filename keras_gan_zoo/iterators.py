"""The end of a process whose data are read by Python.

TensorFlow destroys an iterator of a dataset when Python drops it, and waits
for what its threads are doing. Where these run Python, as for a folder of
images or `Dataset.from_generator`, an iterator must not outlive the
interpreter: a thread that asks for Python while this ends is never answered,
and the process waits for it forever. The traceback of an error, or of Ctrl-C,
keeps all iterators of the calls it passed through, and so do global variables.
"""

import atexit
import functools
import gc
import signal
import sys
import traceback

_KINDS = ("OwnedIterator", "OwnedMultiDeviceIterator")


@functools.cache
def release_at_exit():
    """Lets go of all iterators of datasets before the interpreter ends."""
    atexit.register(_release)


def _release():
    # Ctrl-C would end this, but not the process: now it does.
    previous = signal.signal(signal.SIGINT, signal.SIG_DFL)
    error = getattr(sys, "last_value", None)
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__
    # What is shown of a class is that of the object behind a proxy, which may
    # be gone; `type` tells the proxy's.
    for kept in gc.get_objects():
        if type(kept).__name__ in _KINDS:
            vars(kept).clear()
    if previous is not None:
        signal.signal(signal.SIGINT, previous)
