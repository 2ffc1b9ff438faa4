"""Folders of pictures as pairs, or as two domains without pairing."""

from pathlib import Path

from keras_gan_zoo.datasets import picture_files
from keras_gan_zoo.datasets.image_folder import image_folder
from keras_gan_zoo.datasets.picture_reader import PictureReader
from keras_gan_zoo.datasets.streams import (
    check_integer,
    finish,
    index_batches,
    unpaired,
)

_NAMED = 5  # Names that an error lists.

# Added to the seed of the second domain: two folders of one size must not be
# in the same order.
_SECOND_DOMAIN = 0x7365636F


def folder_pairs(
    first,
    second,
    batch_size,
    image_size=None,
    channels=None,
    alpha=False,
    seed=0,
    start_step=None,
    flip=False,
):
    """Pairs of pictures with the same name in two folders.

    `edges/pets/001.png` and `photos/pets/001.jpg` are a pair: names count from
    the folder on, without their endings. Both are cropped in the same way and
    mirrored together.

        pairs = folder_pairs("edges", "photos", 4, image_size=(64, 96),
                             start_step=0, flip=True)
        gan.fit(pairs, steps_per_epoch=100)

    Args:
        first, second: Paths of the folders, read as of `image_folder`.
        batch_size: Integer. All batches are full: the rest of an epoch is
            dropped.
        image_size: As of `image_folder`, for both. `None` leaves the pictures
            as they are; those of one folder must then have one size.
        channels: As of `image_folder`; by default each folder is grey if all
            of its pictures are.
        alpha: Whether to keep alpha of both, as of `image_folder`.
        seed: Integer. Sets the order, and what is flipped.
        start_step: `None` for one pass, in another order each time, or the
            step of training at which an endless stream begins; see `cifar10`.
        flip: Whether to mirror each pair, left to right, with probability 1/2.

    Returns:
        `tf.data.Dataset` of pairs `(first, second)` of images, float32 in
        [-1, 1], of shape `(batch_size, height, width, channels)`. `swapped`
        gives them the other way round.

    Raises:
        ValueError: If a picture has no partner, or more than one, or partners
            have different shapes and would be cropped differently; and as
            `image_folder`.
    """
    folders = [Path(folder).expanduser() for folder in (first, second)]
    by_name = [_pictures_by_name(folder) for folder in folders]
    _require_partners(folders, by_name)
    names = sorted(by_name[0])
    batches = index_batches(len(names), batch_size, seed, start_step)
    readers = [
        PictureReader(
            [files[name] for name in names], image_size, channels, alpha
        )
        for files in by_name
    ]
    if image_size is not None:
        _require_same_shapes(*readers)
    return finish(
        batches,
        lambda indices: tuple(reader(indices) for reader in readers),
        None,
        seed if flip else None,
        start_step,
    )


def side_by_side_pairs(
    directory,
    batch_size,
    image_size=None,
    channels=None,
    alpha=False,
    seed=0,
    start_step=None,
    flip=False,
):
    """Pairs that are the halves of one picture, as the sets of pix2pix are.

    Arguments, result and errors as of `folder_pairs`, except these.

    Args:
        directory: Path of the folder, read as of `image_folder`. The first of
            a pair is the left half of a picture.
        image_size: As of `image_folder`, for each half.

    Raises:
        ValueError: If a picture has an odd width.
    """
    files = picture_files.find_pictures(Path(directory).expanduser())
    batches = index_batches(len(files), batch_size, seed, start_step)
    reader = PictureReader(files, image_size, channels, alpha, halves=True)
    flip_seed = seed if flip else None
    return finish(batches, reader, None, flip_seed, start_step)


def unpaired_folders(
    first,
    second,
    batch_size,
    image_size,
    channels=None,
    alpha=False,
    seed=0,
    start_step=None,
    flip=False,
):
    """The pictures of two folders side by side, each in an order of its own.

    It is `unpaired` of two `image_folder`s with different seeds, both made
    from the one given; arguments and errors are theirs. Each folder is
    mirrored by itself.

    Returns:
        `tf.data.Dataset` of pairs of images of the first folder and of the
        second, which belong together by chance only.
    """
    seed = check_integer("seed", seed, 0)
    return unpaired(
        *(
            image_folder(
                folder,
                image_size,
                batch_size,
                channels=channels,
                seed=seed + offset,
                start_step=start_step,
                flip=flip,
                alpha=alpha,
            )
            for folder, offset in [(first, 0), (second, _SECOND_DOMAIN)]
        )
    )


def _pictures_by_name(folder):
    """Returns a dictionary from names without endings to paths."""
    by_name = {}
    for file in picture_files.find_pictures(folder):
        name = file.relative_to(folder).with_suffix("").as_posix()
        if name in by_name:
            raise ValueError(
                f"Expected one picture of each name in {folder}, whatever it "
                f"ends in. Received: {by_name[name].name} and {file.name}. "
                "Rename or remove one of them."
            )
        by_name[name] = file
    return by_name


def _require_partners(folders, by_name):
    lines = []
    for here, there in [(0, 1), (1, 0)]:
        alone = sorted(by_name[here].keys() - by_name[there].keys())
        if alone:
            listed = ", ".join(alone[:_NAMED])
            if alone[_NAMED:]:
                listed += f" and {len(alone) - _NAMED:,} more"
            lines.append(f"  only in {folders[here]}: {listed}")
    if lines:
        counts = [f"{len(names):,}" for names in by_name]
        raise ValueError(
            "Expected the same names in both folders. Received: "
            f"{counts[0]} pictures and {counts[1]}, of which these have no "
            "partner:\n" + "\n".join(lines) + "\nRename or remove them. For "
            "domains without pairs use `unpaired_folders`."
        )


def _require_same_shapes(first, second):
    """Raises a `ValueError` unless a crop means the same for each pair."""
    for index, headers in enumerate(zip(first.headers, second.headers)):
        (width, height), (other_width, other_height) = [
            header.size for header in headers
        ]
        # Within a pixel: of a picture that was resized, one side was rounded.
        rounding = max(width, height, other_width, other_height)
        if abs(width * other_height - height * other_width) > rounding:
            raise ValueError(
                "Expected both pictures of a pair to have one shape, to crop "
                f"them in the same way. Received: {width}x{height} in "
                f"{first.files[index]} and {other_width}x{other_height} in "
                f"{second.files[index]}. Crop them first."
            )
