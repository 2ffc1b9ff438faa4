"""Whatever lies in a served folder: it costs itself only, and is named once."""

import json
import logging
import os
import shutil
import socket

import pytest
import requests
import tensorflow as tf

from keras_gan_zoo.serving import page
from keras_gan_zoo.serving.__main__ import main
from keras_gan_zoo.serving.facts import read_facts
from keras_gan_zoo.serving.servables import Servables
from keras_gan_zoo.serving.server import Limits
from tests.serving import servers, toys

SHIFT = 2**40

# Names that any client can ask for, however odd they are.
GOOD_NAMES = ["gan", "a" * 255, "été", "a%2Fb", "a b", "?x=#", "'\"", "<i>"]
GOOD_NAMES += ["7", "predict"]


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    toys.half_plus_three(folder / "1")
    return folder / "1"


def _fifo(path):
    os.mkfifo(path)


def _socket(path):
    # The path of a socket is short.
    here = os.getcwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(path.name)
    finally:
        os.chdir(here)


def _replaced(name, by):
    """Returns what makes a model of which a file is replaced."""

    def make(path, toy):
        file = shutil.copytree(toy, path / "1") / name
        file.parent.mkdir(exist_ok=True)
        file.unlink(missing_ok=True)
        by(file)

    return make


def _of_signature(function, size):
    def make(path, toy):
        spec = tf.TensorSpec((None, size), tf.float32)
        toys.write(path / "1", function, x=spec)

    return make


def _facts(content):
    return _replaced(
        "assets.extra/generator.json", lambda path: path.write_bytes(content)
    )


BAD = {
    "link_to_itself": (
        lambda path, toy: path.symlink_to(path.name),
        "can't be read: Too many levels of symbolic links",
    ),
    "link_to_nothing": (
        lambda path, toy: path.symlink_to("nothing"),
        "can't be read: No such file",
    ),
    "pipe": (lambda path, toy: _fifo(path), "is neither a folder nor a file"),
    "socket": (
        lambda path, toy: _socket(path),
        "is neither a folder nor a file",
    ),
    "pipe_as_graph": (
        _replaced("saved_model.pb", _fifo),
        "'saved_model.pb' is neither a file",
    ),
    "socket_as_graph": (
        _replaced("saved_model.pb", _socket),
        "'saved_model.pb' is neither a file",
    ),
    "pipe_as_weights": (
        _replaced("variables/variables.index", _fifo),
        "'variables/variables.index' is neither a file",
    ),
    "endless_facts": (
        _replaced(
            "assets.extra/generator.json", lambda p: p.symlink_to("/dev/zero")
        ),
        "'assets.extra/generator.json' is neither a file",
    ),
    "huge_row_in": (
        _of_signature(lambda x: {"y": tf.reduce_sum(x, 1)}, SHIFT),
        f"row of 'x' has {4 * SHIFT:,} bytes",
    ),
    "huge_row_out": (
        _of_signature(
            lambda x: {
                "y": tf.ensure_shape(tf.tile(x, [1, SHIFT]), (None, SHIFT))
            },
            1,
        ),
        f"row of 'y' has {4 * SHIFT:,} bytes",
    ),
    "broken_graph": (
        _replaced("saved_model.pb", lambda path: path.write_bytes(b"\x08" * 9)),
        "Error parsing message",
    ),
    "facts_nan": (_facts(b'{"num_classes": NaN}'), "Received: nan"),
    "facts_list": (_facts(b"[1, 2]"), "must hold an object"),
    "facts_latin": (_facts(b'{"model": "\xe9"}'), "can't decode byte 0xe9"),
    "facts_huge": (_facts(b" " * 2**21), "more than 1,048,576 bytes"),
    "facts_deep": (_facts(b"[" * 100_000), "recursion depth"),
    "colon:predict": (
        lambda path, toy: shutil.copytree(toy, path / "1"),
        "must have no colon",
    ),
    "line\nline": (
        lambda path, toy: shutil.copytree(toy, path / "1"),
        "only characters that can be printed",
    ),
    "\u202enag": (
        lambda path, toy: shutil.copytree(toy, path / "1"),
        "only characters that can be printed",
    ),
    "\udcff": (
        lambda path, toy: shutil.copytree(toy, path / "1"),
        "only characters that can be printed",
    ),
}


@pytest.fixture
def folder(tmp_path, toy):
    """Returns a folder of good models."""
    for name in GOOD_NAMES:
        shutil.copytree(toy, tmp_path / name / "1")
    # Links within that lead round and round aren't followed for ever.
    (tmp_path / "gan" / "1" / "loop").symlink_to("..")
    return tmp_path


