"""Models in a folder, as TensorFlow Serving looks after them.

For Python code that runs in the server, such as a page:

```python
with Servables("saved_models") as servables:  # Loads, then watches.
    for name, version in servables.models().items():
        version.number, version.signatures["sample"].inputs, version.generator
    outputs = await servables.predict(
        "cgan_mnist",
        None,  # The latest version.
        "sample_png",
        {"seeds": np.arange(4), "labels": np.zeros(4, "int32")},
    )
    outputs["png_bytes"]
```
"""

import concurrent.futures
import logging
import os
import pathlib
import threading

from keras_gan_zoo.serving.errors import RequestError
from keras_gan_zoo.serving.model import Model
from keras_gan_zoo.serving.versions import Version

logger = logging.getLogger(__name__)


class Servables:
    """The models of a folder, each in its latest version.

    A model is a subfolder with folders that are named by numbers, one at least
    with a SavedModel. The highest number that can be loaded is served; no other
    version is. Names that start with a dot, or aren't whole numbers, are left
    out of account. A name that a client gives is looked up among the models,
    and never becomes part of a path.

    The folder is looked at again and again. A new version, or a new model, is
    loaded and computes one row of each signature before it takes the place of
    the one before it; requests that are under way end where they began. One
    that can't be loaded leaves the one before it in place, and is tried again
    when its files change. If the version that is served is deleted, the highest
    that is left takes its place.

    As a context manager it loads what there is, and watches until the end.

    Args:
        directory: String or path of the folder. It may hold no model yet.
        max_batch_size: Integer, a power of two: the rows of the largest batch,
            see `batching.Batcher`. With 1, rows aren't put together.
        max_rows: Integer, the most rows of one request.
        poll_seconds: Float, the time between two looks at the folder.

    Raises:
        ValueError: If `max_batch_size` is no power of two.
        OSError: On entering, if the folder can't be read.
    """

    def __init__(
        self,
        directory,
        max_batch_size=64,
        max_rows=10_000,
        poll_seconds=1.0,
    ):
        if max_batch_size < 1 or max_batch_size & (max_batch_size - 1):
            raise ValueError(
                "The largest batch must be a power of two, such as 64. "
                f"Received: max_batch_size={max_batch_size}."
            )
        self.directory = pathlib.Path(directory)
        self.max_rows = max_rows
        self._max_batch_size = max_batch_size
        self._poll_seconds = poll_seconds
        self._models = {}
        self._complaints = set()
        self._stopped = threading.Event()

    def __enter__(self):
        # Version by version, a thread for each core; TensorFlow itself divides
        # the work of one call.
        self._executor = concurrent.futures.ThreadPoolExecutor(
            os.cpu_count(), "compute"
        )
        self.poll()
        self._watcher = threading.Thread(target=self._watch, name="watch")
        self._watcher.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._watcher.join()
        self._executor.shutdown()

    def models(self):
        """Returns the `Version` that is served of each model, by name."""
        served = {
            name: model.served for name, model in self._models.copy().items()
        }
        return {name: version for name, version in served.items() if version}

    def version(self, name, number=None):
        """Returns a version that is served.

        Args:
            name: String, a model.
            number: Integer; the latest version by default.

        Returns:
            `Version`, with `number`, `signatures` and `generator`.

        Raises:
            RequestError: With status 404, if there is none.
        """
        model = self._models.get(name)
        served = model and model.served
        if served is None or number not in (None, served.number):
            which = "Latest" if number is None else "Specific"
            wanted = name if number is None else f"{name}, {number}"
            raise RequestError(
                404, f"Servable not found for request: {which}({wanted})"
            )
        return served

    async def predict(self, name, number, signature, inputs):
        """Computes the outputs of a signature, together with what others ask.

        Args:
            name: String, a model.
            number: Integer, a version, or `None` for the latest.
            signature: String, such as `"sample"`.
            inputs: Dictionary of arrays of the types and shapes that
                `version(name).signatures[signature].inputs` tells, all with
                the same number of rows.

        Returns:
            Dictionary of arrays with as many rows. Strings are `bytes` in an
            array of objects.

        Raises:
            RequestError: If there is no such model, version or signature (404
                and 400), if inputs are not what it takes, or if the graph
                refuses their values (400).
        """
        version = self.version(name, number)
        return await version.predict(signature, inputs, self.max_rows)

    def status(self, name):
        """Returns what is known of each version of a model.

        Returns:
            Dictionary, from numbers to pairs of a state of TensorFlow Serving's
            (`"LOADING"`, `"AVAILABLE"` or `"END"`) and a message, which is
            empty for all but the broken ones. Empty if there is no such model.
        """
        model = self._models.get(name)
        return model.status() if model else {}

    def poll(self):
        """Looks at the folder once, and loads what is new in it.

        Raises:
            OSError: If the folder can't be read.
        """
        names = {
            entry.name
            for entry in os.scandir(self.directory)
            if not entry.name.startswith(".") and entry.is_dir()
        }
        for name in sorted(names):
            try:
                folders = _version_folders(self.directory / name)
            except OSError as error:  # What is loaded of it is served on.
                self._complain(error)
                continue
            if name not in self._models:
                if not any(map(_holds_saved_model, folders.values())):
                    continue
                self._models[name] = Model(name, self._load)
            self._models[name].update(folders)
        for name in [*self._models]:
            if name not in names:
                logger.info("Model %s is gone, and isn't served anymore.", name)
                del self._models[name]

    def _load(self, folder):
        return Version(folder, self._max_batch_size, self._executor)

    def _watch(self):
        while not self._stopped.wait(self._poll_seconds):
            try:
                self.poll()
            except OSError as error:  # What is loaded is served on.
                self._complain(error)

    def _complain(self, error):
        """Logs that something can't be read, once."""
        if str(error) not in self._complaints:
            self._complaints.add(str(error))
            logger.error("The folder of models can't be read: %s", error)


def _version_folders(folder):
    """Returns the folders that are named by numbers, by number."""
    return {
        int(entry.name): pathlib.Path(entry)
        for entry in os.scandir(folder)
        if entry.name.isascii() and entry.name.isdecimal() and entry.is_dir()
    }


def _holds_saved_model(folder):
    return os.path.isfile(folder / "saved_model.pb")
