"""Points and their scatter plots."""

import numpy as np
import pytest

from keras_gan_zoo import samples
from keras_gan_zoo.drawings import scatter
from tests.samples import examples


def inked(picture):
    """Returns rows and columns of dots or bars, which are blue."""
    return np.argwhere(picture[..., 2].astype(int) - picture[..., 0] > 60)


def test_a_dot_is_where_its_point_is():
    points = np.array([[1.0, 2.0], [0.3, 0.3]], "float32")
    for point in points:
        plot = scatter.scatter(
            np.repeat(point[None], 9, axis=0),
            np.array([[-4.0, -4.0], [4.0, 4.0]]),
            200,
        )
        row, column = inked(plot).mean(axis=0) + 0.5
        assert column == pytest.approx((point[0] + 4) / 8 * 200, abs=0.3)
        assert row == pytest.approx((4 - point[1]) / 8 * 200, abs=0.3)


def test_both_axes_have_one_scale():
    points = np.array([[0.0, 0.0], [10.0, 1.0]])
    (left, bottom), (right, top) = scatter.range_of(points)
    assert right - left == top - bottom == pytest.approx(11.0)
    assert (left, right) == (-0.5, 10.5)


def test_one_point_has_a_range():
    low, high = scatter.range_of(np.ones((1, 2)))
    assert (low < 1.0).all() and (high > 1.0).all()


def test_a_reach_makes_pictures_comparable():
    kind = samples.Points(reach=4.0)
    near = examples.ring()
    far = np.concatenate([near, [[90.0, 90.0]]]).astype("float32")
    np.testing.assert_array_equal(kind.picture(near, 99), kind.picture(far, 99))


def test_all_panels_of_a_picture_have_one_range():
    kind = samples.Points()
    ring = examples.ring(16)
    wide = np.concatenate([ring, 10.0 * ring])
    small = kind.picture(wide, 16)[:240]
    assert 10 < np.ptp(inked(small), axis=0).max() < 60


def test_one_coordinate_is_a_histogram():
    values = np.repeat([[-0.9], [0.9]], [30, 10], axis=0).astype("float32")
    picture = samples.Points(reach=1.0).picture(values, 40)
    rows, columns = inked(picture).T
    left = np.bincount(columns[columns < 120]).max()
    right = np.bincount(columns[columns >= 120]).max()
    assert left / right == pytest.approx(3.0, rel=0.05)


def test_a_row_without_points_is_an_empty_plot():
    kind = samples.Points()
    shown = np.array([True, True, False, False])
    picture = kind.picture(examples.ring(4), 2, shown)
    assert len(inked(picture[:240])) and not len(inked(picture[242:]))


def test_the_reach_is_positive():
    with pytest.raises(ValueError, match="reach=0"):
        samples.Points(reach=0)