def errors(caplog):
    return [r.getMessage() for r in caplog.records if r.levelno > logging.INFO]


def test_bad_entries_cost_themselves_only(folder, toy, caplog):
    for name, (make, _) in BAD.items():
        make(folder / name, toy)
    with Servables(folder, poll_seconds=1e6) as served:
        for _ in range(2):
            served.poll()
        assert sorted(served.models()) == sorted(GOOD_NAMES)
        with servers.running(
            served, routes=page.routes(served, Limits())
        ) as url:
            models = requests.get(f"{url}/v1/models").json()["models"]
            assert [model["name"] for model in models] == sorted(GOOD_NAMES)
            for name in GOOD_NAMES:
                quoted = requests.utils.quote(name, safe="")
                answer = requests.post(
                    f"{url}/v1/models/{quoted}:predict", json={"inputs": [1.0]}
                )
                assert answer.json() == {"outputs": [3.5]}
            assert requests.get(f"{url}/page/models").json() == []
    said = errors(caplog)
    assert len(said) == len(BAD) and "\n" not in "".join(said)
    for name, (_, message) in BAD.items():
        named = ascii(name)[1:-1]
        (line,) = [s for s in said if message in s and named in s]
        assert line.isprintable()


def test_bad_entries_that_come_later(folder, toy, caplog):
    late = {
        name: BAD[name] for name in ("pipe_as_graph", "huge_row_in", "pipe")
    }
    with Servables(folder, poll_seconds=0.01) as served:
        for name, (make, _) in late.items():
            make(folder / name, toy)
        servers.wait_until(lambda: len(errors(caplog)) == len(late))
        shutil.copytree(toy, folder / "newer" / ".aside")
        (folder / "newer" / ".aside").rename(folder / "newer" / "1")
        servers.wait_until(lambda: "newer" in served.models())
        # What is gone is forgotten, and named again if it comes back.
        (folder / "pipe").unlink()
        servers.wait_until(
            lambda: str(folder / "pipe") not in served._complaints
        )
        assert len(errors(caplog)) == len(late)


def test_versions_that_are_none_are_named(folder, toy, caplog):
    (folder / "gan" / "7").write_text("a file")
    (folder / "gan" / "8").symlink_to("8")
    shutil.copytree(toy, folder / "gan" / str(2**63))
    with Servables(folder, poll_seconds=1e6) as served:
        served.poll()
        assert served.version("gan").number == 1
    said = errors(caplog)
    assert len(said) == 3
    for number, message in (
        ("7", "isn't a folder"),
        ("8", "isn't a folder"),
        (2**63, "63 bits"),
    ):
        assert [s for s in said if f"gan/{number}'" in s and message in s]


