"""Writes files like those that `npm pack` gives."""

import io
import tarfile

from PIL import Image


def png(pixels):
    """The content of a PNG file."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "png")
    return content.getvalue()


def write_npm_package(file, contents):
    """Writes the tar file that `npm pack` gives, of a dictionary of bytes."""
    with tarfile.open(file, "w:gz") as archive:
        for name, content in contents.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
