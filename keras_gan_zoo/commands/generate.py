"""The command `generate`: a picture of what a generator makes of seeds."""

import argparse
import math
import os
import pathlib
import sys

_PART = 100  # Images that are made in one go.


def main(arguments=None):
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="keras-gan-zoo generate",
        description="Writes a picture of a generator's images of the seeds "
        "SEED, SEED + 1 and so on: those that an endpoint has for them.",
    )
    parser.add_argument(
        "model",
        metavar="FOLDER",
        help="an exported generator, the `--output` of a recipe, whose latest "
        "export it is then, or a .keras file",
    )
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument(
        "--num", type=int, default=16, help="number of images; default: 16"
    )
    parser.add_argument(
        "--out", required=True, metavar="FILE", help="for example grid.png"
    )
    options = parser.parse_args(arguments)
    if options.num < 1 or options.seed < 0:
        parser.error(
            "expected at least one image and a seed of at least 0. Received: "
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
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import numpy as np

    from keras_gan_zoo.images import to_uint8, uint8_grid
    from keras_gan_zoo.metrics import image_sources
    from keras_gan_zoo.pictures import write_picture

    sample = (
        image_sources.keras_file_sampler
        if path.suffix == ".keras"
        else image_sources.saved_model_sampler
    )(path)
    seeds = np.arange(options.seed, options.seed + options.num, dtype="int64")
    parts = [
        np.asarray(sample(seeds[start : start + _PART]))
        for start in range(0, options.num, _PART)
    ]
    images = np.concatenate(parts)
    if images.dtype != np.uint8:
        images = to_uint8(images)
    columns = math.ceil(math.sqrt(options.num))
    write_picture(uint8_grid(images, columns), options.out)


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
