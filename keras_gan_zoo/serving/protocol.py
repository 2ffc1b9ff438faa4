"""TensorFlow Serving's REST API: its JSON, and the arrays that it stands for.

Source: "RESTful API" in the documentation of TensorFlow Serving,
https://www.tensorflow.org/tfx/serving/api_rest.
"""

import base64
import itertools
import json
import math

import numpy as np

from keras_gan_zoo.serving.errors import RequestError

DEFAULT_SIGNATURE = "serving_default"
_MAX_NODES = 2**19


def parse(body):
    """Returns the JSON object of a request for a prediction.

    Args:
        body: Bytes, UTF-8. The tokens `NaN`, `Infinity` and `-Infinity` are
            numbers, as TensorFlow Serving has it.

    Returns:
        Dictionary with one of `"instances"` and `"inputs"`, and the string
        `"signature_name"`.

    Raises:
        RequestError: If it is none.
    """
    # Lists and objects are made in one go, in which no other thread runs: it
    # would be seconds for a body that consists of nothing else.
    nodes = body.count(b"[") + body.count(b"{")
    if nodes > _MAX_NODES:
        raise RequestError(
            400,
            f"A body must have at most {_MAX_NODES:,} lists and objects. "
            f"Received: {nodes:,}.",
        )
    try:
        # Numbers by functions of Python: the interpreter lets other threads
        # run between their calls, so that a large body keeps no one waiting.
        request = json.loads(
            body.decode("utf-8"), parse_float=_float, parse_int=_integer
        )
    except RecursionError:
        raise RequestError(
            400, "The body must be JSON. Received: lists nested too deeply."
        ) from None
    except ValueError as error:  # Of the encoding, too.
        raise RequestError(
            400, f"The body must be JSON in UTF-8. Received: {error}."
        ) from None
    if not isinstance(request, dict):
        raise RequestError(
            400,
            'The body must be an object, such as {"instances": [...]}. '
            f"Received: {_described(request)}.",
        )
    if ("instances" in request) == ("inputs" in request):
        raise RequestError(
            400,
            "The body must have one of the keys 'instances' (rows) and "
            "'inputs' (columns). Received: "
            f"{_listed(request)}.",
        )
    name = request.setdefault("signature_name", DEFAULT_SIGNATURE)
    if not isinstance(name, str):
        raise RequestError(
            400,
            f"'signature_name' must be a string. Received: {_described(name)}.",
        )
    request["signature_name"] = name or DEFAULT_SIGNATURE
    return request


def arrays(request, signature):
    """Returns the inputs of a request.

    Args:
        request: Dictionary, from `parse`.
        signature: `Signature`.

    Returns:
        Dictionary of arrays, of the types and ranks of the signature.

    Raises:
        RequestError: If a value is of another type or shape. It says what was
            expected, and what was received.
    """
    signature.require_served()
    if "instances" in request:
        columns = _columns(request["instances"], signature)
    else:
        columns = _named(request["inputs"], "'inputs'", signature)
    return {
        name: _array(columns[name], f"`{name}`", expected)
        for name, expected in signature.inputs.items()
    }


def encoded(outputs, rows):
    """Yields the body of a response, in pieces.

    Args:
        outputs: Dictionary of arrays `(rows, ...)`. Strings, as `bytes`, are
            written in base64 if their name ends in `_bytes`.
        rows: Boolean: a list of `"predictions"`, as requests of instances get
            them, or else `"outputs"`.
    """
    if rows:
        names = None if len(outputs) == 1 else [*map(json.dumps, outputs)]
        yield b'{"predictions": ['
        columns = [_texts(name, array) for name, array in outputs.items()]
        for index, texts in enumerate(zip(*columns)):
            text = texts[0]
            if names:
                pairs = map(": ".join, zip(names, texts))
                text = f"{{{', '.join(pairs)}}}"
            yield (", " + text if index else text).encode()
        yield b"]}"
        return
    yield b'{"outputs": '
    for index, (name, array) in enumerate(outputs.items()):
        if len(outputs) > 1:
            start = ", " if index else "{"
            yield f"{start}{json.dumps(name)}: ".encode()
        yield b"["
        for row, text in enumerate(_texts(name, array)):
            yield (", " + text if row else text).encode()
        yield b"]"
    yield b"}}" if len(outputs) > 1 else b"}"


def _float(text):
    return float(text)


def _integer(text):
    return int(text)


def _columns(instances, signature):
    """Returns the values of each input, of a list with one item for a row."""
    if not isinstance(instances, list) or not instances:
        raise RequestError(
            400,
            "'instances' must be a list of one item or more. Received: "
            f"{_described(instances)}.",
        )
    named = [
        _named(instance, f"Instance {index}", signature)
        for index, instance in enumerate(instances)
    ]
    return {
        name: [instance[name] for instance in named]
        for name in signature.inputs
    }


