import dataclasses
import pathlib

import numpy as np
import pytest
from PIL import Image

from keras_gan_zoo.datasets import emoji_packages as emoji_module
from keras_gan_zoo.datasets import prepare
from keras_gan_zoo.datasets.__main__ import main
from keras_gan_zoo.datasets.emoji_packages import (
    CATEGORIES,
    group_of,
    read_emoji,
    split_of,
)
from keras_gan_zoo.datasets.packages import PreparationError, unpacked
from keras_gan_zoo.datasets.prepare import (
    find_data_dir,
    is_prepared,
    prepare_dataset,
    read_package,
)
from tests.datasets import tiny_emoji as tiny

TONES = ["1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff"]


@pytest.fixture
def unpacked_emoji(tiny_emoji_source, emoji_packages, tmp_path):
    packages = prepare.SOURCES["emoji"].packages
    return unpacked(packages, tmp_path / "unpacked", emoji_packages)


# --- What is read ------------------------------------------------------------


def test_drawings_are_paired_by_code_points(unpacked_emoji):
    drawings = read_emoji(unpacked_emoji)
    expected = tiny.drawings()
    assert drawings.keys() == expected.keys() == {"train", "test"}
    for split, columns in expected.items():
        for name, column in columns._asdict().items():
            given = getattr(drawings[split], name)
            np.testing.assert_array_equal(given, column, err_msg=name)
            assert given.dtype == column.dtype
    train = drawings["train"]
    number = [*train.code].index(b"1f469-1f3fd-200d-1f33e")
    assert train.name[number] == b"WOMAN FARMER"
    assert CATEGORIES[train.category[number]] == "People & Body"


def test_flags_swatches_and_what_one_vendor_draws_are_left_out(unpacked_emoji):
    drawings = read_emoji(unpacked_emoji)
    codes = {code.decode() for rows in drawings.values() for code in rows.code}
    left_out = {"1f1ea-1f1ec", "1f3fb", "1f34f"}
    assert codes == {code.lower() for code, _, _ in tiny.EMOJI} - left_out


@pytest.mark.parametrize("mode", ["P", "LA", "RGBA"])
def test_files_of_all_kinds_become_red_green_blue_and_alpha(tmp_path, mode):
    """The packages hold palettes and greys, where these are shorter."""
    pixels = np.zeros((2, 2, 4), "uint8")
    pixels[0, 0] = [70, 70, 70, 255]
    pixels[0, 1] = [9, 9, 9, 255]
    if mode == "P":
        image = Image.frombytes("P", (2, 2), bytes([1, 2, 0, 0]))
        image.putpalette([5, 6, 7, 70, 70, 70, 9, 9, 9])
        image.save(tmp_path / "a.png", transparency=0)
    else:
        pixels[0, 1, 3] = 100
        Image.fromarray(pixels).convert(mode).save(tmp_path / "a.png")
    expected = pixels.copy()
    expected[1] = [255, 255, 255, 0]  # Whatever its colour was.
    given = emoji_module._pixels(tmp_path / "a.png")
    np.testing.assert_array_equal(given, expected)


@pytest.mark.parametrize("name", ["emoji.json", "2603-fe0f.png", "32.png"])
def test_missing_file(unpacked_emoji, name):
    for path in list(unpacked_emoji.rglob(name)):
        path.unlink()
    with pytest.raises(PreparationError, match=f"have no file {name}"):
        read_emoji(unpacked_emoji)


# --- Groups and splits -------------------------------------------------------


@pytest.mark.parametrize(
    "codes",
    [
        # Skin tones.
        "270b 270b-1f3fb 270b-1f3ff",
        # Gender, by a joiner and by code points of their own.
        "1f3c3 1f3c3-200d-2640-fe0f 1f3c3-1f3fd-200d-2642-fe0f",
        "1f934 1f478 1fac5-1f3fc",
        "1f385 1f936 1f9d1-200d-1f384",
        "1f471-200d-2640-fe0f 1f469",  # Twitter draws some alike.
        # Farmers and families.
        "1f468-200d-1f33e 1f469-1f3fd-200d-1f33e 1f9d1-200d-1f33e",
        "1f46a 1f468-200d-1f469-200d-1f466 1f46b 1f469-1f3fb-200d-1f91d-200d-"
        "1f468-1f3fc",
        # Joined of others.
        "1f408 1f408-200d-2b1b",
        "2764-fe0f 2764-fe0f-200d-1f525",
        "1f91d 1faf1-1f3fb-200d-1faf2-1f3fc 1faf2",
    ],
)
def test_variants_are_one_group(codes):
    codes = codes.split()
    assert len({group_of(code) for code in codes}) == 1
    assert len({split_of(code) for code in codes}) == 1


def test_others_are_groups_of_their_own():
    codes = "1f408 1f415 1f600 1f603 1f44d 1f44e 0031-fe0f-20e3 0032-fe0f-20e3"
    assert len({group_of(code) for code in codes.split()}) == 8


def test_no_group_is_on_both_sides():
    """Whatever emoji there may be, and however they are varied."""
    sides = {"train": set(), "test": set()}
    held_out = 0
    for point in [*range(0x2600, 0x2800), *range(0x1F300, 0x1FB00)]:
        code = f"{point:x}"
        held_out += split_of(code) == "test"
        endings = ["", "-fe0f", "-200d-2640-fe0f", "-200d-1f525"]
        endings += [f"-{tone}-200d-2642-fe0f" for tone in TONES]
        for ending in endings:
            sides[split_of(code + ending)].add(group_of(code))
    assert not sides["train"] & sides["test"]
    assert held_out / sum(map(len, sides.values())) == pytest.approx(
        0.2, abs=0.02
    )


