"""A few emoji of random pixels, in packages that look like the real ones."""

import json

import numpy as np

from keras_gan_zoo.datasets.emoji_packages import CATEGORIES, Drawings
from tests.datasets.npm_packages import png, write_npm_package

# Code points, name and category of what is in the tiny packages of emoji, in
# the order of their table, which is not that of code points.
EMOJI = [
    ("1F469-200D-1F33E", "WOMAN FARMER", "People & Body"),
    ("1F469-1F3FD-200D-1F33E", "WOMAN FARMER", "People & Body"),
    ("1F408", "CAT", "Animals & Nature"),
    ("1F408-200D-2B1B", "BLACK CAT", "Animals & Nature"),
    ("1F1EA-1F1EC", "Egypt Flag", "Flags"),
    ("1F3FB", "EMOJI MODIFIER FITZPATRICK TYPE-1-2", "Component"),
    ("1F9D1-200D-1F33E", "FARMER", "People & Body"),
    ("2603-FE0F", "SNOWMAN", "Travel & Places"),
    ("1F600", "GRINNING FACE", "Smileys & Emotion"),
    ("1F34E", "RED APPLE", "Food & Drink"),
    ("1F512", "LOCK", "Objects"),
    ("1F34F", "DRAWN BY GOOGLE ALONE", "Food & Drink"),
    (
        "26D1-FE0F",
        "RESCUE WORKER\N{RIGHT SINGLE QUOTATION MARK}S HELMET",
        "Objects",
    ),
]
# A fifth would be one or two of these.
HELD_OUT = {"2603-fe0f", "1f600", "1f512"}


def pixels_of_all():
    """Dictionary from (vendor, size, code points) to uint8 pixels."""
    random_numbers = np.random.default_rng(5)
    pixels = {}
    for vendor in ("google", "twitter"):
        for size in (32, 64):
            for code, _, _ in EMOJI:
                drawing = random_numbers.integers(
                    0, 256, (size, size, 4), "uint8"
                )
                drawing[: size // 4, :, 3] = 0
                drawing[drawing[..., 3] == 0, :3] = 255
                pixels[vendor, size, code.lower()] = drawing
    return pixels


def _table():
    """The content of `emoji.json`, with places in a sheet of 4 x 4 tiles."""
    table = []
    for number, (code, name, category) in enumerate(EMOJI):
        entry = {
            "unified": code,
            "sheet_x": number // 4,
            "sheet_y": number % 4,
            "has_img_google": True,
            "has_img_twitter": "ALONE" not in name,
        }
        if "-1F3FD" in code:
            table[-1]["skin_variations"] = {"1F3FD": entry}
        else:
            table.append({**entry, "name": name, "category": category})
    return table


def write_packages(folder):
    """Writes the tar files of both vendors."""
    pixels = pixels_of_all()
    table = json.dumps(_table()).encode()
    for vendor in ("google", "twitter"):
        contents = {"emoji.json": table}
        sheet = np.full((4 * 34, 4 * 34, 4), 77, "uint8")
        for number, (code, _, _) in enumerate(EMOJI):
            top, left = 34 * (number % 4) + 1, 34 * (number // 4) + 1
            small = pixels[vendor, 32, code.lower()]
            sheet[top : top + 32, left : left + 32] = small
            content = png(pixels[vendor, 64, code.lower()])
            contents[f"img/{vendor}/64/{code.lower()}.png"] = content
        contents[f"img/{vendor}/sheets/32.png"] = png(sheet)
        file = folder / f"emoji-datasource-{vendor}-16.0.0.tgz"
        write_npm_package(file, contents)


def drawings():
    """What is to be read of the packages, split by split."""
    pixels, by_split = pixels_of_all(), {}
    for split in ("train", "test"):
        rows = sorted(
            (code.lower(), name, CATEGORIES.index(category))
            for code, name, category in EMOJI
            if category in CATEGORIES
            and "ALONE" not in name
            and (code.lower() in HELD_OUT) == (split == "test")
        )
        codes, names, categories = zip(*rows)
        by_split[split] = Drawings(
            *(
                np.stack([pixels[vendor, size, code] for code in codes])
                for size in (64, 32)
                for vendor in ("google", "twitter")
            ),
            np.array(categories, "uint8"),
            np.array([code.encode() for code in codes]),
            np.array([name.encode() for name in names]),
        )
    return by_split
