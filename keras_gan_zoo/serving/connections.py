"""Connections that can't be held for ever, nor in any number.

uvicorn gives up connections that are idle between two requests, and nothing
else: who sends half a request, or doesn't read an answer, holds one for ever.
"""

import functools
import json
import logging

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

logger = logging.getLogger(__name__)

# Of what is read at once. A body may consist of pieces of one byte, which are
# slow to take apart, and meanwhile nobody else is answered.
_READ_BYTES = 32 * 1024


def protocol(limits):
    """Returns what uvicorn makes a connection by, `Config(http=...)`.

    - The head of a request, and what is left of a body once it is answered,
      must arrive in `limits.seconds`; so must each piece of an answer be read.
      What is before an answer, the application has a time for.
    - Of more than `limits.connections`, the one that has kept the server
      waiting for the longest time is closed. Those that the server keeps
      waiting stay.

    Args:
        limits: `server.Limits`.
    """
    return functools.partial(_Connection, limits)


class _Connection(H11Protocol):
    def __init__(self, limits, **kwargs):
        super().__init__(**kwargs)
        self._limits = limits
        self._waits_to_read = None
        self._waits_to_write = None

    def connection_made(self, transport):
        super().connection_made(transport)
        transport.max_size = _READ_BYTES
        self._since = self.loop.time()
        self._wait_for_request()
        if len(self.connections) > self._limits.connections:
            self._make_room()

    def connection_lost(self, exc):
        self._waits_to_read = _cancelled(self._waits_to_read)
        self._waits_to_write = _cancelled(self._waits_to_write)
        super().connection_lost(exc)

    def data_received(self, data):
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._wait_for_request()
        else:
            self._waits_to_read = _cancelled(self._waits_to_read)

    def on_response_complete(self):
        self._since = self.loop.time()
        # Before the next request, which may have come already, begins.
        if self.conn.their_state is h11.SEND_BODY:
            self._wait_for_request()
        super().on_response_complete()

    def pause_writing(self):
        super().pause_writing()
        self._waits_to_write = self.loop.call_later(
            self._limits.seconds, self.transport.abort
        )

    def resume_writing(self):
        super().resume_writing()
        self._waits_to_write = _cancelled(self._waits_to_write)

    def _wait_for_request(self):
        if self._waits_to_read is None:
            self._waits_to_read = self.loop.call_later(
                self._limits.seconds, self._give_up
            )

    def _give_up(self):
        if (
            self.conn.their_state is h11.IDLE
            and not self.transport.is_closing()
        ):
            self.transport.write(
                _answer(
                    "408 Request Timeout",
                    "The head of a request must arrive in "
                    f"{self._limits.seconds:g} seconds.",
                )
            )
            self.transport.close()
        else:
            self.transport.abort()

    @property
    def _waits_for_client(self):
        return (
            self.cycle is None
            or self.cycle.response_complete
            or self.cycle.more_body
            or self.flow.write_paused
        )

    def _make_room(self):
        waiting = [each for each in self.connections if each._waits_for_client]
        longest = min(waiting, key=lambda each: each._since)  # Or this one.
        logger.warning(
            "There are more than %d connections. The one that kept the server "
            "waiting for the longest time is closed.",
            self._limits.connections,
        )
        self.connections.discard(longest)
        longest.transport.abort()


def _cancelled(timer):
    if timer is not None:
        timer.cancel()


def _answer(status, message):
    content = json.dumps({"error": message}).encode()
    return (
        f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(content)}\r\nconnection: close\r\n\r\n"
    ).encode() + content
