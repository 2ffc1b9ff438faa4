"""The server, for development: a Starlette application, run by uvicorn.

To run it in a thread, as tests and pages do:

```python
with Servables("saved_models") as servables:
    runner = server.runner(servables)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=runner.run, args=([listener],))
    thread.start()
    ...
    runner.should_exit = True
    thread.join()
```
"""

import asyncio
import dataclasses

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keras_gan_zoo.serving.connections import protocol
from keras_gan_zoo.serving.errors import RequestError
from keras_gan_zoo.serving.gate import Gate
from keras_gan_zoo.serving.rest import RestAPI

# At the end, requests under way have so many seconds.
_GRACE_SECONDS = 5

# Connections that the system keeps until they are taken.
_QUEUE = 2048


@dataclasses.dataclass(frozen=True)
class Limits:
    """What clients may ask of the server.

    Args:
        body_bytes: Integer, the largest body of a request.
        seconds: Float, the time for each of these: the head of a request to
            arrive, its body to arrive, its answer to be computed after that,
            and each piece of the answer to be read.
        requests: Integer, how many may be under way or waiting.
        connections: Integer, how many may be open at once. Beyond that, the one
            that has kept the server waiting longest is closed.
        bodies: Integer: all bodies that have arrived or are arriving may have
            as many bytes together as this number of the largest ones.
    """

    body_bytes: int = 16 * 2**20
    seconds: float = 30.0
    requests: int = 256
    connections: int = 512
    bodies: int = 4

    async def in_time(self, answer):
        """Returns what is awaited.

        Raises:
            RequestError: With status 504, if it takes too long.
        """
        try:
            async with asyncio.timeout(self.seconds):
                return await answer
        except TimeoutError:
            raise RequestError(
                504,
                f"There was no answer in {self.seconds:g} seconds. Ask for "
                "fewer rows at once.",
            ) from None


def application(servables, limits=Limits(), routes=(), hosts=()):
    """Returns the server as an ASGI application.

    Args:
        servables: `Servables`, entered.
        limits: `Limits`.
        routes: Starlette's `Route`s, for what is served besides the REST API.
            Errors that their functions raise are answered like those of the
            API: a `RequestError` with its status and `{"error": <message>}`.
        hosts: Host names that clients may use, besides IP addresses and
            localhost. See `gate.Gate`.
    """
    api = RestAPI(servables, limits)
    app = Starlette(
        routes=[
            Route("/v1/models", api.models),
            Route(
                "/v1/models/{path:path}", api.answer, methods=["GET", "POST"]
            ),
            *routes,
        ],
        middleware=[Middleware(_CutOff), Middleware(Gate, hosts=hosts)],
        exception_handlers={
            RequestError: _answer_request_error,
            HTTPException: _answer_http_exception,
            ClientDisconnect: _answer_nobody,
            Exception: _answer_exception,
        },
    )
    app.router.redirect_slashes = False  # Answers are JSON, or a page.
    return app


def runner(servables, limits=Limits(), routes=(), access_log=False, hosts=()):
    """Returns what runs the application: its method `run([listener])`.

    It returns after a signal, or once its attribute `should_exit` is set and
    the requests under way are done.

    Args:
        servables: `Servables`, entered.
        limits: `Limits`.
        routes: See `application`.
        access_log: Boolean: log each request.
        hosts: See `application`.

    Returns:
        `uvicorn.Server`.
    """
    limits = _within_the_machine(limits)
    return _Server(
        uvicorn.Config(
            application(servables, limits, routes, hosts),
            http=protocol(limits),
            loop="asyncio",
            # As many are accepted before one of them is looked at.
            backlog=max(limits.connections // 4, 1),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=access_log,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


class _Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        # It has set how many connections wait for the system to hand them
        # over by how many it takes at once. A client that finds no place to
        # wait tries again after a second.
        for listener in sockets:
            listener.listen(_QUEUE)


def _within_the_machine(limits):
    """Returns limits by which the process can't run out of files."""
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return limits
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return limits
    return dataclasses.replace(
        limits, connections=max(min(limits.connections, files // 2), 1)
    )


class _CutOff:
    """ASGI middleware: answers what is cut off when the server ends."""

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        async def note_and_send(message):
            nonlocal has_started
            has_started = True
            await send(message)

        has_started = False
        try:
            await self._app(scope, receive, note_and_send)
        except asyncio.CancelledError:
            if not has_started:
                text = "The server stopped before there was an answer."
                answer = JSONResponse({"error": text}, 503)
                await answer(scope, receive, send)


async def _answer_request_error(_, error):
    # After these, the rest of a body may still be on its way.
    headers = {"Connection": "close"} if error.status in (408, 413) else None
    return JSONResponse({"error": str(error)}, error.status, headers)


async def _answer_http_exception(request, error):
    text = f"{error.detail}: {request.method} {request.scope['path']}."
    return JSONResponse({"error": text}, error.status_code, error.headers)


async def _answer_nobody(_, error):
    return Response(status_code=400)  # The client is gone.


async def _answer_exception(_, error):
    # Starlette raises the exception again, and uvicorn logs it.
    text = f"The server failed with a {type(error).__name__}. Its log has more."
    return JSONResponse({"error": text}, 500)
