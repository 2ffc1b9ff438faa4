import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan_zoo import datasets

NUMBER, HEIGHT, WIDTH = 6, 4, 6


def scaled(values):
    return np.float32(values) / np.float32(127.5) - np.float32(1)


def steps(dataset, number):
    return [
        tf.nest.map_structure(lambda tensor: tensor.numpy(), batch)
        for batch in dataset.take(number)
    ]


@pytest.fixture
def drawn():
    """Pixels of the first and the second of each pair."""
    return np.random.default_rng(3).integers(
        0, 256, (NUMBER, 2, HEIGHT, WIDTH, 3), "uint8"
    )


@pytest.fixture
def folders(tmp_path, drawn):
    """Two folders, with other endings in the second and a subfolder."""
    for number, pair in enumerate(drawn):
        for side, suffix, pixels in zip("ab", ["png", "bmp"], pair):
            folder = tmp_path / side / ("more" if number > 3 else "")
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / f"{number}.{suffix}")
    return tmp_path / "a", tmp_path / "b"


@pytest.fixture
def joined(tmp_path, drawn):
    """A folder of pictures of both halves."""
    (tmp_path / "ab").mkdir()
    for number, pair in enumerate(drawn):
        Image.fromarray(np.concatenate(pair, axis=1)).save(
            tmp_path / "ab" / f"{number}.png"
        )
    return tmp_path / "ab"


@pytest.fixture(params=["folders", "side by side"])
def build(request, folders, joined):
    if request.param == "folders":
        return lambda *arguments, **options: datasets.folder_pairs(
            *folders, *arguments, **options
        )
    return lambda *arguments, **options: datasets.side_by_side_pairs(
        joined, *arguments, **options
    )


def number_of(image, drawn, side):
    known = scaled(drawn[:, side])
    (found,) = np.flatnonzero(np.all(known == image, axis=(1, 2, 3)))
    return int(found)


def test_each_pair_once_an_epoch_exact_and_together(build, drawn):
    orders, dataset = [], build(2)
    for _ in range(2):
        order = []
        for first, second in dataset:
            for a, b in zip(first.numpy(), second.numpy()):
                number = number_of(a, drawn, 0)
                assert number_of(b, drawn, 1) == number
                order.append(number)
        assert sorted(order) == [*range(NUMBER)]
        orders.append(order)
    assert orders[0] != orders[1]


@pytest.mark.parametrize("flip", [False, True])
def test_r1_a_stream_begun_later_is_the_tail_of_the_whole(build, flip):
    def stream(start_step):
        return build(4, seed=2, start_step=start_step, flip=flip)

    whole = steps(stream(0), 9)
    for tail in (stream(5), stream(0).skip(5), stream(2).skip(3)):
        assert tail.cardinality() == tf.data.INFINITE_CARDINALITY
        tf.nest.map_structure(
            np.testing.assert_array_equal, steps(tail, 4), whole[5:]
        )


def test_pairs_are_mirrored_together(build, drawn):
    mirrored = []
    for first, second in steps(build(6, start_step=0, flip=True), 5):
        for a, b in zip(first, second):
            turned = not np.any(np.all(scaled(drawn[:, 0]) == a, (1, 2, 3)))
            if turned:
                a, b = a[:, ::-1], b[:, ::-1]
            assert number_of(a, drawn, 0) == number_of(b, drawn, 1)
            mirrored.append(turned)
    assert 5 < sum(mirrored) < 25


def test_pairs_are_cropped_alike(build, drawn):
    """The centre of 4 x 6 pixels, without a resize."""
    (pair,) = steps(build(NUMBER, image_size=4, start_step=0), 1)
    cut = scaled(drawn[:, :, :, 1:5])
    for first, second in zip(*pair):
        (number,) = np.flatnonzero(np.all(cut[:, 0] == first, (1, 2, 3)))
        np.testing.assert_array_equal(second, cut[number, 1])


