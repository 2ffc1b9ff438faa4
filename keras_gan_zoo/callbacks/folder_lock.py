"""One training to a folder."""

import datetime
import os
import socket

try:
    import fcntl
except ImportError:  # On Windows, where nothing is locked.
    fcntl = None

NAME = ".lock"


class FolderLock:
    """Says that a training writes to a folder, as long as its process lives.

    The lock is the operating system's, which takes it back from a process that
    is killed. The file only tells who holds it.

    Args:
        directory: `pathlib.Path` of the folder.
    """

    def __init__(self, directory):
        self._path = directory / NAME
        self._file = None

    def acquire(self):
        """Takes the lock.

        Raises:
            ValueError: If another training holds it.
        """
        while fcntl is not None and self._file is None:
            file = open(self._path, "a+")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                with file:
                    file.seek(0)
                    holder = file.read() or "one that is beginning"
                raise ValueError(
                    "A folder of checkpoints is for one training at a time. "
                    f"Received: {str(self._path.parent)!r}, which another "
                    f"training writes to: {holder}. Wait for its end, or "
                    "choose another folder."
                ) from error
            except OSError:  # A file system without locks.
                file.close()
                return
            if self._is_at_its_place(file):
                self._file = file
            else:  # Its holder has removed it in between.
                file.close()
        if self._file is not None:
            now = datetime.datetime.now().isoformat(" ", "seconds")
            self._file.truncate(0)
            self._file.write(
                f"process {os.getpid()} on {socket.gethostname()}, since {now}"
            )
            self._file.flush()

    def release(self):
        """Gives the lock back, if it is held."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            self._file.close()
            self._file = None

    def _is_at_its_place(self, file):
        try:
            return os.path.samestat(
                os.stat(self._path), os.fstat(file.fileno())
            )
        except FileNotFoundError:
            return False
