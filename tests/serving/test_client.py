"""Clients of TensorFlow Serving: the same pixels, and errors in words."""

import base64
import functools
import io
import json
import re
import socket
import subprocess
import sys
import threading
import types

import grpc
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorflow_serving.apis import predict_pb2

from keras_gan_zoo import images
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.serving import client
from keras_gan_zoo.serving.__main__ import main
from keras_gan_zoo.serving.grpc_client import GrpcClient
from keras_gan_zoo.serving.rest_client import RestClient
from tests import tiny
from tests.serving import endpoints

# What the local server answers at /v1/models.
MODELS = {
    "models": [
        {"name": "toy", "version": "1"},
        {
            "name": "cgan",
            "version": "12",
            "model": "CGAN",
            "num_classes": 2,
            "class_names": ["cat", "dog é"],
        },
        {
            "name": "acgan",
            "version": "1",
            "model": "ACGAN",
            "num_classes": 3,
            "class_names": None,
        },
    ]
}


def listing(models=MODELS):
    return 200, json.dumps(models).encode()


@pytest.fixture(scope="module")
def signatures(tmp_path_factory):
    directory = tmp_path_factory.mktemp("saved_models") / "cgan"
    loaded = tf.saved_model.load(
        export_generator(tiny.conditional_gan(), directory)
    )
    return loaded.signatures


@pytest.fixture(scope="module")
def rest_url(signatures):
    answer = functools.partial(endpoints.rest_predict, signatures, "cgan")
    with endpoints.rest_endpoint(answer) as url:
        yield url


@pytest.fixture(scope="module")
def grpc_address(signatures):
    answer = functools.partial(endpoints.grpc_predict, signatures, "cgan")
    with endpoints.grpc_endpoint(answer) as address:
        yield address


@pytest.fixture
def waits(monkeypatch):
    """The seconds that clients would have waited between their attempts."""
    waits = []
    clock = types.SimpleNamespace(sleep=waits.append)
    monkeypatch.setattr(client, "time", clock)
    return waits


def png(shape=(2, 2, 3), mode=None):
    pixels = np.random.randint(0, 256, shape, "uint8")
    file = io.BytesIO()
    Image.fromarray(pixels, mode).save(file, "PNG", compress_level=0)
    return file.getvalue()


def rest_answer(*pngs):
    rows = [{"b64": base64.b64encode(png).decode()} for png in pngs]
    return 200, json.dumps({"predictions": rows}).encode()


def grpc_answer(*pngs):
    response = predict_pb2.PredictResponse()
    response.outputs["png_bytes"].CopyFrom(tf.make_tensor_proto(list(pngs)))
    return response


class Script:
    """Gives one answer after the other, and keeps what it was asked."""

    def __init__(self, *answers):
        self.asked = []
        self._answers = iter(answers)

    def __call__(self, *asked):
        self.asked.append(asked)
        return next(self._answers)


def test_r31_rest_and_grpc_give_the_pixels_of_the_export(
    rest_url, grpc_address, signatures
):
    seeds, labels = [5, -1, 2**62, 5], [0, 1, 2, 0]
    with RestClient(rest_url, "cgan") as rest:
        pixels = rest.sample(seeds, labels)
    with GrpcClient(grpc_address, "cgan", version=1) as over_grpc:
        np.testing.assert_array_equal(over_grpc.sample(seeds, labels), pixels)
    floats = signatures["sample"](
        seeds=tf.constant(seeds, tf.int64), labels=tf.constant(labels)
    )["images"]
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, images.unit_to_uint8(floats))
    np.testing.assert_array_equal(pixels[0], pixels[3])
    assert len(np.unique(pixels[:3], axis=0)) == 3


def test_what_is_asked_over_rest():
    script = Script(rest_answer(png(), png()), rest_answer(png()))
    with endpoints.rest_endpoint(script) as url:
        RestClient(url + "/behind/a/proxy/", "a b/c", version=12).sample([7, 8])
        RestClient(url, "cgan").sample(np.array([-3], "int8"), [2])
    (first, first_body), (second, second_body) = script.asked
    assert first == "/behind/a/proxy/v1/models/a%20b%2Fc/versions/12:predict"
    assert json.loads(first_body) == {
        "signature_name": "sample_png",
        "instances": [{"seeds": 7}, {"seeds": 8}],
    }
    assert second == "/v1/models/cgan:predict"
    (row,) = json.loads(second_body)["instances"]
    assert row == {"seeds": -3, "labels": 2}


