"""What docs/serving.md shows is run, or at least looked at, in its order."""

import base64
import contextlib
import functools
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
from importlib import metadata

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from benchmarks.__main__ import MEASUREMENTS
from benchmarks.serving import wait_for_url
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.images import unit_to_uint8
from keras_gan_zoo.serving import tensorflow_serving
from tests import tiny
from tests.serving import endpoints

TEXT = (tiny.ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(.+)\n((?:.*\n)*?)```\n", TEXT)
NAME = "acgan_fashion_mnist"
ENDPOINT = "--endpoint http://127.0.0.1:8501"  # The default, for `adapted`.

# Of docker and of tensorflow_model_server, version 2.21.
KNOWN_FLAGS = {
    "--rm",
    "--name",
    "--publish",
    "--volume",
    "--model_config_file",
    "--model_config_file_poll_wait_seconds",
    "--enable_batching",
    "--batching_parameters_file",
}


def blocks_of(kind):
    return [block for found, block in BLOCKS if found == kind]


def shell(block, folder, **options):
    """Starts a block of shell, in which `python` is this one."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tools / "python").chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(tiny.ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


@contextlib.contextmanager
def local_server(folder):
    """Runs the document's own command, at a free port, and gives its URL."""
    (command,) = blocks_of("sh server")
    log = folder / "log"
    with log.open("w") as file:
        server = shell(f"exec {command.strip()} --port 0", folder, stderr=file)
    try:
        yield wait_for_url(server, log)
    finally:
        server.terminate()
        server.communicate()


def answers(text):
    """Yields the objects of JSON that stand one after the other."""
    decoder = json.JSONDecoder()
    while text := text.strip():
        answer, end = decoder.raw_decode(text)
        yield answer
        text = text[end:]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_examples_of_serving_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"gan": tiny.conditional_gan()}
    first, *python_blocks = blocks_of("python")
    exec(compile(first, "docs/serving.md", "exec"), names)
    signatures = tf.saved_model.load(names["path"]).signatures
    predict = functools.partial(endpoints.grpc_predict, signatures, NAME)
    with (
        local_server(tmp_path) as url,
        endpoints.grpc_endpoint(predict) as address,
    ):

        def adapted(block):
            block = re.sub(
                r"(client(?= --(model|seed))|serving models)",
                rf"\1 {ENDPOINT}",
                block,
            )
            block = block.replace("http://127.0.0.1:8501", url)
            return block.replace("127.0.0.1:8500", address)

        asked = []
        for block in blocks_of("sh"):
            process = shell(adapted(block), tmp_path)
            output, _ = process.communicate()
            assert process.returncode == 0, block
            if "--data" in block:
                asked.append([*answers(output)])
        for block in python_blocks:
            exec(compile(adapted(block), "docs/serving.md", "exec"), names)
    of_sample, (of_png,), of_prior, of_latents = asked
    for in_rows, in_columns in (of_sample, of_latents):
        assert in_rows["predictions"] == in_columns["outputs"]
    in_rows, in_columns = of_prior
    assert in_columns["outputs"] == {
        key: [row[key] for row in in_rows["predictions"]]
        for key in ("latents", "labels")
    }
    images = np.float32(of_sample[0]["predictions"])
    np.testing.assert_array_equal(images, names["images"])
    pixels = names["pixels"]
    np.testing.assert_array_equal(unit_to_uint8(images), pixels)
    np.testing.assert_array_equal(names["same_pixels"], pixels)
    (row,) = of_png["predictions"]
    png = pathlib.Path("seed_7.png")
    assert base64.b64decode(row["b64"]) == png.read_bytes()
    for path in (png, "grid.png"):
        with Image.open(path) as picture:
            corner = np.asarray(picture)[:4, :4]
            np.testing.assert_array_equal(corner, pixels[0, ..., 0])


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_commands_of_the_readme_run(tmp_path):
    readme = (tiny.ROOT / "README.md").read_text(encoding="utf-8")
    _, section = readme.split("\n## Serving\n")
    (block,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[:1]
    install, serve, *commands = block.splitlines()
    assert install == "".join(blocks_of("sh install")).strip()
    assert [serve.removesuffix(" &") + "\n"] == blocks_of("sh server")
    export_generator(tiny.gan(), tmp_path / "saved_models" / "wgan_gp_cifar")
    with local_server(tmp_path) as url:
        block = "\n".join(commands).replace("http://127.0.0.1:8501", url)
        block = block.replace(
            "client --model", f"client --endpoint {url} --model"
        )
        process = shell(block, tmp_path)
        output, _ = process.communicate()
    assert process.returncode == 0
    answer, _ = json.JSONDecoder().raw_decode(output)
    (prediction,) = answer["predictions"]
    assert base64.b64decode(prediction["b64"]).startswith(b"\x89PNG")
    with Image.open(tmp_path / "grid.png") as picture:
        assert picture.size == (22, 22)


def test_commands_for_docker_are_right_as_far_as_can_be_seen(tmp_path):
    (block,) = blocks_of("sh docker")
    subprocess.run(["bash", "-n", "-c", block], check=True)
    words = shlex.split(block)
    flags = [word.partition("=")[0] for word in words if word[:2] == "--"]
    assert set(flags) == KNOWN_FLAGS and len(flags) == len(KNOWN_FLAGS) + 1
    version = metadata.version("tensorflow-serving-api")
    assert f"tensorflow/serving:{version.rpartition('.')[0]}.0" in words
    assert "$PWD/saved_models:/models:ro" in words
    (tmp_path / "gan" / "1").mkdir(parents=True)
    (tmp_path / "gan" / "1" / "saved_model.pb").touch()
    written = tensorflow_serving.write_configuration(tmp_path)
    named = re.findall(r"=/models/(\S+)", block)
    assert sorted(named) == sorted(path.name for path in written)
    assert 'base_path: "/models/gan"' in written[0].read_text()


def test_the_table_of_signatures_is_that_of_an_export(tmp_path):
    path = export_generator(tiny.conditional_gan(), tmp_path)
    for name, signature in tf.saved_model.load(path).signatures.items():
        (row,) = re.findall(
            rf"^\| `{name}` \|(.*)\|(.*)\|$", TEXT, re.MULTILINE
        )
        _, inputs = signature.structured_input_signature
        outputs = signature.structured_outputs
        for cell, specs in zip(row, (inputs, outputs)):
            assert set(specs) == set(re.findall(r"`(\w+)`", cell))


def test_each_block_is_run_or_looked_at():
    kinds = {kind for kind, _ in BLOCKS}
    others = {"sh install", "sh server", "sh docker", "sh benchmark"}
    assert kinds == {"python", "sh", *others}
    assert TEXT.count("```") == 2 * len(BLOCKS)
    (command,) = blocks_of("sh benchmark")
    assert command.split()[3] in MEASUREMENTS
