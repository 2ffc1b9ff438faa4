"""The one reader of picture files, for training and for scores alike.

Which files of a folder count, what is wrong with them, and how a file becomes
pixels is decided here and nowhere else.
"""

import concurrent.futures
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")

# How pictures are resized, as it stands in the names of scores.
RESIZER = "square-lanczos"

_GREY_MODES = {"1", "L", "LA"}
# What Pillow turns into colours, with 8 bits a channel or less.
_COLOR_MODES = {"P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"}
_ORIENTATION = 0x0112  # The tag of EXIF; from 5 on, width and height change.
_THREADS = 8  # More than cores: a folder on a network makes one wait.
_CHUNK = 100  # Files that a thread takes at once.
_NAMED = 5  # Bad files that an error names.
_SILENCE = 1.0  # Seconds before progress is worth a line.


class Header(NamedTuple):
    """What a file says of its picture before the pixels are read.

    `size` is `(width, height)`, upright.
    """

    size: tuple
    grey: bool


def find_pictures(directory):
    """Returns the picture files in and below a folder, in the order of names.

    Links are followed, to files and to folders; a folder that is found again
    below itself, or twice below one subfolder, counts once. Hidden files and
    folders, and what isn't a file, are left out.

    Args:
        directory: `pathlib.Path` of the folder.

    Returns:
        List of paths.

    Raises:
        ValueError: If there is no such folder, or no picture in it.
    """
    files = [
        file
        for files in pictures_by_class(directory).values()
        for file in files
    ]
    if not files:
        raise ValueError(
            f"Expected pictures ({', '.join(SUFFIXES)}) in the folder or its "
            f"subfolders. Received: directory={str(directory)!r}, which has "
            "none."
        )
    return sorted(files, key=lambda file: file.as_posix())


def pictures_by_class(directory):
    """Returns the picture files of each subfolder, as of `find_pictures`.

    Args:
        directory: `pathlib.Path` of the folder.

    Returns:
        Dictionary from the names of subfolders, sorted, to lists of paths,
        which may be empty. Under `""` are the pictures outside of them.

    Raises:
        ValueError: If there is no such folder.
    """
    if not directory.is_dir():
        raise ValueError(
            "Expected the path of an existing folder of pictures. "
            f"Received: directory={str(directory)!r}"
        )
    folders, files = _entries(directory)
    root = _identity(directory)
    by_class = {"": files}
    for folder in folders:
        if _identity(folder) != root:
            by_class[folder.name] = _walk(folder, {root})
    return by_class


def _walk(folder, seen):
    """Returns all pictures below a folder that aren't below one of `seen`."""
    found, waiting = [], [folder]
    while waiting:
        folder = waiting.pop()
        if _identity(folder) in seen:
            continue
        seen.add(_identity(folder))
        folders, files = _entries(folder)
        found += files
        waiting += reversed(folders)
    return sorted(found, key=lambda file: file.as_posix())


def _entries(folder):
    """Returns the folders and the picture files in a folder, by name."""
    folders, files = [], []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith("."):
                continue
            if os.path.isdir(entry.path):
                folders.append(Path(entry.path))
            elif Path(entry.name).suffix.lower() in SUFFIXES:
                # A link to nowhere is a picture that someone will miss, but
                # to open a pipe is to wait for ever.
                if os.path.isfile(entry.path) or not os.path.exists(entry.path):
                    files.append(Path(entry.path))
    return folders, files


def _identity(folder):
    status = folder.stat()
    return status.st_dev, status.st_ino


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


def read_picture(file, channels, image_size=None):
    """Reads one picture file.

    Photographs are turned upright, transparent parts become white, and 16-bit
    channels keep their upper 8 bits.

    Args:
        file: Path of the picture.
        channels: 1 for grey or 3 for colour.
        image_size: Integer, height and width of the result, to which the
            largest centred square is resized (Lanczos); `None` for the whole
            picture as it is.

    Returns:
        Array, uint8 in [0, 255], of shape `(height, width, channels)`.

    Raises:
        ValueError: If the file can't be read as a picture. The message names
            the file.
    """
    try:
        with Image.open(file) as image:
            _require_kind(image)
            _shorten_key(image)
            ImageOps.exif_transpose(image, in_place=True)
            image = _eight_bits(image)
            if image_size is not None:
                image = _centred_square(image)
            if image.has_transparency_data:
                image = image.convert("RGBA")
                white = Image.new("RGBA", image.size, "white")
                image = Image.alpha_composite(white, image)
            image = image.convert("RGB" if channels == 3 else "L")
    # Each format fails in its own way: OSError, SyntaxError, EOFError ...
    except Exception as error:
        raise ValueError(
            f"Expected a readable picture. Received: {_problem(file, error)}. "
            "Replace the file or remove it from the folder."
        ) from error
    if image_size is not None:
        shape = image_size, image_size
        image = image.resize(shape, Image.Resampling.LANCZOS)
    return np.asarray(image).reshape(*image.size[::-1], channels)


def _headers_or_problems(files):
    return [_header_or_problem(file) for file in files]


def _header_or_problem(file):
    """Returns the `Header` of a file, or a line that says what is wrong."""
    try:
        with Image.open(file) as image:
            _require_kind(image)
            width, height = image.size
            # Some formats keep EXIF behind the pixels. It is found there when
            # these are read.
            if "exif" in image.info:
                if image.getexif().get(_ORIENTATION, 1) >= 5:
                    width, height = height, width
            return Header((width, height), _is_grey(image))
    except Exception as error:
        return _problem(file, error)


def _problem(file, error):
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


def _is_sixteen_bit_grey(image):
    # Pillow has another mode for the formats that tell the largest value.
    return image.mode.startswith("I;16") or (
        image.mode == "I" and image.format in ("PNG", "PPM")
    )


def _raw_mode(image):
    """Returns how the pixels lie in the file, before they are read."""
    return image.tile[0].args if image.tile else None


def _is_grey(image):
    return (
        image.mode in _GREY_MODES
        or _is_sixteen_bit_grey(image)
        or _raw_mode(image) == "LA;16B"  # Which Pillow opens as colour.
    )


def _require_kind(image):
    """Raises a `ValueError` unless the pixels have a known range."""
    if not (_is_grey(image) or image.mode in _COLOR_MODES):
        raise ValueError(
            f"its pixels are of the kind {image.mode}, not grey or colour of "
            "8 or 16 bits: convert it first"
        )


def _eight_bits(image):
    """Returns an image without the lower 8 bits of 16, if it has so many.

    It does to grey what Pillow does to colour.
    """
    if not _is_sixteen_bit_grey(image):
        return image
    values = np.asarray(image).astype("int32")
    pixels = np.clip(values >> 8, 0, 255).astype("uint8")
    transparent = image.info.get("transparency")
    if transparent is None:
        return Image.fromarray(pixels)
    alpha = np.where(values == transparent, 0, 255).astype("uint8")
    return Image.merge("LA", [Image.fromarray(p) for p in (pixels, alpha)])


def _shorten_key(image):
    """Gives the colour that is transparent the bits that pixels will have."""
    key = image.info.get("transparency")
    if isinstance(key, tuple) and _raw_mode(image) == "RGB;16B":
        image.info["transparency"] = tuple(value >> 8 for value in key)


def _centred_square(image):
    # Cropped before it is resized: `ImageOps.fit` lets the filter see what it
    # cuts off, which then bleeds into the border.
    side = min(image.size)
    left, top = [(length - side) // 2 for length in image.size]
    return image.crop((left, top, left + side, top + side))


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
