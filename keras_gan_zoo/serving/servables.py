"""Models in a folder, watched as TensorFlow Serving watches them.

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

from keras_gan_zoo.serving.entries import (
    holds_saved_model,
    model_folders,
    version_folders,
)
from keras_gan_zoo.serving.errors import RequestError
from keras_gan_zoo.serving.model import Model
from keras_gan_zoo.serving.versions import Version

logger = logging.getLogger(__name__)

_GRACE_SECONDS = 10


class Servables:
    """The models of a folder, each in its latest version.

    A model is a subfolder with folders that are named by numbers, one at least
    with a SavedModel. The highest number that can be loaded is served; no other
    version is. Names that start with a dot, or aren't whole numbers, are
    ignored. A name that a client gives is looked up among the models,
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
        self._complaints = {}
        self._stopped = threading.Event()

    def __enter__(self):
        # Version by version, a thread for each core; TensorFlow itself divides
        # the work of one call.
        self._executor = concurrent.futures.ThreadPoolExecutor(
            os.cpu_count(), "compute"
        )
        self.poll()
        # What it loads at the end is waited for, but not for ever.
        self._watcher = threading.Thread(
            target=self._watch, name="watch", daemon=True
        )
        self._watcher.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._watcher.join(_GRACE_SECONDS)
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
        names, wrong = model_folders(self.directory)
        for name in sorted(names):
            try:
                found = self._look_at(name)
                wrong.update({f"{name}/{k}": v for k, v in found.items()})
            except Exception as error:  # It costs nobody else.
                wrong[name] = _told(error)
        for name in [*self._models]:
            if name not in names:
                logger.info("Model %s is gone, and isn't served anymore.", name)
                del self._models[name]
        self._complain(wrong)

    def _look_at(self, name):
        """Loads what is new of one model, and tells what is wrong with it."""
        folders, wrong = version_folders(self.directory / name)
        if name not in self._models:
            if not any(map(holds_saved_model, folders.values())):
                return {}
            self._models[name] = Model(name, self._load)
        self._models[name].update(folders)
        return wrong

    def _load(self, folder):
        return Version(folder, self._max_batch_size, self._executor)

    def _watch(self):
        while not self._stopped.wait(self._poll_seconds):
            try:
                self.poll()
            except Exception as error:  # What is loaded is served on.
                self._complain({".": _told(error)})

    def _complain(self, wrong):
        """Logs what is wrong with entries of the folder, each once.

        Args:
            wrong: Dictionary of sentences by the names of entries; `"."` is
                the folder itself. Entries that are in it no more are forgotten.
        """
        for name, text in wrong.items():
            if self._complaints.get(name) != text:
                path = self.directory / name
                logger.error("%s: %s", ascii(str(path)), text)
        self._complaints = wrong


def _told(error):
    if isinstance(error, OSError):
        return f"It can't be read: {error}"
    return f"It can't be looked at: {type(error).__name__}: {error}"
