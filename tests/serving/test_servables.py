import asyncio
import logging
import os
import pathlib
import re
import shutil
import time

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.serving.errors import RequestError
from keras_gan_zoo.serving.servables import Servables
from keras_gan_zoo.serving.signatures import Array
from keras_gan_zoo.serving.versions import graph_message
from tests import tiny
from tests.serving import toys
from tests.serving.servers import wait_until

FOREVER = 1e6  # Seconds between looks, where a test looks by itself.


@pytest.fixture(scope="module")
def served(exports):
    """Returns all models, for tests that only look and ask."""
    with Servables(exports, max_rows=8, poll_seconds=FOREVER) as served:
        yield served


@pytest.fixture
def folder(tmp_path, exports):
    """Returns a folder of models with one, in version 1."""
    shutil.copytree(exports / "gan" / "1", tmp_path / "gan" / "1")
    return tmp_path


def add(folder, number, name="gan"):
    """Adds the next version as an export does: whole, or not at all."""
    aside = folder / name / ".aside"
    shutil.copytree(folder / "gan" / "1", aside)
    return aside.rename(folder / name / str(number))


def servables(folder, **kwargs):
    return Servables(folder, **{"poll_seconds": FOREVER, **kwargs})


def sample(version, seeds=(7,)):
    inputs = {"seeds": np.array(seeds, "int64")}
    return asyncio.run(version.predict("sample", inputs, 100))["images"]


def test_what_there_is_to_know_of_a_model(served):
    models = served.models()
    names = ["cgan", "documented", "gan", "half_plus_three"]
    assert sorted(models) == names
    version = models["cgan"]
    assert version is served.version("cgan") is served.version("cgan", 1)
    assert (version.name, version.number) == ("cgan", 1)
    drawn = {"seeds": "whole numbers", "labels": "from 0 to 2"}
    assert version.generator == {
        "model": "CGAN",
        "num_classes": 3,
        "class_names": ["ant", "<b>bee</b>", "été"],
        "kind": {"name": "images", "suffix": "png"},
        "endpoints": {
            "serving_default": {"latents": "finite", "labels": "from 0 to 2"},
            "prior": {"seeds": "whole numbers"},
            "sample": drawn,
            "sample_png": drawn,
        },
    }
    assert models["half_plus_three"].generator == {}
    seeds = Array(np.dtype("int64"), (None,))
    labels = Array(np.dtype("int32"), (None,))
    latents = Array(np.dtype("float32"), (None, tiny.LATENT_DIM))
    images = Array(np.dtype("float32"), (None, 4, 4, 1))
    strings = Array(np.dtype(object), (None,))
    found = {
        name: (signature.inputs, signature.outputs)
        for name, signature in version.signatures.items()
    }
    assert found == {
        "serving_default": (
            {"labels": labels, "latents": latents},
            {"images": images},
        ),
        "sample": ({"labels": labels, "seeds": seeds}, {"images": images}),
        "sample_png": (
            {"labels": labels, "seeds": seeds},
            {"png_bytes": strings},
        ),
        "prior": ({"seeds": seeds}, {"labels": labels, "latents": latents}),
    }
    sample_def = version.signature_def["sample"]
    assert sample_def["inputs"]["seeds"]["dtype"] == "DT_INT64"
    assert sample_def["method_name"] == "tensorflow/serving/predict"


def test_predictions_are_those_of_the_graph(served):
    async def ask():
        inputs = {"seeds": np.arange(3), "labels": np.arange(3, dtype="int32")}
        drawn = await served.predict(
            "cgan", None, "prior", {"seeds": inputs["seeds"]}
        )
        latents = {"latents": drawn["latents"], "labels": inputs["labels"]}
        return (
            await served.predict("cgan", 1, "sample_png", inputs),
            await served.predict("cgan", 1, "sample", inputs),
            await served.predict("cgan", None, "serving_default", latents),
        )

    pngs, samples, images = asyncio.run(ask())
    for png, image in zip(pngs["png_bytes"], samples["images"], strict=True):
        pixels = tf.io.decode_png(png).numpy()
        np.testing.assert_array_equal(pixels, np.rint(image * 255))
    np.testing.assert_array_equal(samples["images"], images["images"])
    assert np.ptp(samples["images"]) > 0


