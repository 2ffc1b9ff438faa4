"""Where the weights of feature networks are, and what they must be."""

import dataclasses
import hashlib
import os
import pathlib

import numpy as np


def home():
    """Returns the folder of fetched weights and of cached features.

    It is that of the environment variable `KERAS_GAN_ZOO_HOME`, or else
    `~/.cache/keras_gan_zoo`.
    """
    folder = os.environ.get("KERAS_GAN_ZOO_HOME") or "~/.cache/keras_gan_zoo"
    return pathlib.Path(folder).expanduser()


def digest(arrays):
    """Returns the SHA-256 of arrays by name, whatever file held them.

    Args:
        arrays: Dictionary from names to float32 arrays.
    """
    sha256 = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name], "<f4")
        sha256.update(f"{name} {array.shape}\n".encode())
        sha256.update(array)
    return sha256.hexdigest()


@dataclasses.dataclass(frozen=True)
class WeightFile:
    """A file of weights that is too large for the package.

    Args:
        name: String, the network's.
        sha256: String, `digest` of the arrays that must be in the file.
        optional: Name of an array that may be there besides.
    """

    name: str
    sha256: str
    optional: str | None = None

    @property
    def default_path(self):
        """The place where `fetch` writes it, a `pathlib.Path`."""
        return home() / "weights" / f"{self.name}.npz"

    def load(self, path=None):
        """Returns the arrays by name.

        Args:
            path: String or path of the file, `default_path` if `None`.

        Raises:
            FileNotFoundError: If it isn't there. Nothing is downloaded.
            ValueError: If it holds other weights.
        """
        path = self.require(path)
        try:
            # Opened here, since `np.load` leaves a damaged file open.
            with path.open("rb") as file, np.load(file) as loaded:
                arrays = {
                    name: loaded[name].astype("float32", copy=False)
                    for name in loaded
                }
        except Exception as error:  # A damaged zip raises a dozen kinds.
            raise ValueError(
                f"{path} must be an .npz file of the weights of {self.name}. "
                f"It can't be read: {error}. Remove it and fetch it again."
            ) from error
        self.check(arrays, path)
        return arrays

    def require(self, path=None):
        """Returns the path, or raises a `FileNotFoundError` with the way."""
        path = pathlib.Path(path) if path else self.default_path
        if not path.is_file():
            raise FileNotFoundError(
                f"The weights of {self.name} are expected in the file "
                f"{path.name} in the folder {path.parent}, with the SHA-256 "
                f"{self.sha256} over the arrays. There is no such file. On a "
                "machine with a network, get it by `python -m keras_gan_zoo"
                f".metrics fetch {self.name}` and copy it there if need be; "
                "the environment variable KERAS_GAN_ZOO_HOME names another "
                "folder than ~/.cache/keras_gan_zoo."
            )
        return path

    def check(self, arrays, source):
        """Raises a `ValueError` unless arrays are those of the network.

        Args:
            arrays: Dictionary of arrays by name.
            source: Where they are from, for the message.
        """
        received = digest(
            {k: v for k, v in arrays.items() if k != self.optional}
        )
        if received != self.sha256:
            raise ValueError(
                f"The weights of {self.name} must have the SHA-256 "
                f"{self.sha256} over names, shapes and values. Received: "
                f"{received} in {source}. They are another network's, or "
                "damaged: remove the file and fetch it again."
            )


# The convolutions are known by their digest wherever they come from. The class
# weights are in the original archive only.
INCEPTION_2015 = WeightFile(
    "inception_2015",
    "7adf4f98c35c73f6279e285e5910d07449cd5e8af1df21baed4a3e049b6bb19e",
    optional="softmax/weights",
)
VGG16_LPIPS = WeightFile(
    "vgg16_lpips",
    "7f137987bf7f7bdeaad72895f72c366ef5bb3ea949ad0910c14a8ba47ce5bdd7",
)
