import io
import json
import subprocess
import sys
import textwrap
import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorflow.core.protobuf import saved_model_pb2

from keras_gan_zoo import averages, conditions, images, samples
from keras_gan_zoo.endpoints import Endpoint, Input
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.models import VanillaGAN
from tests import tiny

# Loads an export where neither Keras nor this package can be imported.
CLIENT = """
    import sys

    sys.modules["keras"] = sys.modules["keras_gan_zoo"] = None  # No import.

    import numpy as np
    import tensorflow as tf

    def told(specs):
        return ", ".join(
            f"{name} {specs[name].dtype.name} {specs[name].shape}"
            for name in sorted(specs)
        )

    path, results, *inputs = sys.argv[1:]
    signatures = tf.saved_model.load(path).signatures
    for name in sorted(signatures):
        _, arguments = signatures[name].structured_input_signature
        outputs = signatures[name].structured_outputs
        print(name, ":", told(arguments), "->", told(outputs))
    inputs = dict(np.load(inputs[0]))
    seeds = {"seeds": inputs.pop("seeds")}
    served = dict(signatures["serving_default"](**inputs))
    del inputs["latents"]
    served["sampled"] = signatures["sample"](**seeds, **inputs)["images"]
    np.savez(results, **served)
    print(sorted(name for name in sys.modules if name.startswith("keras")))
"""


def run_client(path, folder, **inputs):
    """Returns what a client process prints, and the images it gets."""
    np.savez(folder / "inputs.npz", **inputs)
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            textwrap.dedent(CLIENT),
            path,
            folder / "results.npz",
            folder / "inputs.npz",
        ],
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines(), np.load(folder / "results.npz")


def signature(path, name="serving_default"):
    """Returns a signature; it keeps the loaded model alive."""
    loaded = tf.saved_model.load(path)
    served = loaded.signatures[name]
    served.loaded = loaded
    return served


def parsed(path):
    """Returns the SavedModel's message as it is in its file."""
    message = saved_model_pb2.SavedModel()
    message.ParseFromString((path / "saved_model.pb").read_bytes())
    return message


def latents_of(number):
    return np.random.normal(size=(number, tiny.LATENT_DIM)).astype("float32")


def test_r15_a_process_without_keras_serves_what_call_computes(tmp_path):
    gan = tiny.gan((4, 4, 3), average=averages.EMA(0.5))
    gan.fit(tiny.dataset((4, 4, 3)), verbose=0)
    inputs = {"latents": latents_of(5), "seeds": np.arange(5, dtype="int64")}
    for _ in range(2):  # Names that count on would differ the second time.
        path = export_generator(gan, tmp_path / "zoo")
        lines, results = run_client(path, tmp_path, **inputs)
        assert lines == [
            "prior : seeds int64 (None,) -> latents float32 (None, 3)",
            "sample : seeds int64 (None,) -> images float32 (None, 4, 4, 3)",
            "sample_png : seeds int64 (None,) -> png_bytes string (None,)",
            "serving_default : latents float32 (None, 3) "
            "-> images float32 (None, 4, 4, 3)",
            "['keras', 'keras_gan_zoo']",
        ]
        served = results["images"]
        expected = images.to_unit(gan(inputs["latents"]))
        np.testing.assert_allclose(served, expected, atol=1e-6)
        np.testing.assert_array_equal(
            images.unit_to_uint8(served),
            images.to_uint8(gan(inputs["latents"])),
        )
        assert np.ptp(served) > 0 and 0 <= served.min() and served.max() <= 1
        # The same pixels in another process as in this one, and when exported
        # again.
        here = signature(path, "sample")(seeds=inputs["seeds"])["images"]
        np.testing.assert_array_equal(results["sampled"], here)