def _named(value, what, signature):
    """Returns values by the names of the inputs."""
    if isinstance(value, dict) and value.keys() == signature.inputs.keys():
        return value
    is_object = isinstance(value, dict) and not _is_base64(value)
    if len(signature.inputs) == 1 and not is_object:
        return dict.fromkeys(signature.inputs, value)
    received = _listed(value) if is_object else _described(value)
    raise RequestError(
        400,
        f"{what} must be an object with the inputs of {signature.name!r}: "
        f"{signature.described_inputs()}. Received: {received}.",
    )


def _array(value, what, expected):
    """Returns an array of nested lists, each value of which is looked at."""
    values, sizes = [value], []
    for wanted in expected.shape:
        if not all(type(item) is list for item in values):
            found = next(item for item in values if type(item) is not list)
            raise _mismatch(
                what, expected, f"{_described(found)} in place of a list"
            )
        lengths = {len(item) for item in values} or {wanted or 0}
        if len(lengths) > 1:
            raise _mismatch(
                what,
                expected,
                f"lists of {min(lengths)} and of {max(lengths)} values",
            )
        (size,) = lengths
        if wanted not in (None, size):
            raise _mismatch(
                what, expected, f"a list of {size} values in place of {wanted}"
            )
        sizes.append(size)
        values = [*itertools.chain.from_iterable(values)]
    return _typed(values, what, expected).reshape(sizes)


def _typed(values, what, expected):
    """Returns a vector of the values, none of which may change by it."""
    kind = expected.dtype.kind
    if kind == "O":
        return _strings(values, what, expected)
    taken = {"b": {bool}, "f": {int, float}}.get(kind, {int})
    for found in set(map(type, values)) - taken:
        value = next(value for value in values if type(value) is found)
        raise _mismatch(what, expected, _described(value))
    if kind != "b":
        _require_range(values, what, expected)
    return np.array(values, expected.dtype)


def _require_range(values, what, expected):
    is_float = expected.dtype.kind == "f"
    limits = np.finfo(expected.dtype) if is_float else np.iinfo(expected.dtype)
    # Python's numbers, which compare with integers of any size.
    number = float if is_float else int
    lowest, largest = number(limits.min), number(limits.max)
    for value in values:
        if lowest <= value <= largest:
            continue
        if is_float and (value != value or value in (math.inf, -math.inf)):
            continue
        raise _mismatch(what, expected, _described(value))


def _strings(values, what, expected):
    array = np.empty(len(values), object)
    for index, value in enumerate(values):
        try:
            if _is_base64(value):
                array[index] = base64.b64decode(value["b64"], validate=True)
                continue
            if type(value) is str:
                array[index] = value.encode("utf-8")
                continue
            why = ""
        except ValueError as error:  # No base64, or half a surrogate pair.
            why = f", but {error}"
        raise _mismatch(what, expected, _described(value) + why)
    return array


def _is_base64(value):
    return (
        isinstance(value, dict)
        and value.keys() == {"b64"}
        and isinstance(value["b64"], str)
    )


def _mismatch(what, expected, received):
    return RequestError(
        400, f"{what} must be {expected}. Received: {received}."
    )


def _described(value):
    kinds = {
        type(None): "null",
        bool: "the boolean",
        int: "the integer",
        float: "the float",
        str: "the string",
        list: "the list",
        dict: "the object",
    }
    kind = kinds[type(value)]
    return kind if value is None else f"{kind} {_short(value)}"


def _listed(keys):
    """Returns the first of some names; messages don't repeat them all."""
    names = [_short(key) for key in itertools.islice(keys, 9)]
    return ", ".join(names[:8] + ["..."] * (len(names) > 8)) or "none"


def _short(value):
    """Returns a value, or how a long one begins."""
    if isinstance(value, list):
        return f"of {len(value)} items"
    if isinstance(value, dict):
        return f"with the keys {_listed(value)}"
    text = json.dumps(value[:80] if isinstance(value, str) else value)
    return text if len(text) <= 80 else text[:77] + "..."


def _texts(name, array):
    """Yields the JSON of each row of an array."""
    if array.dtype.kind == "f":
        yield from _float_texts(array)
        return
    if array.dtype.kind == "O":
        is_binary = name.endswith("_bytes")
        array = np.frompyfunc(_base64_object if is_binary else _text, 1, 1)(
            array
        )
    for row in array.tolist():
        yield json.dumps(row)


def _float_texts(array):
    # The shortest numbers that are read as the same float32; Python's are
    # those of its double, and twice as long.
    template = json.dumps(np.full(array.shape[1:], "%s").tolist())
    template = template.replace('"', "")
    tokens = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    for row in array:
        texts = row.reshape(-1).astype("U").tolist()
        if not np.isfinite(row).all():
            texts = [tokens.get(text, text) for text in texts]
        yield template % tuple(texts)


def _base64_object(value):
    return {"b64": base64.b64encode(value).decode("ascii")}


def _text(value):
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return _base64_object(value)
