"""What is about to run: said in a line, and kept in `settings.json`."""

import json
import os
import pathlib
import platform

import keras
import tensorflow as tf

from keras_gan_zoo import reading
from keras_gan_zoo.files import written_aside
from keras_gan_zoo.precision import bfloat16_speedup

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
    steps = discriminator_steps(model)
    settings = {
        "device": device(),
        "jit": bool(model.jit_compile),
        "global_batch": args.batch_size * steps,
        **vars(args),
        "model": type(model).__name__,
        "parameters": parameters_of(model),
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
    if getattr(args, "flip", None):  # A flag of images alone.
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


def device():
    """Returns what the run is on, such as `"CPU, 2 cores"`."""
    gpus = tf.config.list_physical_devices("GPU")
    return f"{len(gpus)} GPU" if gpus else f"CPU, {os.cpu_count()} cores"


def discriminator_steps(model):
    """Returns how many batches of a discriminator one training step takes."""
    return getattr(model, "discriminator_steps", 1)


def parameters_of(model):
    """Returns the number of parameters that each player moves, by its name."""
    return {
        player: sum(network.count_params() for network in networks)
        for player, networks in model.players.items()
    }


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
