"""Ctrl-C and SIGTERM while a model trains."""

import contextlib
import inspect
import signal
import threading


class Terminated(BaseException):
    """Ends `fit()` where a signal would end the process at once."""


class Interruptions:
    """Holds back signals while a step is made, and delivers them after it.

    Within the context, the first signal in a step waits for the step's end. A
    second, or one that comes between steps, acts at once: it does what it would
    have done, but for one that ends the process without a word to Python. That
    one ends `fit()` first, and the process as the context is left.

    Outside the main thread, which gets all signals, it does nothing. Signals
    that are ignored stay so.
    """

    def __init__(self):
        self._previous = {}
        self._held = False
        self._pending = None

    def __enter__(self):
        self._held, self._pending = False, None
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            previous = signal.getsignal(number)
            if previous not in (None, signal.SIG_IGN):
                self._previous[number] = previous
                signal.signal(number, self._received)

    def __exit__(self, kind, error, frames):
        while self._previous:
            signal.signal(*self._previous.popitem())
        lost = error is None and self._pending is not None
        if lost or isinstance(error, Terminated):
            try:
                signal.raise_signal(self._pending)
            except BaseException as delivered:
                raise delivered from None

    def hold(self):
        self._held = True

    def let_go(self):
        """Ends what `hold()` began, and delivers what came in between."""
        self._held = False
        # Also one that was delivered and raised where native code called
        # Python and took no notice of the error.
        if self._pending is not None:
            self._received(self._pending, inspect.currentframe())

    @contextlib.contextmanager
    def held(self):
        """Holds signals back within the context."""
        self.hold()
        try:
            yield
        finally:
            self._held = False
        self.let_go()

    def _received(self, number, frame):
        first, self._pending = self._pending is None, number
        if self._held and first:
            return
        previous = self._previous[number]
        if previous == signal.SIG_DFL:
            raise Terminated
        previous(number, frame)
        self._pending = None  # Whose signal it is lets training go on.
