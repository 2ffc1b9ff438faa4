"""The command `generate`: what a model draws from seeds, as files."""

import argparse
import math
import os
import pathlib
import sys

from keras_gan_zoo import files, pictures, sample_files


def main(arguments=None):
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="keras-gan-zoo generate",
        description="Writes the samples of the seeds SEED, SEED + 1 and so on: "
        "those that an endpoint has for them. They are drawn as one picture, "
        "or written as files of their kind: PNG, WAV, MIDI, text, CSV or NPZ.",
    )
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="an exported generator, the `--output` of a recipe, whose latest "
        "export it is then, or a .keras file",
    )
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument(
        "--num", type=int, default=16, help="number of samples; default: 16"
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="OUT",
        help="a picture, for example grid.png; a folder, for a file of each "
        "sample; or a file of the kind, such as points.csv",
    )
    options = parser.parse_args(arguments)
    if options.num < 1 or options.seed < 0:
        parser.error(
            "expected at least one sample and a seed of at least 0. Received: "
            f"--num {options.num} --seed {options.seed}"
        )
    try:
        _write(options)
    except (OSError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def _write(options):
    path = _model_at(pathlib.Path(options.model))
    out = pathlib.Path(options.out)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import numpy as np

    from keras_gan_zoo.commands.drawing import drawn

    seeds = np.arange(options.seed, options.seed + options.num, dtype="int64")
    served, kind = drawn(path, seeds)
    if out.suffix.lower() in pictures.SUFFIXES:
        picture = kind.picture(kind.from_served(served), _columns(kind, seeds))
        files.make_folder(out.parent)
        pictures.write_picture(picture, out)
        paths = [out]
    else:
        suffix, contents = sample_files.contents(served, kind.facts())
        paths = sample_files.write_samples(out, suffix, contents, seeds)
    print(f"Written to {out if len(paths) > 1 else paths[0]}.")


def _columns(kind, seeds):
    """Returns how many samples are in a row, for the proportions of a kind."""
    share = kind.picture_columns / kind.picture_rows
    return min(len(seeds), math.ceil(math.sqrt(len(seeds) * share)))


def _model_at(path):
    """Returns the file or the folder of the model that a path leads to."""
    if path.is_file() and path.suffix == ".keras":
        return path
    if (path / "saved_model.pb").exists():
        return path
    versions = [
        file.parent
        for file in path.glob("*/saved_model.pb")
        if file.parent.name.isdecimal()
    ]
    if not versions:
        raise ValueError(
            "Expected an exported generator or a .keras file. Received: "
            f"{str(path)!r}, which is neither. Export a model by "
            "`keras-gan-zoo export`."
        )
    return max(versions, key=lambda version: int(version.name))
