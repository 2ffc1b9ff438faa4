"""The page at `/`, where people can explore the latents of a model.

It gets samples through TensorFlow Serving's API, like any client. This module
has what that API lacks: a list of the models, images between two seeds, and a
grid as one file.
"""

import io
import pathlib

import numpy as np
from PIL import Image
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from keras_gan_zoo.images import uint8_grid, unit_to_uint8
from keras_gan_zoo.latents import spherical_interpolation
from keras_gan_zoo.serving.errors import RequestError

FOLDER = pathlib.Path(__file__).with_name("page")
MAX_GRID = 1024  # Images.

# It runs what this server sent, and loads images that it got as data.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


def routes(servables, limits):
    """Returns the page's routes, for `server.application`.

    Args:
        servables: `Servables`, entered.
        limits: `server.Limits`.
    """
    page = _Page(servables, limits)
    return [
        Route("/", _index),
        Route("/page/models", page.models),
        Route("/page/between.png", page.between),
        Route("/page/grid.png", page.grid),
        Mount("/page", StaticFiles(directory=FOLDER)),
    ]


async def _index(request):
    headers = {"Content-Security-Policy": POLICY}
    return FileResponse(FOLDER / "index.html", headers=headers)


class _Page:
    """The handlers of the routes."""

    def __init__(self, servables, limits):
        self._servables = servables
        self._limits = limits

    async def models(self, request):
        """Answers the models that the page can show."""
        served = self._servables.models().items()
        return JSONResponse(
            [
                {
                    "name": name,
                    "version": version.number,
                    "num_classes": version.generator.get("num_classes"),
                    "class_names": version.generator.get("class_names"),
                    "about": _about(version),
                }
                for name, version in sorted(served)
                if _can_be_shown(version)
            ]
        )

    async def between(self, request):
        """Answers the image at a position from one seed to another."""
        query = _Query(request)
        seeds = np.array([query.seed("start"), query.seed("end")], "int64")
        position = query.position()
        prior = await self._predict(query, "prior", {"seeds": seeds})
        latents = spherical_interpolation(*prior["latents"], position)
        inputs = {"latents": latents[None], **query.labels(1)}
        outputs = await self._predict(query, "serving_default", inputs)
        (pixels,) = unit_to_uint8(outputs["images"])
        return _png(pixels)

    async def grid(self, request):
        """Answers the images of seeds that follow one another, as a file."""
        query = _Query(request)
        first = query.seed("first")
        number = query.integer("number", 1, MAX_GRID)
        columns = query.integer("columns", 1, MAX_GRID)
        last = first + number - 1
        if last > max(_limits("int64")):
            raise RequestError(
                400, f"Seeds have 64 bits. Received: seeds up to {last}."
            )
        seeds = first + np.arange(number, dtype="int64")
        inputs = {"seeds": seeds, **query.labels(number)}
        outputs = await self._predict(query, "sample", inputs)
        picture = uint8_grid(unit_to_uint8(outputs["images"]), columns)
        # The name of a model may hold what a header can't, so it isn't in it.
        return _png(picture, f"seeds_{first}_to_{last}.png")

    async def _predict(self, query, signature, inputs):
        name = query.text("model")
        if not _can_be_shown(self._servables.version(name)):
            raise RequestError(
                400,
                "The page is for models that make images from latents. "
                f"{name!r} takes "
                "or returns something else: ask it by the API.",
            )
        return await self._limits.in_time(
            self._servables.predict(name, None, signature, inputs)
        )


class _Query:
    """The values behind the question mark of an address."""

    def __init__(self, request):
        self._values = request.query_params

    def text(self, name):
        if name not in self._values:
            raise RequestError(400, f"`{name}` is missing in the address.")
        return self._values[name]

    def integer(self, name, least, most):
        text = self.text(name)
        try:
            number = int(text[:30])
        except ValueError:
            number = None
        if number is None or not least <= number <= most:
            raise RequestError(
                400,
                f"`{name}` must be a whole number from {least} to {most}. "
                f"Received: {text[:80]!r}.",
            )
        return number

    def seed(self, name):
        return self.integer(name, *_limits("int64"))

    def position(self):
        text = self.text("position")
        try:
            position = float(text)
        except ValueError:
            position = np.nan
        if not 0.0 <= position <= 1.0:
            raise RequestError(
                400,
                "`position` must be a number from 0 to 1. Received: "
                f"{text[:80]!r}.",
            )
        return position

    def labels(self, number):
        """Returns the labels of images of one class, if there is one."""
        if "label" not in self._values:
            return {}
        label = self.integer("label", *_limits("int32"))
        return {"labels": np.full(number, label, "int32")}


def _limits(dtype):
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


def _can_be_shown(version):
    """Tells whether latents, and labels of known classes, are all it needs."""
    labels = {"labels"} if version.generator.get("num_classes") else set()
    wanted = {
        "prior": ({"seeds"}, "latents"),
        "sample": ({"seeds", *labels}, "images"),
        "sample_png": ({"seeds", *labels}, "png_bytes"),
        "serving_default": ({"latents", *labels}, "images"),
    }
    if not wanted.keys() <= version.signatures.keys():
        return False
    arrays = []
    for name, (inputs, output) in wanted.items():
        signature = version.signatures[name]
        if signature.inputs.keys() != inputs or output not in signature.outputs:
            return False
        arrays += [*signature.inputs.items(), *signature.outputs.items()]
    return all(_is_as_exported(name, array) for name, array in arrays)


def _is_as_exported(name, array):
    dtype, rank = {
        "seeds": ("int64", 1),
        "labels": ("int32", 1),
        "latents": ("float32", 2),
        "png_bytes": ("string", 1),
        "images": ("float32", 4),
    }.get(name, (None, None))
    if array.kind != dtype or array.shape is None or len(array.shape) != rank:
        return False
    sizes = array.shape[1:]
    return None not in sizes and (name != "images" or sizes[-1] in (1, 3))


def _about(version):
    signature = version.signatures["serving_default"]
    _, height, width, _ = signature.outputs["images"].shape
    _, latent_dim = signature.inputs["latents"].shape
    kind = version.generator.get("model", "generator")
    return f"{kind}, {height}×{width} pixels of {latent_dim} latents"


def _png(pixels, download=None):
    pixels = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    headers = {"Cache-Control": "no-store"}
    if download:
        headers["Content-Disposition"] = f'attachment; filename="{download}"'
    return Response(file.getvalue(), media_type="image/png", headers=headers)