def test_what_is_asked_over_grpc():
    script = Script(grpc_answer(png()), grpc_answer(png()))
    with endpoints.grpc_endpoint(script) as address:
        with GrpcClient(address, "wgan", version=12) as asking:
            asking.sample([7])
        with GrpcClient(address, "cgan") as asking:
            asking.sample([-3], [2])
    (first,), (second,) = script.asked
    assert first.model_spec.name == "wgan"
    assert first.model_spec.version.value == 12
    assert first.model_spec.signature_name == "sample_png"
    assert list(first.inputs) == ["seeds"]
    assert not second.model_spec.HasField("version")
    # TensorFlow Serving converts no types here.
    assert second.inputs["seeds"].dtype == tf.int64.as_datatype_enum
    assert second.inputs["labels"].dtype == tf.int32.as_datatype_enum


def test_no_request_is_larger_than_a_batch_of_the_server():
    rows = [png((1, 1)) for _ in range(150)]
    script = Script(*(rest_answer(*rows[i : i + 64]) for i in (0, 64, 128)))
    with endpoints.rest_endpoint(script) as url:
        pixels = RestClient(url, "cgan").sample(range(150), [1] * 150)
    asked = [json.loads(body)["instances"] for _, body in script.asked]
    assert [len(instances) for instances in asked] == [64, 64, 22]
    assert sum(asked, []) == [{"seeds": i, "labels": 1} for i in range(150)]
    expected = [Image.open(io.BytesIO(row)).getpixel((0, 0)) for row in rows]
    assert pixels.shape == (150, 1, 1, 1)
    assert pixels.flatten().tolist() == expected


def test_answers_may_be_larger_than_4_mb():
    large = png((1200, 1200, 3))
    assert len(large) > 4 * 2**20
    with (
        endpoints.grpc_endpoint(Script(grpc_answer(large))) as address,
        GrpcClient(address, "cgan") as asking,
    ):
        assert asking.sample([0]).shape == (1, 1200, 1200, 3)


def test_rest_tries_again_what_may_pass(waits):
    script = Script(
        (503, b"starting"), (502, b""), (504, b""), None, rest_answer(png())
    )
    with endpoints.rest_endpoint(script) as url:
        assert len(RestClient(url, "cgan").sample([0])) == 1
    assert len({body for _, body in script.asked}) == 1
    for wait, longest in zip(waits, [0.25, 0.5, 1.0, 2.0], strict=True):
        assert longest / 2 <= wait <= longest


def test_grpc_tries_again_what_may_pass(waits):
    script = Script(
        (grpc.StatusCode.UNAVAILABLE, "starting"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "too many"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, ""),
        grpc_answer(png()),
    )
    with (
        endpoints.grpc_endpoint(script) as address,
        GrpcClient(address, "cgan") as asking,
    ):
        assert len(asking.sample([0])) == 1
    assert len(script.asked) == 4 and len(waits) == 3


def test_waits_differ_between_clients(waits):
    with endpoints.rest_endpoint(lambda *_: (503, b"")) as url:
        for _ in range(5):
            with pytest.raises(ConnectionError):
                RestClient(url, "cgan", attempts=2).sample([0])
    assert len(set(waits)) == 5


def test_in_the_end_rest_says_what_the_server_said(waits):
    body = json.dumps({"error": "the queue is full"}).encode()
    script = Script(*[(429, body)] * 3)
    with (
        endpoints.rest_endpoint(script) as url,
        pytest.raises(ConnectionError) as raised,
    ):
        RestClient(url, "cgan", 2, attempts=3).sample([0])
    assert str(raised.value) == (
        f"The server of the model 'cgan', version 2 at {url} failed with HTTP "
        "429: the queue is full. Tried 3 times."
    )


def test_in_the_end_grpc_says_what_the_server_said(waits):
    answer = grpc.StatusCode.RESOURCE_EXHAUSTED, "the queue is full"
    with (
        endpoints.grpc_endpoint(lambda _: answer) as address,
        GrpcClient(address, "cgan", attempts=3) as asking,
        pytest.raises(ConnectionError) as raised,
    ):
        asking.sample([0])
    assert str(raised.value) == (
        f"The server of the model 'cgan' at grpc://{address} failed with "
        "RESOURCE_EXHAUSTED: the queue is full. Tried 3 times."
    )


@pytest.mark.parametrize("kind", [RestClient, GrpcClient])
def test_a_server_that_is_not_there(waits, kind):
    with endpoints.rest_endpoint(None) as url:
        pass  # Now no one listens at this port.
    address = url if kind is RestClient else url.removeprefix("http://")
    with (
        kind(address, "cgan", attempts=2) as asking,
        pytest.raises(ConnectionError) as raised,
    ):
        asking.sample([0])
    message = str(raised.value)
    assert message.startswith("There was no answer from the model 'cgan' at ")
    assert re.search(rf"{re.escape(address)}: .*refused", message)
    assert len(message) < 300
    assert message.endswith(
        "Is the server running, and are host and port right? Tried 2 times."
    )
    assert len(waits) == 1


