import asyncio
import base64
import concurrent.futures
import json
import logging
import re
import shutil
import signal
import socket
import threading
import time
import types

import numpy as np
import psutil
import pytest
import requests
import tensorflow as tf

from keras_gan_zoo.serving import protocol, server
from keras_gan_zoo.serving.__main__ import main
from keras_gan_zoo.serving.servables import Servables
from keras_gan_zoo.serving.server import Limits
from tests.serving import servers, toys
from tests.serving.servers import wait_until

MODELS = "/v1/models"


@pytest.fixture(scope="module")
def served(exports):
    with Servables(exports, poll_seconds=1e6) as served:
        yield served


@pytest.fixture(scope="module")
def url(served):
    with servers.running(served) as url:
        yield url


@pytest.fixture(scope="module")
def hurried_url(served):
    """Returns the URL of a server with small limits."""
    limits = Limits(body_bytes=2**20, seconds=1.0, requests=2)
    with servers.running(served, limits) as url:
        yield url


def post(url, path, request):
    # By `json`, whose NaN is what TensorFlow Serving understands.
    return requests.post(f"{url}{MODELS}/{path}", json.dumps(request))


def exchange(url, text):
    """Sends bytes as they are, and returns what comes back."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(text)
        received = b""
        while piece := connection.recv(2**16):
            received += piece
    return received.decode()


def error(response, status):
    """Returns the message of an answer that has to be an error."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    ((key, message),) = response.json().items()
    assert key == "error"
    return message


# What follows is written from "RESTful API" in TensorFlow Serving's
# documentation: https://www.tensorflow.org/tfx/serving/api_rest.


def test_the_status_of_a_model(url):
    for path in ("", "/versions/123"):
        response = requests.get(f"{url}{MODELS}/half_plus_three{path}")
        assert response.status_code == 200
        assert response.json() == {
            "model_version_status": [
                {
                    "version": "123",
                    "state": "AVAILABLE",
                    "status": {"error_code": "OK", "error_message": ""},
                }
            ]
        }


def test_the_metadata_of_a_model(url):
    for path in ("", "/versions/123"):
        response = requests.get(f"{url}{MODELS}/half_plus_three{path}/metadata")
        assert response.status_code == 200
        answer = response.json()
        assert answer["model_spec"] == {
            "name": "half_plus_three",
            "signature_name": "",
            "version": "123",
        }
        signatures = answer["metadata"]["signature_def"]["signature_def"]
        signature = signatures["serving_default"]
        assert signature["method_name"] == "tensorflow/serving/predict"
        (x,) = signature["inputs"].values()
        assert x["dtype"] == "DT_FLOAT" and x["tensor_shape"] == {
            "dim": [{"size": "-1", "name": ""}],
            "unknown_rank": False,
        }


def test_predictions_of_rows(url):
    for path in ("half_plus_three", "half_plus_three/versions/123"):
        response = post(url, f"{path}:predict", {"instances": [1.0, 2.0, 5.0]})
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/json"
        assert response.text == '{"predictions": [3.5, 4.0, 5.5]}'


def test_predictions_of_columns(url):
    for inputs in ([1.0, 2.0, 5.0], {"x": [1, 2, 5]}):
        response = post(url, "half_plus_three:predict", {"inputs": inputs})
        assert response.text == '{"outputs": [3.5, 4.0, 5.5]}'


def test_several_inputs_and_outputs(url):
    binary = {"b64": base64.b64encode(b"bar").decode()}
    rows = [
        {"tag": "foo", "signal": [1, 2, 3, 4, 5], "sensor": [[1, 2], [3, 4]]},
        {"tag": binary, "signal": [3, 4, 1, 2, 5], "sensor": [[4, 5], [6, 8]]},
    ]
    tags = [{"b64": "Zm9v"}, {"b64": "YmFy"}]
    response = post(url, "documented:predict", {"instances": rows})
    assert response.json() == {
        "predictions": [
            {
                "tag": tag,
                "tag_bytes": bytes_,
                "sum": 15,
                "sensor": row["sensor"],
            }
            for tag, bytes_, row in zip(["foo", "bar"], tags, rows)
        ]
    }
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    response = post(url, "documented:predict", {"inputs": columns})
    assert response.json() == {
        "outputs": {
            "tag": ["foo", "bar"],
            "tag_bytes": tags,
            "sum": [15, 15],
            "sensor": columns["sensor"],
        }
    }


