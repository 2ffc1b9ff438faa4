"""The server: TensorFlow Serving's REST API over HTTP, for development."""

import asyncio
import contextlib
import dataclasses
import logging
import re

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from keras_gan_zoo.serving import protocol
from keras_gan_zoo.serving.errors import RequestError

logger = logging.getLogger(__name__)

# Of the path after `/v1/models/`.
METHOD = re.compile(
    r"(?P<name>[^/:]+)(/versions/(?P<number>\d+)|/labels/(?P<label>[^/:]+))?"
    r":(?P<method>[^/:]+)"
)
RESOURCE = re.compile(
    r"(?P<name>[^/:]+)(/versions/(?P<number>\d+)|/labels/(?P<label>[^/:]+))?"
    r"(?P<metadata>/metadata)?"
)

# Bodies up to so many bytes are read and written at once; what takes longer is
# left to a thread, so that other requests go on.
SMALL = 64 * 1024


@dataclasses.dataclass(frozen=True)
class Limits:
    """What a client may ask of the server.

    Args:
        body_bytes: Integer, the largest body of a request.
        seconds: Float, the time in which the body must arrive; and the time
            to compute the answer, once it did.
        requests: Integer, how many may be under way at once.
    """

    body_bytes: int = 16 * 2**20
    seconds: float = 30.0
    requests: int = 256


def application(servables, limits=Limits(), routes=()):
    """Returns the server as an ASGI application.

    Handlers of further routes may raise a `RequestError`: it is answered as
    those of the API are, by its status and `{"error": <message>}`.

    Args:
        servables: `Servables`, entered.
        limits: `Limits`.
        routes: List of Starlette's `Route`s, for what else is served.
    """

    api = _API(servables, limits)
    return Starlette(
        routes=[
            Route(
                "/v1/models/{path:path}", api.answer, methods=["GET", "POST"]
            ),
            *routes,
        ],
        exception_handlers={
            RequestError: _answer_request_error,
            HTTPException: _answer_http_exception,
            ClientDisconnect: _answer_nobody,
            Exception: _answer_exception,
        },
    )


class _API:
    """Answers what is asked below `/v1/models/`."""

    def __init__(self, servables, limits):
        self._servables = servables
        self._limits = limits
        self._requests = 0

    async def answer(self, request):
        if request.method == "POST":
            return await self._predictions(request)
        return self._resource(request)

    def _resource(self, request):
        """Answers what asks for the status or the signatures of a model."""
        name, number, found = _parsed(RESOURCE, request)
        if found["metadata"]:
            version = self._servables.version(name, number)
            return JSONResponse(
                {
                    "model_spec": {
                        "name": name,
                        "signature_name": "",
                        "version": str(version.number),
                    },
                    "metadata": {
                        "signature_def": {
                            "signature_def": version.signature_def
                        }
                    },
                }
            )
        status = self._servables.status(name)
        if not status:
            raise RequestError(
                404, f"Could not find any versions of model {name}"
            )
        if number is not None and number not in status:
            raise RequestError(
                404, f"Could not find version {number} of model {name}"
            )
        return JSONResponse(
            {
                "model_version_status": [
                    {
                        "version": str(each),
                        "state": state,
                        "status": {
                            "error_code": "UNKNOWN" if message else "OK",
                            "error_message": message,
                        },
                    }
                    for each, (state, message) in sorted(
                        status.items(), reverse=True
                    )
                    if number in (None, each)
                ]
            }
        )

    async def _predictions(self, request):
        name, number, found = _parsed(METHOD, request)
        if found["method"] != "predict":
            raise RequestError(
                400,
                "Generators have the method `predict` only. Received: "
                f"`{found['method']}`.",
            )
        self._servables.version(name, number)  # Raises before the body is read.
        with self._under_way():
            body = await _body(request, self._limits)
            is_small = len(body) <= SMALL
            parsed = await _run(is_small, protocol.parse, body)
            version = self._servables.version(name, number)
            signature = parsed["signature_name"]
            inputs = await _run(
                is_small, protocol.arrays, parsed, version.signature(signature)
            )
            try:
                async with asyncio.timeout(self._limits.seconds):
                    outputs = await version.predict(
                        signature, inputs, self._servables.max_rows
                    )
            except TimeoutError:
                raise RequestError(
                    504,
                    f"There was no answer in {self._limits.seconds:g} seconds. "
                    "Ask for fewer rows at once.",
                ) from None
        pieces = protocol.encoded(outputs, rows="instances" in parsed)
        if sum(array.nbytes for array in outputs.values()) <= SMALL:
            return Response(b"".join(pieces), media_type="application/json")
        return StreamingResponse(
            iterate_in_threadpool(_joined(pieces)),
            media_type="application/json",
        )

    @contextlib.contextmanager
    def _under_way(self):
        if self._requests >= self._limits.requests:
            raise RequestError(
                503,
                f"{self._limits.requests} requests are under way, which is as "
                "many as the server takes. Try again later.",
            )
        self._requests += 1
        try:
            yield
        finally:
            self._requests -= 1