@pytest.mark.parametrize(
    "name, number, signature, inputs, status, message",
    [
        ("wgan", None, "sample", {}, 404, r"not found for .* Latest\(wgan\)"),
        ("cgan", 2, "sample", {}, 404, r"not found for .* Specific\(cgan, 2\)"),
        ("../cgan", None, "sample", {}, 404, "not found"),
        (
            "cgan",
            None,
            "samples",
            {},
            400,
            "signatures .*sample_png.*'samples'",
        ),
        ("gan", None, "sample", {}, 400, r"takes `seeds` \(int64.*: none"),
        ("gan", None, "sample", {"labels": [1]}, 400, "Received: 'labels'"),
        ("gan", None, "sample", {"seeds": [1.0]}, 400, "Received: float64"),
        ("gan", None, "sample", {"seeds": [[1]]}, 400, r"shape \(1, 1\)"),
        ("gan", None, "sample", {"seeds": 1}, 400, r"shape \(\)"),
        (
            "gan",
            None,
            "sample",
            {"seeds": [0] * 9},
            400,
            "from 1 to 8 rows.* 9",
        ),
        (
            "gan",
            None,
            "sample",
            {"seeds": np.zeros(0, int)},
            400,
            "from 1 to 8 rows.* 0",
        ),
        (
            "cgan",
            None,
            "sample",
            {"seeds": [1, 2], "labels": np.zeros(3, "int32")},
            400,
            "2 of `seeds`, 3 of `labels`",
        ),
        (
            "cgan",
            None,
            "sample",
            {"seeds": [1, 2], "labels": np.array([0, -1], "int32")},
            400,
            r"^`labels` must be from 0 to 2\.$",
        ),
        (
            "cgan",
            None,
            "sample_png",
            {"seeds": [1], "labels": np.array([3], "int32")},
            400,
            r"^`labels` must be from 0 to 2\.$",
        ),
        (
            "gan",
            None,
            "serving_default",
            {"latents": np.full((1, 3), np.nan, "float32")},
            400,
            r"^`latents` must be finite\.$",
        ),
    ],
)
def test_what_cannot_be_predicted(
    served, name, number, signature, inputs, status, message
):
    inputs = {key: np.asarray(value) for key, value in inputs.items()}
    with pytest.raises(RequestError, match=message) as caught:
        asyncio.run(served.predict(name, number, signature, inputs))
    assert caught.value.status == status


def test_only_folders_with_versions_are_models(folder, exports):
    for name in (
        "gan/training",
        "gan/.5",
        "gan/2-broken",
        "gan/1.5",
        "gan/²",
        "empty",
        "dataset/1",
    ):
        (folder / name).mkdir(parents=True)
    (folder / "gan" / "9").write_text("a file")
    (folder / "README.md").write_text("a file")
    shutil.copytree(exports / "gan" / "1", folder / ".hidden" / "1")
    with servables(folder) as served:
        assert list(served.models()) == ["gan"]
        assert served.status("gan") == {1: ("AVAILABLE", "")}
        assert served.status("dataset") == {}


def test_the_highest_number_is_served(folder):
    for number in ("9", "0010"):
        add(folder, number)
    with servables(folder) as served:
        assert served.version("gan").number == 10
        assert served.status("gan") == {10: ("AVAILABLE", "")}
        with pytest.raises(RequestError, match="Specific"):
            served.version("gan", 9)


def test_requests_end_where_they_began(folder):
    with servables(folder) as served:
        first = served.version("gan")
        add(folder, 2)
        assert served.version("gan") is first
        served.poll()
        second = served.version("gan")
        assert (first.number, second.number) == (1, 2)
        np.testing.assert_array_equal(sample(first), sample(second))


def test_models_come_and_go(folder, exports):
    with servables(folder) as served:
        shutil.copytree(exports / "cgan", folder / "cgan")
        served.poll()
        assert sorted(served.models()) == ["cgan", "gan"]
        gone = served.version("gan")
        shutil.rmtree(folder / "gan")
        served.poll()
        assert list(served.models()) == ["cgan"]
        assert served.status("gan") == {}
        assert sample(gone).shape == (1, 4, 4, 1)


def test_a_deleted_version_gives_way_to_the_one_before_it(folder):
    add(folder, 2)
    with servables(folder) as served:
        shutil.rmtree(folder / "gan" / "2")
        served.poll()
        assert served.status("gan") == {1: ("AVAILABLE", "")}
        shutil.rmtree(folder / "gan" / "1")
        served.poll()
        assert served.models() == {} and served.status("gan") == {}
        with pytest.raises(RequestError, match=r"Latest\(gan\)"):
            served.version("gan")


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


