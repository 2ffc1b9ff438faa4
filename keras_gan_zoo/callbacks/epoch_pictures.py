"""A picture after each epoch, and an animation of them all."""

import pathlib
import re

import keras
import numpy as np
from PIL import Image

from keras_gan_zoo import files, pictures

_FRAMES = 40  # The animation has at most so many, for its size.
_FRAME_TIME = 200  # Milliseconds.
_LAST_FRAME_TIME = 3000


class EpochPictures(keras.callbacks.Callback):
    """Writes a picture of what the model makes after each epoch.

    They are `epoch_0001.png`, `epoch_0002.png` and so on; that of the
    untrained model is `epoch_0000.png`. When training ends they are put
    together as the animation `training.gif`, of at most 40 pictures. A
    subclass writes `picture()`.

    Args:
        directory: String or path of the folder of the pictures. It is made if
            need be.
        every: Integer, epochs from one picture to the next. The last epoch
            has one in any case.
    """

    def __init__(self, directory, every=1):
        super().__init__()
        self.directory = pathlib.Path(directory)
        self.every = every

    def picture(self):
        """Returns a picture of what the model makes now, as bytes.

        Array, uint8, of shape `(height, width, channels)` with 1 or 3
        channels.
        """
        raise NotImplementedError

    def on_train_begin(self, logs=None):
        files.make_folder(self.directory)
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

    def _write(self, number):
        path = self.directory / f"epoch_{number:04d}.png"
        pictures.write_picture(self.picture(), path)
        self._written[number] = path

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
