"""Cases from "RESTful API" in the documentation of TensorFlow Serving."""

import json

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from keras_gan_zoo.serving import protocol
from keras_gan_zoo.serving.errors import RequestError
from keras_gan_zoo.serving.signatures import Array, Signature


def signature(**inputs):
    """Returns a signature of inputs given as pairs of a type and a shape."""
    arrays = {
        name: Array(np.dtype(dtype), shape)
        for name, (dtype, shape) in inputs.items()
    }
    return Signature("serving_default", arrays, {})


STRING = signature(x=(object, (None,)))
PAIRS = signature(x=("float32", (None, 1, 2)))
INTEGERS = signature(x=("int32", (None,)))
DOCUMENTED = signature(
    tag=(object, (None,)),
    signal=("int64", (None, 5)),
    sensor=("float32", (None, 2, 2)),
)
ROWS = {
    "instances": [
        {"tag": "foo", "signal": [1, 2, 3, 4, 5], "sensor": [[1, 2], [3, 4]]},
        {"tag": "bar", "signal": [3, 4, 1, 2, 5], "sensor": [[4, 5], [6, 8]]},
    ]
}
COLUMNS = {
    "inputs": {
        "tag": ["foo", "bar"],
        "signal": [[1, 2, 3, 4, 5], [3, 4, 1, 2, 5]],
        "sensor": [[[1, 2], [3, 4]], [[4, 5], [6, 8]]],
    }
}


def decoded(request, signature):
    return protocol.arrays(
        protocol.parse(json.dumps(request).encode()), signature
    )


def encoded(outputs, rows):
    return b"".join(protocol.encoded(outputs, rows)).decode("ascii")


def objects(*values):
    array = np.empty(len(values), object)
    array[:] = values
    return array


def test_one_input_is_given_by_its_values():
    strings = decoded({"instances": ["foo", "bar", "baz"]}, STRING)["x"]
    assert strings.tolist() == [b"foo", b"bar", b"baz"]
    rows = [[[1, 2]], [[3, 4]]]
    for request in (
        {"instances": rows},
        {"instances": [{"x": row} for row in rows]},
        {"inputs": rows},
        {"inputs": {"x": rows}},
    ):
        (array,) = decoded(request, PAIRS).values()
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, rows)


@pytest.mark.parametrize("request_", [ROWS, COLUMNS])
def test_several_inputs_are_given_by_names(request_):
    arrays = decoded(request_, DOCUMENTED)
    assert list(arrays) == ["tag", "signal", "sensor"]
    assert arrays["tag"].tolist() == [b"foo", b"bar"]
    assert arrays["signal"].dtype == np.int64
    for name, values in COLUMNS["inputs"].items():
        if name != "tag":
            np.testing.assert_array_equal(arrays[name], values)


def test_binary_values_are_in_base64():
    values = [{"b64": "aW1hZ2UgYnl0ZXM="}, "é", {"b64": ""}]
    for key in ("instances", "inputs"):
        array = decoded({key: values}, STRING)["x"]
        assert array.tolist() == [b"image bytes", "é".encode(), b""]


def test_the_tokens_that_json_lacks_are_numbers():
    body = b'{"instances": [1.0, -3.14, NaN, Infinity, -Infinity, 2]}'
    scalars = signature(x=("float32", (None,)))
    array = protocol.arrays(protocol.parse(body), scalars)["x"]
    expected = np.array([1, -3.14, np.nan, np.inf, -np.inf, 2], "float32")
    np.testing.assert_array_equal(array, expected)
    assert encoded({"y": expected}, True) == (
        '{"predictions": [1.0, -3.14, NaN, Infinity, -Infinity, 2.0]}'
    )


@pytest.mark.parametrize(
    "request_, name",
    [
        ({}, "serving_default"),
        ({"signature_name": ""}, "serving_default"),
        ({"signature_name": "sample"}, "sample"),
    ],
)
def test_the_signature_has_a_default(request_, name):
    body = json.dumps({"instances": [1], **request_}).encode()
    assert protocol.parse(body)["signature_name"] == name


