"""The command line of a recipe."""

import argparse
import pathlib
import sys

import keras
import tensorflow as tf

from keras_gan_zoo import datasets
from keras_gan_zoo.files import make_folder
from keras_gan_zoo.recipe.seeding import set_seed


def arguments(
    description, dataset, quick, paper=None, choices=None, extra=None
):
    """Reads a recipe's command line.

    Args:
        description: String, the recipe's docstring.
        dataset: String, the dataset it uses if not told otherwise.
        quick: Dictionary of the preset's `epochs`, `steps_per_epoch` and
            `batch_size`; the latter is that of one discriminator update.
        paper: The same for the paper's own schedule; `None` for a recipe that
            is of no paper, which then has one preset and no flag for it.
        choices: List of the names that `--dataset` takes, for a recipe that
            reads its data itself: pairs, volumes. By default `--dataset` is
            what `read_data` reads, the name of a set of images or a folder,
            and there are flags that say how.
        extra: Function that is called with the `argparse.ArgumentParser`, and
            adds flags of the recipe's own. As all others they are settings:
            a training resumes only with the same.

    Returns:
        Namespace of `preset`, `epochs`, `steps_per_epoch`, `batch_size`,
        `dataset`, `data_dir`, `output`, `seed`, `precision`, `deterministic`,
        `threads`, `require_gpu`, without `choices` also `image_size` and
        `flip`, and of the flags that `extra` added.

    Example:

    ```python
    args = recipe.arguments(
        __doc__,
        dataset="emoji",
        choices=["emoji"],
        quick={"epochs": 10, "steps_per_epoch": 200, "batch_size": 16},
        extra=lambda parser: parser.add_argument("--l1", type=float),
    )
    pairs = datasets.emoji_pairs(args.batch_size, seed=args.seed)
    ```
    """
    name = pathlib.Path(sys.argv[0]).stem
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(preset=None)
    if paper is not None:
        parser.add_argument(
            "--preset",
            choices=["quick", "paper"],
            default="quick",
            help="quick (default): a smaller network and schedule that show "
            "learning within ten minutes on two CPU cores; paper: the "
            "paper's own",
        )
    for flag in quick:
        defaults = f"default: {quick[flag]}"
        if paper is not None:
            defaults += f" (quick), {paper[flag]} (paper)"
        parser.add_argument(
            "--" + flag.replace("_", "-"), type=_positive_integer, help=defaults
        )
    _add_data(parser, dataset, choices)
    parser.add_argument(
        "--data-dir", help="where tensorflow-datasets keeps its data"
    )
    parser.add_argument(
        "--output",
        default=f"saved_models/{name}",
        help="folder for everything that this run writes; default: "
        f"saved_models/{name}",
    )
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument(
        "--precision",
        choices=["float32", "mixed_bfloat16", "mixed_float16"],
        default="float32",
        help="of the networks' layers; default: float32",
    )
    add_determinism(parser)
    parser.add_argument(
        "--require-gpu", action="store_true", help="refuse to run on a CPU"
    )
    if extra is not None:
        extra(parser)
    args = parser.parse_args()
    for flag, value in (paper if args.preset == "paper" else quick).items():
        if getattr(args, flag) is None:
            setattr(args, flag, value)
    if args.require_gpu and not tf.config.list_physical_devices("GPU"):
        parser.error("--require-gpu: TensorFlow finds no GPU.")
    if choices is None:
        _check_size(parser, args)
    make_folder(f"{args.output}/training")
    set_seed(args, args.seed)
    keras.config.set_dtype_policy(args.precision)
    return args


def add_determinism(parser):
    """Adds the flags that `set_seed` reads to an `ArgumentParser`."""
    parser.add_argument(
        "--deterministic",
        action="store_true",
        help="repeat runs bit for bit, for a given number of threads",
    )
    parser.add_argument(
        "--threads",
        type=_positive_integer,
        help="threads in an operation; default: TensorFlow's choice, or, with "
        "--deterministic, the number of cores",
    )


def _add_data(parser, dataset, choices):
    """Adds the flags that say which data, and for images how to read them."""
    if choices is not None:
        parser.add_argument(
            "--dataset",
            choices=choices,
            default=dataset,
            help=f"default: {dataset}",
        )
        return
    parser.add_argument(
        "--dataset",
        default=dataset,
        help="cifar10, mnist, fashion_mnist, emoji, openclipart, embedded (a "
        "thousand images that come with the package) or a folder of images; "
        f"default: {dataset}",
    )
    parser.add_argument(
        "--image-size",
        type=_positive_integer,
        metavar="N",
        help="crop the pictures of a folder to squares and resize them to NxN, "
        "or take emoji of NxN; default: 32",
    )
    parser.add_argument(
        "--flip",
        action="store_true",
        default=None,  # As in settings from before there was the flag.
        help="mirror each image, left to right, with probability 1/2",
    )


def _check_size(parser, args):
    """Refuses a size for images that have one of their own."""
    has_a_size = args.dataset in datasets.images.CLASS_NAMES
    if args.image_size is not None and has_a_size:
        parser.error(
            "--image-size is for a folder of pictures: the images of "
            f"{args.dataset} have a size of their own."
        )


def _positive_integer(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {text}")
    return number