def test_a_defect_of_one_model_is_not_that_of_all(folder, monkeypatch, caplog):
    with Servables(folder, poll_seconds=1e6) as served:
        model = served._models["été"]
        monkeypatch.setattr(model, "update", lambda folders: 1 // 0)
        shutil.rmtree(folder / "gan")
        served.poll()
        served.poll()
        assert sorted(served.models()) == sorted({*GOOD_NAMES} - {"gan"})
    (line,) = errors(caplog)
    assert "ZeroDivisionError" in line


def _foreign(seeds):
    return {"x": seeds}


def test_a_model_of_the_same_names_is_not_shown(tmp_path, exports):
    shutil.copytree(exports / "gan", tmp_path / "gan")
    seeds = tf.TensorSpec((None,), tf.int64, "seeds")
    latents = tf.TensorSpec((None, 4), tf.float32, "latents")
    module = tf.Module()
    module.sample = tf.function(_foreign, input_signature=[seeds])
    module.serve = tf.function(
        lambda latents: {"pictures": latents}, input_signature=[latents]
    )
    signatures = dict.fromkeys(("prior", "sample", "sample_png"), module.sample)
    signatures["serving_default"] = module.serve
    tf.saved_model.save(module, tmp_path / "foreign" / "1", signatures)
    with Servables(tmp_path, poll_seconds=1e6) as served:
        with servers.running(
            served, routes=page.routes(served, Limits())
        ) as url:
            shown = requests.get(f"{url}/page/models").json()
            listed = requests.get(f"{url}/v1/models").json()["models"]
            query = "model=foreign&first=0&number=1&columns=1"
            refused = requests.get(f"{url}/page/grid.png?{query}")
    assert [model["name"] for model in shown] == ["gan"]
    assert [model["name"] for model in listed] == ["foreign", "gan"]
    assert refused.status_code == 400
    assert "ask it by the API" in refused.json()["error"]


@pytest.mark.parametrize(
    "facts, message",
    [
        ({"num_classes": 10**30}, "from 1 to 100,000"),
        ({"num_classes": 0}, "from 1 to 100,000"),
        ({"num_classes": 2.0}, "from 1 to 100,000"),
        ({"num_classes": True}, "from 1 to 100,000"),
        ({"model": ["CGAN"]}, "as 'model'"),
        ({"model": "a\nb"}, "as 'model'"),
        ({"class_names": ["a"]}, "as 'class_names'"),
        ({"num_classes": 2, "class_names": ["a"]}, "as 'class_names'"),
        ({"num_classes": 1, "class_names": "a"}, "as 'class_names'"),
        ({"num_classes": 1, "class_names": [1]}, "as 'class_names'"),
        ({"num_classes": 1, "class_names": ["\ud800"]}, "as 'class_names'"),
        ({"num_classes": 1, "class_names": ["\u202e"]}, "as 'class_names'"),
        ({"label_names": "ab"}, "as 'label_names'"),
        ({"label_names": []}, "as 'label_names'"),
        ({"label_names": ["a", "\u202e"]}, "as 'label_names'"),
        ({"bounds": 1.0}, "as 'bounds'"),
        ({"bounds": [0.0]}, "as 'bounds'"),
        ({"bounds": [1.0, 1.0]}, "as 'bounds'"),
        ({"bounds": [False, True]}, "as 'bounds'"),
        ({"bounds": [None, 10**400]}, "as 'bounds'"),
        ({"bounds": [0.0, float("inf")]}, "as 'bounds'"),
        ({"bounds": [float("nan"), None]}, "as 'bounds'"),
        ({"kind": "images"}, "as 'kind'"),
        ({"kind": {"name": "images"}}, "as 'kind'"),
        (
            {"kind": {"name": "waveforms", "suffix": "wav", "sample_rate": 0}},
            "`sample_rate` must be",
        ),
        (
            {"kind": {"name": "points", "suffix": "csv", "reach": "far"}},
            "Expected the arguments of points",
        ),
        ({"endpoints": ["sample"]}, "as 'endpoints'"),
        ({"endpoints": {"sample": {"seeds": 1}}}, "as 'endpoints'"),
    ],
)
def test_facts_that_cannot_be_shown_are_refused(tmp_path, facts, message):
    (tmp_path / "assets.extra").mkdir()
    path = tmp_path / "assets.extra" / "generator.json"
    path.write_text(json.dumps(facts))
    with pytest.raises(ValueError, match=message):
        read_facts(tmp_path)


def test_facts_of_older_and_newer_exports_are_read(tmp_path):
    assert read_facts(tmp_path) == {}
    (tmp_path / "assets.extra").mkdir()
    path = tmp_path / "assets.extra" / "generator.json"
    path.write_text('{"model": "CGAN", "num_classes": 2, "colour": "red"}')
    assert read_facts(tmp_path) == {
        "model": "CGAN",
        "num_classes": 2,
        "class_names": None,
    }
    told = {"label_names": ["a", "b"], "bounds": [None, 2]}
    path.write_text(json.dumps(told))
    assert told.items() <= read_facts(tmp_path).items()
    # Of a kind that only its writer knows, nothing else is told.
    kind = {"name": "molecules", "suffix": "../x", "atoms": 9}
    path.write_text(json.dumps({"kind": kind}))
    known = {"name": "molecules", "suffix": "npz"}
    assert read_facts(tmp_path)["kind"] == known


@pytest.mark.parametrize(
    "part", ["gan", "gan/1", "gan/1/variables", "gan/1/assets.extra/deeper"]
)
def test_a_part_of_a_folder_is_not_served(tmp_path, toy, capsys, part):
    shutil.copytree(toy, tmp_path / "gan" / "1")
    (tmp_path / part).mkdir(parents=True, exist_ok=True)
    assert main(["serve", str(tmp_path / part)]) == 1
    message = capsys.readouterr().err
    assert f"Serve the folder above: serve {tmp_path}\n" in message


def test_a_model_may_have_a_number_as_its_name(tmp_path, toy):
    shutil.copytree(toy, tmp_path / "5" / "1")
    with Servables(tmp_path, poll_seconds=1e6) as served:
        assert list(served.models()) == ["5"]
