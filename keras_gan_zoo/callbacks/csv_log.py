"""The logs of a training as a table."""

import csv
import pathlib

import keras

from keras_gan_zoo import files


class CSVLog(keras.callbacks.Callback):
    """Writes the logs of each epoch to a CSV file.

    Keras's own logger appends rows to an existing file, and has no columns for
    what isn't in the first row. This one writes the file anew after each epoch:
    a training that resumes from a checkpoint has one row for each epoch,
    earlier ones included, and a reader never sees half a row.

    Args:
        path: String or path of the file. Its folder is made if need be.

    Raises:
        OSError: If the folder can't be written, when training begins.
    """

    def __init__(self, path):
        super().__init__()
        self.path = pathlib.Path(path)

    def on_train_begin(self, logs=None):
        files.make_folder(self.path.parent)
        self._rows = None

    def on_epoch_begin(self, epoch, logs=None):
        if self._rows is None:  # Of the epochs that this training goes on from.
            self._rows = []
            if epoch > 0 and self.path.exists():
                with self.path.open(newline="") as file:
                    rows = csv.DictReader(file)
                    self._rows = [r for r in rows if int(r["epoch"]) < epoch]

    def on_epoch_end(self, epoch, logs=None):
        self._rows.append({"epoch": epoch, **logs})
        names = dict.fromkeys(name for row in self._rows for name in row)
        with files.written_aside(self.path) as aside:
            with aside.open("w", newline="") as file:
                writer = csv.DictWriter(file, names)
                writer.writeheader()
                writer.writerows(self._rows)