def test_an_answer_that_breaks_off(waits):
    with (
        endpoints.rest_endpoint(lambda *_: None) as url,
        pytest.raises(ConnectionError, match=f"{url}: .*Connection broken"),
    ):
        RestClient(url, "cgan", attempts=2).sample([0])
    assert len(waits) == 1


@pytest.mark.parametrize("kind", [RestClient, GrpcClient])
def test_a_slow_server(waits, kind):
    done = threading.Event()
    endpoint = (
        endpoints.rest_endpoint
        if kind is RestClient
        else endpoints.grpc_endpoint
    )

    def answer(*_):
        done.wait(30)
        return (200, b"") if kind is RestClient else grpc_answer(png())

    with endpoint(answer) as address:
        with (
            kind(address, "cgan", timeout=0.05, attempts=2) as asking,
            pytest.raises(ConnectionError) as raised,
        ):
            asking.sample([0])
        done.set()
    assert " at " in str(raised.value)
    assert str(raised.value).endswith(
        "within 0.05 s. The server is busy or is still loading the model: try "
        "later, or wait longer with a larger timeout. Tried 2 times."
    )


HINT = (
    "Check the name and the version of the model, and that it was exported "
    "with the signature `sample_png`. Conditional models need labels "
    "(`--class`), others take none."
)


@pytest.mark.parametrize("status", [400, 403, 404, 302])
def test_what_rest_refuses_is_asked_once(waits, status):
    body = json.dumps({"error": "Servable\n\tnot found."}).encode()
    script = Script((status, body))
    with (
        endpoints.rest_endpoint(script) as url,
        pytest.raises(ValueError) as raised,
    ):
        RestClient(url, "cgan").sample([0], [1])
    assert str(raised.value) == (
        f"The server refused to sample the model 'cgan' at {url} by seeds and "
        f"labels. It says, with HTTP {status}: Servable not found. {HINT}"
    )
    assert waits == []


@pytest.mark.parametrize(
    "name", ["INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION"]
)
def test_what_grpc_refuses_is_asked_once(waits, name):
    script = Script((grpc.StatusCode[name], "Servable\n\tnot found"))
    with (
        endpoints.grpc_endpoint(script) as address,
        GrpcClient(address, "cgan") as asking,
        pytest.raises(ValueError) as raised,
    ):
        asking.sample([0])
    assert str(raised.value) == (
        f"The server refused to sample the model 'cgan' at grpc://{address} "
        f"by seeds. It says, with {name}: Servable not found. {HINT}"
    )
    assert waits == []


@pytest.mark.parametrize("kind", [RestClient, GrpcClient])
@pytest.mark.parametrize("labels", [None, [3], [-1]])
def test_labels_that_the_model_refuses(rest_url, grpc_address, kind, labels):
    address = rest_url if kind is RestClient else grpc_address
    with (
        kind(address, "cgan") as asking,
        pytest.raises(
            ValueError, match="refused .* It says, .*(label|indices)"
        ),
    ):
        asking.sample([0], labels)


def test_a_failure_of_the_server_is_not_tried_again(waits):
    script = Script((500, b"<html>out of memory</html>"))
    with (
        endpoints.rest_endpoint(script) as url,
        pytest.raises(
            ConnectionError, match="with HTTP 500: <html>out of memory</html>."
        ),
    ):
        RestClient(url, "cgan").sample([0])
    script = Script((grpc.StatusCode.INTERNAL, "out of memory"))
    with (
        endpoints.grpc_endpoint(script) as address,
        GrpcClient(address, "cgan") as asking,
        pytest.raises(ConnectionError, match="with INTERNAL: out of memory."),
    ):
        asking.sample([0])
    assert waits == []


