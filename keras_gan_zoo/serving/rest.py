"""The resources of TensorFlow Serving's REST API, over HTTP.

Source: "RESTful API" in the documentation of TensorFlow Serving,
https://www.tensorflow.org/tfx/serving/api_rest.
"""

import asyncio
import concurrent.futures
import contextlib
import re

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from keras_gan_zoo.serving import protocol
from keras_gan_zoo.serving.errors import RequestError

# Bodies up to so many bytes are read and written at once; what takes longer is
# left to a thread, so that other requests go on.
_SMALL = 64 * 1024

# Of the path after `/v1/models/`.
_MODEL = (
    r"(?P<name>[^/:]+)"
    r"(/versions/(?P<number>[0-9]+)|/labels/(?P<label>[^/:]+))?"
)
_RESOURCE = re.compile(_MODEL + r"(?P<metadata>/metadata)?")
_METHOD = re.compile(_MODEL + r":(?P<method>[^/:]+)")


class RestAPI:
    """Answers what is asked below `/v1/models/`.

    Args:
        servables: `Servables`.
        limits: `server.Limits`.
    """

    def __init__(self, servables, limits):
        self._servables = servables
        self._limits = limits
        self._under_way = 0
        self._body_bytes = 0
        # One at a time: what a large body becomes has many times its size.
        self._thread = concurrent.futures.ThreadPoolExecutor(1, "parse")

    async def models(self, request):
        """Answers what is served, which TensorFlow Serving doesn't tell."""
        served = sorted(self._servables.models().items())
        return JSONResponse(
            {
                "models": [
                    {
                        "name": name,
                        "version": str(version.number),
                        **version.generator,
                    }
                    for name, version in served
                ]
            }
        )

    async def answer(self, request):
        """Answers one request.

        Raises:
            RequestError: If it can't be fulfilled.
        """
        if request.method == "POST":
            return await self._prediction(request)
        name, number, found = _parsed(_RESOURCE, request)
        if found["metadata"]:
            return self._metadata(name, number)
        return self._status(name, number)

    def _status(self, name, number):
        status = self._servables.status(name)
        if not status:
            raise RequestError(
                404, f"Could not find any versions of model {name}"
            )
        if number not in (None, *status):
            raise RequestError(
                404, f"Could not find version {number} of model {name}"
            )
        versions = [
            {
                "version": str(each),
                "state": state,
                "status": {
                    "error_code": "UNKNOWN" if message else "OK",
                    "error_message": message,
                },
            }
            for each, (state, message) in sorted(status.items(), reverse=True)
            if number in (None, each)
        ]
        return JSONResponse({"model_version_status": versions})

    def _metadata(self, name, number):
        version = self._servables.version(name, number)
        spec = {
            "name": name,
            "signature_name": "",
            "version": str(version.number),
        }
        signatures = {"signature_def": version.signature_def}
        return JSONResponse(
            {"model_spec": spec, "metadata": {"signature_def": signatures}}
        )

    async def _prediction(self, request):
        name, number, found = _parsed(_METHOD, request)
        if found["method"] != "predict":
            raise RequestError(
                400,
                "Generators have the method `predict` only. Received: "
                f"`{found['method']}`.",
            )
        self._servables.version(name, number)  # Raises before a body is read.
        with self._body_of(request) as body:
            content = await body
            with self._counted():
                outputs, is_in_rows = await self._limits.in_time(
                    self._outputs(name, number, content)
                )
        pieces = protocol.encoded(outputs, rows=is_in_rows)
        if sum(array.nbytes for array in outputs.values()) <= _SMALL:
            return Response(b"".join(pieces), media_type="application/json")
        return StreamingResponse(
            iterate_in_threadpool(_joined(pieces)),
            media_type="application/json",
        )

    async def _outputs(self, name, number, body):
        is_small = len(body) <= _SMALL
        parsed = await self._run(is_small, protocol.parse, body)
        version = self._servables.version(name, number)
        signature = version.signature(parsed["signature_name"])
        inputs = await self._run(is_small, protocol.arrays, parsed, signature)
        outputs = await version.predict(
            signature.name, inputs, self._servables.max_rows
        )
        return outputs, "instances" in parsed

    async def _run(self, at_once, function, *arguments):
        if at_once:
            return function(*arguments)
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, function, *arguments
        )

    @contextlib.contextmanager
    def _body_of(self, request):
        """Gives a body to await, and counts its bytes until it is forgotten."""

        def count(number):
            nonlocal size
            size += number
            self._body_bytes += number
            if number > 0 and self._body_bytes > most:
                raise RequestError(
                    503,
                    f"Bodies of {self._body_bytes:,} bytes in all are under "
                    "way, which is more than the server takes. Try again "
                    "later.",
                )

        size, most = 0, self._limits.bodies * self._limits.body_bytes
        try:
            yield _body(request, self._limits, count)
        finally:
            self._body_bytes -= size

    @contextlib.contextmanager
    def _counted(self):
        if self._under_way >= self._limits.requests:
            raise RequestError(
                503,
                f"{self._under_way} requests are under way, which is as many "
                "as the server takes. Try again later.",
            )
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1


def _parsed(pattern, request):
    """Returns the name of a model, a version and what else a path has."""
    found = pattern.fullmatch(request.path_params["path"])
    if not found:
        raise RequestError(
            404,
            f"Malformed request: {request.method} {request.scope['path']}. "
            "There are GET /v1/models/NAME[/versions/NUMBER][/metadata] and "
            "POST /v1/models/NAME[/versions/NUMBER]:predict.",
        )
    if found["label"]:
        raise RequestError(
            400,
            "Versions have numbers here, and no labels. Received: "
            f"{found['label']!r}.",
        )
    number = found["number"]
    if number is not None:
        # No folder has a longer name, and Python reads no thousands of digits.
        number = int(number[:256])
    return found["name"], number, found


async def _body(request, limits, count):
    """Returns the body of a request, but never more than the limit.

    What comes beyond is read and forgotten, since most clients hear no answer
    before they have sent all. One that asks first is told at once.

    Args:
        request: Starlette's `Request`.
        limits: `server.Limits`.
        count: Function of the number of bytes that are kept from now on, less
            than zero for those that aren't any more. It raises a
            `RequestError` if they are too many.
    """
    length = request.headers.get("content-length")
    is_too_large = length is not None and int(length) > limits.body_bytes
    asks_first = request.headers.get("expect", "").lower() == "100-continue"
    pieces, size = [], 0
    try:
        async with asyncio.timeout(limits.seconds):
            if not (is_too_large and asks_first):
                async for piece in request.stream():
                    size += len(piece)
                    is_too_large |= size > limits.body_bytes
                    if not is_too_large:
                        pieces.append(piece)
                        count(len(piece))
                    elif pieces:
                        count(-sum(map(len, pieces)))
                        pieces.clear()
    except TimeoutError:
        if not is_too_large:
            raise RequestError(
                408,
                f"The body must arrive in {limits.seconds:g} seconds. "
                f"Received: {size:,} bytes of it.",
            ) from None
    if is_too_large:
        raise RequestError(
            413,
            f"The body must have at most {limits.body_bytes:,} bytes. "
            f"Received: {int(length or size):,}.",
        )
    return b"".join(pieces)


def _joined(pieces):
    """Yields pieces of a size that is worth a change of threads."""
    parts, size = [], 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size >= _SMALL:
            yield b"".join(parts)
            parts, size = [], 0
    yield b"".join(parts)
