"""A trained generator as the next version of a servable."""

import contextlib
import importlib.util
import json
import pathlib
import re
import tempfile

import keras
import tensorflow as tf

from keras_gan_zoo import images
from keras_gan_zoo.files import make_folder, written_aside
from keras_gan_zoo.portable import portable
from keras_gan_zoo.serving.tensorflow_serving import write_warmup_requests


def export_generator(model, directory):
    """Writes what `model(inputs)` computes as a SavedModel.

    It is the next version in `directory`, as TensorFlow Serving expects:
    `<directory>/1`, `<directory>/2` and so on. The folder is written elsewhere
    and then renamed, so a watching server never loads half a version.

    In all signatures the batch comes first, and may have any size:

    - `serving_default` takes `latents`, float32 of shape `(batch,
      latent_dim)`, and for conditional models `labels`, int32 of shape
      `(batch,)`. It returns `images`, float32 of shape `(batch, height,
      width, channels)` in [0, 1]. A model with other inputs has those that its
      `serving_signature()` names; if it takes `images`, these are in [0, 1],
      too.
    - `sample` takes `seeds`, int64 of shape `(batch,)`, instead of latents: a
      seed gives the same image in every batch and process.
    - `sample_png` does the same, and returns `png_bytes`, strings of shape
      `(batch,)`, each a PNG with one byte for each value.
    - `prior` takes `seeds` and returns the `latents` and `labels` that training
      would draw, for clients that want to change latents.

    The last three exist if the model has a prior. Labels beyond the classes,
    latents that aren't finite and images beyond [0, 1] raise an
    `InvalidArgumentError`. All random numbers come from seeds, and no call
    changes what is served.

    Loading it takes neither Keras nor this package, and it has only the
    generator. `assets.extra/generator.json` has the class of the model, and the
    number and names of its classes; if the extra `serving` is installed,
    `assets.extra/tf_serving_warmup_requests` has the requests that TensorFlow
    Serving warms up with.

    Args:
        model: Model with `call(inputs)`, `serving_signature()` and, unless
            its samples are made of images, `prior_of_seeds(seeds)`, whose
            latents are the first of its inputs. If it has a moving average of
            the generator, that is what is served.
        directory: String or path. It is made if need be; anything in it whose
            name isn't a number is ignored.

    Returns:
        The folder of the new version, a `pathlib.Path`.

    Raises:
        ValueError: If the samples of the model aren't images.
        OSError: If the folder can't be written.

    Example:

    ```python
    path = export_generator(gan, "saved_models/wgan_gp_cifar")
    served = tf.saved_model.load(path).signatures
    seeds = tf.range(16, dtype=tf.int64)
    same_each_time = served["sample"](seeds=seeds)["images"]
    latents = served["prior"](seeds=seeds)["latents"]
    between = 0.5 * (latents[:8] + latents[8:])
    images = served["serving_default"](latents=between)["images"]
    ```
    """
    folder = make_folder(directory)
    archive = keras.export.ExportArchive()
    archive.add_endpoint("serving_default", *_endpoint(model))
    if hasattr(model, "prior_of_seeds"):
        _add_seed_endpoints(archive, model)
    versions = [int(p.name) for p in folder.iterdir() if p.name.isdecimal()]
    path = folder / str(max(versions, default=0) + 1)
    with written_aside(path) as aside:
        archive.write_out(aside, verbose=False)
        _write_facts(model, aside)
        if importlib.util.find_spec("tensorflow_serving"):
            write_warmup_requests(aside)
    return path


def export_onnx(model, path):
    """Writes what `model(inputs)` computes as one ONNX file.

    Inputs and outputs are those of the signature `serving_default` of
    `export_generator`. The file refuses no inputs: what happens to a label
    beyond the classes is up to the runtime. It computes in float32, even for a
    model in mixed precision, since runtimes have few half-precision operations.

    Args:
        model: As that of `export_generator`.
        path: String or path of the file. It is replaced.

    Returns:
        The file, a `pathlib.Path`.

    Raises:
        ImportError: If tf2onnx isn't installed.
        ValueError: If the samples of the model aren't images, its weights
            aren't float32, or ONNX can't express what it computes.
        OSError: If the file can't be written.
    """
    try:
        import onnx
        import tf2onnx
    except ImportError as error:
        raise ImportError(
            "`export_onnx` converts by tf2onnx, which is not installed: "
            "pip install keras_gan_zoo[onnx]"
        ) from error
    path = pathlib.Path(path)
    make_folder(path.parent)
    signature = model.serving_signature()

    # It has no operation for a check, and would leave it out with a warning.
    @tf.function(input_signature=signature, autograph=False)
    def generate(*inputs):
        return {"images": _served(model, inputs)}

    with written_aside(path) as aside:
        with portable(model):
            generate.get_concrete_function()
        with _converting("ONNX"):
            tf2onnx.convert.from_function(
                generate, signature, output_path=aside
            )
            # It writes types that don't fit together without a word.
            onnx.checker.check_model(str(aside), full_check=True)
    return path