@pytest.mark.parametrize(
    "answer, received",
    [
        ((200, b"<html>hello</html>"), "'<html>hello</html>'"),
        ((200, b"[]"), r"'\[\]'"),
        ((200, b'{"outputs": []}'), "'{\"outputs\": .*'"),
        ((200, b'{"predictions": [0.5]}'), "no PNG"),
        ((200, b'{"predictions": [{"b64": "*"}]}'), "'{\"predictions\": .*'"),
        (rest_answer(), "0 rows for 1"),
        (rest_answer(png(), png()), "2 rows for 1"),
        (rest_answer(b"GIF89a"), "no PNG"),
        (rest_answer(png()[:-30]), "no PNG"),
        (rest_answer(png((2, 2), "P")), r"no PNG \(mode P\)"),
    ],
)
def test_another_server(waits, answer, received):
    with (
        endpoints.rest_endpoint(Script(answer)) as url,
        pytest.raises(ConnectionError, match=f"Received: {received}"),
    ):
        RestClient(url, "cgan").sample([0])
    assert waits == []


def test_images_of_several_sizes_are_no_batch():
    answer = rest_answer(png(), png((3, 3, 3)))
    with (
        endpoints.rest_endpoint(Script(answer)) as url,
        pytest.raises(ConnectionError, match="images of several sizes"),
    ):
        RestClient(url, "cgan").sample([0, 1])


def test_other_outputs_over_grpc():
    response = predict_pb2.PredictResponse()
    response.outputs["classes"].CopyFrom(tf.make_tensor_proto([1]))
    with (
        endpoints.grpc_endpoint(Script(response)) as address,
        GrpcClient(address, "cgan") as asking,
        pytest.raises(ConnectionError, match=r"the outputs \['classes'\]"),
    ):
        asking.sample([0])


@pytest.mark.parametrize(
    "seeds, labels, message",
    [
        ([], None, r"`seeds` must .* 64 bits. Received: \[\]"),
        ([0.5], None, "`seeds` must be"),
        (5, None, "`seeds` must be"),
        ([2**63], None, "`seeds` must be"),
        ([2**70], None, "`seeds` must be"),
        ([0], [2**31], "`labels` must be .* 32 bits"),
        ([0, 1], [0], "Received: 1 labels, 2 seeds"),
    ],
)
def test_what_is_wrong_is_not_asked(seeds, labels, message):
    with pytest.raises(ValueError, match=message):
        RestClient("http://127.0.0.1:1", "cgan").sample(seeds, labels)


def test_a_url_without_a_scheme_is_refused():
    with pytest.raises(ValueError, match="must begin with http.*'localhost'"):
        RestClient("localhost", "cgan")


def run(endpoint, out, *options):
    model = ["--endpoint", endpoint, "--model", "cgan"]
    return main(["client", *model, "--out", str(out), *options])


def test_the_command_writes_a_picture(
    rest_url, grpc_address, signatures, tmp_path, capsys
):
    options = ["--seed", "7", "--class", "2", "--num", "6"]
    assert run(rest_url, tmp_path / "rest" / "grid.png", *options) == 0
    address = f"grpc://{grpc_address}"
    assert run(address, tmp_path / "grpc.png", *options, "--version", "1") == 0
    assert capsys.readouterr().out == (
        f"Written to {tmp_path / 'rest' / 'grid.png'}.\n"
        f"Written to {tmp_path / 'grpc.png'}.\n"
    )
    floats = signatures["sample"](
        seeds=tf.range(7, 13, dtype=tf.int64), labels=tf.fill((6,), 2)
    )["images"]
    expected = images.uint8_grid(images.unit_to_uint8(floats), columns=3)
    for path in (tmp_path / "rest" / "grid.png", tmp_path / "grpc.png"):
        with Image.open(path) as picture:
            np.testing.assert_array_equal(picture, expected[..., 0])


@pytest.mark.parametrize(
    "answer, message",
    [
        ((200, b'{"models": []}'), "There are: none."),
        (listing(), "There are: acgan, cgan."),
        ((404, b'{"error": "no"}'), "only the local server does. .* 404"),
        ((200, b'{"a": 1}'), "only the local server does."),
        ((200, b"<html>"), "only the local server does."),
    ],
)
def test_which_model_is_asked_for(tmp_path, capsys, answer, message):
    out = ["--seed", "1", "--out", str(tmp_path / "grid.png")]
    with endpoints.rest_endpoint(Script(answer)) as url:
        assert main(["client", "--endpoint", url, *out]) == 1
    assert re.search(message, capsys.readouterr().err)


def test_over_grpc_the_model_must_be_named(tmp_path, capsys):
    out = ["--seed", "1", "--out", str(tmp_path / "grid.png")]
    assert main(["client", "--endpoint", "grpc://127.0.0.1:1", *out]) == 1
    assert "the model must be named, by `--model`" in capsys.readouterr().err


