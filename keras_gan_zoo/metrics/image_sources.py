"""Images of several kinds, read or drawn a part at a time.

Each kind has a length and gives, for a slice, an array of bytes of shape
`(number, height, width, channels)`, as an array does.
"""

import pathlib

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import saved_files
from keras_gan_zoo.datasets import (
    picture_files,
    picture_headers,
    picture_pixels,
)
from keras_gan_zoo.images import require_images, to_uint8, unit_to_uint8


class GeneratedImages:
    """What a generator makes of the seeds that follow a seed.

    Image i is that of the seed `seed * 2**32 + i`, in batches of any size.

    Args:
        generate: Function from an int64 array of seeds `(batch,)` to images
            `(batch, height, width, channels)`, floats in [-1, 1] or bytes.
        number: Integer, images in all.
        batch_size: Integer, images that are made in one go.
        seed: Integer.
    """

    def __init__(self, generate, number, batch_size=100, seed=0):
        if number < 1 or batch_size < 1:
            raise ValueError(
                "`number` and `batch_size` must be at least 1. Received: "
                f"number={number}, batch_size={batch_size}."
            )
        self._generate = generate
        self._number = number
        self._batch_size = batch_size
        self._first = seed * 2**32

    def __len__(self):
        return self._number

    def __getitem__(self, part):
        start, stop, _ = part.indices(self._number)
        batches = []
        for begin in range(start, stop, self._batch_size):
            end = min(begin + self._batch_size, stop)
            seeds = self._first + np.arange(begin, end, dtype="int64")
            images = self._generate(seeds)
            require_images(images)
            images = np.asarray(images)
            if images.dtype != np.uint8:
                images = to_uint8(images)
            batches.append(images)
        return np.concatenate(batches)


def seed_sampler(model):
    """Returns a function from seeds to samples of a model, traced once.

    Args:
        model: Model that draws its inputs by `prior_of_seeds()`.

    Returns:
        Function from an int64 array of shape `(batch,)` to samples.

    Raises:
        ValueError: If the model draws no inputs.
    """
    if not hasattr(model, "prior_of_seeds"):
        raise ValueError(
            "Scores are of samples that a model draws, by its "
            f"`prior_of_seeds()`. Received: a `{type(model).__name__}`, which "
            "has none. Make its images yourself and score them as an array or "
            "a folder."
        )
    kind = getattr(model, "kind", None)
    if getattr(kind, "name", "images") != "images":
        raise ValueError(
            "Scores are of images, as feature networks take them. Received: a "
            f"`{type(model).__name__}` of {kind.name}. Leave the scores out "
            "for it, or give the model `kind=samples.Images()` if its samples "
            "are images."
        )
    return tf.function(
        lambda seeds: model(model.prior_of_seeds(seeds), training=False),
        input_signature=[tf.TensorSpec((None,), tf.int64)],
    )


def keras_file_sampler(path):
    """Returns the `seed_sampler` of a model in a .keras file.

    Args:
        path: String or path.

    Raises:
        ValueError: If it holds no model, or one of classes that the package
            doesn't have.
        OSError: If it can't be opened.
    """
    # For Keras to find the classes.
    import keras_gan_zoo.models  # noqa: F401

    saved_files.require_archive(path)
    advice = (
        "If it is of classes of your own, register them and score by "
        "`seed_sampler(model)` in Python, or export it by `export_generator` "
        "and score that."
    )
    with saved_files.reading(path, "a model of keras_gan_zoo", advice):
        model = keras.saving.load_model(path, compile=False)
    return seed_sampler(model)