def export_litert(model, path):
    """Writes what `model(inputs)` computes as one LiteRT file.

    LiteRT is the successor of TensorFlow Lite, for phones and small devices.
    The file has the signature `serving_default` of `export_generator`, with
    inputs of any batch size and without its checks, and computes in float32.

    Args:
        model: As that of `export_generator`.
        path: String or path of the file. It is replaced.

    Returns:
        The file, a `pathlib.Path`.

    Raises:
        ValueError: If the samples of the model aren't images, its weights
            aren't float32, or LiteRT lacks an operation that it needs.
        OSError: If the file can't be written.
    """
    path = pathlib.Path(path)
    make_folder(path.parent)
    with tempfile.TemporaryDirectory() as folder:
        with portable(model):
            archive = keras.export.ExportArchive()
            archive.add_endpoint("serving_default", *_endpoint(model))
            archive.write_out(folder, verbose=False)
        # Of functions, TensorFlow 2.21 converts the variables' first values.
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        with _converting("LiteRT"):
            content = converter.convert()
    with written_aside(path) as aside:
        aside.write_bytes(content)
    return path


@contextlib.contextmanager
def _converting(runtime):
    """Says in one line what a converter says in many."""
    try:
        yield
    except Exception as error:  # Each converter has its own kinds.
        raise ValueError(
            f"{runtime} has no operation for a part of what this model "
            f"computes: {_reason(error)}. Build the generator of other layers, "
            "or serve what `export_generator` writes."
        ) from error


def _reason(error):
    """Returns what a converter lacks, or the first line that it says."""
    text = str(error).strip()
    lacking = re.search(r"^TF Select ops: (.+)$|^Custom ops: (.+)$", text, re.M)
    line = lacking[0] if lacking else text.partition("\n")[0]
    return line[:300].rstrip(". ") or type(error).__name__


def _endpoint(model):
    """Returns the function of `serving_default`, and its inputs' specs."""
    signature = model.serving_signature()

    def serve(*inputs):
        return {"images": _served(model, _checked(model, inputs))}

    return serve, signature


def _add_seed_endpoints(archive, model):
    seeds = tf.TensorSpec((None,), tf.int64, "seeds")
    # All that a model takes beside latents is the caller's choice.
    latents, *others = model.serving_signature()

    def prior(seeds):
        drawn = tf.nest.flatten(model.prior_of_seeds(seeds))
        specs = [latents, *others]
        return {spec.name: rows for spec, rows in zip(specs, drawn)}

    def sample(seeds, *inputs):
        inputs = [prior(seeds)[latents.name], *inputs]
        return _served(model, _checked(model, inputs))

    archive.add_endpoint("prior", prior, [seeds])
    archive.add_endpoint(
        "sample",
        lambda *inputs: {"images": sample(*inputs)},
        [seeds, *others],
    )
    archive.add_endpoint(
        "sample_png",
        lambda *inputs: {"png_bytes": images.to_png(sample(*inputs))},
        [seeds, *others],
    )


def _checked(model, inputs):
    """Returns the inputs, once they are found to be right."""
    # In the graph, since the server has no other place for it. Without it, a
    # label beyond gives an image of no class, or of another.
    checks = []
    for spec, values in zip(model.serving_signature(), inputs):
        if spec.name == "labels":
            message = f"`labels` must be from 0 to {model.num_classes - 1}."
            is_right = (values >= 0) & (values < model.num_classes)
        elif spec.name == "images":
            message = "`images` must be in [0, 1]."
            is_right = (values >= 0.0) & (values <= 1.0)
        else:
            message = f"`{spec.name}` must be finite."
            is_right = tf.math.is_finite(values)
        checks.append(tf.debugging.Assert(tf.reduce_all(is_right), [message]))
    # Or else a layer that takes them may be the first to complain.
    with tf.control_dependencies(checks):
        return [tf.identity(values) for values in inputs]


def _served(model, inputs):
    """Returns images in [0, 1] of inputs as they are served."""
    inputs = [
        2.0 * values - 1.0 if spec.name == "images" else values
        for spec, values in zip(model.serving_signature(), inputs)
    ]
    samples = model(inputs[0] if len(inputs) == 1 else inputs, training=False)
    images.require_images(samples)
    return images.to_unit(samples)


def _write_facts(model, folder):
    """Writes what the signatures don't tell."""
    facts = {
        "model": type(model).__name__,
        "num_classes": getattr(model, "num_classes", None),
        "class_names": getattr(model, "class_names", None),
    }
    path = folder / "assets.extra" / "generator.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(facts, indent=4) + "\n")
