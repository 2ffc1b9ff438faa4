import numpy as np
import pytest
from PIL import Image, ImageSequence

from keras_gan_zoo.pictures import write_animation, write_picture


@pytest.mark.parametrize("channels, mode", [(1, "L"), (3, "RGB")])
def test_a_picture_is_read_as_it_was_written(tmp_path, channels, mode):
    picture = np.random.randint(0, 256, (4, 6, channels)).astype("uint8")
    path = tmp_path / "picture.png"
    path.write_bytes(b"older")
    write_picture(picture, str(path))
    with Image.open(path) as read:
        assert read.mode == mode and read.size == (6, 4)
        np.testing.assert_array_equal(
            np.asarray(read).reshape(picture.shape), picture
        )
    assert list(tmp_path.iterdir()) == [path]


def test_an_animation_is_of_the_last_size_and_starts_over(tmp_path):
    path = tmp_path / "walk.gif"
    small = np.zeros((2, 2, 1), "uint8")
    large = np.full((4, 4, 3), 255, "uint8")
    write_animation([small, large], path, [100, 300])
    with Image.open(path) as read:
        frames = [
            (
                frame.size,
                frame.info["duration"],
                frame.convert("L").getpixel((3, 3)),
            )
            for frame in ImageSequence.Iterator(read)
        ]
        assert read.info["loop"] == 0
    assert frames == [((4, 4), 100, 0), ((4, 4), 300, 255)]
    assert list(tmp_path.iterdir()) == [path]
