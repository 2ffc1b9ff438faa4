"""What all recipes share: flags, the first line, and a record of the run.

A recipe imports it before anything else: it starts TensorFlow without the
lines that TensorFlow writes before any of its settings are read.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import sys


@contextlib.contextmanager
def _silent_stderr():
    """Sends the file descriptor, which native code writes to, nowhere."""
    sys.stderr.flush()
    descriptor = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(descriptor, 2)
        os.close(descriptor)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _silent_stderr():
    import keras
    import tensorflow as tf

from keras_gan_zoo import datasets, reading, set_determinism  # noqa: E402
from keras_gan_zoo.export import export_generator  # noqa: E402
from keras_gan_zoo.files import make_folder, written_aside  # noqa: E402
from keras_gan_zoo.precision import bfloat16_speedup  # noqa: E402

# From so many updates on, advice on precision is worth its seconds.
_LONG = 1000

# Settings that may differ when a training is resumed.
_MAY_CHANGE = {
    "data_dir",
    "device",
    "epochs",
    "jit",
    "keras",  # Of versions, `Checkpoint` says what is in the way.
    "output",
    "python",
    "require_gpu",
    "tensorflow",
}


def arguments(description, dataset, quick, paper=None):
    """Reads a recipe's command line.

    Args:
        description: String, the recipe's docstring.
        dataset: String, the dataset it uses if not told otherwise.
        quick: Dictionary of the preset's `epochs`, `steps_per_epoch` and
            `batch_size`; the latter is that of one discriminator update.
        paper: The same for the paper's own schedule; `None` for a recipe that
            is of no paper, which then has one preset and no flag for it.

    Returns:
        Namespace of `preset`, `epochs`, `steps_per_epoch`, `batch_size`,
        `dataset`, `image_size`, `flip`, `data_dir`, `output`, `seed`,
        `precision`, `deterministic`, `threads` and `require_gpu`.
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
    parser.add_argument(
        "--dataset",
        default=dataset,
        help="cifar10, mnist, fashion_mnist, embedded (a thousand images that "
        f"come with the package) or a folder of images; default: {dataset}",
    )
    parser.add_argument(
        "--image-size",
        type=_positive_integer,
        metavar="N",
        help="crop the pictures of a folder to squares and resize them to NxN; "
        "default: 32",
    )
    parser.add_argument(
        "--flip",
        action="store_true",
        default=None,  # As in settings from before there was the flag.
        help="mirror each image, left to right, with probability 1/2",
    )
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
    args = parser.parse_args()
    for flag, value in (paper if args.preset == "paper" else quick).items():
        if getattr(args, flag) is None:
            setattr(args, flag, value)
    if args.require_gpu and not tf.config.list_physical_devices("GPU"):
        parser.error("--require-gpu: TensorFlow finds no GPU.")
    has_a_size = args.dataset in datasets.images.CLASS_NAMES
    if args.image_size is not None and has_a_size:
        parser.error(
            "--image-size is for a folder of pictures: the images of "
            f"{args.dataset} have a size of their own."
        )
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


def set_seed(args, seed):
    """Seeds all generators, and keeps what the flags say of determinism.

    Args:
        args: Namespace of `deterministic` and `threads`; the latter is set if
            the run is to be deterministic.
        seed: Integer.
    """
    if args.deterministic:
        args.threads = set_determinism(seed, args.threads)
        return
    if args.threads is not None:
        tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    keras.utils.set_random_seed(seed)


def read_data(args, batch_size, labels=False):
    """Returns the endless stream of images that the flags ask for.

    Args:
        args: What `arguments` returned.
        batch_size: Integer, of what one step takes.
        labels: Whether to give `(images, labels)`.

    Returns:
        `tf.data.Dataset`, see `datasets.by_name`.
    """
    return datasets.by_name(
        args.dataset,
        batch_size,
        labels=labels,
        seed=args.seed,
        start_step=0,
        data_dir=args.data_dir,
        image_size=args.image_size,
        flip=bool(args.flip),
    )


