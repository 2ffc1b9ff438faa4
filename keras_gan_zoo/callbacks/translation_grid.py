"""Pictures of the translations of a model in training."""

import numpy as np
import tensorflow as tf

from keras_gan_zoo import images
from keras_gan_zoo.callbacks.epoch_pictures import EpochPictures

_BETWEEN_PAIRS = 16  # White pixels; two are between the images of a pair.


class TranslationGrid(EpochPictures):
    """Saves a picture of the same translations after each epoch.

    Each pair is a strip of three images: what is translated, its translation,
    and the other image of the pair. Where the model translates back as well,
    the translation of the latter is the fourth.

    The pictures are `epoch_0000.png`, of the untrained model,
    `epoch_0001.png` and so on, and at the end the animation `training.gif`.

    Args:
        directory: String or path of the folder of the pictures. It is made if
            need be.
        pairs: Pair of arrays of as many images of each domain of the model,
            in their order, held out from training. If they don't belong
            together, the strips say nothing of what is right.
        columns: Integer, strips in a row.
        every: Integer, epochs from one picture to the next. The last epoch
            has one in any case.
        seed: Integer, of the noise of the translations.

    Raises:
        ValueError: If the model doesn't translate images, when training
            begins.
        OSError: If the folder can't be written, when training begins.

    Example:

    ```python
    grid = TranslationGrid("pictures", next(iter(held_out_pairs)))
    gan.fit(pairs, epochs=20, callbacks=[grid])
    ```
    """

    def __init__(self, directory, pairs, columns=3, every=1, seed=0):
        super().__init__(directory, every)
        if len(pairs) != 2 or len(pairs[0]) != len(pairs[1]):
            raise ValueError(
                "`pairs` must be two arrays of as many images. Received: "
                f"arrays of {[len(each) for each in pairs]} images. Pass a "
                "batch of a dataset of pairs."
            )
        self.pairs = pairs
        self.columns = columns
        self.seed = seed

    def on_train_begin(self, logs=None):
        if not hasattr(self.model, "translate"):
            raise ValueError(
                "This callback draws translations, by a model's "
                f"`translate()`. Received: a `{type(self.model).__name__}`, "
                "which has none. Use `SampleGrid` for samples of latents."
            )
        super().on_train_begin(logs)
        self._translate = tf.function(
            lambda domain, rows: self.model.translate(rows, domain, self.seed)
        )

    def picture(self):
        columns = []
        for domain, rows in zip(self.model.domains, self.pairs):
            columns.append(self._cells(domain, rows))
            to = self.model.other(domain)
            if to in self.model.translators:
                columns.append(self._cells(to, self._translate(to, rows)))
        strips = [
            images.uint8_grid(np.stack(strip), len(strip))
            for strip in zip(*columns)
        ]
        return images.uint8_grid(np.stack(strips), self.columns, _BETWEEN_PAIRS)

    def _cells(self, domain, rows):
        """Returns images of a domain as bytes, in color."""
        cells = self.model.kind_of(domain).cells(rows)
        return np.repeat(cells, 3, -1) if cells.shape[-1] == 1 else cells