def test_r15_a_process_without_keras_serves_labels(tmp_path):
    gan = tiny.conditional_gan()
    inputs = {
        "latents": latents_of(3),
        "labels": np.arange(3, dtype="int32"),
        "seeds": np.arange(3, dtype="int64"),
    }
    path = export_generator(gan, tmp_path / "zoo")
    lines, results = run_client(path, tmp_path, **inputs)
    assert lines == [
        "prior : seeds int64 (None,) "
        "-> labels int32 (None,), latents float32 (None, 3)",
        "sample : labels int32 (None,), seeds int64 (None,) "
        "-> images float32 (None, 4, 4, 1)",
        "sample_png : labels int32 (None,), seeds int64 (None,) "
        "-> png_bytes string (None,)",
        "serving_default : labels int32 (None,), latents float32 (None, 3) "
        "-> images float32 (None, 4, 4, 1)",
        "['keras', 'keras_gan_zoo']",
    ]
    expected = images.to_unit(gan([inputs["latents"], inputs["labels"]]))
    np.testing.assert_allclose(results["images"], expected, atol=1e-6)


def test_r31_rows_do_not_depend_on_the_batch(tmp_path):
    gan = tiny.gan()
    gan.fit(tiny.dataset(), verbose=0)
    served = signature(export_generator(gan, tmp_path))
    latents = latents_of(64)
    whole = served(latents=latents)["images"]
    assert whole.shape == (64, 4, 4, 1)
    np.testing.assert_array_equal(served(latents=latents)["images"], whole)
    for size in (1, 7):
        part = served(latents=latents[:size])["images"]
        np.testing.assert_allclose(part, whole[:size], atol=1e-6)


@pytest.mark.parametrize("build", [tiny.gan, tiny.conditional_gan])
def test_r30_a_seed_is_an_image_in_every_batch(tmp_path, build):
    gan = build()
    sample = signature(export_generator(gan, tmp_path), "sample")
    inputs = {"seeds": np.array([5, -1, 2**40, 5], "int64")}
    if build is tiny.conditional_gan:
        inputs["labels"] = np.array([2, 0, 1, 2], "int32")
    whole = sample(**inputs)["images"].numpy()
    assert whole.shape == (4, 4, 4, 1) and whole.dtype == np.float32
    np.testing.assert_array_equal(whole[0], whole[3])
    assert len({image.tobytes() for image in whole}) == 3
    for index, seed in enumerate(inputs["seeds"]):
        row = {key: rows[index : index + 1] for key, rows in inputs.items()}
        (image,) = sample(**row)["images"]
        np.testing.assert_allclose(image, whole[index], atol=1e-6)
        prior = gan.sample_prior(1, int(seed))
        if build is tiny.conditional_gan:
            prior = [prior[0], row["labels"]]
        expected = images.to_unit(gan(prior))[0]
        np.testing.assert_allclose(image, expected, atol=1e-6)


def test_a_png_holds_the_bytes_of_the_image(tmp_path):
    gan = tiny.gan((4, 6, 3))
    path = export_generator(gan, tmp_path)
    seeds = np.arange(40, dtype="int64")
    served = signature(path, "sample_png")(seeds=seeds)["png_bytes"].numpy()
    assert served.shape == (40,)
    pngs = [Image.open(io.BytesIO(png)) for png in served]
    assert {(png.format, png.mode, png.size) for png in pngs} == {
        ("PNG", "RGB", (6, 4))
    }
    sampled = signature(path, "sample")(seeds=seeds)["images"]
    np.testing.assert_array_equal(pngs, images.unit_to_uint8(sampled))


@pytest.mark.parametrize("build", [tiny.gan, tiny.conditional_gan])
def test_the_prior_of_an_export_is_that_of_training(tmp_path, build):
    gan = build()
    prior = signature(export_generator(gan, tmp_path), "prior")
    drawn = prior(seeds=np.array([7, 3], "int64"))
    expected = [gan.sample_prior(1, seed) for seed in (7, 3)]
    if build is tiny.gan:
        expected = [(latents,) for latents in expected]
    names = ["latents", "labels"][: len(expected[0])]
    assert sorted(drawn) == sorted(names)
    for name, *rows in zip(names, *expected):
        np.testing.assert_array_equal(drawn[name], np.concatenate(rows))


class TruncatedGAN(VanillaGAN):
    """Takes a strength of truncation beside latents, as BigGAN does."""

    def call(self, inputs, training=False):
        latents, truncation = inputs
        return super().call(latents * truncation[:, None], training=training)

    def serving_inputs(self):
        truncation = Input(tf.TensorSpec((None,), tf.float32, "truncation"))
        return [*super().serving_inputs(), truncation]


