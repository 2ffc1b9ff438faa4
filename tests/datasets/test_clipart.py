import dataclasses
import hashlib
import struct

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan_zoo import datasets
from keras_gan_zoo.datasets import prepare
from keras_gan_zoo.datasets.clipart_package import (
    CLIPART_CATEGORIES,
    read_clipart,
)
from keras_gan_zoo.datasets.prepare import PreparationError, prepare_dataset
from tests.datasets.npm_packages import png

RED = np.array([255, 0, 0, 255], "uint8")


def drawing(height, width):
    """Red on the left, transparent (and black) on the right."""
    pixels = np.zeros((height, width, 4), "uint8")
    pixels[:, : width // 2] = RED
    return pixels


@pytest.fixture
def unpacked(tmp_path):
    """What the package looks like once it is unpacked."""
    root = tmp_path / "unpacked/openclipart-png/usr/share/openclipart/png"
    for path, size in [
        ("animals/birds/owl.png", (40, 20)),
        ("animals/cat.png", (600, 300)),
        ("food/egg.png", (256, 8)),
    ]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(png(drawing(*size)))
    huge = bytearray(png(drawing(2, 2)))
    huge[16:24] = struct.pack(">II", 16_000, 10_000)
    (root / "food" / "apple.png").write_bytes(huge)
    (root / "food" / "owl.png").symlink_to("../animals/birds/owl.png")
    return tmp_path / "unpacked"


@pytest.fixture
def tiny_source(unpacked, monkeypatch):
    (columns,) = read_clipart(unpacked).values()
    digest = hashlib.sha256(b"".join(column.tobytes() for column in columns))
    source = dataclasses.replace(
        prepare.SOURCES["openclipart"],
        counts={"train": 3},
        digests={"train": digest.hexdigest()},
    )
    monkeypatch.setitem(prepare.SOURCES, "openclipart", source)
    monkeypatch.setattr(prepare, "unpacked", lambda *_: unpacked)


@pytest.fixture
def data_dir(tiny_source, tmp_path):
    prepare_dataset("openclipart", tmp_path / "tfds", tmp_path)
    return tmp_path / "tfds"


def test_links_and_what_is_huge_are_left_out(unpacked):
    drawings = read_clipart(unpacked)["train"]
    assert drawings.path.tolist() == [
        b"animals/birds/owl.png",
        b"animals/cat.png",
        b"food/egg.png",
    ]
    assert drawings.size.sum() == len(drawings.content)


def test_drawings_are_files_by_category_and_handy(data_dir, unpacked):
    place = data_dir / "openclipart" / "0.18.0"
    files = {
        file.relative_to(place).as_posix(): Image.open(file)
        for file in place.rglob("*.png")
    }
    assert {name: image.size[::-1] for name, image in files.items()} == {
        "animals/birds/owl.png": (40, 20),
        "animals/cat.png": (256, 128),
        "food/egg.png": (256, 8),
    }
    for image in files.values():
        pixels = np.asarray(image)
        assert image.mode == "RGBA"
        assert np.all(pixels[:, 0] == RED) and np.all(pixels[:, -1, 3] == 0)
        # No black of what is transparent comes through.
        assert np.all(pixels[pixels[..., 3] > 99, :3] == RED[:3])
    (source,) = unpacked.rglob("birds/owl.png")
    assert (place / "animals/birds/owl.png").read_bytes() == (
        source.read_bytes()
    )


def test_a_stream_with_categories(data_dir):
    def build(start_step, **options):
        return datasets.openclipart(
            2,
            image_size=(8, 4),
            labels=True,
            start_step=start_step,
            data_dir=data_dir,
            **options,
        )

    images, labels = next(iter(build(0, alpha=True)))
    assert images.shape == (2, 8, 4, 4) and labels.dtype == "int32"
    assert build(0).element_spec[0].shape == (2, 8, 4, 3)
    whole, tail = list(build(0).take(5)), list(build(3).take(2))
    tf.nest.map_structure(np.testing.assert_array_equal, tail, whole[3:])
    by_name = datasets.by_name(
        "openclipart",
        2,
        labels=True,
        start_step=0,
        data_dir=data_dir,
        image_size=(8, 4),
    )
    tf.nest.map_structure(
        np.testing.assert_array_equal, list(by_name.take(5)), whole
    )


def test_names_of_categories_are_in_the_order_of_labels():
    names = datasets.class_names("openclipart")
    assert names == sorted(CLIPART_CATEGORIES) and len(names) == 22


def test_other_content_is_refused(tiny_source, unpacked, tmp_path):
    (file,) = unpacked.rglob("egg.png")
    file.write_bytes(png(drawing(8, 256)))
    message = "train split of openclipart is not in the package openclipart-png"
    with pytest.raises(PreparationError, match=message):
        prepare_dataset("openclipart", tmp_path / "tfds", tmp_path)
    assert not [*(tmp_path / "tfds").rglob("*")]


def test_a_lost_file_is_noticed(data_dir):
    (file,) = data_dir.rglob("egg.png")
    file.unlink()
    message = "{'train': 3} examples of openclipart .* holds {'train': 2}"
    with pytest.raises(PreparationError, match=message):
        datasets.openclipart(2, data_dir=data_dir)


def test_a_package_without_drawings(tmp_path):
    with pytest.raises(PreparationError, match="has no drawings in"):
        read_clipart(tmp_path)
