"""What the extra `serving` installs."""

import contextlib


@contextlib.contextmanager
def needed():
    """Names the extra where an import within fails for want of it.

    Raises:
        ImportError: With what was missing, and the command that installs it.
    """
    try:
        yield
    except ImportError as error:
        raise ImportError(
            f"Serving needs the package {error.name!r}, which could not be "
            f"imported: {error}. Install it by `pip install "
            "'keras_gan_zoo[serving]'`."
        ) from error
