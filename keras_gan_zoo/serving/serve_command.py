"""The command `serve`: the models of a folder, for development."""

import argparse
import contextlib
import logging
import math
import os
import pathlib
import signal
import socket

from keras_gan_zoo.serving import entries, extra, log

_logger = logging.getLogger(__name__)

# TensorFlow takes seconds to import: `--help`, a missing folder and a port in
# use don't wait for it.


def add_arguments(commands):
    """Adds the command `serve` to a parser's subparsers."""
    parser = commands.add_parser(
        "serve",
        help="serve the models of a folder, for development",
        description="Serves the models of a folder with TensorFlow Serving's "
        "REST API. It is for development: in production, run TensorFlow "
        "Serving itself, which takes the same folders and requests.",
    )
    parser.set_defaults(run=_run)
    parser.add_argument(
        "directory",
        help="folder with a subfolder for each model, such as saved_models",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on; default: 127.0.0.1, which only this "
        "machine can reach. There is no password: whoever can reach the "
        "server can use it",
    )
    parser.add_argument(
        "--port", type=_port, default=8501, help="default: 8501; 0: a free one"
    )
    parser.add_argument(
        "--batch-size",
        type=_positive_integer,
        default=64,
        help="most rows computed together, a power of two; 1 turns batching "
        "off; default: 64",
    )
    parser.add_argument(
        "--max-rows",
        type=_positive_integer,
        default=10_000,
        help="most rows in a request; default: 10,000",
    )
    parser.add_argument(
        "--max-body-mib",
        type=_positive_integer,
        default=16,
        metavar="MIB",
        help="largest body of a request; default: 16",
    )
    parser.add_argument(
        "--poll-seconds",
        type=_positive_number,
        default=1.0,
        help="seconds between looks for new versions and models; default: 1",
    )
    parser.add_argument(
        "--timeout",
        type=_positive_number,
        default=30.0,
        metavar="SECONDS",
        help="time for each of these: a request's head to arrive, its body to "
        "arrive, its answer to be computed, and each piece of the answer to be "
        "read; default: 30",
    )
    parser.add_argument(
        "--max-connections",
        type=_positive_integer,
        default=512,
        metavar="NUMBER",
        help="most connections at once; beyond that, the one that has kept the "
        "server waiting longest is closed; default: 512, or half the number of "
        "files that the process may open, if that is less",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a host name that clients may use, besides IP addresses, "
        "localhost and --host; may be given several times",
    )
    parser.add_argument(
        "--access-log", action="store_true", help="log each request"
    )


def _port(text):
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(
            f"expected 0 to 65535, received {text}"
        )
    return number


def _positive_integer(text):
    return _positive(int(text))


def _positive_number(text):
    return _positive(float(text))


def _positive(number):
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(
            f"expected more than 0, received {number}"
        )
    return number


def _run(options):
    directory = pathlib.Path(options.directory)
    if not directory.is_dir():
        raise OSError(
            "The folder of models must exist. Received: "
            f"{options.directory!r}. `export_generator(model, "
            "'saved_models/NAME')` makes a model in one."
        )
    meant = entries.suggested_folder(directory)
    if meant:
        raise ValueError(
            "The folder of models must have a folder for each model, with its "
            f"versions in it. Received: {options.directory!r}, which is a "
            f"model or within one. Serve the folder above: serve {meant}"
        )
    with _listener(options.host, options.port) as listener:
        with contextlib.suppress(KeyboardInterrupt):
            _serve(options, listener)
    _logger.info("Stopped.")


def _serve(options, listener):
    # As Ctrl-C; uvicorn raises both again when it is done.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    handler = logging.StreamHandler()
    handler.addFilter(log.Bounded())
    logging.basicConfig(
        format="%(asctime)s %(message)s",
        datefmt="%H:%M:%S",
        level="INFO",
        handlers=[handler],
    )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with extra.needed():
        from keras_gan_zoo.serving import page, server
        from keras_gan_zoo.serving.servables import Servables

    logging.getLogger("uvicorn.error").setLevel("WARNING")
    with Servables(
        options.directory,
        max_batch_size=options.batch_size,
        max_rows=options.max_rows,
        poll_seconds=options.poll_seconds,
    ) as servables:
        host, port = listener.getsockname()[:2]
        host = f"[{host}]" if ":" in host else host
        found = len(servables.models())
        _logger.info(
            "Serving %s at http://%s:%d, for development: in production, run "
            "TensorFlow Serving. Ctrl-C stops.",
            f"{found} model{'s' * (found != 1)}",
            host,
            port,
        )
        if not found:
            _logger.info(
                "%s holds no model yet, which is a subfolder with versions "
                "named by numbers. New ones will be found.",
                options.directory,
            )
        limits = server.Limits(
            options.max_body_mib * 2**20,
            options.timeout,
            connections=options.max_connections,
        )
        runner = server.runner(
            servables,
            limits,
            page.routes(servables, limits),
            access_log=options.access_log,
            hosts=[options.host, *options.allow_host],
        )
        runner.run([listener])


def _listener(host, port):
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason, _, _ = error.strerror.partition(" (")
        raise OSError(
            f"Can't listen at {host}, port {port}: {reason}. Choose another "
            "with `--host` and `--port`; `--port 0` takes a free one."
        ) from None