def test_numbers_that_json_does_not_have(url):
    response = requests.post(
        f"{url}{MODELS}/half_plus_three:predict",
        data='{"instances": [NaN, -Infinity, 1e3]}',
    )
    assert response.text == '{"predictions": [NaN, -Infinity, 503.0]}'


def test_a_model_that_there_is_not(url):
    response = post(url, "half:predict", {"instances": [1.0, 5.0]})
    message = "Servable not found for request: Latest(half)"
    assert error(response, 404) == message
    response = post(url, "half_plus_three/versions/7:predict", {"inputs": [1]})
    message = "Servable not found for request: Specific(half_plus_three, 7)"
    assert error(response, 404) == message
    for path in ("half", "half_plus_three/versions/7", "half/metadata"):
        error(requests.get(f"{url}{MODELS}/{path}"), 404)
    number = "9" * 5000
    path = f"{url}{MODELS}/half_plus_three/versions/{number}"
    assert "Could not find version 99" in error(requests.get(path), 404)


@pytest.mark.parametrize(
    "path",
    [
        "../..",
        "../cgan",
        "..",
        ".",
        "%2e%2e",
        "%2e%2e%2f%2e%2e",
        "..%2f..%2fetc%2fpasswd",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "cgan%2F1",
        "cgan%00",
        "cgan/1",
        ".cgan",
        "CGAN",
        "*",
        "%ff%fe",
        "%0A//",
        "",
    ],
)
def test_names_are_looked_up_and_are_no_paths(url, path):
    for line, method in (
        ("", "GET"),
        (":predict", "POST"),
        ("/metadata", "GET"),
    ):
        answer = exchange(
            url,
            f"{method} {MODELS}/{path}{line} HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n".encode(),
        )
        assert answer.startswith("HTTP/1.1 404 ")
        _, _, body = answer.partition("\r\n\r\n")
        assert json.loads(body).keys() == {"error"}


@pytest.mark.parametrize(
    "method, path, status, message",
    [
        ("POST", "cgan:classify", 400, "method `predict` only.*`classify`"),
        ("POST", "cgan:regress", 400, "method `predict` only.*`regress`"),
        ("POST", "cgan/labels/stable:predict", 400, "no labels.* 'stable'"),
        ("GET", "cgan/labels/stable", 400, "no labels.* 'stable'"),
        (
            "GET",
            "cgan:predict",
            404,
            "Malformed request: GET /v1/models/cgan:p",
        ),
        ("POST", "cgan", 404, "Malformed request: POST /v1/models/cgan"),
        ("GET", "cgan/versions/one", 404, "Malformed request"),
        ("PUT", "cgan:predict", 405, "Method Not Allowed: PUT"),
        ("GET", "../nothing", 404, "Not Found: GET /v1/nothing"),
    ],
)
def test_requests_of_another_kind(url, method, path, status, message):
    response = requests.request(method, f"{url}{MODELS}/{path}")
    assert re.search(message, error(response, status))


@pytest.mark.parametrize(
    "model, request_, message",
    [
        ("gan", {"instances": [[1, 2]]}, r"float32 of shape \(rows, 3\).* 2"),
        ("gan", {"instances": [[1, 2, "3"]]}, 'Received: the string "3"'),
        ("gan", {"instances": [[1, 2, float("nan")]]}, "must be finite"),
        ("gan", {"instances": [{"seeds": 1}]}, "an object with the inputs of"),
        (
            "gan",
            {"signature_name": "sample", "instances": [0] * 10_001},
            "from 1 to 10,000 rows. Received: 10,001",
        ),
        ("gan", {"signature_name": "none", "instances": [1]}, "'none'"),
        (
            "cgan",
            {"inputs": {"latents": [[0, 0, 0]], "labels": [-1]}},
            "^`labels` must be from 0 to 2.$",
        ),
        (
            "cgan",
            {"inputs": {"latents": [[0, 0, 0]], "labels": [3]}},
            "^`labels` must be from 0 to 2.$",
        ),
        (
            "cgan",
            {"inputs": {"latents": [[0, 0, 0]], "labels": [1, 2]}},
            "2 of `labels`, 1 of `latents`",
        ),
    ],
)
def test_inputs_that_a_model_does_not_take(url, model, request_, message):
    text = error(post(url, f"{model}:predict", request_), 400)
    assert re.search(message, text)
    assert "node" not in text and "Op:" not in text and "\n" not in text


