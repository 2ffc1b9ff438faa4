"""Requests that no one thought of: an error in words, never a failure."""

import asyncio
import json

import hypothesis
import pytest
from hypothesis import strategies as st

from keras_gan_zoo.serving.servables import Servables
from keras_gan_zoo.serving.server import application

settings = hypothesis.settings(
    derandomize=True,
    deadline=None,
    max_examples=300,
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(0, 3)
    | st.floats(width=32)
    | st.text(max_size=5)
    | st.sampled_from([10**30, -(2**63) - 1, {"b64": "AA=="}, 1e39, "é", "NaN"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
seeds = st.integers(-(2**63), 2**63 - 1)
labels = st.integers(0, 2)
latents = st.lists(st.floats(-2, 2, width=32), min_size=3, max_size=3)
signatures = {
    "serving_default": {"latents": latents, "labels": labels},
    "sample": {"seeds": seeds, "labels": labels},
    "sample_png": {"seeds": seeds, "labels": st.integers(-1, 3)},
    "prior": {"seeds": seeds},
}


@st.composite
def requests(draw):
    """Draws requests, a third of which have what no one expects."""

    def maybe(value):
        return draw(values) if draw(st.integers(0, 15)) == 15 else value

    name = draw(st.sampled_from(sorted(signatures)))
    rows = [
        {key: maybe(draw(strategy)) for key, strategy in inputs.items()}
        for inputs in [signatures[name]] * draw(st.integers(1, 3))
    ]
    request = {"signature_name": maybe(name)}
    if draw(st.booleans()):
        request["instances"] = maybe([maybe(row) for row in rows])
    else:
        columns = {key: [row[key] for row in rows] for key in rows[0]}
        request["inputs"] = maybe(
            {key: maybe(column) for key, column in columns.items()}
        )
    return maybe(request)


@pytest.fixture(scope="module")
def ask(exports):
    """Returns a function that asks the application, without a network."""
    with (
        Servables(exports, poll_seconds=1e6) as served,
        asyncio.Runner() as runner,
    ):
        app = application(served)

        async def call(method, path, pieces):
            async def receive():
                body = pieces.pop(0) if pieces else b""
                return {
                    "type": "http.request",
                    "body": body,
                    "more_body": bool(pieces),
                }

            async def send(message):
                sent.append(message)

            sent = []
            scope = {
                "type": "http",
                "method": method,
                "path": path,
                "headers": [],
                "query_string": b"",
                "server": ("127.0.0.1", 80),
            }
            await app(scope, receive, send)
            body = b"".join(message.get("body", b"") for message in sent[1:])
            return sent[0]["status"], json.loads(body)

        yield lambda *arguments: runner.run(call(*arguments))


def check(status, answer):
    """Checks that an answer has predictions, or says what is wrong."""
    if status == 200:
        assert answer.keys() <= {"predictions", "outputs"}
        hypothesis.event("answered")
        return
    assert status in (400, 404, 405), answer
    assert answer.keys() == {"error"}
    assert len(answer["error"]) > 10
    assert "node" not in answer["error"] and "Traceback" not in answer["error"]


@settings
@hypothesis.given(requests())
def test_requests(ask, request):
    body = json.dumps(request).encode()
    check(*ask("POST", "/v1/models/cgan:predict", [body]))


@settings
@hypothesis.given(st.lists(st.binary(max_size=50), max_size=3))
def test_bytes(ask, pieces):
    check(*ask("POST", "/v1/models/gan:predict", pieces))


@settings
@hypothesis.given(st.data())
def test_requests_with_a_few_bytes_changed(ask, data):
    body = bytearray(
        b'{"signature_name": "sample", "instances": [{"seeds": 7, "labels": 2}'
        b', {"seeds": -12, "labels": 0}]}'
    )
    for _ in range(data.draw(st.integers(0, 3))):
        index = data.draw(st.integers(0, len(body) - 1))
        size = data.draw(st.integers(0, 3))
        body[index : index + size] = data.draw(st.binary(max_size=3))
    check(*ask("POST", "/v1/models/cgan:predict", [bytes(body)]))


@settings
@hypothesis.given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS"]),
    st.lists(
        st.sampled_from(
            [*"/:\n19", "..", "gan", "versions", "labels", "metadata"]
        )
        | st.text(max_size=3),
        max_size=5,
    ),
)
def test_paths(ask, method, parts):
    status, answer = ask(method, "/v1/models/" + "/".join(parts), [b"{}"])
    if method == "GET" and status == 200:
        assert answer.keys() <= {
            "model_version_status",
            "model_spec",
            "metadata",
        }
    else:
        check(status, answer)
