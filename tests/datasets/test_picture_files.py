"""What counts as a picture file, and what its pixels are."""

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_gan_zoo.datasets import image_folder, picture_headers
from keras_gan_zoo.datasets.picture_files import (
    find_pictures,
    pictures_by_class,
)
from keras_gan_zoo.datasets.picture_headers import read_headers
from keras_gan_zoo.datasets.picture_pixels import read_picture
from keras_gan_zoo.metrics.image_sources import FolderImages

SIZE = 8


def save(folder, name, color, mode="RGB", size=(SIZE, SIZE), **options):
    folder.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, color).save(folder / name, **options)
    return folder / name


def chunk(kind, content):
    checksum = zlib.crc32(kind + content)
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", checksum)
    )


def write_sixteen_bits(file, values, key=()):
    """Writes a PNG of 16 bits, which Pillow can't for colours."""
    height, width, channels = values.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    transparent = struct.pack(f">{len(key)}H", *key)
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + (chunk(b"tRNS", transparent) if key else b"")
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def names(files, folder):
    return [str(file.relative_to(folder)) for file in files]


@pytest.fixture
def hostile(tmp_path):
    """A folder with a file of each kind, all of 6x4 pixels when upright."""
    rng = np.random.default_rng(0)
    folder, size = tmp_path / "hostile", (6, 4)
    pixels = rng.integers(0, 256, (4, 6, 4), "uint8")
    (folder / "sub").mkdir(parents=True)
    Image.fromarray(pixels[..., 0]).save(folder / "00_grey.png")
    Image.fromarray(pixels).save(folder / "alpha.png")
    Image.fromarray(pixels[..., :2], "LA").save(folder / "grey_alpha.png")
    deep = pixels.astype("uint16") * 257
    for channels in (1, 2, 3, 4):
        write_sixteen_bits(folder / f"16_{channels}.png", deep[..., :channels])
    Image.fromarray(deep[..., 0]).save(folder / "sub" / "16.tif")
    exif = Image.Exif()
    exif[0x0112] = 6  # Lies on its side.
    sideways = Image.fromarray(pixels[..., :3].swapaxes(0, 1).copy())
    sideways.save(folder / "sub" / "photo.JPG", exif=exif)
    colour = Image.fromarray(pixels[..., :3])
    colour.save(folder / "sub" / "one.gif", transparency=3)
    for name in ("a.bmp", "b.webp", "c.tiff", "d.jpeg"):
        colour.save(folder / name)
    colour.convert("CMYK").save(folder / "cmyk.jpg")
    Image.fromarray(pixels[..., 0] > 99).save(folder / "one_bit.png")
    save(tmp_path / "elsewhere", "linked.png", "red", size=size)
    (folder / "link.png").symlink_to(tmp_path / "elsewhere" / "linked.png")
    (folder / "links").symlink_to(tmp_path / "elsewhere")
    (folder / "sub" / "loop").symlink_to(folder)
    (folder / "dead.end").symlink_to("dead.end")
    save(folder / ".ipynb_checkpoints", "x.png", "red")
    (folder / "._a.png").write_bytes(b"\0\5\x16\7")
    (folder / "folder.png").mkdir()
    os.mkfifo(folder / "pipe.png")
    return folder


def test_training_and_scores_see_the_same_pixels(hostile):
    scored = FolderImages(hostile, image_size=4)
    assert len(scored) == 18
    assert scored[:].shape == (18, 4, 4, 3)
    # A batch of all, in another order.
    (trained,) = image_folder(hostile, 4, 18).as_numpy_iterator()
    trained = np.rint((trained + 1) * 127.5)
    for seen in (trained, scored[:]):
        assert len({image.tobytes() for image in seen}) >= 8
    # What has 16 bits is resized with all of them for training.
    distances = abs(trained[:, np.newaxis] - scored[:]).max(axis=(2, 3, 4))
    assert np.all(distances.min(axis=0) <= 2)
    assert np.sum(distances.min(axis=0) == 0) >= 13
    # They have one size, once they are upright.
    assert FolderImages(hostile)[:].shape == (18, 4, 6, 3)


def test_pixels_of_eight_bits_are_the_same_in_training_and_scores(hostile):
    for file in (*hostile.glob("16_*"), hostile / "sub" / "16.tif"):
        file.unlink()
    scored = FolderImages(hostile, image_size=4)[:]
    (trained,) = image_folder(hostile, 4, 13).as_numpy_iterator()
    trained = np.rint((trained + 1) * 127.5).astype("uint8")
    assert sorted(map(bytes, trained)) == sorted(map(bytes, scored))


