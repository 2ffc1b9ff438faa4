"""What a request must be before anything looks at what it asks for."""

import ipaddress

from starlette.responses import JSONResponse

_HEAD_BYTES = 16 * 1024


class Gate:
    """ASGI middleware: refuses requests by their headers.

    A page of another site can have a browser ask this server as if it were
    that site, by a name that is made to mean this machine (DNS rebinding), and
    read what it answers. Such a request has that name as its `Host`. So a name
    must be `localhost` or one of `hosts`; addresses are none that a site can
    have.

    Args:
        app: ASGI application.
        hosts: Collection of strings, names that are this server's.
    """

    def __init__(self, app, hosts=()):
        self._app = app
        self._hosts = {"localhost", *map(_normalized, hosts)}

    async def __call__(self, scope, receive, send):
        app = self._app
        if scope["type"] == "http":
            app = self._refusal(scope) or app
        await app(scope, receive, send)

    def _refusal(self, scope):
        size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        size += sum(len(name) + len(value) for name, value in scope["headers"])
        if size > _HEAD_BYTES:
            return _answer(
                431,
                f"The head of a request must have at most {_HEAD_BYTES:,} "
                f"bytes. Received: {size:,}.",
            )
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if all(map(self._is_own, hosts)):  # HTTP/1.0 has none.
            return None
        received = ascii(hosts[0].decode("latin-1")[:80])
        return _answer(
            403,
            "The server must be asked by an address, as localhost, or by a "
            f"name that it was started with. Received: Host {received}. Start "
            "it with `--allow-host NAME` to have it answer to another.",
        )

    def _is_own(self, host):
        name = _without_port(host.decode("latin-1"))
        return _is_address(name) or _normalized(name) in self._hosts


def _answer(status, message):
    # The connection stays: a client may have a body to send before it listens.
    return JSONResponse({"error": message}, status)


def _normalized(name):
    return name.lower().removesuffix(".")


def _without_port(host):
    name, colon, port = host.rpartition(":")
    is_port = colon and (port.isascii() and port.isdecimal() or not port)
    return name if is_port else host


def _is_address(name):
    try:
        if name.startswith("[") and name.endswith("]"):
            ipaddress.IPv6Address(name[1:-1])
        else:
            ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True