@reading.short_errors()
def begin(args, model, data=None):
    """Says what is about to run, and writes it to `settings.json`.

    A training may resume with more epochs, other threads (unless it is
    deterministic) and on another device. Anything else makes it another one.

    Args:
        args: What `arguments` returned.
        model: Compiled `AdversarialModel`.
        data: Dataset that it will train on, to say what is in it and to find
            out, before a long run in float32, whether `mixed_bfloat16` would
            be faster.

    Raises:
        ValueError: If the output folder holds a training with other settings.
    """
    gpus = tf.config.list_physical_devices("GPU")
    steps = getattr(model, "discriminator_steps", 1)
    settings = {
        "device": (
            f"{len(gpus)} GPU" if gpus else f"CPU, {os.cpu_count()} cores"
        ),
        "jit": bool(model.jit_compile),
        "global_batch": args.batch_size * steps,
        **vars(args),
        "model": type(model).__name__,
        "parameters": {
            player: sum(network.count_params() for network in networks)
            for player, networks in model.players.items()
        },
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.version(),
    }
    if os.path.isdir(args.dataset):  # One folder, wherever the run begins.
        settings["dataset"] = os.path.realpath(args.dataset)
    _refuse_another_training(args, settings)
    line = (
        "{device}; jit {jit}; precision {precision}; global batch "
        "{global_batch} ({batch_size} x {steps})".format(
            steps=steps, **settings
        )
    )
    if args.deterministic:
        line += f"; deterministic, {args.threads} threads"
    print(line)
    total = args.epochs * args.steps_per_epoch
    line = f"{total:,} generator updates on {args.dataset}"
    if args.preset is not None:
        line = f"{args.preset} preset: {line}"
    if args.preset == "quick":
        line += " (--preset paper for the paper's own)"
    print(line)
    line = getattr(data, "description", "")  # Which only folders have.
    if args.flip:
        line = f"{line or 'Images'}, mirrored at random"
    if line:
        print(line)
    if data is not None and args.precision == "float32" and total >= _LONG:
        speedup = bfloat16_speedup(model, next(iter(data)))
        print(
            f"With --precision mixed_bfloat16, {speedup:.2f} times as many "
            "updates per second on this machine"
        )
    path = pathlib.Path(args.output, "training", "settings.json")
    with written_aside(path) as aside:
        aside.write_text(json.dumps(settings, indent=2) + "\n")


def finish(args, gan):
    """Saves a trained model, and exports its generator, once.

    Args:
        args: What `arguments` returned.
        gan: Trained `AdversarialModel`.
    """
    folder = pathlib.Path(args.output, "training")
    record = folder / "finished.json"
    step = int(gan.step)
    if record.exists() and (folder / "gan.keras").exists():
        finished = json.loads(record.read_text())
        if finished["step"] == step and os.path.isdir(finished["exported_to"]):
            print(
                f"This training was finished before: its {step:,} steps are "
                f"in {folder / 'gan.keras'}, its generator is in "
                f"{finished['exported_to']}. Pass more --epochs to train on, "
                "or another --output to begin anew."
            )
            return
    gan.save(folder / "gan.keras")
    exported_to = str(export_generator(gan, args.output))
    with written_aside(record) as aside:
        finished = {"step": step, "exported_to": exported_to}
        aside.write_text(json.dumps(finished, indent=2) + "\n")
    print("Exported the generator to", exported_to)


def _refuse_another_training(args, settings):
    """Raises a `ValueError` if the output is that of other settings."""
    folder = pathlib.Path(args.output, "training")
    trained = [*folder.glob("checkpoints/step_*"), *folder.glob("gan.keras")]
    path = folder / "settings.json"
    if not trained or not path.exists():
        return  # There is nothing to lose, or to go on from.
    begun = json.loads(path.read_text())
    may_change = _MAY_CHANGE
    if not args.deterministic:
        may_change = {*may_change, "threads"}
    different = [
        name
        for name in settings
        if name not in may_change and settings[name] != begun.get(name)
    ]
    if different:
        expected, received = (
            ", ".join(f"{name}={values.get(name)!r}" for name in different)
            for values in (begun, settings)
        )
        raise ValueError(
            f"The folder {args.output} holds a training with other settings. "
            f"Expected, as it began: {expected}. Received: {received}. Give "
            "the same settings to resume it, or another --output (or remove "
            "the folder) to begin anew."
        )


def _positive_integer(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {text}")
    return number