def test_many_rows_are_streamed(url):
    seeds = list(range(1000))
    body = {"signature_name": "sample", "inputs": seeds}
    images = np.array(post(url, "gan:predict", body).json()["outputs"])
    assert images.shape == (1000, 4, 4, 1)
    few = {"signature_name": "sample", "instances": seeds[-3:]}
    rows = post(url, "gan:predict", few).json()["predictions"]
    np.testing.assert_array_equal(images[-3:], rows)


def test_large_bodies_are_left_to_threads(url, monkeypatch):
    def parse(body):
        threads.append(threading.current_thread().name)
        return original(body)

    threads, original = [], protocol.parse
    monkeypatch.setattr(protocol, "parse", parse)
    latents = np.random.normal(size=(5000, 3)).tolist()
    large = post(url, "gan:predict", {"inputs": latents})
    small = post(url, "gan:predict", {"inputs": latents[:2]})
    outputs = large.json()["outputs"]
    assert np.shape(outputs) == (5000, 4, 4, 1)
    assert outputs[:2] == small.json()["outputs"]
    assert threads[0].startswith("parse_") and threads[1] == "server"
    assert large.headers["transfer-encoding"] == "chunked"
    assert int(small.headers["content-length"]) == len(small.content)


# What follows is about clients that are slow, many, or up to no good.


def test_bodies_that_are_too_large(hurried_url):
    answer = post(hurried_url, "gan:predict", {"inputs": "a" * 2**21})
    message = "at most 1,048,576 bytes. Received: 2,097,166."
    assert message in error(answer, 413)
    assert answer.headers["connection"] == "close"
    pieces = (b"a" * 2**16 for _ in range(32))  # Sent without a length.
    answer = requests.post(f"{hurried_url}{MODELS}/gan:predict", data=pieces)
    assert "Received: 2,097,152." in error(answer, 413)


def test_who_asks_before_a_large_body_is_told_at_once(hurried_url):
    answer = exchange(
        hurried_url,
        f"POST {MODELS}/gan:predict HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Length: 100000000\r\nExpect: 100-continue\r\n\r\n".encode(),
    )
    assert answer.startswith("HTTP/1.1 413 ")


@pytest.mark.parametrize("length", [100, 100_000_000])
def test_half_a_request_is_given_up(hurried_url, length):
    answer = exchange(
        hurried_url,
        f"POST {MODELS}/gan:predict HTTP/1.1\r\nHost: localhost\r\n"
        f'Content-Length: {length}\r\n\r\n{{"inputs": '.encode(),
    )
    expected = "408" if length == 100 else "413"
    assert answer.startswith(f"HTTP/1.1 {expected} ")
    assert "connection: close" in answer
    if length == 100:
        assert "must arrive in 1 seconds. Received: 11 bytes" in answer


def test_a_slow_client_is_given_up(hurried_url):
    def pieces():
        for _ in range(100):
            yield b" "
            time.sleep(0.05)

    try:
        answer = requests.post(
            f"{hurried_url}{MODELS}/gan:predict", data=pieces()
        )
        assert answer.status_code == 408
    except requests.ConnectionError:
        pass  # It was sending, and didn't hear the answer.


def test_clients_that_go_away_stop_nothing(url, caplog):
    head = f"POST {MODELS}/gan:predict HTTP/1.1\r\nHost: localhost\r\n"
    host, port = url.removeprefix("http://").split(":")
    for text in (
        "",
        "POS",
        head,
        head + "Content-Length: 100\r\n\r\n{",
        head + 'Content-Length: 23\r\n\r\n{"inputs": [[0, 0, 0]]}',
    ):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(text.encode())
    answer = post(url, "gan:predict", {"inputs": [[0, 0, 0]]})
    assert answer.status_code == 200
    assert not [record for record in caplog.records if record.exc_info]


def test_what_is_no_http_is_refused(url):
    assert exchange(url, b"\x16\x03\x01\r\n\r\n").startswith("HTTP/1.1 400 ")


