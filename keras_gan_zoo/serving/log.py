"""A log that nobody can make long."""

import logging
import threading
import time

_SECONDS = 60.0
_OF_A_CAUSE = 5
_OF_ALL = 200

# These say each thing once, or what they were asked to say.
_UNBOUNDED = {
    "keras_gan_zoo.serving.model",
    "keras_gan_zoo.serving.serve_command",
    "keras_gan_zoo.serving.servables",
    "uvicorn.access",
}


class Bounded(logging.Filter):
    """Lets few messages of a kind through in a minute, and of all kinds.

    Clients cause messages, and there may be many of them. What is left out is
    counted by the next message that is not.

    Args:
        of_a_cause: Integer, messages of one logger with the same beginning.
        of_all: Integer, messages of all kinds.
        clock: Function that returns seconds.
    """

    def __init__(
        self, of_a_cause=_OF_A_CAUSE, of_all=_OF_ALL, clock=time.monotonic
    ):
        super().__init__()
        self._of_a_cause = of_a_cause
        self._of_all = of_all
        self._clock = clock
        self._lock = threading.Lock()
        self._begin = clock()
        self._left_out = 0
        self._numbers = {}
        self._number = 0

    def filter(self, record):
        if record.name in _UNBOUNDED:
            return True
        with self._lock:
            return self._passes(record)

    def _passes(self, record):
        if self._clock() - self._begin >= _SECONDS:
            self._begin, self._number = self._clock(), 0
            self._numbers.clear()
        message = record.getMessage()
        cause = record.name, message.partition("\n")[0][:200]
        number = self._numbers.get(cause, 0)
        if number >= self._of_a_cause or self._number >= self._of_all:
            self._left_out += 1
            return False
        self._numbers[cause] = number + 1
        self._number += 1
        if self._left_out:
            record.msg = f"({self._left_out:,} messages were left out.) %s"
            record.args = (message,)
            self._left_out = 0
        return True
