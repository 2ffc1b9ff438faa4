import numpy as np
import pytest

from keras_gan_zoo.latents import linear_interpolation
from keras_gan_zoo.metrics import perceptual_path_length


def squares(first, second):
    return np.sum(np.square(first - second), axis=tuple(range(1, first.ndim)))


def ends(paths, dimensions):
    return np.random.normal(size=(2, paths, dimensions))


def test_a_linear_generator_has_twice_the_norm_of_its_matrix():
    matrix = np.random.normal(size=(8, 5))
    lengths = perceptual_path_length(
        lambda latents: latents @ matrix,
        squares,
        ends(20_000, 8),
        interpolate=linear_interpolation,
        batch_size=1000,
    )
    # E |(end - start) A|^2 = 2 |A|^2, with few and long paths among them.
    expected = 2 * np.sum(matrix**2)
    np.testing.assert_allclose(lengths.untrimmed_mean, expected, rtol=0.02)
    assert lengths.mean < lengths.untrimmed_mean
    assert [type(value) for value in lengths] == [float, float, float]


@pytest.mark.parametrize("epsilon", [1e-2, 1e-4])
@pytest.mark.parametrize("full_path", [True, False])
def test_a_linear_generator_has_the_length_of_each_path(epsilon, full_path):
    start, end = ends(50, 8)
    lengths = perceptual_path_length(
        lambda latents: latents,
        squares,
        (start, end),
        interpolate=linear_interpolation,
        full_path=full_path,
        epsilon=epsilon,
        batch_size=7,
        trim=0.0,
    )
    exact = squares(start, end)
    np.testing.assert_allclose(lengths.mean, exact.mean(), rtol=1e-6)
    np.testing.assert_allclose(lengths.untrimmed_mean, lengths.mean)
    np.testing.assert_allclose(lengths.stddev, exact.std(), rtol=1e-6)


def test_a_great_circle_has_the_square_of_its_angle():
    start, end = ends(40, 6)
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    end /= np.linalg.norm(end, axis=1, keepdims=True)
    lengths = perceptual_path_length(
        lambda latents: latents, squares, (start, end), trim=0.0
    )
    angles = np.arccos(np.sum(start * end, axis=1))
    np.testing.assert_allclose(lengths.mean, np.mean(angles**2), rtol=1e-5)


def test_a_constant_generator_has_no_length():
    lengths = perceptual_path_length(
        lambda latents: np.ones((len(latents), 4, 4, 1)), squares, ends(30, 6)
    )
    assert lengths == (0.0, 0.0, 0.0)


def test_scaled_images_have_the_square_of_the_scale():
    latents = ends(30, 6)

    def length(scale):
        return perceptual_path_length(
            lambda latents: scale * np.tanh(latents), squares, latents
        )

    np.testing.assert_allclose(length(3.0), 9.0 * np.array(length(1.0)))


def test_positions_are_uniform_or_at_the_start():
    # The generator shows how far on the way from 0 to 1 the latent is.
    seen = []

    def generator(latents):
        seen.append(latents[:, 0])
        return latents

    paths = (np.zeros((1000, 1)), np.ones((1000, 1)))
    for full_path in (True, False):
        perceptual_path_length(
            generator,
            squares,
            paths,
            linear_interpolation,
            full_path=full_path,
            batch_size=1000,
        )
    full, beyond, start, after_start = seen
    np.testing.assert_allclose(beyond - full, 1e-4, rtol=1e-6)
    shares = np.histogram(full, bins=5, range=(0, 1))[0] / 1000
    np.testing.assert_allclose(shares, 0.2, atol=0.05)
    np.testing.assert_array_equal(start, 0.0)
    np.testing.assert_allclose(after_start, 1e-4)


def test_trimming_leaves_out_both_sides():
    # Lengths of 0 to 99, shuffled; the lowest 5 and the highest 5 go.
    roots = np.sqrt(np.random.permutation(100.0 * np.arange(100)) / 100)
    paths = (np.zeros((100, 1)), roots[:, None])
    lengths = perceptual_path_length(
        lambda latents: latents,
        squares,
        paths,
        linear_interpolation,
        trim=0.05,
    )
    # Position 0.05 * 99 is between 4 and 5, and the lower is kept.
    kept = np.arange(4, 96)
    np.testing.assert_allclose(lengths.mean, kept.mean(), rtol=1e-6)
    np.testing.assert_allclose(lengths.stddev, kept.std(), rtol=1e-6)
    np.testing.assert_allclose(lengths.untrimmed_mean, 49.5, rtol=1e-6)


def test_a_long_tail_is_trimmed():
    latents = ends(500, 6)
    lengths = perceptual_path_length(
        lambda latents: latents**3, squares, latents
    )
    assert lengths.mean < lengths.untrimmed_mean


def test_batches_and_parts_do_not_matter():
    latents = ends(30, 6)
    one, many = (
        perceptual_path_length(np.tanh, squares, latents, batch_size=batch_size)
        for batch_size in (30, 7)
    )
    np.testing.assert_allclose(one, many, rtol=1e-12)


def test_the_seed_decides():
    latents = ends(30, 6)

    def length(seed):
        return perceptual_path_length(np.tanh, squares, latents, seed=seed)

    assert length(3) == length(3) == length(np.random.default_rng(3))
    assert length(3) != length(4)


def test_latents_keep_their_dtype_and_axes():
    # One latent for each of three layers, on great circles of their own.
    latents = np.random.normal(size=(2, 10, 3, 6)).astype("float32")

    def generator(latents):
        assert latents.dtype == "float32" and latents.shape[1:] == (3, 6)
        return latents.astype("float64")

    by_layers = perceptual_path_length(
        generator, squares, latents, full_path=False, trim=0.0, epsilon=1e-2
    )
    layers = [
        perceptual_path_length(
            lambda latents: latents,
            squares,
            latents[:, :, layer].astype("float64"),
            full_path=False,
            trim=0.0,
            epsilon=1e-2,
        ).mean
        for layer in range(3)
    ]
    np.testing.assert_allclose(by_layers.mean, sum(layers), rtol=1e-3)


@pytest.mark.parametrize(
    "shapes",
    [[(9, 4)], [(9, 4), (8, 4)], [(9, 4)] * 3, [(9,), (9,)]],
)
def test_what_is_no_pair_of_ends_is_refused(shapes):
    latents = [np.zeros(shape) for shape in shapes]
    with pytest.raises(ValueError, match=r"must be a pair.*latents\[0::2\]"):
        perceptual_path_length(np.tanh, squares, latents)


def test_no_paths_are_refused():
    with pytest.raises(ValueError, match="at least one path"):
        perceptual_path_length(np.tanh, squares, np.zeros((2, 0, 4)))


def test_a_distance_of_other_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(9,\).*shape \(9, 4\).*Reduce"):
        perceptual_path_length(
            np.tanh, lambda first, second: (first - second) ** 2, ends(9, 4)
        )


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_a_distance_that_is_none_is_refused(value):
    with pytest.raises(ValueError, match="finite and not negative"):
        perceptual_path_length(
            np.tanh, lambda first, _: np.full(len(first), value), ends(9, 4)
        )
