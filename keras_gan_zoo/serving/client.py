"""What clients of TensorFlow Serving have in common, REST or gRPC."""

import abc
import io
import random
import time

import numpy as np
from PIL import Image

from keras_gan_zoo.serving.tensorflow_serving import ALLOWED_BATCH_SIZES

_FIRST_WAIT = 0.25  # Seconds, before the second attempt.
_MOST_VALUES = 2**18  # Of a request, which are text over REST.


class Passing(ConnectionError):
    """A failure that may be gone at the next attempt."""


class Client(abc.ABC):
    """What both clients have in common."""

    def __init__(self, endpoint, model, version, timeout, attempts):
        self.timeout = timeout
        self._attempts = attempts
        which = "" if version is None else f", version {version}"
        self._name = f"{model!r}{which} at {endpoint}"

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    @abc.abstractmethod
    def close(self):
        """Closes the connection."""

    @abc.abstractmethod
    def facts(self):
        """Asks what the export tells of its model.

        Returns:
            Dictionary as of `facts.read_facts`, empty if the server doesn't
            say: only the local server does.
        """

    @abc.abstractmethod
    def signatures(self):
        """Asks what there is to ask for.

        Returns:
            Dictionary by name of a signature of pairs of dictionaries, of its
            inputs and of its outputs: by name the shape, a list with -1 for
            what is free.

        Raises:
            ValueError: If the server has no such model.
            ConnectionError: If it doesn't answer.
        """

    @abc.abstractmethod
    def ask(self, signature, inputs):
        """Asks a signature once.

        Args:
            signature: String.
            inputs: Dictionary of arrays with the batch first.

        Returns:
            Dictionary of arrays or lists with the batch first, by name of the
            output; the name of a single one may be `None`.

        Raises:
            Passing: If another attempt may succeed.
            ConnectionError: If none will, because of the server.
            ValueError: If none will, because of the request.
        """

    def sample(self, seeds, labels=None):
        """Returns the images of seeds.

        A seed gives the same image each time, whatever other seeds are asked
        for with it. More than 64 take several requests.

        Args:
            seeds: Sequence or array of integers, of 64 bits.
            labels: The class of each image, for a conditional model: numbers
                in the same form, or a sequence of names.

        Returns:
            Numpy array, uint8, of shape `(number, height, width, channels)`.
            Of 2 or 4 channels, the last is alpha.

        Raises:
            ValueError: If the server refuses what was asked for.
            ConnectionError: If it doesn't answer, fails, or answers unlike
                TensorFlow Serving.
        """
        files = self.predict("sample_png", self.draws(seeds, labels))
        try:
            images = [_decoded(png) for png in sole(files)]
        except (OSError, TypeError, ValueError) as error:
            raise self.unlike_serving(f"no PNG ({error})") from error
        if len({image.shape for image in images}) != 1:
            raise self.unlike_serving("images of several sizes")
        return np.stack(images)

    def draws(self, seeds, labels=None):
        """Returns the inputs of a signature that draws; see `sample`."""
        inputs = {"seeds": _integers("seeds", seeds, "int64")}
        if labels is not None:
            if np.ndim(labels) and any(isinstance(x, str) for x in labels):
                labels = self._numbers_of(labels)
            inputs["labels"] = _integers("labels", labels, "int32")
            if len(inputs["labels"]) != len(inputs["seeds"]):
                raise ValueError(
                    "`labels` must be as many as `seeds`. Received: "
                    f"{len(inputs['labels'])} labels, {len(inputs['seeds'])} "
                    "seeds."
                )
        return inputs

    def predict(self, signature, inputs):
        """Returns what a signature computes, by several requests if need be.

        Args:
            signature: String.
            inputs: Dictionary of arrays, all of as many rows.

        Returns:
            Dictionary of arrays, or of lists of bytes; the name of a single
            output may be `None`.

        Raises:
            ValueError: If the server refuses what was asked for.
            ConnectionError: If it doesn't answer, fails, or answers unlike
                TensorFlow Serving.
        """
        number = len(next(iter(inputs.values())))
        values = sum(array[0].size for array in inputs.values())
        size = min(max(ALLOWED_BATCH_SIZES), max(1, _MOST_VALUES // values))
        answers = []
        for start in range(0, number, size):
            rows = slice(start, start + size)
            part = {name: array[rows] for name, array in inputs.items()}
            answer = self._with_retries(signature, part)
            asked = min(size, number - start)
            for values in answer.values():
                if len(values) != asked:
                    raise self.unlike_serving(f"{len(values)} rows for {asked}")
            answers.append(answer)
        return {
            name: _joined([answer[name] for answer in answers])
            for name in answers[0]
        }

    def class_names(self):
        """Returns the names of the classes, or `None` if nobody says."""
        return self.facts().get("class_names")

    def _numbers_of(self, names):
        known = self.class_names()
        if known is None:
            raise ValueError(
                f"Classes must be numbers here, since the server of the model "
                f"{self._name} gives no names: only the local server does, "
                "for models whose classes have names. Received: "
                f"{sorted(set(map(str, names)))}."
            )
        for name in names:
            if name not in known:
                raise ValueError(
                    f"The model {self._name} has the classes "
                    f"{', '.join(map(repr, known))}. Received: {name!r}."
                )
        return [known.index(name) for name in names]

    def _with_retries(self, signature, inputs):
        for attempt in range(1, self._attempts + 1):
            try:
                return self.ask(signature, inputs)
            except Passing as error:
                if attempt == self._attempts:
                    raise ConnectionError(
                        f"{error} Tried {attempt} times."
                    ) from error
            # Not all clients of a server that was down at the same moment.
            wait = _FIRST_WAIT * 2 ** (attempt - 1)
            time.sleep(random.uniform(0.5, 1.0) * wait)

    def unreachable(self, reason):
        return Passing(
            f"There was no answer from the model {self._name}: {reason}. Is "
            "the server running, and are host and port right?"
        )

    def slow(self):
        return Passing(
            f"There was no answer from the model {self._name} within "
            f"{self.timeout:g} s. The server is busy or is still loading the "
            "model: try later, or wait longer with a larger timeout."
        )

    def failure(self, kind, status, message):
        return kind(
            f"The server of the model {self._name} failed with {status}: "
            f"{_one_line(message)}."
        )

    def refusal(self, signature, inputs, status, message):
        asked = "sample" if "seeds" in inputs else "ask"
        return ValueError(
            f"The server refused to {asked} the model {self._name} by "
            f"{' and '.join(inputs)}. It says, with {status}: "
            f"{_one_line(message)}. Check the name and the version of the "
            "model, and that it was exported with the signature "
            f"`{signature}`. Conditional models need labels (`--class`), "
            "others take none."
        )

    def unlike_serving(self, received):
        return ConnectionError(
            f"The server of the model {self._name} does not answer as "
            f"TensorFlow Serving does. Received: {received}. Is it another "
            "server that listens there?"
        )


def sole(outputs):
    """Returns the values of a signature that has one output."""
    (values,) = outputs.values()
    return values


def _joined(parts):
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return [row for part in parts for row in part]


def _one_line(message):
    return " ".join(message.split()).rstrip(".") or "no message"


def _integers(name, values, dtype):
    array = np.asarray(values)
    if array.ndim == 1 and len(array) and array.dtype.kind in "iu":
        limits = np.iinfo(dtype)
        if limits.min <= int(array.min()) and int(array.max()) <= limits.max:
            return array.astype(dtype)
    raise ValueError(
        f"`{name}` must be one or more integers, of {np.iinfo(dtype).bits} "
        f"bits. Received: {values!r}."
    )


def _decoded(png):
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        pixels = np.asarray(image)
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        raise ValueError(f"mode {image.mode}")
    return pixels.reshape((*pixels.shape[:2], -1))
