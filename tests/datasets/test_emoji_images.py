import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import datasets
from keras_gan_zoo.datasets.emoji_images import _over
from tests.datasets import tiny_emoji as tiny

TRAIN = tiny.drawings()["train"]


def over(pixels, color=(255, 255, 255)):
    """The oracle: straight alpha over a colour, in double precision."""
    opacity = pixels[..., 3:] / 255.0
    return np.rint(pixels[..., :3] * opacity + np.array(color) * (1 - opacity))


def scaled(values):
    return np.float32(values) / np.float32(127.5) - np.float32(1)


def numbers_of(images, drawings, vendor="google"):
    """The place of each image in the order of code points."""
    known = scaled(over(getattr(drawings, f"{vendor}_{images.shape[1]}")))
    numbers = []
    for image in np.asarray(images):
        (found,) = np.flatnonzero(np.all(known == image, axis=(1, 2, 3)))
        numbers.append(int(found))
    return numbers


def batches(dataset, steps):
    return [
        tf.nest.map_structure(lambda tensor: tensor.numpy(), batch)
        for batch in dataset.take(steps)
    ]


@pytest.fixture
def pairs(tiny_emoji):
    def build(batch_size=3, **options):
        return datasets.emoji_pairs(batch_size, data_dir=tiny_emoji, **options)

    return build


def test_tiny_emoji_fill_batches():
    assert len(TRAIN.code) == 7


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("start_step", [None, 0])
def test_pairs_are_the_same_emoji_on_white(pairs, size, start_step):
    dataset = pairs(image_size=size, start_step=start_step)
    spec = tf.TensorSpec((3, size, size, 3), "float32")
    assert dataset.element_spec == (spec, spec)
    for google, twitter in batches(dataset, 4):
        assert numbers_of(google, TRAIN) == numbers_of(
            twitter, TRAIN, "twitter"
        )
        assert google.min() >= -1 and google.max() == 1


def test_size_is_32_unless_told(pairs):
    assert pairs().element_spec[1].shape == (3, 32, 32, 3)


def test_alpha_over_a_color_is_exact():
    """Every value under every opacity."""
    pixels = np.zeros((256, 256, 4), "uint8")
    pixels[..., 0] = pixels[..., 2] = np.arange(256)
    pixels[..., 3] = np.arange(256)[:, np.newaxis]
    for color in [(255, 255, 255), (0, 0, 0), (17, 128, 254)]:
        given = _over(color, pixels)
        assert given.dtype == "uint8"
        np.testing.assert_array_equal(given, over(pixels, color))


def test_background(pairs):
    for background in ("gray", "#808080"):
        google, _ = next(iter(pairs(background=background, start_step=0)))
        np.testing.assert_array_equal(google[:, :8], scaled(128))


def test_alpha_is_kept(pairs):
    dataset = pairs(7, alpha=True)
    assert dataset.element_spec[0].shape == (7, 32, 32, 4)
    for images, vendor in zip(next(iter(dataset)), ["google", "twitter"]):
        given = {image.tobytes() for image in images.numpy()}
        stored = scaled(getattr(TRAIN, f"{vendor}_32"))
        assert given == {image.tobytes() for image in stored}


def test_each_pair_once_an_epoch_in_another_order_each(pairs):
    dataset = pairs(7, start_step=0)
    epochs = [numbers_of(google, TRAIN) for google, _ in batches(dataset, 3)]
    assert all(sorted(epoch) == [*range(7)] for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]
    assert len(pairs()) == 2  # One of seven is left out.


def test_the_test_split_is_held_out_and_keeps_its_order(pairs):
    drawings = tiny.drawings()["test"]
    orders = [
        numbers_of(next(iter(pairs(split="test")))[0], drawings)
        for _ in range(2)
    ]
    assert orders[0] == orders[1] and sorted(orders[0]) == [0, 1, 2]


@pytest.mark.parametrize("flip", [False, True])
def test_r1_a_stream_begun_later_is_the_tail_of_the_whole(pairs, flip):
    def build(start_step):
        return pairs(start_step=start_step, seed=4, flip=flip)

    whole = batches(build(0), 9)
    for tail in (build(5), build(0).skip(5), build(2).skip(3)):
        assert tail.cardinality() == tf.data.INFINITE_CARDINALITY
        tf.nest.map_structure(
            np.testing.assert_array_equal, batches(tail, 4), whole[5:]
        )


def test_order_is_a_function_of_the_seed_alone(pairs):
    orders = []
    for global_seed, seed in [(1, 0), (2, 0), (2, 1)]:
        tf.random.set_seed(global_seed)
        google, _ = next(iter(pairs(7, seed=seed, start_step=0)))
        orders.append(numbers_of(google, TRAIN))
    assert orders[0] == orders[1] != orders[2]


