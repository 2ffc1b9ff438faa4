"""Clients that are slow, many, or not who they seem to be."""

import asyncio
import concurrent.futures
import contextlib
import json
import logging
import re
import resource
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import requests
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from keras_gan_zoo.serving import server
from keras_gan_zoo.serving.errors import RequestError
from keras_gan_zoo.serving.log import Bounded
from keras_gan_zoo.serving.rest import RestAPI
from keras_gan_zoo.serving.servables import Servables
from keras_gan_zoo.serving.server import Limits
from tests import tiny
from tests.serving import servers

HALF_OPEN = b"GET /v1/models/gan HTTP/1.1\r\nHost: localhost\r\nX"


@pytest.fixture(scope="module")
def served(exports):
    with Servables(exports, poll_seconds=1e6) as served:
        yield served


def connected(url):
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def rest_of(connection):
    """Returns what comes until the connection ends."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(2**16):
            received += piece
    return received.decode()


def seconds_of(url):
    """Returns how long a client waits that does nothing wrong."""
    begin = time.monotonic()
    assert requests.get(f"{url}/v1/models/gan", timeout=10).status_code == 200
    return time.monotonic() - begin


@pytest.mark.parametrize("sent", [b"", b"G", HALF_OPEN])
def test_half_open_connections_keep_nobody_waiting(served, sent, caplog):
    limits = Limits(connections=8)
    with (
        servers.running(served, limits) as url,
        contextlib.ExitStack() as stack,
    ):
        held = []
        for _ in range(40):
            held.append(stack.enter_context(connected(url)))
            with contextlib.suppress(ConnectionError):
                held[-1].sendall(sent)
        assert seconds_of(url) < 1.0
        # The first ones are closed, and the last ones aren't.
        assert rest_of(held[0]) == rest_of(held[20]) == ""
        held[-1].settimeout(0.1)
        with pytest.raises(TimeoutError):
            held[-1].recv(1)
    assert "more than 8 connections" in caplog.text


@pytest.mark.slow  # By the command, with as few files as it may open.
def test_500_half_open_connections_keep_nobody_waiting(exports):
    process = subprocess.Popen(
        [sys.executable, "-m", "keras_gan_zoo.serving", "serve", exports]
        + ["--port", "0", "--timeout", "5"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tiny.ROOT,
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_NOFILE, (128, 128)
        ),
    )
    with process, contextlib.ExitStack() as stack:
        stack.callback(process.terminate)
        found = (re.search(r"http://\S+:\d+", line) for line in process.stderr)
        url = next(address[0] for address in found if address)
        lines = []
        threading.Thread(target=lambda: lines.extend(process.stderr)).start()
        for _ in range(500):
            connection = stack.enter_context(connected(url))
            with contextlib.suppress(ConnectionError):
                connection.sendall(HALF_OPEN)
        waits = []
        for _ in range(20):
            waits.append(seconds_of(url))
            time.sleep(0.5)
        print(f"waited {max(waits):.3f} s at most; logged {len(lines)} lines")
        assert max(waits) < 1.0 and len(lines) < 20


@pytest.mark.parametrize(
    "first", ["", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"]
)
def test_who_sends_a_head_byte_by_byte_is_given_up(served, first):
    with servers.running(served, Limits(seconds=0.5)) as url:
        with connected(url) as connection:
            connection.sendall(first.encode())
            begin = time.monotonic()
            answer = b""
            while first and not answer.endswith(b"}"):
                answer += connection.recv(2**16)
            assert answer.startswith(b"HTTP/1.1 404 " if first else b"")
            answer = b""
            connection.settimeout(0.05)
            while time.monotonic() - begin < 5.0 and not answer:
                with contextlib.suppress(TimeoutError):
                    connection.sendall(b"G")
                    answer = connection.recv(2**16)
            assert time.monotonic() - begin < 3.0
    assert answer.startswith(b"HTTP/1.1 408 ")
    _, _, body = answer.decode().partition("\r\n\r\n")
    message = "The head of a request must arrive in 0.5 seconds."
    assert json.loads(body) == {"error": message}


def test_a_body_that_nobody_wants_is_not_waited_for(served):
    with servers.running(served, Limits(seconds=0.5)) as url:
        with connected(url) as connection:
            connection.sendall(
                b"POST /nothing HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Length: 1000\r\n\r\n"
            )
            begin = time.monotonic()
            with contextlib.suppress(ConnectionError):
                while time.monotonic() - begin < 5.0:
                    connection.sendall(b" ")
                    time.sleep(0.05)
    assert time.monotonic() - begin < 3.0


def test_who_does_not_read_an_answer_is_given_up(served):
    async def endless():
        try:
            while True:
                yield bytes(2**16)
                await asyncio.sleep(0)
        finally:
            ended.set()

    async def answer(_):
        return StreamingResponse(endless())

    ended, limits = threading.Event(), Limits(seconds=0.3)
    routes = [Route("/endless", answer)]
    with servers.running(served, limits, routes=routes) as url:
        with connected(url) as connection:
            connection.sendall(
                b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"
            )
            assert ended.wait(10.0)
        assert seconds_of(url) < 1.0


def slow(monkeypatch, served):
    async def predict(*_):
        await asyncio.sleep(1.0)
        return {"y": np.ones(1)}

    monkeypatch.setattr(served.version("gan"), "predict", predict)


def test_who_is_kept_waiting_keeps_the_connection(served, monkeypatch):
    slow(monkeypatch, served)
    with (
        servers.running(served, Limits(connections=2)) as url,
        concurrent.futures.ThreadPoolExecutor(2) as threads,
        contextlib.ExitStack() as stack,
    ):
        asked = [
            threads.submit(
                requests.post,
                f"{url}/v1/models/gan:predict",
                json={"inputs": [[0, 0, 0]]},
            )
            for _ in range(2)
        ]
        time.sleep(0.3)
        held = [stack.enter_context(connected(url)) for _ in range(5)]
        # There is room for none of these.
        assert [rest_of(connection) for connection in held] == [""] * 5
        assert [each.result().status_code for each in asked] == [200, 200]


def test_bodies_under_way_have_a_size_in_all(served):
    def request(*pieces):
        """Returns a request, whose body never ends if it has two pieces."""
        messages = [{"type": "http.request", "body": p} for p in pieces]
        messages[0]["more_body"] = len(pieces) > 1

        async def receive():
            if len(messages) == 1 and len(pieces) > 1:
                arrived.set()
                await asyncio.sleep(60)
            return messages.pop(0)

        arrived = asyncio.Event()
        scope = {"type": "http", "method": "POST", "headers": []}
        scope |= {"path": "", "path_params": {"path": "gan:predict"}}
        return Request(scope, receive), arrived

    async def ask():
        api = RestAPI(served, Limits(body_bytes=1000, bodies=2))
        body = b'{"inputs": [[0.0, 0.0, 0.0]]}'
        held = []
        for _ in range(2):
            held_request, arrived = request(b" " * 990, b" ")
            held.append(asyncio.create_task(api.answer(held_request)))
            await arrived.wait()
        with pytest.raises(RequestError, match="Bodies of 2,009 bytes") as told:
            await api.answer(request(body)[0])
        assert told.value.status == 503
        held[0].cancel()
        await asyncio.wait(held[:1])
        answer = await api.answer(request(body)[0])
        held[1].cancel()
        return answer

    assert asyncio.run(ask()).status_code == 200


def test_bodies_in_pieces_of_a_byte_keep_nobody_waiting(served):
    with servers.running(served, Limits(seconds=5.0)) as url:
        with connected(url) as connection:
            connection.sendall(
                b"POST /v1/models/gan:predict HTTP/1.1\r\nHost: localhost\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n"
            )
            sender = threading.Thread(
                target=connection.sendall, args=(b"1\r\n \r\n" * 200_000,)
            )
            sender.start()
            waits = [seconds_of(url) for _ in range(5)]
            sender.join()
    assert max(waits) < 1.0


@pytest.mark.parametrize(
    "host, status",
    [
        ("localhost", 200),
        ("LocalHost.:8501", 200),
        ("127.0.0.1:1", 200),
        ("192.168.1.5", 200),
        ("[::1]:8501", 200),
        ("gans.lan:8501", 200),
        ("evil.example", 403),
        ("evil.example:8501", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("127.1", 403),
        ("a@localhost", 403),
        ("localhost:80:80", 403),
        ("[::1", 403),
        ("[", 403),
        ("", 403),
        ("\xe9", 403),
    ],
)
def test_the_server_answers_to_its_own_names_only(own_url, host, status):
    answer = asked_by(own_url, f"GET /v1/models HTTP/1.1\r\nHost: {host}\r\n")
    assert answer.startswith(f"HTTP/1.1 {status} ")
    if status == 403:
        assert "--allow-host NAME" in answer


def test_who_is_refused_hears_it_after_a_large_body(own_url):
    answer = requests.post(
        f"{own_url}/v1/models/gan:predict",
        bytes(2**22),
        headers={"Host": "evil.example"},
    )
    assert answer.status_code == 403


def test_clients_of_the_first_http_send_no_host(own_url):
    answer = asked_by(own_url, "GET /v1/models HTTP/1.0\r\n")
    assert answer.startswith("HTTP/1.1 200 ")


@pytest.fixture(scope="module")
def own_url(served):
    with servers.running(served, hosts=["Gans.lan"]) as url:
        yield url


def asked_by(url, head):
    with connected(url) as connection:
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode("latin-1"))
        return rest_of(connection)


@pytest.mark.parametrize(
    "head, status",
    [
        ("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n", 431),
        ("GET /v1/models?{} HTTP/1.1\r\nHost: localhost\r\n", 431),
        ("GET /v1/models/{} HTTP/1.1\r\nHost: localhost\r\n", 431),
    ],
)
def test_heads_have_a_size(own_url, head, status):
    answer = asked_by(own_url, head.format("a" * 16_000))
    assert not answer.startswith(f"HTTP/1.1 {status} ")
    answer = asked_by(own_url, head.format("a" * 17_000))
    # Or 400, where it comes in several pieces.
    assert answer.startswith((f"HTTP/1.1 {status} ", "HTTP/1.1 400 "))


def test_the_models_are_listed(own_url):
    models = requests.get(f"{own_url}/v1/models").json()["models"]
    told = {
        "name": "cgan",
        "version": "1",
        "model": "CGAN",
        "num_classes": 3,
        "class_names": ["ant", "<b>bee</b>", "été"],
    }
    # And more of its kind and its endpoints: see test_servables.py.
    assert models[0] == {**models[0], **told}
    assert "serving_default" in models[0]["endpoints"]
    assert {"name": "half_plus_three", "version": "123"} in models


def test_connections_leave_files_for_the_rest(monkeypatch):
    for files, connections in ((100, 50), (1, 1), (10**6, 512), (-1, 512)):
        monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
        limits = server._within_the_machine(Limits())
        assert limits.connections == connections


@pytest.fixture
def bounded():
    """Returns a logger, the lines that it wrote, and a clock to be set."""
    lines, clock = [], [0.0]
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    handler.addFilter(Bounded(2, 5, lambda: clock[0]))
    logger = logging.Logger("asyncio")
    logger.addHandler(handler)
    return logger, lines, clock


def test_a_cause_is_logged_a_few_times_a_minute(bounded):
    logger, lines, clock = bounded
    for number in range(1000):
        logger.error("no %s left\n%d", "file", number)
    logger.error("something else")
    assert lines == [
        "no file left\n0",
        "no file left\n1",
        "(998 messages were left out.) something else",
    ]
    clock[0] += 60.0
    logger.error("no %s left", "file")
    assert lines[3:] == ["no file left"]


def test_causes_are_logged_a_few_times_a_minute_in_all(bounded):
    logger, lines, clock = bounded
    for minute in range(3):
        for number in range(100):
            logger.warning("%d", 100 * minute + number)
        clock[0] += 60.0
    assert len(lines) == 15
    assert lines[5] == "(95 messages were left out.) 100"


def test_what_is_said_once_or_was_asked_for_is_all_logged(bounded):
    logger, lines, _ = bounded
    for name in ("uvicorn.access", "keras_gan_zoo.serving.model"):
        logger.name = name
        for _ in range(10):
            logger.info("GET /")
    assert len(lines) == 20
