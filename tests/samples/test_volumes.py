"""Volumes and their solids."""

import numpy as np
import pytest

from keras_gan_zoo import samples
from keras_gan_zoo.drawings import solids


def drawn(cells, shape=(4, 4, 4)):
    occupied = np.zeros(shape, bool)
    for cell in cells:
        occupied[cell] = True
    return solids.solid(occupied, 96)


def place(picture):
    """Returns the middle row and column of cubes, of which none are grey."""
    return np.argwhere(is_cube(picture)).mean(axis=0)


def is_cube(picture):
    return picture[..., 0].astype(int) - picture[..., 2] > 20


def test_directions_are_as_said():
    row, column = place(drawn([(1, 1, 1)]))
    lower = place(drawn([(1, 2, 1)]))
    further = place(drawn([(2, 1, 1)]))
    wider = place(drawn([(1, 1, 2)]))
    assert lower[0] > row and lower[1] == pytest.approx(column, abs=0.5)
    assert further[0] < row and further[1] > column
    assert wider[0] > row and wider[1] > column


def test_what_is_in_front_hides_what_is_behind():
    # In a line with the eye: nearer is to the front, to the right and up.
    near, far = (0, 0, 3), (3, 3, 0)
    np.testing.assert_array_equal(drawn([near, far]), drawn([near]))


def test_a_full_grid_fits_in():
    picture = drawn([...])
    border = np.ones(picture.shape[:2], bool)
    border[1:-1, 1:-1] = False
    assert (picture[border] == 255).all()
    assert 0.5 < is_cube(picture).mean() < 0.8
    # It is as large as the room that it stands in, but for rounding.
    differs = (picture < 255).any(axis=-1) != (drawn([]) < 255).any(axis=-1)
    assert differs.mean() < 0.001


def test_sides_differ_and_corners_are_darker():
    colors = {tuple(c) for c in drawn([(1, 1, 1)], (3, 3, 3)).reshape(-1, 3)}
    assert {(236, 201, 140), (196, 128, 74), (142, 84, 58)} <= colors
    step = drawn([(1, 2, slice(None)), (2, slice(None), slice(None))])
    tops = {
        tuple(c)
        for c in step.reshape(-1, 3)
        if c[2] and c[0] / c[2] == pytest.approx(236 / 140, abs=0.02)
    }
    assert min(tops)[0] < 0.9 * 236  # At the foot of the wall.


def test_nothing_is_a_picture_of_nothing():
    assert not is_cube(drawn([])).any()


def test_what_has_the_threshold_is_seen():
    kind = samples.Volumes(threshold=0.1)
    volumes = np.full((1, 4, 4, 4, 1), 0.09, "float32")
    assert not is_cube(kind.picture(volumes, 1)).any()
    volumes[0, 1, 1, 1] = 0.11
    assert is_cube(kind.picture(volumes, 1)).any()


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.5])
def test_the_threshold_is_an_occupancy(threshold):
    with pytest.raises(ValueError, match="threshold="):
        samples.Volumes(threshold)


def test_other_ranges_and_channels_are_refused():
    kind = samples.Volumes()
    volumes = np.zeros((2, 4, 4, 4, 1), "float32")
    volumes[0, 0, 0, 0] = -1.0
    with pytest.raises(ValueError, match=r"in \[0, 1\].*from -1 to 0.*sigmoid"):
        kind.check(volumes)
    with pytest.raises(ValueError, match="one channel"):
        kind.check(np.zeros((2, 4, 4, 4, 3), "float32"))
