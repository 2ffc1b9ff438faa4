"""The command `translate`: what an endpoint makes of a folder of pictures."""

import pathlib

import numpy as np
from PIL import Image, ImageOps

from keras_gan_zoo import pictures, sample_files
from keras_gan_zoo.serving import client_command

_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def add_arguments(commands):
    """Adds the command `translate` to a parser's subparsers."""
    parser = commands.add_parser(
        "translate",
        help="send a folder of pictures to an endpoint, and save what it makes",
        description="Sends each picture of a folder to a signature of an "
        "endpoint of TensorFlow Serving that takes `images`, such as those of "
        "a translator. What comes back as images is written as PNG files of "
        "the same names, anything else as one NPZ file.",
    )
    parser.add_argument("folder", help="of the pictures")
    client_command.add_endpoint(parser)
    parser.add_argument(
        "--signature",
        metavar="NAME",
        help="such as translate_b or encode; may be left out if there is one "
        "that takes images",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help="that of the first picture, for models that draw; default: 0",
    )
    parser.add_argument(
        "--class",
        dest="label",
        metavar="CLASS",
        help="class of all pictures, for models that take labels",
    )
    parser.add_argument(
        "--resize",
        action="store_true",
        help="bring pictures to the size that the model takes",
    )
    parser.add_argument(
        "--out", required=True, metavar="FOLDER", help="where to write"
    )
    parser.set_defaults(run=_run)


def _run(options):
    paths = _pictures(options.folder)
    with client_command.connected(options) as client:
        signatures = client.signatures()
        name = _signature(signatures, options.signature)
        inputs, _ = signatures[name]
        size = inputs["images"][1:]
        images = [_read(path, size, options.resize) for path in paths]
        if len({image.shape for image in images}) > 1:
            raise ValueError(
                "Pictures of one request must have one size. Received: "
                f"{sorted({image.shape[:2] for image in images})}. Give those "
                "of one size a folder."
            )
        values = {"images": np.stack(images)}
        number = len(images)
        label = client_command.label_of(options.label)
        drawn = client.draws(
            range(options.seed, options.seed + number),
            None if label is None else [label] * number,
        )
        values.update({k: v for k, v in drawn.items() if k in inputs})
        if values.keys() != inputs.keys():
            raise ValueError(
                f"The signature {name!r} takes {sorted(inputs)}. Received: "
                f"{sorted(values)}. Give `--class` if it takes labels; others "
                "are for a program of your own."
            )
        # As files, if the model makes them: they are smaller.
        asked = f"{name}_png" if f"{name}_png" in signatures else name
        made = client.predict(asked, values)
    # A single output comes without its name.
    if len(made) == 1:
        made = dict(zip(signatures[asked][1], made.values()))
    for path in _written(options.out, name, made, paths):
        print(f"Written to {path}.")


def _written(out, signature, made, paths):
    names = [path.stem for path in paths]
    if "png_bytes" in made:
        return sample_files.write_files(out, "png", made["png_bytes"], names)
    images = made.get("images")
    png = {"name": "images", "suffix": "png"}
    if images is not None and sample_files.suffix_of(images, png) == "png":
        contents = [
            sample_files.content(image[None].astype("float32"), png)
            for image in images
        ]
        return sample_files.write_files(out, "png", contents, names)
    folder = pathlib.Path(out)
    arrays = {**made, "names": np.array([path.name for path in paths])}
    content = sample_files.npz(arrays)
    return sample_files.write_files(folder, "npz", [content], [signature])


def _pictures(folder):
    folder = pathlib.Path(folder).expanduser()
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    paths = [path for path in found if path.suffix.lower() in pictures.SUFFIXES]
    if not paths:
        raise ValueError(
            "Expected a folder with pictures, of the suffixes "
            f"{', '.join(sorted(pictures.SUFFIXES))}. Received: {folder}. Name "
            "another."
        )
    if len({path.stem for path in paths}) < len(paths):
        raise ValueError(
            f"Pictures must differ in more than their suffix. Received: "
            f"{folder}, where some don't. Rename them."
        )
    return paths


def _signature(signatures, name):
    """Returns the name of the signature to ask."""
    taking = [
        key
        for key, (inputs, _) in signatures.items()
        # Not those that return as files what another does.
        if "images" in inputs and not key.endswith("_png")
    ]
    if name is None and len(taking) > 1:
        taking = [key for key in taking if key != "serving_default"]
    if name is None and len(taking) == 1:
        return taking[0]
    if name in taking:
        return name
    raise ValueError(
        "`--signature` must be one that takes `images`. There are: "
        f"{', '.join(taking) or 'none'}. Received: {name}."
    )


def _read(path, size, resize):
    """Returns a picture as images are served: in [0, 1], float32."""
    height, width, channels = size
    if channels not in _MODES:
        raise ValueError(
            f"Pictures have 1 to 4 channels. Received: a signature that takes "
            f"{channels}. Send arrays by a program of your own."
        )
    with Image.open(path) as file:
        image = ImageOps.exif_transpose(file).convert(_MODES[channels])
    wanted = (
        width if width > 0 else image.width,
        height if height > 0 else image.height,
    )
    if image.size != wanted:
        if not resize:
            raise ValueError(
                f"The model takes pictures of {wanted[0]}x{wanted[1]} pixels. "
                f"Received: {path.name} of {image.width}x{image.height}. Pass "
                "`--resize`, or crop them first."
            )
        image = image.resize(wanted, Image.Resampling.LANCZOS)
    pixels = np.asarray(image).reshape((wanted[1], wanted[0], channels))
    return pixels.astype("float32") / np.float32(255)