BREAKAGES = {
    "half of the graph": (
        lambda path: truncate(path / "saved_model.pb"),
        "can't be loaded: Error parsing message",
    ),
    "no byte of the graph": (
        lambda path: (path / "saved_model.pb").write_bytes(b""),
        "saved_model.pb holds no graph",
    ),
    "no graph": (
        lambda path: (path / "saved_model.pb").unlink(),
        "No such file .*saved_model.pb",
    ),
    "half of the weights": (
        lambda path: truncate(path / "variables/variables.data-00000-of-00001"),
        "can't be loaded: .",
    ),
    "no weights": (
        lambda path: shutil.rmtree(path / "variables"),
        "can't be loaded: .",
    ),
    "facts that are none": (
        lambda path: (path / "assets.extra" / "generator.json").write_text("["),
        "can't be loaded: .",
    ),
    "facts of no generator": (
        lambda path: (path / "assets.extra" / "generator.json").write_text("7"),
        "generator.json must hold an object",
    ),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_broken_version_leaves_the_one_before_it(folder, caplog, breakage):
    break_, message = BREAKAGES[breakage]
    with servables(folder) as served:
        break_(add(folder, 2))
        served.poll()
        status = served.status("gan")
        assert served.version("gan").number == 1 and sample(
            served.version("gan")
        ).shape == (1, 4, 4, 1)
    assert status.pop(1) == ("AVAILABLE", "")
    ((state, text),) = status.values()
    assert state == "END" and re.search(message, text)
    (error,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert error.getMessage() == (
        f"Model gan: version 2 is broken and isn't served. {text}"
    )
    assert "\n" not in text


def test_a_broken_version_is_tried_again_when_its_files_change(
    folder, monkeypatch, caplog
):
    path = add(folder, 2)
    whole = (path / "saved_model.pb").read_bytes()
    truncate(path / "saved_model.pb")
    served = servables(folder)
    loads = []
    load = served._load
    monkeypatch.setattr(
        served, "_load", lambda path: loads.append(path.name) or load(path)
    )
    with served:
        for _ in range(3):
            served.poll()
        assert loads == ["2", "1"]
        with (path / "saved_model.pb").open("ab") as file:  # As a copy grows.
            file.write(b"\0")
        served.poll()
        assert loads == ["2", "1", "2"] and served.version("gan").number == 1
        (path / "saved_model.pb").write_bytes(whole)
        served.poll()
        assert served.status("gan") == {2: ("AVAILABLE", "")}
    errors = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert len(errors) == 1  # What is said already isn't said again.


def test_a_broken_version_that_is_deleted_is_forgotten(folder):
    truncate(add(folder, 2) / "saved_model.pb")
    with servables(folder) as served:
        shutil.rmtree(folder / "gan" / "2")
        served.poll()
        assert served.status("gan") == {1: ("AVAILABLE", "")}


def test_a_model_of_broken_versions_only_has_a_status(folder):
    truncate(folder / "gan" / "1" / "saved_model.pb")
    with servables(folder) as served:
        assert served.models() == {}
        assert served.status("gan")[1][0] == "END"


def test_a_version_that_is_loading_has_a_status(folder, monkeypatch):
    with servables(folder) as served:
        path = add(folder, 2)
        load = served._load

        def look_and_load(path):
            seen.update(served.status("gan"))
            assert served.version("gan").number == 1
            return load(path)

        seen = {}
        monkeypatch.setattr(served._models["gan"], "_load", look_and_load)
        served.poll()
        assert path.name == "2" and served.version("gan").number == 2
    assert seen == {1: ("AVAILABLE", ""), 2: ("LOADING", "")}


def divide(x):
    return 1 // 0


@pytest.mark.parametrize(
    "function, status",
    [
        (
            lambda x: {"y": tf.numpy_function(divide, [x], x.dtype)},
            ("END", "'serving_default' can't be computed: ZeroDivisionError"),
        ),
        # Zeros are refused, which a model may do.
        (
            lambda x: {"y": tf.debugging.check_numerics(x / x, "no number")},
            ("AVAILABLE", "^$"),
        ),
    ],
)
def test_a_version_computes_a_row_of_each_signature_first(
    tmp_path, function, status
):
    toys.write(tmp_path / "toy" / "1", function, x=tf.TensorSpec((None,)))
    with servables(tmp_path) as served:
        state, message = served.status("toy")[1]
    assert state == status[0] and re.search(status[1], message), message


def test_the_folder_is_watched(folder):
    with servables(folder, poll_seconds=0.01) as served:
        add(folder, 2)
        wait_until(lambda: served.version("gan").number == 2)
    assert not served._watcher.is_alive()


def test_a_folder_that_cannot_be_read_any_more_stops_nothing(folder, caplog):
    with servables(folder, poll_seconds=0.01) as served:
        folder.rename(folder.with_name("away"))
        wait_until(lambda: "can't be read" in caplog.text)
        time.sleep(0.05)
        assert sample(served.version("gan")).shape == (1, 4, 4, 1)
        add(folder.with_name("away"), 2)
        folder.with_name("away").rename(folder)
        wait_until(lambda: served.version("gan").number == 2)
    messages = [record.getMessage() for record in caplog.records]
    assert sum("can't be read: [Errno 2]" in text for text in messages) == 1


def test_a_model_that_cannot_be_read_any_more_is_served_on(
    folder, monkeypatch, caplog
):
    scandir = os.scandir

    def refuse(path):
        if pathlib.Path(path).name == "gan":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    with servables(folder) as served:
        monkeypatch.setattr(os, "scandir", refuse)
        served.poll()
        monkeypatch.undo()
        assert served.version("gan").number == 1
    assert "Permission denied" in caplog.text


def test_nothing_is_written_to_the_folder(folder):
    def files():
        return sorted(
            (str(path), path.stat().st_mtime_ns) for path in folder.rglob("*")
        )

    before = files()
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    with servables(folder) as served:
        sample(served.version("gan"))
    assert files() == before
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)


def test_an_empty_folder_is_served(tmp_path):
    with servables(tmp_path) as served:
        assert served.models() == {}


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        servables(tmp_path / "none").__enter__()


@pytest.mark.parametrize("size", [0, -4, 3, 48])
def test_batch_sizes_that_are_no_power_of_two(tmp_path, size):
    with pytest.raises(ValueError, match=f"power of two.*={size}"):
        Servables(tmp_path, max_batch_size=size)


@pytest.mark.parametrize(
    "inputs, message",
    [({"x": tf.TensorSpec(())}, "first axis of `x`"), ({}, "no inputs")],
)
def test_signatures_without_a_batch_are_refused(tmp_path, inputs, message):
    toys.write(tmp_path / "toy" / "1", lambda x=1.0: {"y": x + 1.0}, **inputs)
    with servables(tmp_path) as served:
        version = served.version("toy")
        arrays = {name: np.ones(1, "float32") for name in inputs}
        with pytest.raises(RequestError, match=message) as caught:
            asyncio.run(version.predict("serving_default", arrays, 8))
    assert caught.value.status == 501


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "Graph execution error:\n\nDetected at node a/b/Assert defined at "
            "(most recent call last):\n<stack traces unavailable>\nassertion "
            "failed: [`labels` must be from 0 to 2..  ] [Condition x >= 0 did "
            "not hold element-wise:] [x (labels:0) = ] [0 -1]\n\t "
            "[[{{node a/b/Assert}}]] [Op:__inference_signature_wrapper_14]",
            "`labels` must be from 0 to 2.",
        ),
        (
            "assertion failed: [`images` must be in [0, 1].] [0 7]\n\t "
            "[[{{node Assert}}]] [Op:__inference_signature_wrapper_14]",
            "`images` must be in [0, 1].",
        ),
        (
            "Graph execution error:\n\nDetected at node CheckNumerics defined "
            "at (most recent call last):\n<stack traces unavailable>\nlatents "
            "must be finite : Tensor had NaN values\n\t [[{{node "
            "CheckNumerics}}]] [Op:__inference_1]",
            "latents must be finite : Tensor had NaN values.",
        ),
        (
            "{{function_node __inference_signature_wrapper_<lambda>_7522}} "
            "indices[0] = 3 is not in [0, 3)\n\t [[{{function_node "
            "__inference_<lambda>_7513}}{{node cgan_1/embedding_1/GatherV2}}]]",
            "indices[0] = 3 is not in [0, 3).",
        ),
        (
            "2 root error(s) found.\n  (0) INVALID_ARGUMENT: images must be in "
            "[0, 1]\n\t [[{{node a}}]]\n  (1) INVALID_ARGUMENT: b\n0 "
            "successful operations.",
            "images must be in [0, 1].",
        ),
        (
            "Incompatible shapes: [2] vs. [3] [Op:AddV2]",
            "Incompatible shapes: [2] vs. [3].",
        ),
    ],
)
def test_messages_of_graphs_are_told_without_their_places(text, message):
    assert graph_message(text) == message
