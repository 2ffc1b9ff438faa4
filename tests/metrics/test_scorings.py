import numpy as np
import pytest
from PIL import Image

from keras_gan_zoo import metrics
from keras_gan_zoo.metrics import scorings
from keras_gan_zoo.metrics.feature_set import FeatureSet, StatisticsSet
from keras_gan_zoo.metrics.image_sources import FolderImages
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
        "kid30[tiny-v1|train|subsets-of-10]",
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


def test_pairs_are_said_in_the_protocol():
    images = pixels(7, 1, 16, 3)
    generated = FeatureSet(None, images, "generated", 3)
    labels = [0, 0, 1, 1, 1, 0, 1]
    for scoring, (first, second), variant in [
        (scorings.MSSSIM(), metrics.random_pairs(7, 3), "pairs-of-all"),
        (
            scorings.MSSSIM(labels, pairs_per_class=4),
            metrics.same_class_pairs(labels, 4, 3),
            "pairs-within-classes",
        ),
    ]:
        (score,) = scoring.scores(generated, None)
        expected = metrics.multiscale_ssim(images[first], images[second])
        assert score.value == expected.value
        assert str(score.protocol) == f"ms-ssim7[{variant}]"
        assert score.protocol.parameters == {
            "scales": expected.scales,
            "pairs": len(first),
        }


def test_the_order_of_images_does_not_make_them_alike():
    # Of each of ten kinds 20 images, kind by kind: neighbors are alike.
    images = np.repeat(pixels(10, 1, 16), 20, axis=0)
    generated = FeatureSet(None, images, "generated")
    (score,) = scorings.MSSSIM().scores(generated, None)
    in_order = metrics.multiscale_ssim(images[0::2], images[1::2]).value
    assert in_order == 1.0 and score.value < 0.4


def of_pixels(number, *shape):
    return FeatureSet(None, pixels(number, 1, *shape), "train")


@pytest.mark.parametrize(
    "scoring, generated, real, message",
    [
        (scorings.FID(True), 1, 9, "two images. Received: 1 generated, 9"),
        (scorings.FID(True), 9, 1, "two images. Received: 9 generated, 1"),
        (scorings.KID(subset_size=7), 9, 6, "subset_size=7, 6 real and 9"),
        (scorings.KID(), 1, 9, "at least 2. Received: subset_size=1"),
        (scorings.KID(subsets=0), 9, 9, "at least 1.*num_subsets=0"),
        (scorings.PRDC(), 9, 3, "k=3, 3 samples"),
        (scorings.PRDC(density_k=9), 12, 9, "k=9, 9 samples"),
        (scorings.IS(0), 9, 9, "at least 1.*splits=0"),
    ],
)
def test_what_can_not_be_scored_is_told_before_the_work(
    scoring, generated, real, message
):
    generated, real = sets(generated, real)
    with pytest.raises(ValueError, match=message):
        scoring.protocols(generated, real)
    assert "_seen" not in vars(generated)


@pytest.mark.parametrize(
    "scoring, generated, real, message",
    [
        (scorings.SWD(), (6, 16), (5, 16), "6 generated, 5 real.*--num 5"),
        (scorings.SWD(), (4, 16), (5, 8), r"\(1, 8, 8, 1\), gen.*16, 16, 1"),
        (scorings.SWD(), (4, 16), (5, 16, 3), "color or grey.*np.repeat"),
        (scorings.MSSSIM(), (1, 16), (5, 16), "pairs of images. Received: 1"),
        (scorings.MSSSIM(), (4, 3), (5, 3), "at least 4 pixels"),
        (scorings.MSSSIM([0] * 3), (4, 8), (5, 8), "3 labels, 4 images"),
        (scorings.MSSSIM([0, 0, 1]), (3, 8), (5, 8), "one of class 1"),
    ],
)
def test_pixels_that_can_not_be_scored_are_told_before_the_work(
    scoring, generated, real, message
):
    with pytest.raises(ValueError, match=message):
        scoring.protocols(of_pixels(*generated), of_pixels(*real))


def test_kid_of_few_images_takes_smaller_subsets_and_says_so():
    generated, real = sets(30, 40)
    (score,) = scorings.KID(4).scores(generated, real)
    assert str(score.protocol) == "kid30[tiny-v1|train|subsets-of-30]"
    assert score.value == scorings.KID(4, 30).scores(generated, real)[0].value
    assert score.deviation > 0.0
    generated, real = sets(1200, 1001)
    (protocol,) = scorings.KID().protocols(generated, real)
    assert str(protocol) == "kid1200[tiny-v1|train-of-1001]"


@pytest.mark.parametrize(
    "scoring, sizes",
    [
        (scorings.KID(1, 10), (30, 40)),
        (scorings.KID(4), (30, 30)),
        (scorings.IS(1), (30, 40)),
    ],
)
def test_one_value_has_no_deviation(scoring, sizes):
    (score,) = scoring.scores(*sets(*sizes))
    assert score.deviation is None


def test_a_reference_of_fewer_images_is_in_the_name():
    fid = scorings.FID(allow_few_samples=True)
    for real, name in (40, "train"), (30, "train"), (20, "train-of-20"):
        (protocol,) = fid.protocols(*sets(30, real))
        assert str(protocol) == f"fid30[tiny-v1|{name}]"
        assert protocol.reference_size == real


def test_statistics_are_enough_for_fid_and_for_no_other():
    generated, real = sets()
    stored = StatisticsSet(real.network, real.statistics, "train")
    fid = scorings.FID(allow_few_samples=True)
    (expected,) = fid.scores(generated, real)
    (score,) = fid.scores(generated, stored)
    np.testing.assert_allclose(score.value, expected.value, rtol=1e-6)
    with pytest.raises(ValueError, match="reference_sha256"):
        score < expected
    for other in scorings.KID(4, 10), scorings.PRDC(), scorings.SWD():
        with pytest.raises(ValueError, match="enough for the Fréchet"):
            other.protocols(generated, stored)


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


def test_the_way_of_resizing_pictures_is_in_the_name(tmp_path):
    for number, size in enumerate([(40, 30), (9, 7)] * 4):
        noise = np.random.default_rng(number).integers(0, 256, (*size, 3))
        path = tmp_path / f"{number}.png"
        Image.fromarray(noise.astype("uint8")).save(path)
    network = tiny.feature_network(sample_shape=(16, 16, 3))
    pictures = FolderImages(tmp_path, image_size=16)
    resized = FeatureSet(network, pictures, "cats")
    others = FeatureSet(network, pictures[:], "generated")
    for generated, real in ((resized, others), (others, resized)):
        for scoring in (scorings.FID(allow_few_samples=True), scorings.SWD()):
            (score,) = scoring.scores(generated, real)
            assert "16-square-lanczos|" in str(score.protocol)
            assert score.value == pytest.approx(0.0, abs=1e-3)