@pytest.mark.parametrize(
    "body, message",
    [
        (b"", "must be JSON in UTF-8. .* line 1 column 1"),
        (b"{'instances': [1]}", "must be JSON"),
        (b'{"instances": [1]', "must be JSON"),
        (b'{"instances": ["\xff"]}', "must be JSON in UTF-8"),
        ('{"instances": [1]}'.encode("utf-16"), "must be JSON in UTF-8"),
        (b"[" * 100_000, "lists nested too deeply"),
        (b'{"instances": ' + b'{"a":' * 100_000, "nested too deeply"),
        (b'{"instances": [' + b"9" * 5000 + b"]}", "must be JSON.*digits"),
        (b"[1]", "must be an object.* the list of 1 items"),
        (b"null", "must be an object.* null"),
        (b"{}", "one of the keys 'instances'.* Received: none"),
        (b'{"instances": [1], "inputs": [1]}', '"instances", "inputs"'),
        (b'{"instance": [1]}', 'Received: "instance"'),
        (b'{"inputs": 1, "signature_name": 7}', "a string.* the integer 7"),
        (b'{"inputs": 1, "signature_name": null}', "a string.* null"),
    ],
)
def test_bodies_that_are_no_request(body, message):
    with pytest.raises(RequestError, match=message) as caught:
        protocol.parse(body)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "request_, received",
    [
        ({"instances": 1}, "the integer 1"),
        ({"instances": []}, "the list of 0 items"),
        ({"instances": {}}, "the object with the keys none"),
        ({"instances": [1, 2.0]}, "the float 2.0"),
        ({"instances": [1, True]}, "the boolean true"),
        ({"instances": [1, None]}, "null"),
        ({"instances": [1, "2"]}, 'the string "2"'),
        ({"instances": [1, [2]]}, r"the list of 1 items"),
        ({"instances": [[1], [2]]}, "the list of 1 items"),
        ({"instances": [2**31]}, "the integer 2147483648"),
        ({"instances": [-(2**31) - 1]}, "the integer -2147483649"),
        ({"instances": [10**4000]}, r"the integer 1000+\.\.\."),
        ({"instances": [{"b64": "AA=="}]}, 'the object with the keys "b64"'),
        ({"instances": [{"y": 1}]}, 'Received: "y"'),
        ({"instances": [{"x": 1, "y": 1}]}, 'Received: "x", "y"'),
        ({"instances": [{"x": 1}, {}]}, "Instance 1 .* Received: none"),
        ({"inputs": 1}, "the integer 1 in place of a list"),
        ({"inputs": None}, "null in place of a list"),
        ({"inputs": {}}, "Received: none"),
        ({"inputs": {"x": {}}}, "the object with the keys none in place"),
    ],
)
def test_values_that_are_no_integers(request_, received):
    with pytest.raises(RequestError, match=received) as caught:
        decoded(request_, INTEGERS)
    assert caught.value.status == 400
    assert "must be " in str(caught.value) and len(str(caught.value)) < 300


def test_integers_up_to_the_limits_of_their_type():
    limits = [2**31 - 1, -(2**31), 0]
    assert decoded({"instances": limits}, INTEGERS)["x"].tolist() == limits
    long = signature(x=("int64", (None,)))
    limits = [2**63 - 1, -(2**63)]
    assert decoded({"instances": limits}, long)["x"].tolist() == limits
    with pytest.raises(RequestError, match="must be int64 .* 9223372036854775"):
        decoded({"instances": [2**63]}, long)


@pytest.mark.parametrize(
    "rows, received",
    [
        ([[[1, 2]], [[3]]], "lists of 1 and of 2 values"),
        ([[[1, 2]], []], "lists of 0 and of 1 values"),
        ([[[1, 2, 3]]], "a list of 3 values in place of 2"),
        ([[1, 2]], "a list of 2 values in place of 1"),
        ([[[1, [2]]]], "the list of 1 items"),
        ([[[[1]], 2]], "a list of 2 values in place of 1"),
        ([[{"1": 2}]], 'the object with the keys "1" in place of a list'),
        ([[[1, "2"]]], 'the string "2"'),
        ([[[1, False]]], "the boolean false"),
        ([[[1, 3.5e38]]], r"the float 3.5e\+38"),
        ([[[1, 10**400]]], "the integer 1000"),
    ],
)
def test_values_that_are_no_pairs(rows, received):
    for key in ("instances", "inputs"):
        with pytest.raises(RequestError, match=received) as caught:
            decoded({key: rows}, PAIRS)
        assert "`x` must be float32 of shape (rows, 1, 2)" in str(caught.value)


