"""Each metric beside another library's, on the same arrays.

`pip install -e .[parity]` brings the libraries. What isn't installed is
skipped.
"""

import importlib

import numpy as np
import pytest

from keras_gan_zoo import metrics
from keras_gan_zoo.latents import spherical_interpolation
from keras_gan_zoo.metrics import neighbors
from keras_gan_zoo.metrics.sliced_wasserstein_distance import (
    laplacian_pyramid,
    sliced_distance,
    upsampled,
)

# What other libraries warn of is theirs to mend.
pytestmark = pytest.mark.filterwarnings("ignore")

# Relative differences that are allowed: where both compute in float64, and
# where one doesn't.
EXACT = 1e-6
CLOSE = 1e-4


def library(name):
    try:
        return importlib.import_module(name)
    # A RuntimeError is what a torchvision raises that doesn't fit its torch.
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"{name} can't be imported: {error}")


def tensor(array):
    return library("torch").from_numpy(np.ascontiguousarray(array))


def agree(ours, theirs, tolerance, absolute=0.0):
    """Asserts it, and says with `pytest -rP` how well."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    difference = abs(ours - theirs) / np.maximum(abs(theirs), 1e-300)
    print(f"{ours} {theirs}: relative difference {difference.max():.1e}")
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=absolute)


def features(samples, dimensions, dtype="float64", shift=0.0):
    """Correlated and not negative, as pooled activations are."""
    mix = np.random.default_rng(7).normal(size=(dimensions, dimensions))
    scales = np.exp(-np.linspace(0, 4, dimensions))
    values = np.random.normal(shift, 1.0, (samples, dimensions)) * scales
    return np.maximum(values @ mix / 8, 0.0).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("samples", [200, 2000])
def test_frechet_distance_is_that_of_torch_fidelity(samples, dtype):
    # 200 samples of 256 dimensions have covariances without full rank.
    metric_fid = library("torch_fidelity.metric_fid")
    real = features(samples, 256, dtype)
    generated = features(samples, 256, dtype, shift=0.2)
    theirs = metric_fid.fid_statistics_to_metric(
        metric_fid.fid_features_to_statistics(tensor(real)),
        metric_fid.fid_features_to_statistics(tensor(generated)),
        verbose=False,
    )
    # It takes means in the features' dtype.
    agree(
        metrics.frechet_distance(real, generated),
        theirs["frechet_inception_distance"],
        EXACT if dtype == "float64" else CLOSE,
    )


@pytest.mark.parametrize("samples", [200, 2000])
def test_frechet_distance_is_that_of_a_matrix_root(samples):
    linalg = library("scipy.linalg")
    real = features(samples, 128)
    generated = features(samples, 128, shift=0.2)
    first, second = np.cov(real.T), np.cov(generated.T)
    shift = real.mean(axis=0) - generated.mean(axis=0)
    root = linalg.sqrtm(first @ second).real
    theirs = shift @ shift + np.trace(first + second - 2 * root)
    agree(metrics.frechet_distance(real, generated), theirs, EXACT)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_kernel_distance_is_that_of_torch_fidelity(dtype):
    metric_kid = library("torch_fidelity.metric_kid")
    real, generated = features(400, 256, dtype), features(400, 256, dtype, 0.2)
    # The draws of subsets differ, so there is one, of all.
    theirs = metric_kid.kid_features_to_metric(
        tensor(real),
        tensor(generated),
        kid_subsets=1,
        kid_subset_size=400,
        verbose=False,
    )
    ours, _ = metrics.kernel_inception_distance(
        real, generated, num_subsets=1, subset_size=400
    )
    agree(
        ours,
        theirs["kernel_inception_distance_mean"],
        EXACT if dtype == "float64" else CLOSE,
    )


def test_kernel_distance_of_subsets_is_near_that_of_torch_fidelity():
    metric_kid = library("torch_fidelity.metric_kid")
    real, generated = features(2000, 64), features(2000, 64, shift=0.2)
    theirs = metric_kid.kid_features_to_metric(
        tensor(real),
        tensor(generated),
        kid_subsets=50,
        kid_subset_size=500,
        verbose=False,
    )
    mean, deviation = metrics.kernel_inception_distance(
        real, generated, subset_size=500
    )
    # Both are means of 50 draws, so chance is what they may differ by.
    error = 4 * deviation * np.sqrt(2 / 50)
    agree(mean, theirs["kernel_inception_distance_mean"], 0.0, error)
    agree(deviation, theirs["kernel_inception_distance_std"], 0.5)


@pytest.mark.parametrize("splits", [1, 10])
def test_inception_score_is_that_of_torch_fidelity(splits):
    metric_isc = library("torch_fidelity.metric_isc")
    logits = np.random.normal(0, 3, (5000, 100))
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    # It takes logits, and shuffles them unless told not to.
    theirs = metric_isc.isc_features_to_metric(
        tensor(logits), splits, shuffle=False
    )
    agree(
        metrics.inception_score(probabilities, splits),
        [theirs["inception_score_mean"], theirs["inception_score_std"]],
        EXACT,
        absolute=1e-12,
    )


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_precision_recall_density_and_coverage_are_those_of_prdc(k, dtype):
    prdc = library("prdc")
    real, generated = features(500, 64, dtype), features(400, 64, dtype, 0.3)
    theirs = prdc.compute_prdc(real, generated, nearest_k=k)
    # It doesn't count the border of precision and recall, as the paper does;
    # no sample of these lies on one.
    agree(
        metrics.precision_recall(real, generated, k),
        [theirs["precision"], theirs["recall"]],
        EXACT,
    )
    agree(
        metrics.density_coverage(real, generated, k),
        [theirs["density"], theirs["coverage"]],
        EXACT,
    )


def test_precision_and_recall_are_those_of_torch_fidelity():
    metric_prc = library("torch_fidelity.metric_prc")
    real, generated = features(500, 64), features(400, 64, shift=0.3)
    # Generated features come first there.
    theirs = metric_prc.prc_features_to_metric(
        tensor(generated), tensor(real), verbose=False
    )
    agree(
        metrics.precision_recall(real, generated),
        [theirs["precision"], theirs["recall"]],
        EXACT,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_neighbors_are_those_of_scikit_learn(dtype):
    reference = library("sklearn.neighbors").NearestNeighbors(
        n_neighbors=6, algorithm="kd_tree"
    )
    real, queries = features(3000, 16, dtype), features(500, 16, dtype, 0.2)
    reference.fit(real)
    distances, indices = reference.kneighbors(queries)
    found, measured = neighbors.nearest(queries, real, 6)
    np.testing.assert_array_equal(found, indices)
    agree(measured, distances, EXACT)
    # Of a set's own samples, it finds each itself first.
    distances, indices = reference.kneighbors(real)
    found, measured = neighbors.nearest_others(real, 5)
    np.testing.assert_array_equal(found, indices[:, 1:])
    agree(measured, distances[:, 1:], EXACT)


def test_kolmogorov_smirnov_is_that_of_scipy():
    stats = library("scipy.stats")
    training, generated, held_out = (
        features(samples, 8, shift=shift)
        for samples, shift in [(300, 0.0), (200, 0.2), (150, 0.0)]
    )
    ours = metrics.nearest_neighbors(generated, training, held_out)
    expected = metrics.nearest_neighbors(held_out, training)
    theirs = stats.ks_2samp(ours.distances[:, 0], expected.distances[:, 0])
    agree(ours.ks_statistic, theirs.statistic, EXACT)


def similar_images(size, channels):
    """Pairs from nearly equal to unlike, with edges and with noise."""
    rng = np.random.default_rng(3)
    blocks = rng.integers(0, 256, (6, size // 8, size // 8, channels))
    first = np.kron(blocks, np.ones((1, 8, 8, 1)))
    noise = rng.integers(0, 256, first.shape)
    share = np.linspace(0.05, 0.9, 6)[:, None, None, None]
    second = (1 - share) * first + share * noise
    return first.astype("uint8"), second.astype("uint8")


def similarity_of_pytorch_msssim(first, second):
    # A window in float64; without it, they make one in float32.
    window = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    window = np.tile(window / window.sum(), (first.shape[-1], 1, 1, 1))
    return library("pytorch_msssim").ms_ssim(
        *(
            tensor(images.astype("float64")).permute(0, 3, 1, 2)
            for images in (first, second)
        ),
        data_range=255,
        win=tensor(window),
    )


@pytest.mark.parametrize("size", [176, 256])
def test_multiscale_similarity_is_that_of_pytorch_msssim(size):
    # Grey, of 11 pixels a side on the coarsest scale and even on all others:
    # it refuses smaller images, pads odd sides by 0, and takes the product
    # over scales in each color by itself.
    first, second = similar_images(size, 1)
    pairs = [slice(i, i + 1) for i in range(len(first))]
    agree(
        [
            metrics.multiscale_ssim(first[pair], second[pair]).value
            for pair in pairs
        ],
        [
            similarity_of_pytorch_msssim(first[pair], second[pair]).item()
            for pair in pairs
        ],
        EXACT,
    )


@pytest.mark.parametrize("size", [176, 256])
def test_multiscale_similarity_is_that_of_tensorflow(size):
    # With the same restrictions as above; it computes in float32.
    import tensorflow as tf

    first, second = similar_images(size, 1)
    theirs = tf.image.ssim_multiscale(first, second, max_val=255).numpy()
    agree(metrics.multiscale_ssim(first, second).value, theirs.mean(), CLOSE)


def test_colors_make_a_difference_that_is_meant():
    # Here a scale's terms are means over all colors, as in the code of the
    # papers that score GANs, there a product is taken in each color.
    first, second = similar_images(176, 3)
    second[..., 0] = first[..., 0]
    theirs = similarity_of_pytorch_msssim(first, second).item()
    ours = metrics.multiscale_ssim(first, second).value
    agree(ours, theirs, 0.05)
    assert abs(ours - theirs) > CLOSE


def test_pyramids_are_those_of_scipy():
    ndimage = library("scipy.ndimage")
    image = np.random.rand(64, 64).astype("float64")
    taps = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
    smaller = ndimage.convolve(image, taps, mode="mirror")[::2, ::2]
    larger = np.zeros_like(image)
    larger[::2, ::2] = smaller
    larger = ndimage.convolve(larger, 4 * taps, mode="mirror")
    batch = image.astype("float32")[None, :, :, None]
    # In float32, of images from 0 to 1.
    finest = laplacian_pyramid(batch)[0]
    agree(finest[0, :, :, 0], image - larger, 0.0, absolute=1e-6)
    half = smaller.astype("float32")[None, :, :, None]
    agree(upsampled(half)[0, :, :, 0], larger, 0.0, absolute=1e-6)


def test_distances_along_directions_are_those_of_scipy():
    stats = library("scipy.stats")
    first, second = np.random.normal(size=(2, 500, 12))
    second = np.exp(second)
    directions = np.random.normal(size=(12, 40))
    directions /= np.linalg.norm(directions, axis=0)
    theirs = np.mean(
        [
            stats.wasserstein_distance(first @ direction, second @ direction)
            for direction in directions.T
        ]
    )
    agree(sliced_distance(first, second, directions), theirs, EXACT)


def test_great_circles_are_those_of_torch_fidelity():
    noise = library("torch_fidelity.noise")
    start, end = np.random.normal(size=(2, 50, 64))
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    end /= np.linalg.norm(end, axis=1, keepdims=True)
    for position in (1e-4, 0.3, 0.9):
        theirs = noise.batch_slerp_any(tensor(start), tensor(end), position)
        agree(
            spherical_interpolation(start, end, position),
            theirs.numpy(),
            EXACT,
            absolute=1e-12,
        )
