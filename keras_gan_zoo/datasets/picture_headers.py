"""What files say of their pictures before the pixels are read."""

import concurrent.futures
import os
import sys
import time
from typing import NamedTuple

from PIL import Image

# The tag of EXIF; from 5 on, width and height change.
ORIENTATION = 0x0112

_GREY_MODES = {"1", "L", "LA"}
# What Pillow turns into colours, with 8 bits a channel or less.
_COLOR_MODES = {"P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"}
# How pixels of 16 bits lie in a PNG that Pillow opens as one of 8.
_SIXTEEN_BITS = {"LA;16B", "RGB;16B", "RGBA;16B"}
_THREADS = 8  # More than cores: a folder on a network makes one wait.
_CHUNK = 100  # Files that a thread takes at once.
_NAMED = 5  # Bad files that an error names.
_SILENCE = 1.0  # Seconds before progress is worth a line.


class Header(NamedTuple):
    """What a file says of its picture before the pixels are read.

    `size` is `(width, height)`, upright. `deep` pictures have channels of 16
    bits, all of which can be read.
    """

    size: tuple
    grey: bool
    deep: bool


def read_headers(files):
    """Reads the headers of picture files, several at once.

    If it takes more than a second, progress is shown on standard error.

    Args:
        files: List of paths.

    Returns:
        List with the `Header` of each.

    Raises:
        ValueError: If any can't be opened, is no picture, has more pixels
            than Pillow opens or a kind of pixels that isn't supported. The
            message says how many, and names the first.
    """
    progress = _Progress(len(files))
    chunks = [
        files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK)
    ]
    headers = []
    pool = concurrent.futures.ThreadPoolExecutor(_THREADS)
    try:
        for some in pool.map(_headers_or_problems, chunks):
            headers += some
            progress.tell(len(headers))
    finally:  # At once, if the user has stopped it.
        pool.shutdown(cancel_futures=True)
    progress.end()
    problems = [header for header in headers if isinstance(header, str)]
    if problems:
        lines = [f"  {problem}" for problem in problems[:_NAMED]]
        if len(problems) > _NAMED:
            lines.append(f"  and {len(problems) - _NAMED:,} more")
        raise ValueError(
            f"Expected readable pictures. Received: {len(problems):,} of "
            f"{len(files):,} that are not:\n" + "\n".join(lines) + "\nReplace "
            "these files or remove them from the folder."
        )
    return headers


def channels_of(headers):
    """Returns 1 if all pictures are grey, else 3."""
    return 1 if all(header.grey for header in headers) else 3


def _headers_or_problems(files):
    return [_header_or_problem(file) for file in files]


def _header_or_problem(file):
    """Returns the `Header` of a file, or a line that says what is wrong."""
    try:
        with Image.open(file) as image:
            require_kind(image)
            width, height = image.size
            # Some formats keep EXIF behind the pixels. It is found there when
            # these are read.
            if "exif" in image.info:
                if image.getexif().get(ORIENTATION, 1) >= 5:
                    width, height = height, width
            return Header((width, height), _is_grey(image), is_deep(image))
    except Exception as error:
        return problem(file, error)


def problem(file, error):
    """Returns a line that says what is wrong with a file."""
    text = str(error)
    if isinstance(error, FileNotFoundError) and os.path.islink(file):
        text = "a link to nowhere"
    elif isinstance(error, Image.UnidentifiedImageError):
        text = "no picture"  # Pillow says the name, which is there already.
        if not os.path.getsize(file):
            text = "an empty file"
    elif isinstance(error, OSError) and error.strerror:
        text = error.strerror
    # Names of files may hold bytes that are no text, which can't be printed.
    line = f"{file} ({text or type(error).__name__})"
    return line.encode(errors="backslashreplace").decode()


def is_deep(image):
    """Whether channels have 16 bits, all of which can be read."""
    return is_sixteen_bit_grey(image) or has_sixteen_bit_channels(image)


def has_sixteen_bit_channels(image):
    """Whether a PNG has several channels of 16 bits: Pillow reads 8."""
    return image.format == "PNG" and raw_mode(image) in _SIXTEEN_BITS


def is_sixteen_bit_grey(image):
    """Whether there is one channel of 16 bits, which Pillow reads whole."""
    # Pillow has another mode for the formats that tell the largest value.
    return image.mode.startswith("I;16") or (
        image.mode == "I" and image.format in ("PNG", "PPM")
    )


def raw_mode(image):
    """Returns how the pixels lie in the file, before they are read."""
    return image.tile[0].args if image.tile else None


def _is_grey(image):
    return (
        image.mode in _GREY_MODES
        or is_sixteen_bit_grey(image)
        or raw_mode(image) == "LA;16B"  # Which Pillow opens as colour.
    )


def require_kind(image):
    """Raises a `ValueError` unless the pixels have a known range."""
    if not (_is_grey(image) or image.mode in _COLOR_MODES):
        raise ValueError(
            f"its pixels are of the kind {image.mode}, not grey or colour of "
            "8 or 16 bits: convert it first"
        )


class _Progress:
    """Tells on the error output how many of the files were looked at."""

    def __init__(self, total):
        self._total = total
        self._next = time.monotonic() + _SILENCE
        self._watched = sys.stderr.isatty()
        self._told = False

    def tell(self, done):
        if time.monotonic() < self._next:
            return
        start, end = ("\r", "") if self._watched else ("", "\n")
        text = f"{start}Looked at {done:,} of {self._total:,} pictures"
        print(text, end=end, file=sys.stderr, flush=True)
        # In a log, fewer lines.
        self._next = time.monotonic() + (0.2 if self._watched else 10.0)
        self._told = True

    def end(self):
        if self._told and self._watched:
            print(file=sys.stderr, flush=True)