def test_the_only_model_need_not_be_named(tmp_path):
    models = {"models": [MODELS["models"][0], {**MODELS["models"][2]}]}
    script = Script(listing(models), rest_answer(png()))
    out = ["--seed", "1", "--num", "1", "--out", str(tmp_path / "grid.png")]
    with endpoints.rest_endpoint(script) as url:
        assert main(["client", "--endpoint", url, *out]) == 0
    assert [path for path, _ in script.asked] == [
        "/v1/models",
        "/v1/models/acgan:predict",
    ]


def test_the_models_and_their_classes_are_listed(capsys):
    with endpoints.rest_endpoint(Script(listing())) as url:
        assert main(["models", "--endpoint", url]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "acgan: version 1, ACGAN",
        "  classes 0 to 2",
        "cgan: version 12, CGAN",
        "  class 0: cat",
        "  class 1: dog é",
        "toy: version 1, no export of this package",
    ]


def test_other_conditions_are_listed(capsys):
    told = [
        {"name": "faces", "label_names": ["beard", "hat"]},
        {"name": "free", "bounds": [None, None]},
        {"name": "unnamed", "label_names": None},
        {"name": "views", "bounds": [0.0, 2.5]},
    ]
    for model in told:
        model.update(version="1", model="ConditionalGAN")
    answer = 200, json.dumps({"models": told}).encode()
    with endpoints.rest_endpoint(Script(answer)) as url:
        assert main(["models", "--endpoint", url]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "faces: version 1, ConditionalGAN",
        "  label 0: beard",
        "  label 1: hat",
        "free: version 1, ConditionalGAN",
        "  attributes from -inf to inf",
        "unnamed: version 1, ConditionalGAN",
        "views: version 1, ConditionalGAN",
        "  attributes from 0.0 to 2.5",
    ]


def test_where_nobody_lists_models_it_is_told(capsys):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert main(["models", "--endpoint", url]) == 1
    assert f"There was no answer from {url}: " in capsys.readouterr().err


def test_classes_are_asked_for_by_their_names(tmp_path):
    script = Script(listing(), rest_answer(png()))
    command = ["client", "--model", "cgan", "--class", "dog é", "--num", "1"]
    out = ["--seed", "1", "--out", str(tmp_path / "grid.png")]
    with endpoints.rest_endpoint(script) as url:
        assert main([*command, "--endpoint", url, *out]) == 0
    request = json.loads(script.asked[-1][1])
    assert request["instances"] == [{"seeds": 1, "labels": 1}]


@pytest.mark.parametrize(
    "model, answer, message",
    [
        ("cgan", listing(), "has the classes 'cat', 'dog é'. Received: 'cow'"),
        ("acgan", listing(), "must be numbers here.* Received: .'cow'.*"),
        ("other", listing(), "must be numbers here"),
        ("cgan", (404, b""), "must be numbers here"),
    ],
)
def test_classes_that_nobody_knows(model, answer, message):
    with (
        endpoints.rest_endpoint(Script(answer)) as url,
        RestClient(url, model) as client,
        pytest.raises(ValueError, match=message),
    ):
        client.sample([1], ["cow"])


def test_over_grpc_classes_have_numbers():
    with (
        GrpcClient("127.0.0.1:1", "cgan") as client,
        pytest.raises(ValueError, match="must be numbers here"),
    ):
        client.sample([1], ["cat"])


def test_the_command_without_tensorflow(rest_url, tmp_path):
    code = (
        "import sys; sys.modules['tensorflow'] = None;"
        "from keras_gan_zoo.serving.__main__ import main; sys.exit(main())"
    )
    command = ["--endpoint", rest_url, "--model", "cgan", "--class", "0"]
    result = subprocess.run(
        [sys.executable, "-c", code, "client", *command, "--seed", "1"]
        + ["--out", tmp_path / "grid.png"],
        cwd=tiny.ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    with Image.open(tmp_path / "grid.png") as picture:
        assert picture.size == (4 * 6 - 2, 4 * 6 - 2)


def test_errors_of_the_command(rest_url, tmp_path, capsys):
    out = tmp_path / "grid.png"
    assert run(rest_url, out, "--seed", "1") == 1
    error = capsys.readouterr().err
    assert error.startswith("Error: The server refused to sample the model")
    assert error.count("\n") == 1 and not out.exists()
    assert run("ftp://localhost", out, "--seed", "1") == 1
    assert "Received: 'ftp://localhost'" in capsys.readouterr().err
    assert run(rest_url, out, "--seed", "1", "--num", "0") == 1
    assert "`--num` must be at least 1" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert run(rest_url, tmp_path / "file" / "grid.png", "--seed", "1") == 1
    assert "must be a folder that can be written" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        run(rest_url, out, "--seed", "one")
    assert "invalid int value: 'one'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