def slow(monkeypatch, served, seconds):
    async def predict(*_):
        await asyncio.sleep(seconds)
        return {"y": np.ones(1)}

    monkeypatch.setattr(served.version("gan"), "predict", predict)


def test_an_answer_that_takes_too_long(hurried_url, served, monkeypatch):
    slow(monkeypatch, served, 60.0)
    answer = post(hurried_url, "gan:predict", {"inputs": [[0, 0, 0]]})
    assert "no answer in 1 seconds" in error(answer, 504)


def test_more_requests_than_the_server_takes(hurried_url, served, monkeypatch):
    slow(monkeypatch, served, 0.3)
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(
                lambda _: post(
                    hurried_url, "gan:predict", {"inputs": [[0, 0, 0]]}
                ),
                range(8),
            )
        )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[:2] == [200, 200] and set(statuses[2:]) == {503}
    refused = [answer for answer in answers if answer.status_code == 503]
    assert "2 requests are under way" in error(refused[0], 503)


def test_what_is_cut_off_at_the_end_is_told(served, monkeypatch, caplog):
    monkeypatch.setattr(server, "_GRACE_SECONDS", 0.1)
    with servers.running(served) as url:
        host, port = url.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)), timeout=30)
        connection.sendall(
            f"POST {MODELS}/gan:predict HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Length: 9\r\n\r\n{".encode()
        )
        time.sleep(0.1)  # For the request to begin.
    with connection:
        answer = connection.recv(2**16).decode()
    assert answer.startswith("HTTP/1.1 503 ")
    assert answer.endswith(
        '{"error":"The server stopped before there was an answer."}'
    )
    assert not [record for record in caplog.records if record.exc_info]


def test_a_failure_of_the_server_is_named_and_logged(
    url, served, monkeypatch, caplog
):
    async def fail(*_):
        raise KeyError("a defect")

    monkeypatch.setattr(served.version("gan"), "predict", fail)
    answer = post(url, "gan:predict", {"inputs": [[0, 0, 0]]})
    assert "The server failed with a KeyError." in error(answer, 500)
    wait_until(lambda: "KeyError: 'a defect'" in caplog.text)


def test_parallel_clients_get_the_same_pixels(url):
    def ask(client):
        with requests.Session() as session:
            return [
                session.post(
                    f"{url}{MODELS}/cgan:predict",
                    json={
                        "signature_name": "sample_png",
                        "instances": [{"seeds": seed, "labels": seed % 3}],
                    },
                ).text
                for seed in range(client % 3, client % 3 + 5)
            ]

    with concurrent.futures.ThreadPoolExecutor(64) as threads:
        answers = list(threads.map(ask, range(64)))
    pictures = {}
    for client, texts in enumerate(answers):
        for seed, text in enumerate(texts, client % 3):
            assert json.loads(text).keys() == {"predictions"}
            pictures.setdefault(seed, set()).add(text)
    assert [len(texts) for texts in pictures.values()] == [1] * 7
    assert len(set.union(*pictures.values())) == 7


def test_no_request_fails_while_versions_change(tmp_path):
    def add(number):
        """Adds a version that adds its number."""
        aside = tmp_path / "model" / ".aside"
        toys.write(aside, lambda x: {"y": x + number}, x=tf.TensorSpec((None,)))
        aside.rename(tmp_path / "model" / str(number))

    def ask(url):
        answers = []
        with requests.Session() as session:
            while not answers or answers[-1] != 6.0:
                answer = session.post(
                    f"{url}{MODELS}/model:predict", json={"inputs": [0.0]}
                )
                assert answer.status_code == 200, answer.text
                (number,) = answer.json()["outputs"]
                answers.append(number)
        return answers

    add(1)
    with (
        Servables(tmp_path, poll_seconds=0.01) as served,
        servers.running(served) as url,
        concurrent.futures.ThreadPoolExecutor(8) as threads,
    ):
        asked = [threads.submit(ask, url) for _ in range(8)]
        for number in range(2, 7):
            add(number)
            wait_until(lambda: served.version("model").number == number)
            shutil.rmtree(tmp_path / "model" / str(number - 1))
        answers = [each.result() for each in asked]
    for numbers in answers:
        assert numbers == sorted(numbers)  # No one goes back in time.
    assert {number for numbers in answers for number in numbers} == {
        *range(1, 7)
    }


