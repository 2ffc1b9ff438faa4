"""The card of a run: `card.json`, of which the documents are made."""

import csv
import dataclasses
import json
import math
import os
import pathlib
import platform
import sys

import keras
import tensorflow as tf

from keras_gan_zoo import __version__, docstrings
from keras_gan_zoo.files import written_aside
from keras_gan_zoo.recipe.settings import device, parameters_of

FILE = "card.json"

# The columns of the log that say nothing of the samples.
_SPEED = {"images_per_second", "images_per_second_per_replica"}


def write_card(args, model, minutes, scores=()):
    """Writes what a run was, and what came of it, to `card.json`.

    The paper is that of the model's module, see `keras_gan_zoo.docstrings`.
    `measured` has the first and the last epoch of each column of `log.csv`
    but those of speed.

    Args:
        args: What `arguments` returned.
        model: Trained model.
        minutes: Float, that its training took.
        scores: List of dictionaries, see `run`.

    Returns:
        The file, a `pathlib.Path`.

    Raises:
        ValueError: If a score lacks its name, value or protocol.
    """
    for score in scores:
        _check(score)
    paper = docstrings.paper_of(sys.modules[type(model).__module__].__doc__)
    folder = pathlib.Path(args.output, "training")
    card = {
        "recipe": pathlib.Path(sys.argv[0]).stem,
        "model": type(model).__name__,
        "paper": paper and dataclasses.asdict(paper),
        "dataset": args.dataset,
        "preset": args.preset,
        "seed": args.seed,
        "precision": args.precision,
        "batch_size": args.batch_size,
        "generator_updates": args.epochs * args.steps_per_epoch,
        "parameters": parameters_of(model),
        "minutes": round(minutes, 1),
        "hardware": device(),
        "versions": {
            "keras_gan_zoo": __version__,
            "keras": keras.version(),
            "tensorflow": tf.__version__,
            "python": platform.python_version(),
        },
        "measured": _measured(folder / "log.csv"),
        "scores": [_plain(score) for score in scores],
    }
    if os.path.isdir(args.dataset):  # Nothing of the machine's own paths.
        card["dataset"] = pathlib.Path(args.dataset).resolve().name
    path = folder / FILE
    with written_aside(path) as aside:
        aside.write_text(
            json.dumps(card, indent=2, ensure_ascii=False, allow_nan=False)
            + "\n",
            encoding="utf-8",
        )
    return path


def scores_of(callbacks):
    """Returns the last scores of callbacks that keep `last_scores`."""
    return [
        {
            "name": score.protocol.key,
            "value": score.value,
            "deviation": score.deviation,
            "protocol": str(score.protocol),
        }
        for callback in callbacks
        for score in getattr(callback, "last_scores", ())
    ]


def line_of(score):
    """Returns a line that says a score, beside those of trivial answers."""
    others = "".join(
        f"; {name}: {value:.4g}"
        for name, value in score.get("trivial", {}).items()
    )
    return "{name}: {value:.4g}{others} ({protocol})".format(
        others=others, **score
    )


def _check(score):
    """Raises a `ValueError` unless a score says what it is."""
    missing = {"name", "value", "protocol"} - {*score}
    unknown = {*score} - {"name", "value", "deviation", "protocol", "trivial"}
    if missing or unknown:
        raise ValueError(
            "Each of `scores` must be a dictionary of `name`, `value`, "
            "`protocol` and, if there are any, `deviation` and `trivial`. "
            f"Received: score={score!r}. "
            + "".join(f"Add `{name}`. " for name in sorted(missing))
            + "".join(f"Remove `{name}`. " for name in sorted(unknown))
        )


def _plain(score):
    """Returns a score with Python's numbers, and none for what isn't there."""
    score = {key: value for key, value in score.items() if value is not None}
    for key in ("value", "deviation"):
        if key in score:
            score[key] = float(score[key])
    if "trivial" in score:
        score["trivial"] = {
            name: float(value) for name, value in score["trivial"].items()
        }
    return score


def _measured(log):
    """Returns the first and the last value of each column of a log."""
    if not log.exists():
        return {}
    with log.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: [_number(rows[0].get(name)), _number(rows[-1].get(name))]
        for name in rows[-1]
        if name != "epoch" and name not in _SPEED
    }


def _number(text):
    """Returns a log's cell with six digits, or `None` if it is no number."""
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    return float(f"{number:.6g}") if math.isfinite(number) else None
