"""The command `client`: what an endpoint makes of seeds, as files."""

import math
import os
import pathlib

from keras_gan_zoo import files, pictures, sample_files

# What talks to a server is imported where it is used: `--help` waits for none.


def add_arguments(commands):
    """Adds the command `client` to a parser's subparsers."""
    parser = commands.add_parser(
        "client",
        help="save an endpoint's samples of some seeds",
        description="Asks any endpoint of TensorFlow Serving for the samples "
        "of the seeds SEED, SEED + 1 and so on. Images are written as one "
        "picture, or each as a file of a folder; other samples as files of "
        "their kind: WAV, MIDI, text, CSV or NPZ.",
    )
    add_endpoint(parser)
    parser.add_argument("--seed", type=int, required=True, help="first seed")
    parser.add_argument(
        "--class",
        dest="label",
        metavar="CLASS",
        help="class of all samples, for conditional models: a number or, with "
        "the local server, a name; the command `models` lists them",
    )
    parser.add_argument(
        "--num", type=int, default=16, help="number of samples; default: 16"
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="FILE",
        help="for example grid.png, or a folder",
    )
    parser.set_defaults(run=_run)
    _add_models(commands)


def add_endpoint(parser):
    """Adds the arguments that say whom to ask."""
    parser.add_argument(
        "--endpoint",
        default="http://127.0.0.1:8501",
        metavar="URL",
        help="http://HOST:PORT for REST, grpc://HOST:PORT for gRPC; default: "
        "http://127.0.0.1:8501",
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="model to ask; may be left out if the local server has only one "
        "model",
    )
    parser.add_argument(
        "--version", type=int, help="of the model; default: the latest"
    )
    _add_timeout(parser)


def _add_timeout(parser):
    parser.add_argument(
        "--timeout",
        type=float,
        default=30.0,
        metavar="SECONDS",
        help="time to wait for an answer; default: 30",
    )


def _add_models(commands):
    parser = commands.add_parser(
        "models",
        help="list the models of the local server and their classes",
        description="Lists the models that the local server serves, with their "
        "versions and classes. TensorFlow Serving has no such list.",
    )
    parser.add_argument(
        "--endpoint",
        default="http://127.0.0.1:8501",
        metavar="URL",
        help="http://HOST:PORT; default: http://127.0.0.1:8501",
    )
    _add_timeout(parser)
    parser.set_defaults(run=_list)


def _list(options):
    from keras_gan_zoo.serving.rest_client import served_models

    for model in served_models(options.endpoint, options.timeout):
        kind = model.get("model", "no export of this package")
        print(f"{model['name']}: version {model['version']}, {kind}")
        names, number = model.get("class_names"), model.get("num_classes")
        if names:
            for label, name in enumerate(names):
                print(f"  class {label}: {name}")
        elif number:
            print(f"  classes 0 to {number - 1}")
        for label, name in enumerate(model.get("label_names") or ()):
            print(f"  label {label}: {name}")
        if "bounds" in model:
            low, high = model["bounds"]  # `None` where there is none.
            low = "-inf" if low is None else low
            high = "inf" if high is None else high
            print(f"  attributes from {low} to {high}")


def _run(options):
    if options.num < 1:
        raise ValueError(
            f"`--num` must be at least 1. Received: {options.num}."
        )
    path = pathlib.Path(options.out)
    files.make_folder(path.parent)
    seeds = range(options.seed, options.seed + options.num)
    label = label_of(options.label)
    labels = None if label is None else [label] * len(seeds)
    if path.suffix.lower() in pictures.SUFFIXES:
        _write_grid(options, seeds, labels, path)
        return

    from keras_gan_zoo.serving.client_files import sampled_files

    with connected(options) as client:
        suffix, contents = sampled_files(client, seeds, labels)
    paths = sample_files.write_samples(path, suffix, contents, seeds)
    print(f"Written to {path if len(paths) > 1 else paths[0]}.")


def _write_grid(options, seeds, labels, path):
    with connected(options) as client:
        pixels = client.sample(seeds, labels)

    from keras_gan_zoo import images

    columns = math.isqrt(len(seeds) - 1) + 1
    picture = images.uint8_grid(images.to_visible(pixels), columns)
    pictures.write_picture(picture, path)
    print(f"Written to {path}.")


def label_of(text):
    """Returns a number, a name that is none, or `None`."""
    try:
        return None if text is None else int(text)
    except ValueError:
        return text


def connected(options):
    """Returns the `Client` that the options ask for."""
    scheme, _, address = options.endpoint.partition("://")
    if scheme in ("http", "https"):
        from keras_gan_zoo.serving.rest_client import RestClient

        address, kind = options.endpoint, RestClient
    elif scheme == "grpc":
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        from keras_gan_zoo.serving.grpc_client import GrpcClient

        kind = GrpcClient
    else:
        raise ValueError(
            "`--endpoint` must be http://HOST:PORT, https://HOST:PORT or "
            f"grpc://HOST:PORT. Received: {options.endpoint!r}."
        )
    model = options.model or _only_model(options)
    return kind(address, model, options.version, options.timeout)


def _only_model(options):
    if options.endpoint.startswith("grpc://"):
        raise ValueError("Over gRPC the model must be named, by `--model`.")

    from keras_gan_zoo.serving.rest_client import served_models

    models = served_models(options.endpoint, options.timeout)
    # Others may be served that know no seeds.
    names = [each["name"] for each in models if "model" in each]
    if len(names) != 1:
        raise ValueError(
            "`--model` must say which model to ask. There are: "
            f"{', '.join(names) or 'none'}."
        )
    return names[0]
