import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import images
from keras_gan_zoo.export import export_generator
from tests import tiny

# Loads an export where neither Keras nor this package can be imported.
CLIENT = """
    import sys

    sys.modules["keras"] = sys.modules["keras_gan_zoo"] = None  # No import.

    import numpy as np
    import tensorflow as tf

    path, results, *inputs = sys.argv[1:]
    served = tf.saved_model.load(path).signatures["serving_default"]
    arguments = served.structured_input_signature[1]
    for name in sorted(arguments):
        print(name, arguments[name].dtype.name, arguments[name].shape)
    for name, spec in served.structured_outputs.items():
        print("->", name, spec.dtype.name, spec.shape)
    np.savez(results, **served(**np.load(inputs[0])))
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


def latents_of(number):
    return np.random.normal(size=(number, tiny.LATENT_DIM)).astype("float32")


def test_r15_a_process_without_keras_serves_what_call_computes(tmp_path):
    gan = tiny.gan((4, 4, 3), ema_decay=0.5)
    gan.fit(tiny.dataset((4, 4, 3)), verbose=0)
    latents = latents_of(5)
    path = export_generator(gan, tmp_path / "zoo")
    lines, results = run_client(path, tmp_path, latents=latents)
    assert lines == [
        "latents float32 (None, 3)",
        "-> images float32 (None, 4, 4, 3)",
        "['keras', 'keras_gan_zoo']",
    ]
    served = results["images"]
    np.testing.assert_allclose(served, images.to_unit(gan(latents)), atol=1e-6)
    np.testing.assert_array_equal(
        np.rint(served * 255), images.to_uint8(gan(latents))
    )
    assert np.ptp(served) > 0 and 0 <= served.min() and served.max() <= 1


def test_r15_a_process_without_keras_serves_labels(tmp_path):
    gan = tiny.conditional_gan()
    inputs = {"latents": latents_of(3), "labels": np.arange(3, dtype="int32")}
    path = export_generator(gan, tmp_path / "zoo")
    lines, results = run_client(path, tmp_path, **inputs)
    assert lines == [
        "labels int32 (None,)",
        "latents float32 (None, 3)",
        "-> images float32 (None, 4, 4, 1)",
        "['keras', 'keras_gan_zoo']",
    ]
    expected = images.to_unit(gan([inputs["latents"], inputs["labels"]]))
    np.testing.assert_allclose(results["images"], expected, atol=1e-6)


def test_r15_the_names_are_the_same_at_each_export(tmp_path):
    gan = tiny.conditional_gan()
    for _ in range(2):
        served = signature(export_generator(gan, tmp_path))
        _, arguments = served.structured_input_signature
        assert sorted(arguments) == ["labels", "latents"]
        assert list(served.structured_outputs) == ["images"]


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
    seeds = np.array([5, -1, 2**40, 5], "int64")
    whole = sample(seeds=seeds)["images"].numpy()
    assert whole.shape == (4, 4, 4, 1) and whole.dtype == np.float32
    np.testing.assert_array_equal(whole[0], whole[3])
    assert len({image.tobytes() for image in whole}) == 3
    for index, seed in enumerate(seeds):
        (image,) = sample(seeds=seeds[index : index + 1])["images"]
        np.testing.assert_allclose(image, whole[index], atol=1e-6)
        inputs = gan.sample_prior(1, int(seed))
        expected = images.to_unit(gan(inputs))[0]
        np.testing.assert_allclose(image, expected, atol=1e-6)


def test_r30_sampling_writes_no_variable(tmp_path):
    sample = signature(export_generator(tiny.gan(), tmp_path), "sample")
    graph = sample.graph.as_graph_def()
    nodes = [*graph.node]
    for function in graph.library.function:
        nodes.extend(function.node_def)
    kinds = {node.op for node in nodes}
    assert "StatelessRandomUniformIntV2" in kinds
    assert not [kind for kind in kinds if kind.startswith("Assign")]
    assert not [kind for kind in kinds if kind.startswith("Random")]


@pytest.mark.parametrize("label", [-1, tiny.NUM_CLASSES])
def test_r15_labels_beyond_the_classes_raise(tmp_path, label):
    served = signature(export_generator(tiny.conditional_gan(), tmp_path))
    labels = np.array([0, label], "int32")
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="must be from 0 to 2"
    ):
        served(latents=latents_of(2), labels=labels)


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
    gan = tiny.gan(ema_decay=0.5)
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


def test_samples_that_are_no_images_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"Images must be .* \(None, 2\)"):
        export_generator(tiny.gan((2,)), tmp_path)
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
