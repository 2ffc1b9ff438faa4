import numpy as np
import pytest

from keras_gan_zoo.latents import (
    closed_walk,
    latent_grid,
    linear_interpolation,
    spherical_interpolation,
    sum_of_averages,
)

BOTH = pytest.mark.parametrize(
    "interpolate", [linear_interpolation, spherical_interpolation]
)


def on_sphere(*shape):
    latents = np.random.normal(size=shape)
    return latents / np.linalg.norm(latents, axis=-1, keepdims=True)


@BOTH
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_ends_are_met_in_their_dtype(interpolate, dtype):
    start, end = np.random.normal(size=(2, 5, 8)).astype(dtype)
    tolerance = 4 * np.finfo(dtype).eps
    for position, expected in [(0.0, start), (1.0, end)]:
        latents = interpolate(start, end, position)
        assert latents.dtype == dtype
        np.testing.assert_allclose(
            latents, expected, rtol=tolerance, atol=tolerance
        )


@BOTH
def test_each_path_has_a_position_of_its_own(interpolate):
    start, end = np.random.normal(size=(2, 3, 8))
    positions = np.array([0.1, 0.5, 0.9])
    latents = interpolate(start, end, positions)
    for row, position in enumerate(positions):
        np.testing.assert_allclose(
            latents[row], interpolate(start[row], end[row], position)
        )


@BOTH
def test_one_pair_of_ends_makes_a_whole_path(interpolate):
    start, end = np.random.normal(size=(2, 8))
    path = interpolate(start, end, np.linspace(0, 1, 11))
    assert path.shape == (11, 8)
    np.testing.assert_allclose(path[5], interpolate(start, end, 0.5))


def test_a_line_is_straight():
    np.testing.assert_allclose(
        linear_interpolation(np.array([0.0, 4.0]), np.array([8.0, 0.0]), 0.25),
        [2.0, 3.0],
    )


def test_a_circle_by_hand():
    latents = spherical_interpolation(
        np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([1 / 3, 0.5])
    )
    root = np.sqrt(0.5)
    np.testing.assert_allclose(
        latents, [[np.sqrt(0.75), 0.5], [root, root]], rtol=1e-12
    )


def test_equal_norms_follow_the_formula_of_the_paper():
    start, end = 3.0 * on_sphere(2, 20, 6)
    position = np.random.uniform(size=20)
    angle = np.arccos(np.sum(start * end, axis=-1) / 9.0)
    expected = (
        np.sin((1 - position) * angle)[:, None] * start
        + np.sin(position * angle)[:, None] * end
    ) / np.sin(angle)[:, None]
    np.testing.assert_allclose(
        spherical_interpolation(start, end, position), expected, rtol=1e-9
    )


def test_the_sphere_is_not_left():
    start, end = on_sphere(2, 50, 16)
    for position in np.linspace(0, 1, 7):
        latents = spherical_interpolation(start, end, position)
        np.testing.assert_allclose(
            np.linalg.norm(latents, axis=-1), 1.0, rtol=1e-12
        )


def test_norms_change_linearly_and_directions_at_a_constant_rate():
    start, end = 2.0 * on_sphere(4), 6.0 * on_sphere(4)
    path = spherical_interpolation(start, end, np.linspace(0, 1, 5))
    norms = np.linalg.norm(path, axis=-1)
    np.testing.assert_allclose(norms, [2, 3, 4, 5, 6], rtol=1e-12)
    steps = np.sum(path[1:] * path[:-1], axis=-1) / (norms[1:] * norms[:-1])
    np.testing.assert_allclose(steps, steps[0], rtol=1e-12)


def test_parallel_ends_have_a_straight_path():
    start = np.random.normal(size=8)
    for end in (start, 3.0 * start):
        np.testing.assert_allclose(
            spherical_interpolation(start, end, 0.25),
            linear_interpolation(start, end, 0.25),
            rtol=1e-12,
        )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("angle", [1e-3, 1e-7, 1e-10, 1e-14])
def test_ends_that_are_nearly_parallel_or_opposite(angle, dtype):
    start = np.array([1.0, 0.0, 0.0], dtype)
    for turn in (angle, np.pi - angle):
        end = np.array([np.cos(turn), np.sin(turn), 0.0], dtype)
        path = spherical_interpolation(start, end, np.linspace(0, 1, 9))
        tolerance = 8 * np.finfo(dtype).eps
        norms = np.linalg.norm(path, axis=-1)
        np.testing.assert_allclose(norms, 1.0, atol=tolerance)
        np.testing.assert_allclose(path[-1], end, atol=tolerance)
        middle = np.arccos(np.clip(path[4] @ start, -1, 1))
        np.testing.assert_allclose(middle, turn / 2, atol=1e-3)


