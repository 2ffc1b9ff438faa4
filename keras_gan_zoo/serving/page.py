"""The page at `/`, where people can look at what a model makes.

It gets images through TensorFlow Serving's API, like any client. This module
has what that API lacks: a list of the models, images between two seeds, a grid
as one file, and samples that aren't images as pictures and as files.
"""

import asyncio
import io
import pathlib

import numpy as np
from PIL import Image
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from keras_gan_zoo import sample_files
from keras_gan_zoo.images import to_visible, uint8_grid, unit_to_uint8
from keras_gan_zoo.latents import spherical_interpolation
from keras_gan_zoo.serving import views
from keras_gan_zoo.serving.errors import RequestError

FOLDER = pathlib.Path(__file__).with_name("page")
MAX_GRID = 1024  # Images.
_TYPES = {
    "csv": "text/csv",
    "mid": "audio/midi",
    "npz": "application/octet-stream",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
    "wav": "audio/wav",
}

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
        Route("/page/samples.png", page.samples),
        Route("/page/samples", page.file),
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
                    **shown,
                }
                for name, version in sorted(served)
                if (shown := _shown(version))
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
        (pixels,) = to_visible(unit_to_uint8(outputs["images"]))
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
        pixels = to_visible(unit_to_uint8(outputs["images"]))
        picture = uint8_grid(pixels, columns)
        # The name of a model may hold what a header can't, so it isn't in it.
        return _png(picture, f"seeds_{first}_to_{last}.png")

    async def samples(self, request):
        """Answers a picture of samples that aren't images."""
        query = _Query(request)
        kind, served, columns = await self._drawn(query)
        drawn = await asyncio.to_thread(
            kind.picture, kind.from_served(served), columns
        )
        return _png(drawn)

    async def file(self, request):
        """Answers samples that aren't images as a file of their kind.

        It is the sample of the first seed, or all that are in the picture if
        the file can hold them.
        """
        query = _Query(request)
        kind, served, _ = await self._drawn(query)
        suffix = sample_files.suffix_of(served, kind.facts())
        content = await asyncio.to_thread(kind.to_file, served)
        first = query.seed("first")
        name = f"{kind.name}_{first}.{suffix}"
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
        }
        return Response(content, media_type=_TYPES[suffix], headers=headers)

    async def _drawn(self, query):
        """Returns the kind of a model, samples, and how many are in a row."""
        name = query.text("model")
        kind = views.kind_shown(self._servables.version(name))
        if kind is None:
            raise RequestError(
                400,
                f"There is no picture of the samples of {name!r}: ask it by "
                "the API.",
            )
        columns = kind.picture_columns
        number = kind.picture_rows * columns
        seeds = query.seed("first") + np.arange(number, dtype="int64")
        inputs = {"seeds": seeds, **query.labels(number)}
        outputs = await self._limits.in_time(
            self._servables.predict(name, None, "sample", inputs)
        )
        return kind, outputs[kind.name], columns

    async def _predict(self, query, signature, inputs):
        name = query.text("model")
        if not views.shows_latents(self._servables.version(name)):
            raise RequestError(
                400,
                "This is for models that make images from latents. "
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


def _shown(version):
    """Returns what the page can show of a version, or `None`."""
    kind = views.kind_shown(version)
    shown = {
        "latents": views.shows_latents(version),
        "kind": None if kind is None else kind.name,
        "suffix": None if kind is None else kind.suffix,
        "translations": views.translations(version),
    }
    if not any(shown.values()):
        return None
    return {"about": views.about(version), **shown}


def _limits(dtype):
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


def _png(pixels, download=None):
    pixels = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    headers = {"Cache-Control": "no-store"}
    if download:
        headers["Content-Disposition"] = f'attachment; filename="{download}"'
    return Response(file.getvalue(), media_type="image/png", headers=headers)
