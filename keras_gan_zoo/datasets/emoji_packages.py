"""The emoji of Google and Twitter: what their packages hold, and the split.

Two npm packages have a PNG file of 64 x 64 pixels, with alpha, for each emoji,
under its code points, so the same name is the same emoji drawn by another hand.
Drawings of 32 x 32 pixels are tiles of a sheet. Both have the table
`emoji.json`, which gives names and categories.

Licences of the drawings: Google's, of Noto emoji, Apache-2.0; Twitter's, of
Twemoji, CC BY 4.0, which asks to name the authors (Twitter and other
contributors). The licence of the packages, MIT, covers their table.
"""

import hashlib
import json
from typing import NamedTuple

import numpy as np
from PIL import Image

from keras_gan_zoo.datasets.packages import NpmPackage, PreparationError

VENDORS = ("google", "twitter")
SIZES = (32, 64)
CATEGORIES = (
    "Smileys & Emotion",
    "People & Body",
    "Animals & Nature",
    "Food & Drink",
    "Travel & Places",
    "Activities",
    "Objects",
    "Symbols",
)
EMOJI_PACKAGES = (
    NpmPackage(
        "emoji-datasource-google",
        "16.0.0",
        "fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438",
    ),
    NpmPackage(
        "emoji-datasource-twitter",
        "16.0.0",
        "f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877",
    ),
)
HELD_OUT = 0.2

# Emoji that are variants of one another (by gender, or as the parts of a
# joined one) although they begin with different code points. All that is made
# of persons, from the farmer to the families, is one group: it is drawn with
# the same faces.
_VARIANTS = {
    # Persons; Santa and Mrs Claus, since Mx Claus is a person with a tree.
    "1f9d1": "1f466 1f467 1f468 1f469 1f46a 1f46b 1f46c 1f46d 1f474 1f475 "
    "1f48f 1f491 1f9d2 1f9d3 1f385 1f936 1f471",
    "1f91d": "1faf1 1faf2",  # A handshake is joined of two hands.
    "1f57a": "1f483",  # Dancers.
    "1f934": "1f478 1fac5",  # Prince, princess, person with crown.
    "1f930": "1fac3 1fac4",  # Pregnant woman, man, person.
}
_GROUPS = {
    code: group for group, codes in _VARIANTS.items() for code in codes.split()
}


class Drawings(NamedTuple):
    """The emoji of one split, ordered by their code points."""

    google_64: np.ndarray  # uint8, (emoji, 64, 64, 4), as is the next.
    twitter_64: np.ndarray
    google_32: np.ndarray  # uint8, (emoji, 32, 32, 4), as is the next.
    twitter_32: np.ndarray
    category: np.ndarray  # uint8, an index into `CATEGORIES`.
    code: np.ndarray  # Bytes: b"1f468-1f3fd-200d-1f33e".
    name: np.ndarray  # Bytes, in UTF-8, without the skin tone: b"MAN FARMER".


def group_of(code):
    """The group of variants that an emoji belongs to.

    Variants differ by skin tone, by gender, or by what a zero-width joiner
    adds. They begin with the same code point, but for those of `_VARIANTS`.

    Args:
        code: String, code points in lower-case hexadecimal, with hyphens.

    Returns:
        String, the code point that stands for the group.
    """
    first = code.split("-")[0]
    return _GROUPS.get(first, first)


def split_of(code):
    """The split of an emoji, `"train"` or `"test"`.

    It is a function of the group alone, so that variants of one emoji are
    never on both sides: a fifth of all groups is held out.

    Args:
        code: As of `group_of`.
    """
    digest = hashlib.sha256(group_of(code).encode()).digest()
    held_out = int.from_bytes(digest[:8], "big") < HELD_OUT * 2**64
    return "test" if held_out else "train"


def read_emoji(folder):
    """Reads what both vendors draw, without flags and swatches of skin tones.

    Args:
        folder: `pathlib.Path` of a folder with the unpacked packages.

    Returns:
        Dictionary from `"train"` and `"test"` to `Drawings`.

    Raises:
        PreparationError: If a file is missing.
    """
    roots = [folder / package.name / "package" for package in EMOJI_PACKAGES]
    sheets = [
        _pixels(root / "img" / vendor / "sheets" / "32.png")
        for vendor, root in zip(VENDORS, roots)
    ]
    table = json.loads(_existing(roots[0] / "emoji.json").read_text("utf-8"))
    rows = {"train": [], "test": []}
    for code, place, category, name in sorted(_emoji_of(table)):
        large = [
            _pixels(root / "img" / vendor / "64" / f"{code}.png")
            for vendor, root in zip(VENDORS, roots)
        ]
        small = [_tile(sheet, *place) for sheet in sheets]
        rows[split_of(code)].append(
            (*large, *small, np.uint8(category), code.encode(), name.encode())
        )
    return {
        split: Drawings(*[np.stack(column) for column in zip(*emoji)])
        for split, emoji in rows.items()
    }


def write_emoji(drawings, folder):
    """Writes the files that the builder of the data set reads.

    Args:
        drawings: As `read_emoji` returns.
        folder: `pathlib.Path`.
    """
    for split, columns in drawings.items():
        np.savez(folder / f"{split}.npz", **columns._asdict())


def _emoji_of(table):
    """Yields code points, place in the sheet, category and name of each."""
    for entry in table:
        if entry["category"] not in CATEGORIES:
            continue
        category = CATEGORIES.index(entry["category"])
        for emoji in (entry, *entry.get("skin_variations", {}).values()):
            if all(emoji[f"has_img_{vendor}"] for vendor in VENDORS):
                place = emoji["sheet_x"], emoji["sheet_y"]
                yield emoji["unified"].lower(), place, category, entry["name"]


def _tile(sheet, column, row, size=32):
    """Cuts a drawing out of a sheet, where each has a border of one pixel."""
    left, top = column * (size + 2) + 1, row * (size + 2) + 1
    return sheet[top : top + size, left : left + size]


def _pixels(file):
    """Returns a picture as uint8 `(height, width, 4)`, with straight alpha.

    What is fully transparent becomes white: files hold any colour there.
    """
    with Image.open(_existing(file)) as image:
        pixels = np.array(image.convert("RGBA"))
    pixels[pixels[..., 3] == 0, :3] = 255
    return pixels


def _existing(file):
    if not file.is_file():
        raise PreparationError(f"the packages have no file {file.name}")
    return file
