import numpy as np
import pytest

from keras_gan_zoo import metrics
from keras_gan_zoo.metrics import scorings
from keras_gan_zoo.metrics.feature_set import FeatureSet, StatisticsSet
from tests import tiny


def pixels(number, seed, size=4, channels=1):
    rng = np.random.default_rng(seed)
    shape = (number, size, size, channels)
    return rng.integers(0, 256, shape, dtype="uint8")


def sets(generated=30, real=40, seed=3, **kwargs):
    network = tiny.feature_network()
    return (
        FeatureSet(network, pixels(generated, 1), "generated", seed, **kwargs),
        FeatureSet(network, pixels(real, 2), "train", **kwargs),
    )


def test_scores_are_those_of_the_functions():
    generated, real = sets()
    (fid,) = scorings.FID(allow_few_samples=True).scores(generated, real)
    (kid,) = scorings.KID(4, 10).scores(generated, real)
    (inception,) = scorings.IS(3).scores(generated, None)
    prdc = scorings.PRDC().scores(generated, real)
    g, r = generated.features, real.features
    assert fid.value == metrics.frechet_distance(r, g)
    assert (kid.value, kid.deviation) == metrics.kernel_inception_distance(
        r, g, 4, 10, 3
    )
    order = np.random.default_rng(3).permutation(30)
    expected = metrics.inception_score(generated.probabilities[order], 3)
    assert (inception.value, inception.deviation) == expected
    assert [float(score) for score in prdc] == [
        *metrics.precision_recall(r, g, 3),
        *metrics.density_coverage(r, g, 5),
    ]
    assert [str(score.protocol) for score in (fid, kid, inception, *prdc)] == [
        "fid30[tiny-v1|train]",
        "kid30[tiny-v1|train]",
        "is30[tiny-v1]",
        "precision30[tiny-v1|train]",
        "recall30[tiny-v1|train]",
        "density30[tiny-v1|train]",
        "coverage30[tiny-v1|train]",
    ]
    assert fid.protocol.reference_sha256 == real.sha256
    assert fid.protocol.seed == 3


def test_images_sorted_by_class_are_shuffled_before_they_are_split():
    # Six of each of three classes: each split of consecutive ones has one.
    generated, _ = sets(18)
    generated._seen = generated._seen._replace(
        probabilities=np.repeat(np.eye(3), 6, axis=0)
    )
    (score,) = scorings.IS(3).scores(generated, None)
    assert metrics.inception_score(generated.probabilities, 3)[0] == 1.0
    assert score.value > 2.0


@pytest.mark.parametrize("scoring", [scorings.SWD(), scorings.MSSSIM()])
def test_scores_of_pixels_need_no_network(scoring):
    generated = FeatureSet(None, pixels(6, 1, 16, 3), "generated", 3)
    real = FeatureSet(None, pixels(9, 2, 16, 3), "train")
    (score,) = scoring.scores(generated, real)
    (again,) = scoring.scores(generated, real)
    assert score == again and score.value >= 0
    assert score.protocol.network is None


def test_the_number_of_scales_is_in_the_protocol():
    generated = FeatureSet(None, pixels(6, 1, 16, 3), "generated", 3)
    (score,) = scorings.MSSSIM().scores(generated, None)
    pairs = generated.images[0::2], generated.images[1::2]
    expected = metrics.multiscale_ssim(*pairs)
    assert score.value == expected.value
    assert score.protocol.parameters == {"scales": expected.scales}


def test_more_generated_images_than_real_ones_have_no_swd():
    generated = FeatureSet(None, pixels(6, 1, 16), "generated")
    real = FeatureSet(None, pixels(5, 1, 16), "train")
    with pytest.raises(ValueError, match="Received: 6 generated, 5 real"):
        scorings.SWD().scores(generated, real)


def test_statistics_are_enough_for_fid_and_for_no_other():
    generated, real = sets()
    stored = StatisticsSet(real.network, real.statistics, "train")
    fid = scorings.FID(allow_few_samples=True)
    (expected,) = fid.scores(generated, real)
    (score,) = fid.scores(generated, stored)
    np.testing.assert_allclose(score.value, expected.value, rtol=1e-6)
    with pytest.raises(ValueError, match="reference_sha256"):
        score < expected
    with pytest.raises(ValueError, match="enough for the Fréchet"):
        scorings.KID(4, 10).scores(generated, stored)


def test_r38_statistics_are_computed_once(tmp_path, monkeypatch):
    _, real = sets(cache=tmp_path)
    first = real.statistics
    _, again = sets(cache=tmp_path)
    monkeypatch.setattr(
        FeatureSet, "_seen", property(lambda self: pytest.fail("computed"))
    )
    second = again.statistics
    for one, other in zip(first, second):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("flip", [False, True])
def test_damaged_statistics_are_made_anew(flip, tmp_path):
    _, real = sets(cache=tmp_path)
    first = real.statistics
    (path,) = (tmp_path / "statistics").rglob("*.npz")
    content = bytearray(path.read_bytes() if flip else b"no statistics")
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    _, again = sets(cache=tmp_path)
    with pytest.warns(UserWarning, match="computed anew"):
        np.testing.assert_array_equal(again.statistics.mean, first.mean)


def test_r08_few_samples_are_refused_before_the_work():
    generated, real = sets()
    with pytest.raises(ValueError, match="30. Score more, take KID"):
        scorings.FID().protocols(generated, real)
    assert "_seen" not in vars(generated)