def test_what_belongs_together_is_mirrored_together(pairs):
    mirrored = []
    plain, flipped = (
        batches(pairs(start_step=0, flip=flip), 12) for flip in (False, True)
    )
    for before, after in zip(plain, flipped):
        states = []
        for old, new in zip(before, after):
            turned = np.all(old[:, :, ::-1] == new, axis=(1, 2, 3))
            kept = np.all(old == new, axis=(1, 2, 3))
            assert np.all(turned ^ kept)
            states.append(turned.tolist())
        assert states[0] == states[1]
        mirrored += states[0]
    assert 8 < sum(mirrored) < 28


@pytest.mark.parametrize("vendor", ["google", "twitter"])
def test_one_vendor_with_categories(tiny_emoji, vendor):
    dataset = datasets.emoji(
        7, vendor, labels=True, start_step=0, data_dir=tiny_emoji
    )
    names = datasets.class_names("emoji")
    assert len(names) == 8 and names[0] == "Smileys & Emotion"
    for images, labels in dataset.take(2):
        numbers = numbers_of(images, TRAIN, vendor)
        assert labels.numpy().tolist() == TRAIN.category[numbers].tolist()
        assert labels.dtype == "int32"


def test_without_labels_there_are_images_alone(tiny_emoji):
    dataset = datasets.emoji(2, image_size=64, data_dir=tiny_emoji)
    assert dataset.element_spec == tf.TensorSpec((2, 64, 64, 3), "float32")


@pytest.mark.parametrize("image_size", [None, 64])
@pytest.mark.parametrize("alpha", [False, True])
def test_by_name_gives_the_style_of_google(tiny_emoji, image_size, alpha):
    options = dict(labels=True, seed=3, start_step=2, flip=True)
    options |= dict(data_dir=tiny_emoji, alpha=alpha)
    given = datasets.by_name("emoji", 3, image_size=image_size, **options)
    expected = datasets.emoji(3, image_size=image_size or 32, **options)
    tf.nest.map_structure(
        np.testing.assert_array_equal, batches(given, 3), batches(expected, 3)
    )
    test = datasets.by_name("emoji", 3, split="test", data_dir=tiny_emoji)
    assert len(test) == 1


def test_arrays_of_emoji_are_those_of_google_on_white(tiny_emoji):
    for split, drawings in tiny.drawings().items():
        images, labels = datasets.image_arrays("emoji", split, tiny_emoji)
        assert images.dtype == "uint8" and labels.dtype == "int64"
        numbers = numbers_of(scaled(images), drawings)
        assert sorted(numbers) == [*range(len(drawings.code))]
        np.testing.assert_array_equal(labels, drawings.category[numbers])


def test_unpaired_vendors_come_in_different_orders(tiny_emoji):
    """Although the seeds of both are the same."""
    dataset = datasets.unpaired(
        *(
            datasets.emoji(7, vendor, start_step=0, data_dir=tiny_emoji)
            for vendor in ("google", "twitter")
        )
    )
    for google, twitter in batches(dataset, 3):
        first = numbers_of(google, TRAIN)
        second = numbers_of(twitter, TRAIN, "twitter")
        assert first != second and sorted(first) == sorted(second)


@pytest.mark.parametrize(
    "options, message",
    [
        (
            dict(image_size=48),
            r"one of \[32, 64\]. Received: image_size=48. Resize",
        ),
        (dict(image_size="32"), "Received: image_size='32'"),
        (dict(split="validation"), "of emoji: one of .*split='validation'"),
        (dict(background="whitish"), "'#rrggbb'. Received: background='whi"),
        (dict(background=None), "background=None. .* use alpha=True"),
        (dict(background="#ffffff80"), "Received: background='#ffffff80'"),
        (dict(batch_size=8), "size of the data set, 7, .*batch_size=8"),
        (dict(seed=-1), "`seed` must be .*Received: seed=-1"),
        (dict(start_step=-1), "Received: start_step=-1"),
    ],
)
def test_bad_arguments(tiny_emoji, options, message):
    options = {"batch_size": 2, "data_dir": tiny_emoji, **options}
    for function in (datasets.emoji_pairs, datasets.emoji):
        with pytest.raises(ValueError, match=message):
            function(**options)


def test_unknown_vendor():
    message = r"one of \['google', 'twitter'\]. Received: vendor='apple'"
    with pytest.raises(ValueError, match=message):
        datasets.emoji(4, "apple")


def test_unprepared_emoji_are_prepared(
    tiny_emoji_source, emoji_packages, tmp_path, npm
):
    npm(emoji_packages)
    dataset = datasets.emoji_pairs(7, data_dir=tmp_path / "new")
    assert len(dataset) == 1
