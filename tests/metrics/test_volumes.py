import numpy as np

from keras_gan_zoo.metrics.volumes import count_pieces, nearest_overlaps


def solid(*slices):
    volume = np.zeros((4, 4, 4, 1), "float32")
    for one in slices:
        volume[one] = 1.0
    return volume


LOWER, UPPER = np.s_[:2], np.s_[2:]


def test_overlap_is_the_intersection_over_the_union():
    middle = solid(np.s_[1:3])
    found = nearest_overlaps(
        [solid(LOWER), solid(UPPER), solid(np.s_[:])], [middle, solid(UPPER)]
    )
    np.testing.assert_allclose(found, [1 / 3, 1.0, 0.5])


def test_voxels_are_filled_from_the_threshold_on():
    half = 0.5 * solid(LOWER)
    assert nearest_overlaps([half], [solid(LOWER)]) == [1.0]
    assert nearest_overlaps([half], [solid(LOWER)], threshold=0.6) == [0.0]


def test_nothing_equals_nothing_alone():
    empty = solid()
    np.testing.assert_array_equal(
        nearest_overlaps([empty, solid(LOWER)], [empty]), [1.0, 0.0]
    )


def test_pieces_touch_by_their_faces():
    diagonal = solid(np.s_[0, 0, 0], np.s_[1, 1, 0], np.s_[1, 1, 1])
    # A bent line whose ends are far from each other along it.
    line = solid(np.s_[0, :, 0], np.s_[0, 3, :], np.s_[:, 3, 3])
    borders = solid(np.s_[0], np.s_[3])
    volumes = [solid(), solid(LOWER), diagonal, line, borders]
    np.testing.assert_array_equal(count_pieces(volumes), [0, 1, 2, 1, 2])
    assert count_pieces([0.4 * line]) == [0]
