"""Pictures of the samples of a model in training."""

import numpy as np
import tensorflow as tf

from keras_gan_zoo import pictures
from keras_gan_zoo.callbacks import sampling
from keras_gan_zoo.callbacks.epoch_pictures import EpochPictures

_CLASSES = 16  # More rows fill no screen; who wants them asks for them.
_GAP = 2  # Pixels between rows of samples.
_PART = 128  # Samples that are made at a time.
_BATCHES = 100  # Of data in which a class is rare.


class SampleGrid(EpochPictures):
    """Saves a picture of the same latents after each epoch.

    The pictures are `epoch_0001.png`, `epoch_0002.png` and so on; that of the
    untrained model is `epoch_0000.png`. When training ends they are put
    together as the animation `training.gif`, of at most 40 pictures. How
    samples are drawn is up to the model's kind of samples, `model.kind`.

    A conditional model has one row for each class, and the same latents in
    each row: down a column only the class changes. If the model knows the
    names of its classes, they appear beside the rows.

    Args:
        directory: String or path of the folder of the pictures. It is made if
            need be.
        rows: Integer, rows of the picture. By default as many as the kind of
            samples has in pictures, 8 of images; or as many as there are
            classes, but at most 16: a conditional model shows the first
            classes, and at most all.
        columns: Integer, samples in a row. By default as many as the kind has
            in pictures, 8 of images.
        every: Integer, epochs from one picture to the next. The last epoch
            has one in any case.
        seed: Integer, the seed of the latents.
        reals: `tf.data.Dataset` of samples, or of pairs with labels for a
            conditional model. A picture of them in the same layout is written
            as `reals.png`, to compare with. `None` for no such picture.

    Raises:
        ValueError: If the model draws no samples, or there is no picture of
            their kind, when training begins.
        OSError: If the folder can't be written, when training begins.

    Example:

    ```python
    gan.fit(dataset, epochs=20, callbacks=[SampleGrid("pictures", every=5)])
    ```
    """

    def __init__(
        self, directory, rows=None, columns=None, every=1, seed=0, reals=None
    ):
        super().__init__(directory, every)
        if min(1 if n is None else n for n in (rows, columns, every)) < 1:
            raise ValueError(
                "`rows`, `columns` and `every` must be at least 1. Received: "
                f"rows={rows}, columns={columns}, every={every}."
            )
        self.rows = rows
        self.columns = columns
        self.seed = seed
        self.reals = reals

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        sampling.require_generator(self.model)
        sampling.require_kind(self.model)
        kind = self.model.kind
        self._columns = self.columns or kind.picture_columns
        self._inputs = self._draw_inputs(self.rows, kind.picture_rows)
        self._sample = sampling.sampler(self.model)
        samples = self._samples()
        # Raises where there is no picture of them.
        kind.picture(samples[:1], 1)
        if self.reals is not None:
            reals = self._drawn(*self._reals(samples))
            pictures.write_picture(reals, self.directory / "reals.png")

    def picture(self):
        return self._drawn(self._samples())

    def _draw_inputs(self, rows, default_rows):
        self._names = None
        condition = getattr(self.model, "condition", None)
        if condition is None:
            number = (rows or default_rows) * self._columns
            return self.model.sample_prior(number, self.seed)
        values, self._names = condition.grid_rows(rows or _CLASSES)
        latents, _ = self.model.sample_prior(self._columns, self.seed)
        values_of_rows = tf.repeat(values, self._columns, axis=0)
        return tf.concat([latents] * len(values), axis=0), values_of_rows

    def _drawn(self, samples, shown=None):
        """Returns a picture of samples, beside the names of its rows."""
        picture = self.model.kind.picture(samples, self._columns, shown)
        if self._names is not None:
            rows = len(samples) // self._columns
            height = (len(picture) + _GAP) // rows - _GAP
            picture = pictures.beside_names(picture, self._names, height)
        return picture

    def _reals(self, samples):
        """Returns real samples in the order of the model's.

        Returns:
            Tuple of an array, and of booleans: where a class has too few, the
            others aren't shown.
        """
        conditional = getattr(self.model, "num_classes", None) is not None
        wanted = [len(samples)]
        if conditional:
            wanted = [self._columns] * (len(samples) // self._columns)
        found = [[] for _ in wanted]
        for batch in self.reals.take(_BATCHES):
            labels = None
            if isinstance(batch, tuple):
                batch, labels = batch
            rows = np.asarray(labels) if conditional else [0] * len(batch)
            for sample, label in zip(np.asarray(batch), rows):
                if label < len(wanted) and len(found[label]) < wanted[label]:
                    found[label].append(sample)
            if [len(each) for each in found] == wanted:
                break
        blank = np.zeros_like(next(filter(None, found), [samples[0]])[0])
        reals, shown = [], []
        for number, each in zip(wanted, found):
            missing = number - len(each)
            reals += each + [blank] * missing
            shown += [True] * len(each) + [False] * missing
        return np.stack(reals), np.array(shown)

    def _samples(self):
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
            parts.append(np.asarray(samples)[start - begin :])
        return np.concatenate(parts)