def test_a_folder_is_grey_only_if_all_of_it_is(tmp_path):
    write_sixteen_bits(tmp_path / "a.png", np.full((4, 4, 2), 9, "uint16"))
    save(tmp_path, "b.png", 3, "LA"[:1])
    save(tmp_path, "c.png", 1, "1")
    assert FolderImages(tmp_path, image_size=4)[:].shape == (3, 4, 4, 1)
    save(tmp_path, "d.png", (9, 9, 9))
    assert FolderImages(tmp_path, image_size=4)[:].shape == (4, 4, 4, 3)
    # All headers count, whichever pictures are chosen.
    assert FolderImages(tmp_path, 1, image_size=4)[:].shape == (1, 4, 4, 3)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_of_sixteen_bits_the_upper_eight_are_taken(tmp_path, channels):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, channels))
    pixels = pixels.astype("uint8")
    lower = np.random.default_rng(1).integers(0, 256, pixels.shape)
    write_sixteen_bits(tmp_path / "deep.png", pixels * np.uint16(256) + lower)
    mode = (None, "L", "LA", "RGB", "RGBA")[channels]
    flat = pixels[..., 0] if channels == 1 else pixels
    Image.fromarray(flat, mode).save(tmp_path / "flat.png")
    for wanted in (1, 3):
        np.testing.assert_array_equal(
            read_picture(tmp_path / "deep.png", wanted),
            read_picture(tmp_path / "flat.png", wanted),
        )


@pytest.mark.parametrize("key", [(1000,), (1000, 2000, 3000)])
def test_a_transparent_colour_of_sixteen_bits_becomes_white(tmp_path, key):
    values = np.full((2, 2, len(key)), 5000, "uint16")
    values[0, 0] = key
    write_sixteen_bits(tmp_path / "deep.png", values, key)
    pixels = read_picture(tmp_path / "deep.png", 3)
    assert np.all(pixels[0, 0] == 255) and np.all(pixels[1] == 5000 >> 8)


@pytest.mark.parametrize("wide", [True, False])
def test_centre_is_cut_out(tmp_path, wide):
    # A red square between two blue margins.
    pixels = np.zeros((16, 48, 3), "uint8")
    pixels[:, :16, 2] = pixels[:, 32:, 2] = 255
    pixels[:, 16:32, 0] = 255
    image = Image.fromarray(pixels if wide else pixels.swapaxes(0, 1).copy())
    image.save(tmp_path / "flag.png")
    np.testing.assert_array_equal(
        read_picture(tmp_path / "flag.png", 3, 4),
        np.broadcast_to(np.array([255, 0, 0], "uint8"), (4, 4, 3)),
    )


def test_resize_averages(tmp_path):
    stripes = np.zeros((64, 64), "uint8")
    stripes[:, ::2] = 255
    Image.fromarray(stripes).save(tmp_path / "stripes.png")
    # The border is left out, where the filter reaches beyond the image.
    middle = read_picture(tmp_path / "stripes.png", 1, 16)[2:-2, 2:-2]
    assert 120 <= middle.min() and middle.max() <= 135


def test_photographs_are_turned_upright(tmp_path):
    pixels = np.zeros((8, 8), "uint8")
    pixels[:4] = 255  # White above.
    exif = Image.Exif()
    exif[0x0112] = 3  # "Rotated by 180 degrees."
    Image.fromarray(pixels).save(tmp_path / "photo.png", exif=exif)
    upright = read_picture(tmp_path / "photo.png", 1, 8)[..., 0]
    np.testing.assert_array_equal(upright, pixels[::-1])


def test_transparent_parts_become_white(tmp_path):
    for mode, color in [("RGBA", (9, 9, 9, 0)), ("LA", (9, 0))]:
        file = save(tmp_path, "clear.png", color, mode)
        for channels in (1, 3):
            assert np.all(read_picture(file, channels, 4) == 255)


@pytest.mark.parametrize("mode, color", [("P", 3), ("1", 1), ("CMYK", 0)])
def test_other_modes_are_converted(tmp_path, mode, color):
    suffix = "tif" if mode == "CMYK" else "png"
    file = save(tmp_path, f"one.{suffix}", color, mode)
    assert read_picture(file, 3, 4).shape == (4, 4, 3)


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_pixels_of_no_known_range_are_refused(tmp_path, dtype):
    Image.fromarray(np.ones((4, 4), dtype)).save(tmp_path / "deep.tif")
    with pytest.raises(ValueError, match="deep.tif .*of the kind [IF], not"):
        read_headers(find_pictures(tmp_path))
    with pytest.raises(ValueError, match="deep.tif .*convert it first"):
        read_picture(tmp_path / "deep.tif", 1)


