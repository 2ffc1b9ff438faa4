"""What others make of an export: each runtime gives the same images.

None of them knows Keras or this package, and most don't know TensorFlow.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from tensorflow.core.protobuf import saved_model_pb2

from keras_gan_zoo import averages, samples
from keras_gan_zoo.endpoints import require_endpoints
from keras_gan_zoo.export import export_generator, export_litert, export_onnx
from keras_gan_zoo.images import to_unit
from keras_gan_zoo.models import VanillaGAN
from tests import tiny
from tests.models import toys, zoo

SHAPE = (5, *toys.IMAGE_SHAPE)


@pytest.fixture(scope="module")
def gan():
    """A generator of convolutions, of latents and of labels."""
    return zoo.ZOO["CGAN"].build()


@pytest.fixture(scope="module")
def inputs():
    rng = np.random.default_rng(0)
    latents = rng.normal(size=(5, toys.LATENT_DIM)).astype("float32")
    labels = np.array([0, 1, 2, 1, 0], "int32")
    return {"latents": latents, "labels": labels}


@pytest.fixture(scope="module")
def expected(gan, inputs):
    images = to_unit(gan([inputs["latents"], inputs["labels"]])).numpy()
    assert images.shape == SHAPE and np.ptp(images) > 0.1
    return images


@pytest.fixture(scope="module")
def version(gan, tmp_path_factory):
    return export_generator(gan, tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="module")
def onnx_file(gan, tmp_path_factory):
    path = tmp_path_factory.mktemp("onnx") / "generator.onnx"
    pytest.importorskip("tf2onnx")
    assert export_onnx(gan, str(path)) == path
    return path


def run(*command, **kwargs):
    result = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        **kwargs,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_saved_model_cli(version, inputs, expected, tmp_path):
    np.savez(tmp_path / "inputs.npz", **inputs)
    command = pathlib.Path(sys.executable).with_name("saved_model_cli")
    given = [f"{name}={tmp_path}/inputs.npz[{name}]" for name in inputs]
    run(
        *[command, "run", "--dir", version, "--tag_set", "serve"],
        *["--signature_def", "serving_default", "--outdir", tmp_path],
        *["--inputs", ";".join(given)],
    )
    images = np.load(tmp_path / "images.npy")
    np.testing.assert_allclose(images, expected, atol=1e-5)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_the_c_api(version, inputs, expected, tmp_path):
    package = pathlib.Path(tf.__file__).parent
    libraries = sorted(package.glob("libtensorflow_*.so.*"))
    if not libraries:
        pytest.skip("this TensorFlow has no library for C to link with")
    program = tmp_path / "runtimes"
    run(
        *["gcc", "-Wall", "-Werror", tiny.ROOT / "tests" / "runtimes.c"],
        *["-I", package / "include", *libraries, f"-Wl,-rpath,{package}"],
        *["-o", program],
    )
    message = saved_model_pb2.SavedModel()
    message.ParseFromString((version / "saved_model.pb").read_bytes())
    signature = message.meta_graphs[0].signature_def["serving_default"]
    fed = []
    for name, values in inputs.items():
        values.tofile(tmp_path / name)
        fed += [signature.inputs[name].name.split(":")[0], tmp_path / name]
    operation, index = signature.outputs["images"].name.split(":")
    size = int(np.prod(SHAPE[1:]))
    command = [program, version, len(expected), size, *fed, operation, index]
    run(*command, tmp_path / "images")
    images = np.fromfile(tmp_path / "images", "float32").reshape(SHAPE)
    np.testing.assert_allclose(images, expected, atol=1e-5)

    # What the graph checks, it checks here too.
    np.full(5, toys.NUM_CLASSES, "int32").tofile(tmp_path / "labels")
    refused = subprocess.run(
        [str(part) for part in [*command, tmp_path / "refused"]],
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 1
    assert "`labels` must be from 0 to 2." in refused.stderr


OPENVINO = """
import sys

import numpy as np
import openvino