@pytest.mark.parametrize("start", [[1.0, 0.0], [3.0, 4.0], [0.0, 0.0, 2.0]])
def test_opposite_ends_have_some_great_circle(start):
    start = np.array(start)
    path = spherical_interpolation(start, -start, np.linspace(0, 1, 5))
    norm = np.linalg.norm(start)
    np.testing.assert_allclose(np.linalg.norm(path, axis=-1), norm)
    np.testing.assert_allclose(path[2] @ start, 0.0, atol=1e-12)
    np.testing.assert_allclose(path[-1], -start, atol=1e-12)
    np.testing.assert_allclose(
        np.diff(path @ start)[[0, 1]][::-1],
        np.diff(path @ start)[[2, 3]],
        atol=1e-12,
    )


def test_the_way_from_zero_is_straight():
    end = np.array([3.0, 4.0])
    for start, stop in [(0 * end, end), (end, 0 * end), (0 * end, 0 * end)]:
        np.testing.assert_allclose(
            spherical_interpolation(start, stop, 0.25),
            linear_interpolation(start, stop, 0.25),
            atol=1e-15,
        )


def test_small_steps_are_resolved_of_float64_ends():
    start, end = on_sphere(2, 512)
    here = spherical_interpolation(start, end, 0.3)
    there = spherical_interpolation(start, end, 0.3 + 1e-4)
    angle = np.arccos(start @ end)
    np.testing.assert_allclose(
        np.linalg.norm(there - here), 1e-4 * angle, rtol=1e-8
    )


@BOTH
def test_integers_are_refused(interpolate):
    with pytest.raises(ValueError, match="must be floats.*int64"):
        interpolate(np.array([1, 2]), np.array([3, 4]), 0.5)


def test_one_dimension_has_no_circle():
    with pytest.raises(ValueError, match="at least two.*Use `linear"):
        spherical_interpolation(np.ones((5, 1)), np.ones((5, 1)), 0.5)


def test_a_grid_by_hand():
    corners = [[[0.0, 0.0], [0.0, 4.0]], [[2.0, 0.0], [2.0, 4.0]]]
    latents = latent_grid(corners, 2, 3, linear_interpolation)
    expected = [[0, 0], [0, 2], [0, 4], [2, 0], [2, 2], [2, 4]]
    np.testing.assert_allclose(latents, expected)


def test_the_edges_of_a_grid_are_paths_and_so_are_its_rows():
    corners = on_sphere(2, 2, 8).astype("float32")
    grid = latent_grid(corners, 4, 5).reshape((4, 5, 8))
    assert grid.dtype == np.float32
    for column, corner in ((0, 0), (-1, 1)):
        path = spherical_interpolation(
            corners[0, corner], corners[1, corner], np.linspace(0, 1, 4)
        )
        np.testing.assert_allclose(grid[:, column], path, atol=1e-6)
    row = spherical_interpolation(grid[2, 0], grid[2, -1], np.linspace(0, 1, 5))
    np.testing.assert_allclose(grid[2], row, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(grid, axis=-1), 1.0, atol=1e-6)


@pytest.mark.parametrize(
    "shape, rows, columns",
    [((4, 8), 2, 2), ((2, 3, 8), 2, 2), ((2, 2, 8), 1, 2), ((2, 2, 8), 2, 1)],
)
def test_grids_that_can_not_be_are_refused(shape, rows, columns):
    with pytest.raises(ValueError, match=f"rows={rows}, columns={columns}"):
        latent_grid(np.ones(shape), rows, columns)


def test_a_walk_passes_its_stops_by_equal_steps_and_closes():
    stops = on_sphere(3, 8)
    walk = closed_walk(stops, 10)
    assert walk.shape == (30, 8)
    np.testing.assert_allclose(walk[::10], stops, atol=1e-12)
    after = np.roll(walk, -1, axis=0)
    angles = np.arccos(np.clip(np.sum(walk * after, axis=-1), -1, 1))
    for leg, (start, end) in enumerate(zip(stops, np.roll(stops, -1, axis=0))):
        steps = angles[10 * leg : 10 * leg + 10]
        np.testing.assert_allclose(steps, np.arccos(start @ end) / 10)
    straight = closed_walk([[0.0, 0.0], [4.0, 2.0]], 2, linear_interpolation)
    np.testing.assert_allclose(straight, [[0, 0], [2, 1], [4, 2], [2, 1]])


@pytest.mark.parametrize("shape, steps", [((1, 8), 3), ((8,), 3), ((2, 8), 0)])
def test_walks_that_can_not_be_are_refused(shape, steps):
    with pytest.raises(ValueError, match=f"Received: shape .* steps={steps}"):
        closed_walk(np.ones(shape), steps)


def test_a_sum_of_averages_by_hand():
    glasses = np.array([[1, 0, 5], [1, 2, 5]], "float32")
    plain = np.array([[1, 4, 3]], "float32")
    women = np.array([[7, 0, 3], [7, 0, 0], [7, 0, 0]], "float32")
    result = sum_of_averages([glasses, women], [plain])
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, [7, -3, 3])


@pytest.mark.parametrize(
    "latents", [np.ones(3), np.ones((2, 3), "int32"), np.ones((0, 3))]
)
def test_averages_of_what_is_no_latents_are_refused(latents):
    with pytest.raises(ValueError, match="shape .*, dtype"):
        sum_of_averages([latents], [])
