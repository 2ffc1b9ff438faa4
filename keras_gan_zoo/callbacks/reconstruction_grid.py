"""Pictures of the reconstructions of a model in training."""

import pathlib

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo import files, pictures


class ReconstructionGrid(keras.callbacks.Callback):
    """Saves a picture of samples and their reconstructions after each epoch.

    It is `reconstructions.png`, drawn anew each time: a row of samples, below
    it a row of their reconstructions, and so on.

    Args:
        directory: String or path of the folder of the picture. It is made if
            need be.
        data: `tf.data.Dataset` of samples, or of pairs with labels; the
            samples are those of its first batch.
        rows: Integer, pairs of rows; fewer if the batch is smaller.
        columns: Integer, samples in a row.

    Raises:
        ValueError: If the model reconstructs nothing, when training begins.
        OSError: If the folder can't be written, when training begins.

    Example:

    ```python
    grid = ReconstructionGrid("pictures", test_images)
    vae.fit(images, epochs=20, callbacks=[grid])
    ```
    """

    def __init__(self, directory, data, rows=4, columns=8):
        super().__init__()
        self.directory = pathlib.Path(directory)
        self.data = data
        self.rows = rows
        self.columns = columns

    def on_train_begin(self, logs=None):
        if not hasattr(self.model, "reconstruct"):
            raise ValueError(
                "This callback draws samples that a model encodes and decodes, "
                "by its `reconstruct()`. Received: a "
                f"`{type(self.model).__name__}`, which has none. Use "
                "`SampleGrid` for samples of latents."
            )
        files.make_folder(self.directory)
        samples = self.model.unpack(next(iter(self.data)))
        self._columns = min(self.columns, len(samples))
        rows = min(self.rows, len(samples) // self._columns)
        self._samples = samples[: rows * self._columns]
        self._reconstruct = tf.function(self.model.reconstruct)

    def on_epoch_end(self, epoch, logs=None):
        shape = (-1, self._columns, *self._samples.shape[1:])
        # Each row of samples is followed by that of their reconstructions.
        pairs = np.stack(
            [
                np.reshape(samples, shape)
                for samples in (
                    self._samples,
                    self._reconstruct(self._samples),
                )
            ],
            axis=1,
        )
        picture = self.model.kind.picture(
            pairs.reshape((-1, *shape[2:])), self._columns
        )
        path = self.directory / "reconstructions.png"
        pictures.write_picture(picture, path)