@pytest.mark.parametrize(
    "value, received",
    [
        (7, "the integer 7"),
        (None, "null"),
        (["a"], "the list of 1 items"),
        ({"b64": "%%%%"}, "b64.*, but "),
        ({"b64": "A"}, "b64.*, but "),
        ({"b64": "é"}, "b64.*, but "),
        ({"b64": 7}, '"b64"\\.$'),
        ("\ud800", "ud800.*, but "),
    ],
)
def test_values_that_are_no_strings(value, received):
    with pytest.raises(RequestError, match=received) as caught:
        decoded({"instances": ["a", value]}, STRING)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "request_, message",
    [
        ({"instances": [[1]]}, r"Instance 0 must be an object .*`tag` \(str"),
        ({"instances": [ROWS["instances"][0], 1]}, "Instance 1 must be"),
        ({"instances": [{"tag": "a"}]}, 'Received: "tag"'),
        ({"inputs": [1]}, "'inputs' must be an object .* the list of 1 items"),
        ({"inputs": {"tag": ["a"]}}, 'Received: "tag"'),
        ({"inputs": {**COLUMNS["inputs"], "a": 1}}, '"sensor", "a"'),
        (
            {"inputs": {f"input_{index}": 1 for index in range(1000)}},
            r'"input_7", \.\.\.',
        ),
    ],
)
def test_names_must_be_those_of_the_inputs(request_, message):
    with pytest.raises(RequestError, match=message):
        decoded(request_, DOCUMENTED)


@pytest.mark.parametrize(
    "dtype, shape, message",
    [
        ("float32", (), "first axis of `x`"),
        ("float32", (2, 3), "first axis of `x`"),
        ("float32", None, "first axis of `x`"),
        ("complex64", (None,), "`x` is complex64"),
    ],
)
def test_signatures_that_cannot_be_served(dtype, shape, message):
    with pytest.raises(RequestError, match=message) as caught:
        decoded({"instances": [1]}, signature(x=(dtype, shape)))
    assert caught.value.status == 501


def test_free_axes_take_any_size():
    images = signature(images=("float32", (None, None, None, 1)))
    array = decoded({"instances": [[[[1], [2]]]]}, images)["images"]
    assert array.shape == (1, 1, 2, 1)


@pytest.mark.parametrize(
    "outputs, rows, body",
    [
        (
            {"y": np.array([3.5, 4.0, 5.5], "float32")},
            True,
            '{"predictions": [3.5, 4.0, 5.5]}',
        ),
        (
            {"y": np.array([[0.1, 1e-7], [1e20, 3]], "float32")},
            False,
            '{"outputs": [[0.1, 1e-07], [1e+20, 3.0]]}',
        ),
        (
            {"a": np.array([1, -2]), "b": np.array([[True], [False]])},
            True,
            '{"predictions": [{"a": 1, "b": [true]}, {"a": -2, "b": [false]}]}',
        ),
        (
            {"a": np.array([1, -2]), "b": np.array([[True], [False]])},
            False,
            '{"outputs": {"a": [1, -2], "b": [[true], [false]]}}',
        ),
        (
            {"x_bytes": objects(b"image bytes", b"\xff")},
            True,
            '{"predictions": [{"b64": "aW1hZ2UgYnl0ZXM="}, {"b64": "/w=="}]}',
        ),
        (
            {"x": objects(b"a%s", "é".encode()), "x_bytes": objects(b"", b"")},
            False,
            '{"outputs": {"x": ["a%s", "\\u00e9"], '
            '"x_bytes": [{"b64": ""}, {"b64": ""}]}}',
        ),
        (
            {"y": np.array([0.1, np.nan])},
            False,
            '{"outputs": [0.1, NaN]}',
        ),
    ],
)
def test_outputs(outputs, rows, body):
    assert encoded(outputs, rows) == body


@hypothesis.settings(derandomize=True, deadline=None, max_examples=100)
@hypothesis.given(
    st_numpy.arrays(
        st.sampled_from(["float32", "float64", "int32", "int64", "bool"]),
        st_numpy.array_shapes(max_dims=4, max_side=4),
    ),
    st.sampled_from(["instances", "inputs"]),
)
def test_what_is_written_is_read_as_the_same_array(array, key):
    response = encoded({"y": array}, key == "instances")
    (values,) = json.loads(response).values()
    same = signature(x=(array.dtype, (None, *array.shape[1:])))
    found = decoded({key: values}, same)["x"]
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize("piece", [b"[],", b"{},", b'{"a":[0]},'])
def test_bodies_of_nothing_but_brackets_are_refused(piece):
    rows = piece * 2**19
    with pytest.raises(RequestError, match="at most 524,288 lists and objects"):
        protocol.parse(b'{"inputs": [%s[]]}' % rows)