def _parsed(pattern, request):
    """Returns the model, the version and all other parts of a path."""
    path = request.path_params["path"]
    found = pattern.fullmatch(path)
    if not found:
        raise RequestError(
            404,
            f"Malformed request: {request.method} {request.url.path}. There "
            "are GET /v1/models/NAME[/versions/NUMBER][/metadata] and POST "
            "/v1/models/NAME[/versions/NUMBER]:predict.",
        )
    if found["label"]:
        raise RequestError(
            400,
            "Versions have numbers here, and no labels. Received: "
            f"{found['label']!r}.",
        )
    number = found["number"]
    # More digits than any version has; Python wouldn't read thousands.
    number = number and int(number[:30])
    return found["name"], number, found


def _joined(pieces):
    """Yields pieces that are worth the change of threads."""
    parts, size = [], 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size >= SMALL:
            yield b"".join(parts)
            parts, size = [], 0
    yield b"".join(parts)


async def _run(at_once, function, *arguments):
    if at_once:
        return function(*arguments)
    return await asyncio.to_thread(function, *arguments)


async def _body(request, limits):
    """Returns the body of a request, but never more than the limit.

    What comes beyond is read and forgotten, since most clients hear no answer
    before they sent all; one that asks whether to send gets it at once.
    """
    is_too_large = False
    length = request.headers.get("content-length", "")
    if length.isdecimal():
        is_too_large = int(length) > limits.body_bytes
    is_asking = request.headers.get("expect", "").lower() == "100-continue"
    pieces, size = [], 0
    try:
        async with asyncio.timeout(limits.seconds):
            if not (is_too_large and is_asking):
                async for piece in request.stream():
                    size += len(piece)
                    is_too_large |= size > limits.body_bytes
                    if is_too_large:
                        pieces.clear()
                    else:
                        pieces.append(piece)
    except TimeoutError:
        if not is_too_large:
            raise RequestError(
                408,
                f"The body didn't arrive in {limits.seconds:g} seconds. "
                f"Received: {size:,} bytes.",
            ) from None
    if is_too_large:
        raise RequestError(
            413,
            f"The body must have at most {limits.body_bytes:,} bytes. "
            f"Received: {length or 'more'}.",
        )
    return b"".join(pieces)


async def _answer_request_error(_, error):
    # After these, the rest of a body may still be on its way.
    headers = {"Connection": "close"} if error.status in (408, 413) else None
    return JSONResponse({"error": str(error)}, error.status, headers)


async def _answer_http_exception(request, error):
    text = f"{error.detail}: {request.method} {request.url.path}."
    return JSONResponse({"error": text}, error.status_code, error.headers)


async def _answer_nobody(_, error):
    return Response(status_code=400)  # Its client is gone.


async def _answer_exception(_, error):
    text = (
        f"The server failed: {type(error).__name__}. Its log tells more; this "
        "is a defect."
    )
    return JSONResponse({"error": text}, 500)


def run(servables, listener, limits=Limits(), routes=(), access_log=False):
    """Serves until a signal ends it.

    Args:
        servables: `Servables`, entered.
        listener: `socket.socket` that listens.
        limits: `Limits`.
        routes: See `application`.
        access_log: Boolean: log each request.
    """
    server = uvicorn.Server(
        uvicorn.Config(
            application(servables, limits, routes),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=access_log,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=int(limits.seconds) + 1,
        )
    )
    server.run(sockets=[listener])
