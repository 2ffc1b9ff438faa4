"""What an export tells of its generator beside the signatures."""

import json
import sys

from keras_gan_zoo import samples

# Ten thousand classes with names of a hundred characters fit in.
_MAX_BYTES = 2**20
_MAX_CLASSES = 100_000


def read_facts(folder):
    """Returns what `assets.extra/generator.json` of a version tells.

    Whoever lists models shows it to people and programs, so all of it is
    looked at here, and what isn't known is left out.

    Args:
        folder: `pathlib.Path` of the version.

    Returns:
        Dictionary with `"model"`, a string, `"num_classes"`, an integer or
        `None`, and `"class_names"`, a list of as many strings or `None`. Of a
        model with several labels it has `"label_names"`, a list of strings or
        `None`; of one with attributes `"bounds"`, the lowest and the highest,
        each a number or `None`. Exports since there are kinds of samples have
        `"kind"`, the facts of a kind (see `samples.Kind.facts`; of one that
        isn't of this package, its name alone, and NPZ as its suffix) or
        `None`, and `"endpoints"`, by name of a signature and of an input what
        it takes, in words. Empty if there is no such file.

    Raises:
        ValueError: If it holds anything else.
        OSError: If it can't be read.
    """
    path = folder / "assets.extra" / "generator.json"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError(f"{path.name} has more than {_MAX_BYTES:,} bytes")
    facts = json.loads(content.decode("utf-8"))
    if not isinstance(facts, dict):
        raise ValueError(f"{path.name} must hold an object")
    model = facts.get("model", "generator")
    if not _is_text(model):
        raise _wrong(path, "model", "a string of printable characters", model)
    num_classes = facts.get("num_classes")
    if num_classes is not None and not (
        type(num_classes) is int and 1 <= num_classes <= _MAX_CLASSES
    ):
        wanted = f"null or an integer from 1 to {_MAX_CLASSES:,}"
        raise _wrong(path, "num_classes", wanted, num_classes)
    names = facts.get("class_names")
    if names is not None and not (
        isinstance(names, list)
        and len(names) == num_classes
        and all(map(_is_text, names))
    ):
        wanted = "null or a list of `num_classes` strings that can be printed"
        raise _wrong(path, "class_names", wanted, names)
    known = {"model": model, "num_classes": num_classes, "class_names": names}
    if "label_names" in facts:
        known["label_names"] = _label_names(path, facts["label_names"])
    if "bounds" in facts:
        known["bounds"] = _bounds(path, facts["bounds"])
    if "kind" in facts:
        known["kind"] = _kind(path, facts["kind"])
    if "endpoints" in facts:
        known["endpoints"] = _endpoints(path, facts["endpoints"])
    return known


def _label_names(path, names):
    if names is not None and not (
        isinstance(names, list) and names and all(map(_is_text, names))
    ):
        wanted = "null or a list of strings that can be printed"
        raise _wrong(path, "label_names", wanted, names)
    return names


def _bounds(path, bounds):
    if (
        not isinstance(bounds, list)
        or len(bounds) != 2
        or not all(one is None or _is_number(one) for one in bounds)
        or (None not in bounds and bounds[0] >= bounds[1])
    ):
        wanted = "two numbers or nulls, the lower first,"
        raise _wrong(path, "bounds", wanted, bounds)
    return bounds


def _kind(path, facts):
    if facts is None:
        return None
    if not isinstance(facts, dict) or not all(
        _is_text(facts.get(key)) for key in ("name", "suffix")
    ):
        wanted = "null or an object with a name and a suffix"
        raise _wrong(path, "kind", wanted, facts)
    kind = samples.kind_of_facts(facts)
    if kind is None:
        return {"name": facts["name"], "suffix": "npz"}
    return kind.facts()


def _endpoints(path, endpoints):
    if not isinstance(endpoints, dict) or not all(
        _is_text(name)
        and isinstance(inputs, dict)
        and all(map(_is_text, [*inputs, *inputs.values()]))
        for name, inputs in endpoints.items()
    ):
        wanted = "an object that says for each endpoint what its inputs take"
        raise _wrong(path, "endpoints", wanted, endpoints)
    return endpoints


def _is_text(value):
    # None of them is half a surrogate pair, ends a line or turns around what
    # is read after it.
    return isinstance(value, str) and len(value) <= 1000 and value.isprintable()


def _is_number(value):
    # Neither NaN nor infinite, which an answer in JSON couldn't hold.
    most = sys.float_info.max
    return type(value) in (int, float) and -most <= value <= most


def _wrong(path, key, wanted, received):
    text = ascii(received)
    text = text if len(text) <= 80 else text[:77] + "..."
    return ValueError(
        f"{path.name} must have {wanted} as {key!r}. Received: {text}"
    )