def saved_model_sampler(path):
    """Returns a function from seeds to images of an exported generator.

    Args:
        path: Folder of a SavedModel of `export_generator`.

    Returns:
        Function from an int64 array of shape `(batch,)` to bytes.

    Raises:
        ValueError: If it can't be read, or doesn't say how its inputs are
            drawn.
    """
    advice = "Export the model anew by `export_generator`."
    with saved_files.reading(path, "a SavedModel", advice):
        loaded = tf.saved_model.load(str(path))
    sample = loaded.signatures.get("sample")
    needed = sample.structured_input_signature[1] if sample else ()
    if "seeds" not in needed or "images" not in sample.structured_outputs:
        raise ValueError(
            "Expected a SavedModel with the signature `sample` of "
            "`export_generator`, from `seeds` to `images`, which draws "
            "latents as in training: others may be of another distribution. "
            f"Received: {path} with {sorted(loaded.signatures)}. Export the "
            "model anew by `export_generator`, or score a folder of its images."
        )
    others = sorted(set(needed) - {"seeds"})

    def generate(seeds, model=loaded):  # Which must live as long.
        seeds = tf.constant(seeds)
        inputs = {"seeds": seeds}
        with saved_files.reading(path, "a SavedModel that runs", advice):
            if others:  # Labels, as training draws them.
                drawn = model.signatures["prior"](seeds=seeds)
                inputs.update({name: drawn[name] for name in others})
            images = sample(**inputs)["images"]
        return unit_to_uint8(images)

    return generate


def chosen(total, number, seed):
    """Returns indices, in order, of images drawn without replacement.

    Args:
        total: Integer, images there are.
        number: Integer, images to choose; `None` for all.
        seed: Integer.

    Raises:
        ValueError: If there are too few.
    """
    if number is None or number == total:
        return np.arange(total)
    if number > total:
        raise ValueError(
            f"Expected at least {number:,} images to score. Received: "
            f"{total:,}. Score as many as there are."
        )
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice(total, number, replace=False))


class FolderImages:
    """The pictures of a folder and of its subfolders, in the order of names.

    They are read as `datasets.image_folder` reads them: in grey if all of them
    are grey, otherwise in colour.

    Args:
        folder: String or path.
        number: Integer, how many of them, chosen at random; `None` for all.
        seed: Integer, of the choice.
        image_size: Integer, height and width to bring them to, as for
            training; `None` for pictures of one size, which stay as they are.

    Attributes:
        resizer: String, how they are resized, as it appears in the names of
            scores; `None` if they aren't.

    Raises:
        ValueError: If there are none or too few, one is broken, or their sizes
            differ and no `image_size` is given; when they are read, if one
            turns out to be broken.
    """

    def __init__(self, folder, number=None, seed=0, image_size=None):
        folder = pathlib.Path(folder).expanduser()
        files = picture_files.find_pictures(folder)
        headers = picture_headers.read_headers(files)
        if image_size is None:
            self.resizer = None
            _require_one_size(
                (file, header.size) for file, header in zip(files, headers)
            )
        else:
            self.resizer = f"{image_size}-{picture_pixels.RESIZER}"
        self._channels = picture_headers.channels_of(headers)
        self._image_size = image_size
        indices = chosen(len(files), number, seed)
        self._files = [files[index] for index in indices]

    def __len__(self):
        return len(self._files)

    def __getitem__(self, part):
        files = self._files[part]
        images = [
            picture_pixels.read_picture(file, self._channels, self._image_size)
            for file in files
        ]
        # Of some formats only the pixels tell which side is up.
        _require_one_size(
            (file, image.shape[1::-1]) for file, image in zip(files, images)
        )
        return np.stack(images)


def _require_one_size(sizes):
    """Raises a `ValueError` unless all of pairs (file, size) have one size."""
    first = None
    for file, size in sizes:
        first = first or (file, size)
        if size != first[1]:
            named = [
                f"{width}x{height} in {file.name}"
                for file, (width, height) in (first, (file, size))
            ]
            raise ValueError(
                "The pictures of a folder must have one size, unless you say "
                "which size to resize them to, since that moves scores. "
                "Received: "
                f"{', '.join(named)}. Give an `image_size` (on a command line, "
                "`--image-size`), as for training."
            )