def test_links_count_as_what_they_lead_to(tmp_path):
    for name in ("cat", "dog"):
        save(tmp_path / "store" / name, "1.png", "red")
    folder = tmp_path / "pets"
    folder.mkdir()
    for name in ("cat", "dog"):
        (folder / name).symlink_to(tmp_path / "store" / name)
    # Two folders that hold each other, and one that holds all.
    (tmp_path / "store" / "cat" / "friend").symlink_to(folder / "dog")
    (tmp_path / "store" / "dog" / "friend").symlink_to(folder / "cat")
    (folder / "all").symlink_to(folder)
    by_class = pictures_by_class(folder)
    assert {name: names(files, folder) for name, files in by_class.items()} == {
        "": [],
        "cat": ["cat/1.png", "cat/friend/1.png"],
        "dog": ["dog/1.png", "dog/friend/1.png"],
    }
    assert find_pictures(folder) == by_class["cat"] + by_class["dog"]


@pytest.mark.parametrize(
    "break_it, words",
    [
        (lambda file: file.write_bytes(b""), "an empty file"),
        (lambda file: file.write_bytes(b"no picture"), "no picture"),
        (lambda file: file.write_bytes(file.read_bytes()[:20]), ""),
        (lambda file: file.symlink_to("nowhere"), "a link to nowhere"),
        (lambda file: file.symlink_to(file.name), "symbolic links"),
    ],
)
def test_broken_files_are_told_before_any_is_read(tmp_path, break_it, words):
    save(tmp_path, "a.png", "red")
    file = save(tmp_path, "b.png", "red")
    if "link" in words:
        file.unlink()
    break_it(file)
    for read in (
        lambda: image_folder(tmp_path, 4, 1),
        lambda: FolderImages(tmp_path),
    ):
        message = rf"1 of 2 that are not:\n .*b.png \(.*{words}.*\)\nReplace"
        with pytest.raises(ValueError, match=message):
            read()


def test_a_picture_too_large_for_memory_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40)
    save(tmp_path, "huge.png", "red", size=(9, 10))
    with pytest.raises(ValueError, match="huge.png .*exceeds limit"):
        read_headers(find_pictures(tmp_path))


def test_of_many_broken_files_the_first_are_named(tmp_path):
    for number in range(250):
        (tmp_path / f"{number:03}.png").write_bytes(b"")
    with pytest.raises(ValueError, match="250 of 250.*") as caught:
        read_headers(find_pictures(tmp_path))
    lines = str(caught.value).splitlines()
    assert len(lines) == 8
    assert "004.png" in lines[5] and lines[6] == "  and 245 more"


def test_a_name_that_is_no_text_can_be_printed(tmp_path):
    (tmp_path / os.fsdecode(b"\xff.png")).write_bytes(b"")
    with pytest.raises(
        ValueError, match=r"udcff.png \(an empty file\)"
    ) as caught:
        read_headers(find_pictures(tmp_path))
    str(caught.value).encode()


def test_headers_come_in_the_order_of_the_files(tmp_path):
    for number in range(250):
        save(tmp_path, f"{number:03}.bmp", 0, "L", (1 + number, 1))
    headers = read_headers(find_pictures(tmp_path))
    assert [header.size[0] for header in headers] == [*range(1, 251)]


def test_progress_is_told_of_what_takes_long(tmp_path, monkeypatch, capsys):
    save(tmp_path, "a.png", "red")
    files = find_pictures(tmp_path) * 300
    read_headers(files)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(picture_headers, "_SILENCE", 0.0)
    read_headers(files)
    assert capsys.readouterr().err == "Looked at 100 of 300 pictures\n"


@pytest.mark.parametrize("source", ["gone", "empty"])
def test_a_folder_without_pictures(tmp_path, source):
    (tmp_path / "empty" / "folder.png").mkdir(parents=True)
    message = "existing folder" if source == "gone" else "which has none"
    for read in (find_pictures, FolderImages):
        with pytest.raises(ValueError, match=f"{message}|{message}"):
            read(Path(tmp_path / source))
