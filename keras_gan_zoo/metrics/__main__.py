"""Scores from a shell: `python -m keras_gan_zoo.metrics score` and `fetch`."""

import argparse
import json
import os
import pathlib
import sys
import time

from keras_gan_zoo import __version__, files
from keras_gan_zoo.metrics import fetch, scored_paths, weights

# TensorFlow takes seconds to import: `--help` and a missing file don't wait for
# it, so the modules that need it are imported where they are used.

METRICS = ("fid", "kid", "is", "prdc", "swd", "ms-ssim")
OF_PIXELS = {"swd", "ms-ssim"}
WITHOUT_REFERENCE = {"is", "ms-ssim"}
NETWORKS = ("inception_2015", "cifar10_cnn", "fashion_mnist_cnn", "mnist_cnn")
FETCHED = {
    "inception_2015": fetch.fetch_inception_2015,
    "vgg16_lpips": fetch.fetch_vgg16_lpips,
}


def main(arguments=None):
    """Runs the command and returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        reason = str(error) or "There is not enough memory. Score fewer images."
        print(f"Error: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nStopped. What was computed is kept; the same command resumes.",
            file=sys.stderr,
        )
        return 130
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m keras_gan_zoo.metrics",
        description="Scores of generators and of folders of images.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    score = commands.add_parser(
        "score",
        help="score a generator or images",
        description="Scores a generator or images. Features are kept under "
        "KERAS_GAN_ZOO_HOME (default: ~/.cache/keras_gan_zoo), so after an "
        "interruption the same command resumes where it was.",
    )
    score.set_defaults(run=_score)
    score.add_argument(
        "--generator",
        required=True,
        metavar="PATH",
        help="a SavedModel (the folder of one version), a .keras file, a "
        "folder of images, or an .npz file with an array of them",
    )
    score.add_argument(
        "--reference",
        metavar="IMAGES",
        help="cifar10, mnist, fashion_mnist, embedded, a folder of images, or "
        "an .npz file of images or of statistics (mu and sigma)",
    )
    score.add_argument(
        "--split",
        default="train",
        help="split of a named reference; default: train",
    )
    score.add_argument(
        "--metrics",
        type=_metrics,
        default="fid,kid,prdc",
        help=f"any of {','.join(METRICS)}; default: fid,kid,prdc",
    )
    score.add_argument(
        "--network",
        choices=NETWORKS,
        default="inception_2015",
        help="feature network; default: inception_2015, the only one whose "
        "scores compare with papers",
    )
    score.add_argument(
        "--num",
        type=_positive_integer,
        help="number of images to score; default: 10,000 from a generator, "
        "otherwise all",
    )
    score.add_argument(
        "--seed",
        type=_seed,
        default=0,
        help="seed of samples and random draws; default: 0",
    )
    score.add_argument(
        "--batch-size", type=_positive_integer, default=100, help="default: 100"
    )
    score.add_argument(
        "--subset-size",
        type=_positive_integer,
        help="images in each of KID's subsets; default: 1,000, or all of the "
        "smaller set if it has fewer",
    )
    score.add_argument(
        "--image-size",
        type=_positive_integer,
        metavar="N",
        help="crop the pictures of folders to squares and resize them to NxN, "
        "as for training; default: their own size, which must be the same",
    )
    score.add_argument(
        "--allow-few-samples",
        action="store_true",
        help="compute FID for fewer than 10,000 images, which makes it larger",
    )
    score.add_argument(
        "--data-dir", help="where tensorflow-datasets keeps its data"
    )
    score.add_argument(
        "--output",
        default="scores.json",
        metavar="FILE",
        help="where to write the scores as JSON; default: scores.json",
    )
    fetching = commands.add_parser(
        "fetch",
        help="get the weights of feature networks",
        description="Gets weights that are too large for the package, and "
        "checks them. They are kept under KERAS_GAN_ZOO_HOME (default: "
        "~/.cache/keras_gan_zoo).",
    )
    fetching.set_defaults(run=_fetch)
    fetching.add_argument(
        "names",
        nargs="+",
        choices=list(FETCHED),
        metavar="name",
        help=f"any of {', '.join(FETCHED)}",
    )
    return parser


def _metrics(text):
    names = text.split(",")
    unknown = [name for name in names if name not in METRICS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"expected any of {','.join(METRICS)}, received {','.join(unknown)}"
        )
    return names


def _positive_integer(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, received {text}")
    return number


def _seed(text):
    number = int(text)
    if not 0 <= number < 2**31:  # 2**32 images of each fit into 64 bits.
        raise argparse.ArgumentTypeError(
            f"expected a number from 0 to {2**31 - 1}, received {text}"
        )
    return number


def _fetch(options):
    for name in options.names:
        print(f"{name} is in {FETCHED[name]()}")


def _score(options):
    names = options.metrics
    looks = any(name not in OF_PIXELS for name in names)
    if looks and options.network == "inception_2015":
        weights.INCEPTION_2015.require()
    compares = [name for name in names if name not in WITHOUT_REFERENCE]
    if compares and options.reference is None:
        raise ValueError(
            f"{', '.join(compares)} compare with real images. Received: no "
            "`--reference`. Name a data set or a folder, as in `--reference "
            "cifar10`."
        )
    kind = scored_paths.kind_of(options.generator)
    output = pathlib.Path(options.output)
    files.make_folder(output.parent)
    if output.is_dir():
        raise ValueError(
            f"`--output` must be a file. Received: {options.output!r}, which "
            "is a folder. Name a file in it, such as "
            f"{str(output / 'scores.json')!r}."
        )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from keras_gan_zoo.metrics import references
    from keras_gan_zoo.metrics.feature_set import FeatureSet

    start = time.perf_counter()
    network = _network(options.network) if looks else None
    images = _images(kind, options)
    generated = FeatureSet(
        network,
        images,
        "generated",
        seed=options.seed,
        batch_size=options.batch_size,
        cache=weights.home(),
        progress=_Progress("generated"),
    )
    reference = None
    if compares:
        is_folder = pathlib.Path(options.reference).expanduser().is_dir()
        reference = references.reference(
            options.reference,
            network,
            options.split,
            options.data_dir,
            options.batch_size,
            _Progress("real"),
            options.image_size if is_folder else None,
        )
    sets = generated, reference
    if options.image_size is not None and not any(
        getattr(each, "resizer", None) for each in sets
    ):
        raise ValueError(
            "`--image-size` is for folders of pictures. Received: "
            f"{options.image_size}, and no folder. Leave it out."
        )
    scorings = _scorings(options)
    for scoring in scorings:  # Raises before the work, where sets don't fit.
        scoring.protocols(generated, reference)
    for one in (generated, reference):
        if looks and isinstance(one, FeatureSet):
            network.require_images(one.images[:1])
    scores = []
    for scoring in scorings:
        scores += scoring.scores(generated, reference)
    record = {
        "generator": options.generator,
        "reference": options.reference,
        "keras_gan_zoo": __version__,
        "seconds": round(time.perf_counter() - start, 1),
        "scores": [score.as_dict() for score in scores],
    }
    with files.written_aside(output) as aside:
        text = json.dumps(record, indent=2, allow_nan=False)
        aside.write_text(text + "\n", encoding="utf-8")
    _print_table(scores)
    print(f"Written to {output}.")


def _network(name):
    from keras_gan_zoo.metrics import features

    return getattr(features, name)()


def _images(kind, options):
    """Returns the images to score."""
    from keras_gan_zoo.metrics import image_sources, references

    path = pathlib.Path(options.generator)
    if kind == "npz":
        images = references.npz_images(path)
        return images[
            image_sources.chosen(len(images), options.num, options.seed)
        ]
    if kind == "folder":
        return image_sources.FolderImages(
            path, options.num, options.seed, options.image_size
        )
    sampler = {
        "keras": image_sources.keras_file_sampler,
        "saved_model": image_sources.saved_model_sampler,
    }
    return image_sources.GeneratedImages(
        sampler[kind](path),
        options.num or 10_000,
        options.batch_size,
        options.seed,
    )


def _scorings(options):
    from keras_gan_zoo.metrics import scorings

    table = {
        "fid": scorings.FID(options.allow_few_samples),
        "kid": scorings.KID(subset_size=options.subset_size),
        "is": scorings.IS(),
        "prdc": scorings.PRDC(),
        "swd": scorings.SWD(),
        "ms-ssim": scorings.MSSSIM(),
    }
    return [table[name] for name in options.metrics]


def _print_table(scores):
    rows = [
        (
            str(score.protocol),
            f"{score.value:.5g}",
            "" if score.deviation is None else f"± {score.deviation:.2g}",
        )
        for score in scores
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for name, value, deviation in rows:
        print(f"{name:{widths[0]}}  {value:>{widths[1]}}  {deviation}".rstrip())


class _Progress:
    """Draws a bar on the error output: how far a pass over images is."""

    def __init__(self, what):
        self._what = what
        self._start = None
        self._tenths = 0

    def __call__(self, done, total):
        now = time.perf_counter()
        if self._start is None:
            # What came from the cache came at once: it tells no speed.
            self._start, self._first = now, done
        bar = "=" * (20 * done // total)
        text = f"{self._what} [{bar:20}] {done:,} of {total:,} images"
        if done > self._first:
            speed = (done - self._first) / (now - self._start)
            left = (total - done) / speed
            text += f", {speed:,.0f} images/s, {left:,.0f} s left"
        if sys.stderr.isatty():
            end = "\r" if done < total else "\n"
            print(f"{text:<78}", end=end, file=sys.stderr, flush=True)
        elif 10 * done // total > self._tenths:  # In a log, no more lines.
            self._tenths = 10 * done // total
            print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