def test_any_shape(build):
    first, second = build(2, image_size=(2, 8)).element_spec
    assert first.shape == second.shape == (2, 2, 8, 3)


def test_alpha_of_both(build):
    first, second = build(2, alpha=True).element_spec
    assert first.shape == second.shape == (2, HEIGHT, WIDTH, 4)


def test_swapped_pairs_resume(build):
    pairs = build(2, start_step=0)
    for (a, b), (c, d) in zip(
        steps(pairs, 7)[3:], steps(datasets.swapped(pairs).skip(3), 4)
    ):
        np.testing.assert_array_equal(a, d)
        np.testing.assert_array_equal(b, c)


def test_each_folder_has_its_own_size_and_channels(folders, drawn):
    for file in [*folders[0].rglob("*.png")]:
        Image.open(file).convert("L").resize((12, 8)).save(file)
    first, second = datasets.folder_pairs(*folders, 2).element_spec
    assert first.shape == (2, 8, 12, 1)
    assert second.shape == (2, HEIGHT, WIDTH, 3)
    first, second = datasets.folder_pairs(
        *folders, 2, image_size=3, channels=3
    ).element_spec
    assert first.shape == second.shape == (2, 3, 3, 3)


def test_names_without_partner_are_listed(folders):
    first, second = folders
    (second / "more" / "5.bmp").unlink()
    for number in range(10, 17):
        Image.new("RGB", (2, 2)).save(second / f"{number}.png")
    message = (
        r"6 pictures and 12, .*\n"
        r"  only in .*/a: more/5\n"
        r"  only in .*/b: 10, 11, 12, 13, 14 and 2 more\n.*unpaired_folders"
    )
    with pytest.raises(ValueError, match=message):
        datasets.folder_pairs(first, second, 2)


def test_one_name_twice(folders):
    Image.new("RGB", (2, 2)).save(folders[1] / "0.png")
    with pytest.raises(ValueError, match=r"one picture of each .* 0.bmp and 0"):
        datasets.folder_pairs(*folders, 2)


@pytest.mark.parametrize("size, fine", [((13, 9), True), ((12, 11), False)])
def test_shapes_of_a_pair_agree_within_a_pixel(folders, size, fine):
    Image.new("RGB", size).save(folders[1] / "0.bmp")
    if fine:
        datasets.folder_pairs(*folders, 2, image_size=3)
        return
    message = "one shape.*6x4 in .*0.png and 12x11 in .*0.bmp. Crop them"
    with pytest.raises(ValueError, match=message):
        datasets.folder_pairs(*folders, 2, image_size=3)


def test_an_odd_width_has_no_halves(joined):
    Image.new("RGB", (11, 4)).save(joined / "0.png")
    message = r"even width.*1 of an odd width, such as .*0.png \(11x4\)"
    with pytest.raises(ValueError, match=message):
        datasets.side_by_side_pairs(joined, 2)


def test_unpaired_folders_come_in_different_orders(folders, drawn):
    first, second = folders

    def stream(start_step):
        return datasets.unpaired_folders(
            first, second, NUMBER, None, start_step=start_step
        )

    whole = steps(stream(0), 4)
    for images, others in whole:
        one = [number_of(image, drawn, 0) for image in images]
        other = [number_of(image, drawn, 1) for image in others]
        assert sorted(one) == sorted(other) == [*range(NUMBER)]
        assert one != other
    for tail in (stream(2), stream(1).skip(1)):
        tf.nest.map_structure(
            np.testing.assert_array_equal, steps(tail, 2), whole[2:]
        )


def test_unpaired_folders_may_differ_in_number(folders):
    for number in range(4):
        (folders[0] / f"{number}.png").unlink()
    stream = datasets.unpaired_folders(*folders, 2, 4, start_step=0, flip=True)
    assert len(steps(stream, 5)) == 5
    with pytest.raises(ValueError, match="`seed` must be .*seed=-1"):
        datasets.unpaired_folders(*folders, 2, 4, seed=-1)