version, inputs, outputs = sys.argv[1:]
core = openvino.Core()
# Otherwise it chooses bfloat16 on processors that have it.
options = {"INFERENCE_PRECISION_HINT": "f32"}
model = core.compile_model(openvino.convert_model(version), "CPU", options)
np.save(outputs, model(dict(np.load(inputs)))["images"])
assert "tensorflow" not in sys.modules
"""


def test_openvino(version, inputs, expected, tmp_path):
    pytest.importorskip("openvino")
    np.savez(tmp_path / "inputs.npz", **inputs)
    # In a process of its own, without TensorFlow.
    files = [tmp_path / "inputs.npz", tmp_path / "images.npy"]
    run(sys.executable, "-c", OPENVINO, version, *files)
    images = np.load(tmp_path / "images.npy")
    np.testing.assert_allclose(images, expected, atol=1e-5)


def test_onnx_runtime(onnx_file, inputs, expected):
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(onnx_file)
    assert sorted(i.name for i in session.get_inputs()) == sorted(inputs)
    for size in (5, 1):
        rows = {name: values[:size] for name, values in inputs.items()}
        (images,) = session.run(["images"], rows)
        np.testing.assert_allclose(images, expected[:size], atol=1e-5)


NODE = """
const runtime = require('onnxruntime-node');
const given = JSON.parse(process.argv[2]);

async function main() {
  const session = await runtime.InferenceSession.create(given.path);
  const {images} = await session.run({
    latents: new runtime.Tensor('float32', given.latents.flat(), [5, 4]),
    labels: new runtime.Tensor('int32', given.labels, [5]),
  });
  console.log(JSON.stringify(Array.from(images.data)));
}
main();
"""


@pytest.mark.slow  # Gets the package from npm.
@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
def test_onnx_runtime_in_node(onnx_file, inputs, expected, tmp_path):
    options = ["--ignore-scripts", "--no-audit", "--no-fund"]
    run("npm", "install", *options, "onnxruntime-node@1.30", cwd=tmp_path)
    (tmp_path / "main.js").write_text(NODE)
    given = {name: values.tolist() for name, values in inputs.items()}
    given["path"] = str(onnx_file)
    printed = run("node", "main.js", json.dumps(given), cwd=tmp_path)
    images = np.reshape(json.loads(printed), SHAPE)
    np.testing.assert_allclose(images, expected, atol=1e-5)


LITERT = """
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter

path, inputs, outputs = sys.argv[1:]
runner = Interpreter(path).get_signature_runner("serving_default")
inputs = dict(np.load(inputs))
whole = runner(**inputs)["images"]
one = runner(**{name: rows[:1] for name, rows in inputs.items()})["images"]
np.savez(outputs, whole=whole, one=one)
assert "tensorflow" not in sys.modules
"""


def test_litert(gan, inputs, expected, tmp_path):
    pytest.importorskip("ai_edge_litert")
    path = tmp_path / "generator.tflite"
    assert export_litert(gan, str(path)) == path
    np.savez(tmp_path / "inputs.npz", **inputs)
    files = ["generator.tflite", "inputs.npz", "images.npz"]
    run(sys.executable, "-c", LITERT, *files, cwd=tmp_path)
    images = np.load(tmp_path / "images.npz")
    np.testing.assert_allclose(images["whole"], expected, atol=1e-5)
    np.testing.assert_allclose(images["one"], expected[:1], atol=1e-5)


def _onnx_images(path, latents):
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(path)
    (images,) = session.run(["images"], {"latents": latents})
    return images


def _litert_images(path, latents):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    runner = interpreter.Interpreter(str(path)).get_signature_runner()
    return runner(latents=latents)["images"]


def _gan_of(*hidden, **kwargs):
    """Returns a GAN whose generator has layers after a picture of 4x4."""
    generator = keras.Sequential(
        [
            keras.Input((tiny.LATENT_DIM,)),
            layers.Dense(16, kernel_initializer="random_normal"),
            layers.Reshape((4, 4, 1)),
            *hidden,
            layers.Activation("tanh", dtype="float32"),
        ]
    )
    critic = tiny.gan(generator.output_shape[1:]).discriminator
    return VanillaGAN(generator, critic, tiny.LATENT_DIM, **kwargs)


def _up_sampling(policy):
    """Returns layers that enlarge a picture, in themselves and within one."""

    def convolution():
        return layers.Conv2D(1, 3, padding="same", dtype=policy)

    inner = [keras.Input((8, 4, 1)), layers.UpSampling2D((1, 3), dtype=policy)]
    nested = keras.Sequential([*inner, convolution()])
    return [layers.UpSampling2D((2, 1), dtype=policy), convolution(), nested]


@pytest.mark.parametrize(
    "export, computed",
    [(export_onnx, _onnx_images), (export_litert, _litert_images)],
)
@pytest.mark.parametrize(
    "policy", ["float32", "mixed_bfloat16", "mixed_float16"]
)
def test_conversions_compute_in_float32_and_enlarge(
    tmp_path, policy, export, computed
):
    pytest.importorskip("tf2onnx")
    gan = _gan_of(*_up_sampling(policy), average=averages.EMA(0.5))
    exact = _gan_of(*_up_sampling("float32"))
    exact.generator.set_weights(gan.ema_generator.get_weights())
    latents = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    before = gan(latents)
    path = export(gan, tmp_path / "generator")
    expected = to_unit(exact(latents))
    assert expected.shape == (5, 8, 12, 1) and np.ptp(expected) > 0.01
    np.testing.assert_allclose(computed(path, latents), expected, atol=1e-5)
    # The model itself computes as it did.
    np.testing.assert_array_equal(gan(latents), before)
    assert gan.ema_generator.layers[2].dtype_policy.name == policy


def _spectra(x):
    spectra = tf.signal.fft2d(tf.cast(x[..., 0], tf.complex64))
    return tf.math.real(spectra)[..., None]


def _doubled_in_halves(x):
    return tf.cast(tf.cast(x, tf.bfloat16) * 2, tf.float32)


@pytest.mark.parametrize(
    "export, runtime", [(export_onnx, "ONNX"), (export_litert, "LiteRT")]
)
@pytest.mark.parametrize(
    "function, lacking",
    [(_spectra, "FFT2D"), (_doubled_in_halves, "Mul")],
)
def test_what_a_runtime_lacks_is_told_in_a_line(
    tmp_path, export, runtime, function, lacking
):
    pytest.importorskip("tf2onnx")
    gan = _gan_of(layers.Lambda(function))
    with pytest.raises(ValueError, match=f"^{runtime} has no .*{lacking}.*$"):
        export(gan, tmp_path / "generator")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("export", [export_litert, export_onnx])
def test_weights_in_halves_are_not_converted(tmp_path, export):
    pytest.importorskip("tf2onnx")
    gan = _gan_of(layers.Conv2D(1, 1, dtype="float16", name="half"))
    with pytest.raises(ValueError, match="'half' .* in float16.* 'mixed_float"):
        export(gan, tmp_path / "generator")
    assert os.listdir(tmp_path) == []


def test_a_conversion_replaces_a_file_and_leaves_no_other(gan, tmp_path):
    path = tmp_path / "new" / "generator.tflite"
    export_litert(gan, path)
    first = path.read_bytes()
    path.write_bytes(b"older")
    export_litert(gan, str(path))
    assert path.read_bytes() == first
    assert os.listdir(path.parent) == ["generator.tflite"]


def test_what_converts_to_onnx_is_named_where_it_is_missing(
    gan, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ImportError, match=r"pip install keras_gan_zoo\[onnx\]"):
        export_onnx(gan, tmp_path / "generator.onnx")
    assert os.listdir(tmp_path) == []


OTHERS = {
    "points": lambda: tiny.gan((2,)),
    "tokens": lambda: tiny.gan((6, 3), kind=samples.Tokens("abc")),
    "volumes": zoo.ZOO["ThreeDGAN"].build,
    "a decoder": zoo.ZOO["VAE"].build,
    "images and noise": zoo.ZOO["Pix2Pix"].build,
}


def _onnx_values(path, inputs, name):
    runtime = pytest.importorskip("onnxruntime")
    name = f"{name}_out" if name in inputs else name
    (values,) = runtime.InferenceSession(path).run([name], inputs)
    return values


def _litert_values(path, inputs, name):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    runner = interpreter.Interpreter(str(path)).get_signature_runner()
    return runner(**inputs)[name]


@pytest.mark.parametrize(
    "export, computed",
    [(export_onnx, _onnx_values), (export_litert, _litert_values)],
)
@pytest.mark.parametrize("build", OTHERS.values(), ids=OTHERS)
def test_other_models_are_converted(tmp_path, build, export, computed):
    pytest.importorskip("tf2onnx")
    model = build()
    served = require_endpoints(model)["serving_default"]
    rng = np.random.default_rng(0)
    inputs = {
        one.name: rng.uniform(size=(3, *one.spec.shape[1:])).astype("float32")
        for one in served.inputs
    }
    ((name, expected),) = served(*map(tf.constant, inputs.values())).items()
    path = export(model, tmp_path / "model")
    for size in (3, 1):
        rows = {name: values[:size] for name, values in inputs.items()}
        values = computed(path, rows, name)
        np.testing.assert_allclose(values, expected[:size], atol=1e-5)