# What follows is about the command.


@pytest.fixture
def command(exports):
    """Returns the command, once it serves, with its URL and its messages."""
    process = servers.serve(str(exports), "--port", "0")
    lines = []
    for line in process.stderr:
        lines.append(line)
        if "Ctrl-C stops" in line:
            break
    (url,) = re.findall(r"http://\S+:\d+", lines[-1]) or pytest.fail(str(lines))
    try:
        yield process, url, lines
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_a_signal(command, signal_):
    process, url, lines = command
    lines = [line[9:].rstrip() for line in lines if re.match(r"\d\d:", line)]
    assert lines == [
        "Model cgan: version 1 is served.",
        "Model documented: version 1 is served.",
        "Model gan: version 1 is served.",
        "Model half_plus_three: version 123 is served.",
        f"Serving 4 models at {url}, for development: in production, run "
        "TensorFlow Serving. Ctrl-C stops.",
    ]
    memory = psutil.Process(process.pid).memory_info().rss
    for data in (b"a" * 100_000_000, (b"a" * 10**6 for _ in range(100))):
        answer = requests.post(f"{url}{MODELS}/gan:predict", data=data)
        assert "Received: 100,000,000." in error(answer, 413)
    assert psutil.Process(process.pid).memory_info().rss < memory + 50e6
    body = {"signature_name": "sample", "instances": [1]}
    with requests.Session() as session:  # Which keeps its connection open.
        answer = session.post(f"{url}{MODELS}/gan:predict", json=body)
        assert answer.status_code == 200
        process.send_signal(signal_)
        _, messages = process.communicate(timeout=30)
    assert process.returncode == 0
    assert messages[9:] == "Stopped.\n"
    host, port = url.removeprefix("http://").split(":")
    with socket.create_server((host, int(port))):
        pass  # The port is free.


def test_an_empty_folder_and_the_limits(tmp_path, monkeypatch, caplog):
    def runner(servables, limits, routes, access_log, hosts):
        found.update(
            limits=limits,
            access_log=access_log,
            hosts=hosts,
            rows=servables.max_rows,
            models=servables.models(),
        )
        return types.SimpleNamespace(run=lambda sockets: None)

    found = {}
    monkeypatch.setattr(server, "runner", runner)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    caplog.set_level(logging.INFO)
    options = (
        "--port=0 --max-body-mib=2 --max-rows=3 --timeout=4 --access-log "
        "--max-connections=5 --allow-host=gans.lan --allow-host=b"
    )
    assert main(["serve", str(tmp_path), *options.split()]) == 0
    assert found == {
        "limits": Limits(body_bytes=2 * 2**20, seconds=4.0, connections=5),
        "access_log": True,
        "hosts": ["127.0.0.1", "gans.lan", "b"],
        "rows": 3,
        "models": {},
    }
    assert "Serving 0 models at http://127.0.0.1:" in caplog.text
    assert f"{tmp_path} holds no model yet" in caplog.text


def test_a_port_in_use_is_told_in_words(exports, capsys):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert main(["serve", str(exports), "--port", str(port)]) == 1
    assert capsys.readouterr().err == (
        f"Error: Can't listen at 127.0.0.1, port {port}: Address "
        "already in use. Choose another with `--host` and `--port`; `--port 0` "
        "takes a free one.\n"
    )


def test_a_missing_folder_is_told_in_words(tmp_path, capsys):
    folder = tmp_path / "none"
    assert main(["serve", str(folder)]) == 1
    assert f"must exist. Received: {str(folder)!r}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        "--port=-1",
        "--port=65536",
        "--batch-size=0",
        "--max-rows=x",
        "--timeout=0",
        "--timeout=inf",
        "--timeout=nan",
        "--poll-seconds=-1",
        "--max-connections=0",
    ],
)
def test_options_that_cannot_be(tmp_path, capsys, option):
    with pytest.raises(SystemExit):
        main(["serve", str(tmp_path), option])
    assert option.split("=")[0] in capsys.readouterr().err


def test_the_help_says_what_it_is_for(capsys):
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert (
        "It is for development: in production, run TensorFlow Serving" in text
    )
