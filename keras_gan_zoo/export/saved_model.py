"""A trained generator as the next version of a servable."""

import importlib.util
import json

import keras

from keras_gan_zoo.endpoints import require_endpoints
from keras_gan_zoo.files import make_folder, written_aside
from keras_gan_zoo.serving.tensorflow_serving import write_warmup_requests


def export_generator(model, directory):
    """Writes what a model serves, its `endpoints()`, as a SavedModel.

    It is the next version in `directory`, as TensorFlow Serving expects:
    `<directory>/1`, `<directory>/2` and so on. The folder is written elsewhere
    and then renamed, so a watching server never loads half a version.

    In all signatures the batch comes first, and may have any size. Those of a
    generator of images are:

    - `serving_default` takes `latents`, float32 of shape `(batch,
      latent_dim)`, and for conditional models `labels`, int32 of shape
      `(batch,)`. It returns `images`, float32 of shape `(batch, height,
      width, channels)` in [0, 1].
    - `sample` takes `seeds`, int64 of shape `(batch,)`, instead of latents: a
      seed gives the same image in every batch and process.
    - `sample_png` does the same, and returns `png_bytes`, strings of shape
      `(batch,)`, each a PNG with one byte for each value.
    - `prior` takes `seeds` and returns the `latents` and `labels` that training
      would draw, for clients that want to change latents.

    Samples of other kinds have other names and no `sample_png`: see
    `keras_gan_zoo.samples`. Labels beyond the classes, latents that aren't
    finite and images beyond [0, 1] raise an `InvalidArgumentError`. All random
    numbers come from seeds, and no call changes what is served.

    Loading it takes neither Keras nor this package, and it has only the
    generator. `assets.extra/generator.json` has the class of the model, what
    its condition tells (classes and their names, names of labels, bounds), the
    kind of its samples, and what each signature takes; if the extra `serving`
    is installed, `assets.extra/tf_serving_warmup_requests` has the requests
    that TensorFlow Serving warms up with.

    Args:
        model: Model with `endpoints()`. If it has a moving average of the
            generator, that is what is served.
        directory: String or path. It is made if need be; anything in it whose
            name isn't a number is ignored.

    Returns:
        The folder of the new version, a `pathlib.Path`.

    Raises:
        ValueError: If the model has no endpoints.
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
    endpoints = require_endpoints(model)
    folder = make_folder(directory)
    archive = keras.export.ExportArchive()
    for name, endpoint in endpoints.items():
        archive.add_endpoint(name, endpoint, endpoint.signature)
    versions = [int(p.name) for p in folder.iterdir() if p.name.isdecimal()]
    path = folder / str(max(versions, default=0) + 1)
    with written_aside(path) as aside:
        archive.write_out(aside, verbose=False)
        _write_facts(model, endpoints, aside)
        if importlib.util.find_spec("tensorflow_serving"):
            fillers = {
                name: {one.name: one.filler for one in endpoint.inputs}
                for name, endpoint in endpoints.items()
            }
            write_warmup_requests(aside, fillers)
    return path


def _write_facts(model, endpoints, folder):
    """Writes what the signatures don't tell."""
    kind = getattr(model, "kind", None)
    facts = {
        **_facts_of_condition(model),
        "model": type(model).__name__,
        "kind": None if kind is None else kind.facts(),
        "endpoints": {
            name: {one.name: one.expected for one in endpoint.inputs}
            for name, endpoint in endpoints.items()
        },
    }
    path = folder / "assets.extra" / "generator.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(facts, indent=4) + "\n")


def _facts_of_condition(model):
    condition = getattr(model, "condition", None)
    if condition is not None:
        return condition.facts()
    return {
        name: getattr(model, name, None)
        for name in ("num_classes", "class_names")
    }