def test_what_is_not_drawn_is_asked_for_by_its_name(tmp_path):
    networks = tiny.gan()
    gan = TruncatedGAN(networks.generator, networks.discriminator, 3)
    path = export_generator(gan, tmp_path)
    latents = gan.sample_prior(1, 4)
    half = np.array([0.5], "float32")
    served = signature(path)(latents=latents, truncation=half)["images"]
    sampled = signature(path, "sample")(
        seeds=np.array([4], "int64"), truncation=half
    )
    expected = images.to_unit(networks.generator(latents * 0.5))
    np.testing.assert_allclose(served, expected, atol=1e-6)
    np.testing.assert_allclose(sampled["images"], expected, atol=1e-6)
    assert list(signature(path, "prior").structured_outputs) == ["latents"]


class Translator(keras.Model):
    """Makes images of images: here their negatives."""

    def call(self, images, training=False):
        return -images

    def endpoints(self):
        kind = samples.Images()

        def served(images):
            return {"images": kind.to_served(self(images))}

        inputs = [kind.input((4, 4, 3))]
        return [Endpoint("serving_default", inputs, served)]


def test_images_that_are_translated_are_in_the_unit_range_too(tmp_path):
    path = export_generator(Translator(), tmp_path)
    assert list(tf.saved_model.load(path).signatures) == ["serving_default"]
    inputs = np.random.uniform(size=(2, 4, 4, 3)).astype("float32")
    served = signature(path)(images=inputs)["images"]
    np.testing.assert_allclose(served, 1.0 - inputs, atol=1e-6)
    for wrong in (-0.01, 1.01, np.nan):
        inputs[1, 2, 3, 0] = wrong
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=r"must be in \[0, 1\]"
        ):
            signature(path)(images=inputs)


@pytest.mark.parametrize("build", [tiny.gan, tiny.conditional_gan])
def test_r30_no_signature_writes_a_variable(tmp_path, build):
    path = export_generator(build(), tmp_path)
    graph = parsed(path).meta_graphs[0].graph_def
    nodes = [*graph.node]
    restoring = []
    for function in graph.library.function:
        if any(node.op == "RestoreV2" for node in function.node_def):
            restoring.append(function)  # The loader's, of no signature.
        else:
            nodes.extend(function.node_def)
    assert len(restoring) == 1
    kinds = {node.op for node in nodes}
    assert "StatelessRandomUniformIntV2" in kinds and "MatMul" in kinds
    assert not [kind for kind in kinds if kind.startswith("Assign")]
    assert not [kind for kind in kinds if kind.startswith("Random")]


def test_r15_labels_beyond_the_classes_raise(tmp_path):
    path = export_generator(tiny.conditional_gan(), tmp_path)
    first = {
        "serving_default": {"latents": latents_of(2)},
        "sample": {"seeds": np.arange(2, dtype="int64")},
        "sample_png": {"seeds": np.arange(2, dtype="int64")},
    }
    for name, inputs in first.items():
        served = signature(path, name)
        for label in (-1, tiny.NUM_CLASSES):
            labels = np.array([0, label], "int32")
            with pytest.raises(
                tf.errors.InvalidArgumentError, match="must be from 0 to 2"
            ):
                served(labels=labels, **inputs)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_latents_that_are_no_numbers_raise(tmp_path, value):
    served = signature(export_generator(tiny.gan(), tmp_path))
    latents = latents_of(3)
    latents[1, 2] = value
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="`latents` must be finite"
    ):
        served(latents=latents)


def test_a_version_has_what_tensorflow_serving_warms_up_by(
    tmp_path, monkeypatch
):
    path = export_generator(tiny.conditional_gan(), tmp_path)
    name = "tf_serving_warmup_requests"
    assert (path / "assets.extra" / name).stat().st_size > 0
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    path = export_generator(tiny.conditional_gan(), tmp_path)
    assert not (path / "assets.extra" / name).exists()