def test_split_never_changes():
    """A model that was trained must not meet what it knows as new."""
    assert split_of("1f9d1") == split_of("1f408") == split_of("26d1-fe0f")
    assert split_of("1f408") == "train"
    for code in tiny.HELD_OUT:
        assert split_of(code) == "test"


# --- Preparation -------------------------------------------------------------


@pytest.mark.usefixtures("tiny_emoji_source")
def test_prepare_from_a_folder(tmp_path, emoji_packages, npm, capsys):
    npm(None)
    command = ["prepare", "emoji", f"--data-dir={tmp_path}/tfds"]
    assert main([*command, f"--packages={emoji_packages}"]) == 0
    printed = capsys.readouterr().out
    assert "Noto emoji) are under the Apache License 2.0" in printed
    assert "(Twemoji) under CC BY 4.0" in printed
    assert main(command) == 0
    assert "already prepared" in capsys.readouterr().out
    assert not (tmp_path / "calls.txt").exists()


@pytest.mark.usefixtures("tiny_emoji_source")
def test_both_packages_are_fetched(tmp_path, emoji_packages, npm, capsys):
    npm(emoji_packages)
    prepare_dataset("emoji", tmp_path / "tfds")
    assert is_prepared("emoji", tmp_path / "tfds")
    calls = (tmp_path / "calls.txt").read_text().splitlines()
    assert calls == [
        line
        for vendor in ("google", "twitter")
        for line in (
            f"view emoji-datasource-{vendor}@16.0.0 version --fetch-retries=0",
            f"pack emoji-datasource-{vendor}@16.0.0 --fetch-retries=1",
        )
    ]
    # TFDS has no such data set, hence no official download.
    assert "official" not in capsys.readouterr().out


def test_tfds_reads_it_without_this_package(tiny_emoji):
    import tensorflow_datasets as tfds

    for split, expected in tiny.drawings().items():
        dataset, info = tfds.load(
            "emoji", split=split, data_dir=tiny_emoji, with_info=True
        )
        examples = {e["code"]: e for e in dataset.as_numpy_iterator()}
        assert examples.keys() == {*expected.code}
        for number, code in enumerate(expected.code):
            for name, column in expected._asdict().items():
                given = examples[code][name]
                np.testing.assert_array_equal(given, column[number])
    assert info.features["category"].names == list(CATEGORIES)
    (file,) = tiny_emoji.rglob("LICENSE")
    text = file.read_text()
    assert "Apache-2.0" in text and "CC BY 4.0" in text


@pytest.mark.usefixtures("tiny_emoji_source")
@pytest.mark.parametrize("vendor", ["google", "twitter"])
def test_a_package_is_missing(tmp_path, emoji_packages, vendor):
    name = f"emoji-datasource-{vendor}"
    (emoji_packages / f"{name}-16.0.0.tgz").unlink()
    with pytest.raises(PreparationError) as error:
        prepare_dataset("emoji", tmp_path / "tfds", emoji_packages)
    for part in (
        f"no file {name}-16.0.0.tgz in {emoji_packages}",
        f"Fetch it with `npm pack {name}@16.0.0`",
        "fetch the packages emoji-datasource-google and emoji-datasource-twi",
        "(`npm pack emoji-datasource-google@16.0.0 && npm pack emoji-datasou",
    ):
        assert part in str(error.value)
    assert not [*(tmp_path / "tfds").rglob("*")]


def test_packages_of_other_content_are_not_unpacked(tmp_path, emoji_packages):
    # Without the fixture that makes the tiny emoji the expected ones.
    message = (
        "google-16.0.0.tgz is not emoji-datasource-google@16.0.0: expected "
        "SHA-256 fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5"
    )
    with pytest.raises(PreparationError, match=message):
        prepare_dataset("emoji", tmp_path / "tfds", emoji_packages)
    assert not [*(tmp_path / "tfds").rglob("*")]


@pytest.mark.usefixtures("tiny_emoji_source")
@pytest.mark.parametrize("column", tiny.drawings()["test"]._fields)
def test_all_that_is_written_is_verified(emoji_packages, monkeypatch, column):
    source = prepare.SOURCES["emoji"]

    def damaged(folder):
        drawings = source.read(folder)
        raw = getattr(drawings["test"], column).view("uint8")
        raw.reshape(-1)[-1] ^= 1
        return drawings

    source_of_damage = dataclasses.replace(source, read=damaged)
    monkeypatch.setitem(prepare.SOURCES, "emoji", source_of_damage)
    message = "test split of emoji is not in the packages .*expected SHA-256"
    with pytest.raises(PreparationError, match=message):
        read_package("emoji", emoji_packages)


@pytest.mark.slow
def test_real_data():
    if not pathlib.Path(find_data_dir(), "emoji").exists():
        pytest.skip("emoji is not prepared")
    import tensorflow_datasets as tfds

    groups = {}
    for split in ("train", "test"):
        examples = tfds.load("emoji", split=split).as_numpy_iterator()
        codes = [example["code"].decode() for example in examples]
        assert {split_of(code) for code in codes} == {split}
        groups[split] = {group_of(code) for code in codes}
    assert not groups["train"] & groups["test"]
    assert {split: len(found) for split, found in groups.items()} == {
        "train": 1079,
        "test": 288,
    }
