"""One model of a folder: which of its versions is served."""

import dataclasses
import logging

from keras_gan_zoo.serving.entries import state_of_files

logger = logging.getLogger(__name__)


class Model:
    """The version that is served of one model, and what became of others.

    It is updated by one thread and read by others, so each change that can be
    seen is a single assignment.

    Args:
        name: String.
        load: Function of the folder of a version, which returns a `Version`
            or raises a `ValueError`.

    Attributes:
        served: `Version`, or `None` while none can be served.
    """

    def __init__(self, name, load):
        self.served = None
        self._name = name
        self._load = load
        self._loading = None
        self._broken = {}

    def status(self):
        """Returns pairs of a state and a message, by number of version."""
        status = {
            number: ("END", broken.message)
            for number, broken in self._broken.copy().items()
        }
        served, loading = self.served, self._loading
        if loading is not None:
            status[loading] = ("LOADING", "")
        if served:
            status[served.number] = ("AVAILABLE", "")
        return status

    def update(self, folders):
        """Serves the highest number that can be loaded.

        Args:
            folders: Dictionary of paths by number.
        """
        for number in [*self._broken]:
            if number not in folders:
                del self._broken[number]
        for number in sorted(folders, reverse=True):
            if self.served and self.served.number == number:
                return
            version = self._loaded(number, folders[number])
            if version:
                self.served = version
                logger.info(
                    "Model %s: version %d is served.", self._name, number
                )
                return
        if self.served:
            logger.info("Model %s has no version anymore.", self._name)
            self.served = None

    def _loaded(self, number, folder):
        """Returns a version, or `None` if it is broken."""
        files, known = state_of_files(folder), self._broken.get(number)
        if known and known.files == files:
            return None
        self._loading = number
        try:
            version = self._load(folder)
        except ValueError as error:
            message = str(error)
            if not known or known.message != message:
                logger.error(
                    "Model %s: version %d is broken and isn't served. %s",
                    self._name,
                    number,
                    message,
                )
            self._broken[number] = _Broken(files, message)
            return None
        finally:
            self._loading = None
        self._broken.pop(number, None)
        return version


@dataclasses.dataclass(frozen=True)
class _Broken:
    """Why a version can't be served, and of which files that is true."""

    files: tuple
    message: str
