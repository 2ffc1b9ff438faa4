"""Pictures of the samples of a model in training."""

import pathlib
import re

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from keras_gan_zoo import files, images, pictures
from keras_gan_zoo.callbacks import sampling

_CLASSES = 16  # More rows fill no screen; who wants them asks for them.
_PART = 128  # Samples that are made at a time.
_BATCHES = 100  # Of data in which a class is rare.
_FRAMES = 40  # The animation has at most so many, for its size.
_FRAME_TIME = 200  # Milliseconds.
_LAST_FRAME_TIME = 3000


class SampleGrid(keras.callbacks.Callback):
    """Saves a picture of the same latents after each epoch.

    The pictures are `epoch_0001.png`, `epoch_0002.png` and so on; that of the
    untrained model is `epoch_0000.png`. When training ends they are put
    together as the animation `training.gif`, of at most 40 pictures.

    A conditional model has one row for each class, and the same latents in
    each row: down a column only the class changes. If the model knows the
    names of its classes, they appear beside the rows.

    Args:
        directory: String or path of the folder of the pictures. It is made if
            need be.
        rows: Integer, rows of the picture. By default 8, or as many as there
            are classes, but at most 16; a conditional model shows the first
            classes, and at most all.
        columns: Integer, samples in a row.
        every: Integer, epochs from one picture to the next. The last epoch
            has one in any case.
        seed: Integer, the seed of the latents.
        reals: `tf.data.Dataset` of images, or of pairs with labels for a
            conditional model. A picture of them in the same layout is written
            as `reals.png`, to compare with. `None` for no such picture.

    Raises:
        ValueError: If the samples of the model aren't images, when training
            begins.
        OSError: If the folder can't be written, when training begins.

    Example:

    ```python
    gan.fit(dataset, epochs=20, callbacks=[SampleGrid("pictures", every=5)])
    ```
    """

    def __init__(
        self, directory, rows=None, columns=8, every=1, seed=0, reals=None
    ):
        super().__init__()
        if min(rows or 1, columns, every) < 1 or rows == 0:
            raise ValueError(
                "`rows`, `columns` and `every` must be at least 1. Received: "
                f"rows={rows}, columns={columns}, every={every}."
            )
        self.directory = pathlib.Path(directory)
        self.rows = rows
        self.columns = columns
        self.every = every
        self.seed = seed
        self.reals = reals

    def on_train_begin(self, logs=None):
        files.make_folder(self.directory)
        sampling.require_generator(self.model)
        self._inputs = self._draw_inputs()
        self._sample = sampling.sampler(self.model)
        samples = self._samples()  # Raises where they aren't images.
        if self.reals is not None:
            self._draw(self._reals(samples), "reals.png")
        self._written = {}
        self._epochs = 0

    def on_epoch_begin(self, epoch, logs=None):
        # Not when training begins: it may go on from a later epoch.
        if epoch == 0:
            self._write(0)

    def on_epoch_end(self, epoch, logs=None):
        self._epochs = epoch + 1
        if self._epochs % self.every == 0:
            self._write(self._epochs)

    def on_train_end(self, logs=None):
        if self._epochs == 0:
            return
        if self._epochs not in self._written:
            self._write(self._epochs)
        frames = self._frames()
        pictures.write_animation(
            [Image.open(path).convert("RGB") for path in frames],
            self.directory / "training.gif",
            [_FRAME_TIME] * (len(frames) - 1) + [_LAST_FRAME_TIME],
        )

    def _draw_inputs(self):
        num_classes = getattr(self.model, "num_classes", None)
        if num_classes is None:
            rows = self.rows or 8
            return self.model.sample_prior(rows * self.columns, self.seed)
        rows = min(self.rows or _CLASSES, num_classes)
        latents, _ = self.model.sample_prior(self.columns, self.seed)
        labels = tf.repeat(tf.range(rows), self.columns)
        return tf.concat([latents] * rows, axis=0), labels

    def _write(self, number):
        self._written[number] = self._draw(
            self._samples(), f"epoch_{number:04d}.png"
        )

    def _draw(self, samples, file_name):
        """Writes a picture of samples as bytes, and returns its path."""
        picture = images.uint8_grid(samples, self.columns)
        names = getattr(self.model, "class_names", None)
        if names is not None:
            rows = len(samples) // self.columns
            picture = pictures.beside_names(
                picture, names[:rows], samples.shape[1]
            )
        path = self.directory / file_name
        pictures.write_picture(picture, path)
        return path

    def _reals(self, samples):
        """Returns real images as bytes, in the order of the samples.

        Where a class has too few, the places stay white.
        """
        conditional = getattr(self.model, "num_classes", None) is not None
        wanted = [len(samples)]
        if conditional:
            wanted = [self.columns] * (len(samples) // self.columns)
        found = [[] for _ in wanted]
        for batch in self.reals.take(_BATCHES):
            labels = None
            if isinstance(batch, tuple):
                batch, labels = batch
            rows = np.asarray(labels) if conditional else [0] * len(batch)
            for image, label in zip(images.to_uint8(batch), rows):
                if label < len(wanted) and len(found[label]) < wanted[label]:
                    found[label].append(image)
            if [len(each) for each in found] == wanted:
                break
        reals = np.full_like(samples, 255)
        for row, each in enumerate(found):
            for column, image in enumerate(each):
                reals[row * self.columns + column] = image
        return reals

    def _samples(self):
        """Returns the samples as bytes."""
        number = len(tf.nest.flatten(self._inputs)[0])
        size = min(number, _PART)
        parts = []
        for start in range(0, number, size):
            # The last part reaches back: another size is another trace.
            begin = min(start, number - size)
            samples = self._sample(
                tf.nest.map_structure(
                    lambda values: values[begin : begin + size], self._inputs
                )
            )
            images.require_images(samples)
            parts.append(images.to_uint8(samples)[start - begin :])
        return np.concatenate(parts)

    def _frames(self):
        """Returns the pictures of the animation, in their order.

        Where this training goes on from a later epoch, earlier pictures are
        of the same model. Others in the folder are of another training.
        """
        earlier = {}
        for path in self.directory.glob("epoch_*.png"):
            match = re.fullmatch(r"epoch_(\d+)", path.stem)
            if match and int(match[1]) < min(self._written):
                earlier[int(match[1])] = path
        paths = {**earlier, **self._written}
        frames = [paths[number] for number in sorted(paths)]
        count = min(len(frames), _FRAMES)
        chosen = np.linspace(0, len(frames) - 1, count).round().astype(int)
        return [frames[index] for index in chosen]