def test_the_facts_that_no_signature_tells(tmp_path):
    facts = []
    named = tiny.conditional_gan()
    named.condition = conditions.Label(3, ["cat", "dog", "été"])
    for gan in (tiny.gan(), named):
        path = export_generator(gan, tmp_path)
        text = (path / "assets.extra" / "generator.json").read_text()
        facts.append(json.loads(text))
    signatures = {"serving_default", "prior", "sample", "sample_png"}
    for told in facts:
        assert {*told.pop("endpoints")} == signatures
    images = {"name": "images", "suffix": "png"}
    assert facts == [
        {
            "model": "VanillaGAN",
            "num_classes": None,
            "class_names": None,
            "kind": images,
        },
        {
            "model": "CGAN",
            "num_classes": 3,
            "class_names": ["cat", "dog", "été"],
            "kind": images,
        },
    ]


def test_versions_count_on_from_the_last(tmp_path):
    gan = tiny.gan()
    for name in ("training", "1.5", "2-broken", "README.md"):
        (tmp_path / name).mkdir()
    assert export_generator(gan, tmp_path) == tmp_path / "1"
    assert export_generator(gan, str(tmp_path)) == tmp_path / "2"
    (tmp_path / "10").mkdir()
    assert export_generator(gan, tmp_path) == tmp_path / "11"
    assert (tmp_path / "11" / "saved_model.pb").is_file()


def test_the_export_holds_the_generator_only(tmp_path):
    gan = tiny.gan(average=averages.EMA(0.5))
    path = export_generator(gan, tmp_path)
    variables = tf.train.list_variables(str(path / "variables" / "variables"))
    names = [name for name, _ in variables if "variables" in name]
    assert len(names) == len(gan.ema_generator.weights)


def test_a_failing_export_leaves_nothing_to_load(tmp_path, monkeypatch):
    def write_half(self, path, **kwargs):
        path.mkdir()
        (path / "saved_model.pb").write_text("half")
        seen.extend(entry.name for entry in tmp_path.iterdir())
        raise OSError("disk full")

    seen = []
    gan = tiny.gan()
    archive = type(keras.export.ExportArchive())
    monkeypatch.setattr(archive, "write_out", write_half)
    with pytest.raises(OSError, match="disk full"):
        export_generator(gan, tmp_path)
    assert len(seen) == 1 and not seen[0].isdecimal()
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="must be a folder that can be written"):
        export_generator(tiny.gan(), tmp_path / "file" / "zoo")


def test_samples_that_are_no_images_are_served_as_they_are(tmp_path):
    gan = tiny.gan((2,))
    path = export_generator(gan, tmp_path)
    latents = latents_of(3)
    served = signature(path)(latents=latents)["points"]
    np.testing.assert_allclose(served, gan(latents), atol=1e-6)
    names = sorted(tf.saved_model.load(path).signatures)
    assert names == ["prior", "sample", "serving_default"]


def test_a_model_that_says_not_what_is_served_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"endpoints\(\).*a `Sequential`"):
        export_generator(keras.Sequential(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_model_of_two_replicas_is_exported(tmp_path, two_replicas):
    with two_replicas.scope():
        gan = tiny.gan()
    served = signature(export_generator(gan, tmp_path))
    latents = latents_of(4)
    np.testing.assert_allclose(
        served(latents=latents)["images"],
        images.to_unit(gan(latents)),
        atol=1e-6,
    )


EXPORTER = """
    import sys

    import tensorflow as tf

    from keras_gan_zoo.export import export_generator
    from tests import tiny

    gan = tiny.gan()
    while True:
        export_generator(gan, sys.argv[1])
"""


@pytest.mark.slow
def test_a_killed_export_leaves_whole_versions_only(tmp_path):
    for kill in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(EXPORTER), tmp_path],
            stderr=subprocess.DEVNULL,
            cwd=tiny.ROOT,
        )
        before = set(tmp_path.iterdir())
        # In the midst of the writing, which takes a tenth of a second.
        while not any(
            path.name.startswith(".") and path.is_dir()
            for path in set(tmp_path.iterdir()) - before
        ):
            time.sleep(0.001)
        time.sleep(0.01 * kill)
        process.kill()
        process.wait()
    names = [path.name for path in tmp_path.iterdir()]
    versions = [tmp_path / name for name in names if name.isdecimal()]
    for version in versions:
        assert (version / "assets.extra" / "generator.json").is_file()
        served = signature(version)(latents=latents_of(2))["images"]
        assert served.shape == (2, 4, 4, 1)
    halves = set(names) - {version.name for version in versions}
    assert len(halves) > 2 and all(name.startswith(".") for name in halves)
