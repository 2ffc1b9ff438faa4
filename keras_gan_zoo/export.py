"""A trained generator as the next version of a servable."""

import keras
import tensorflow as tf

from keras_gan_zoo import images
from keras_gan_zoo.files import make_folder, written_aside


def export_generator(model, directory):
    """Writes what `model(inputs)` computes as a SavedModel.

    It is the next version below `directory`, as TensorFlow Serving wants it:
    `<directory>/1`, `<directory>/2` and so on. The folder is written aside
    and then renamed, so a server that watches never loads half a version.

    The signature `serving_default` takes `latents`, float32 of shape `(batch,
    latent_dim)`, and for conditional models `labels`, int32 of shape
    `(batch,)`. It returns `images`, float32 of shape `(batch, height, width,
    channels)` in [0, 1]. The batch size is free. Labels beyond the classes
    raise an `InvalidArgumentError`.

    The signature `sample` takes `seeds`, int64 of shape `(batch,)`, and
    returns `images` of latents, and labels, that are drawn as the model draws
    them in training: a seed gives the same image in each batch and process.

    Neither Keras nor this package is needed to load it, and it holds the
    generator only.

    Args:
        model: Model with `call(inputs)`, `serving_signature()` and
            `prior_of_seeds(seeds)`. Where it has a moving average of the
            generator, that is what is served.
        directory: String or path. It is made if need be; whatever in it isn't
            named by a number is left out of account.

    Returns:
        The folder of the new version, a `pathlib.Path`.

    Raises:
        ValueError: If the samples of the model aren't images.
        OSError: If the folder can't be written.

    Example:

    ```python
    path = export_generator(gan, "saved_models/wgan_gp_cifar")
    served = tf.saved_model.load(path).signatures["serving_default"]
    images = served(latents=tf.random.normal((16, 128)))["images"]
    sample = tf.saved_model.load(path).signatures["sample"]
    same_each_time = sample(seeds=tf.range(16, dtype=tf.int64))["images"]
    ```
    """
    folder = make_folder(directory)
    archive = keras.export.ExportArchive()
    archive.add_endpoint(
        "serving_default", _serving_function(model), model.serving_signature()
    )
    archive.add_endpoint(
        "sample",
        lambda seeds: _served(model, model.prior_of_seeds(seeds)),
        [tf.TensorSpec((None,), tf.int64, "seeds")],
    )
    versions = [int(p.name) for p in folder.iterdir() if p.name.isdecimal()]
    path = folder / str(max(versions, default=0) + 1)
    with written_aside(path) as aside:
        archive.write_out(aside, verbose=False)
    return path


def _serving_function(model):
    names = [spec.name for spec in model.serving_signature()]

    def serve(*inputs):
        if "labels" in names:
            labels = inputs[names.index("labels")]
            _check_labels(labels, model.num_classes)
        return _served(model, inputs[0] if len(inputs) == 1 else inputs)

    return serve


def _served(model, inputs):
    samples = model(inputs, training=False)
    images.require_images(samples)
    return {"images": images.to_unit(samples)}


def _check_labels(labels, num_classes):
    # In the graph, since the server has no other place for it. Without it, a
    # label beyond gives an image of no class, or of another.
    message = f"`labels` must be from 0 to {num_classes - 1}."
    tf.debugging.assert_non_negative(labels, message)
    tf.debugging.assert_less(labels, num_classes, message)
