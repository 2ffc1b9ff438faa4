import numpy as np
import pytest

from keras_gan_zoo.metrics import inception_score


def random_probabilities(samples, classes):
    return np.random.dirichlet(np.ones(classes), size=samples)


def test_uniform_predictions_score_one():
    assert inception_score(np.full((20, 5), 0.2)) == (1.0, 0.0)


@pytest.mark.parametrize("classes", [2, 10, 1000])
@pytest.mark.parametrize("splits", [1, 5])
def test_sure_and_even_predictions_score_the_number_of_classes(classes, splits):
    probabilities = np.tile(np.eye(classes), (splits, 1))
    mean, deviation = inception_score(probabilities, splits)
    np.testing.assert_allclose(mean, classes, rtol=1e-12)
    np.testing.assert_allclose(deviation, 0.0, atol=1e-9)


def test_sure_predictions_of_one_class_score_one():
    probabilities = np.zeros((20, 5))
    probabilities[:, 3] = 1.0
    assert inception_score(probabilities) == (1.0, 0.0)


def test_a_case_by_hand():
    # KL((1, 0) || (3/4, 1/4)) and KL((1/2, 1/2) || (3/4, 1/4)).
    divergences = [
        np.log(4 / 3),
        0.5 * np.log(2 / 3) + 0.5 * np.log(2),
    ]
    mean, _ = inception_score([[1.0, 0.0], [0.5, 0.5]], splits=1)
    np.testing.assert_allclose(mean, np.exp(np.mean(divergences)), rtol=1e-12)


def test_splits_are_scored_by_themselves():
    first, second = random_probabilities(12, 4), np.eye(4).repeat(3, axis=0)
    one, _ = inception_score(first, splits=1)
    mean, deviation = inception_score(np.concatenate([first, second]), splits=2)
    np.testing.assert_allclose(mean, (one + 4.0) / 2, rtol=1e-12)
    np.testing.assert_allclose(deviation, (4.0 - one) / 2, rtol=1e-12)


def test_splits_need_not_divide_the_samples():
    probabilities = random_probabilities(11, 3)
    scores = [
        inception_score(probabilities[:6], splits=1)[0],
        inception_score(probabilities[6:], splits=1)[0],
    ]
    mean, deviation = inception_score(probabilities, splits=2)
    np.testing.assert_allclose(mean, np.mean(scores), rtol=1e-12)
    np.testing.assert_allclose(deviation, np.std(scores), rtol=1e-12)


def test_the_order_within_a_split_does_not_matter():
    probabilities = random_probabilities(50, 7)
    mean, _ = inception_score(probabilities, splits=1)
    again, _ = inception_score(probabilities[::-1], splits=1)
    np.testing.assert_allclose(mean, again, rtol=1e-12)
    assert 1.0 < mean < 7.0


def test_float32_predictions_are_summed_in_float64():
    probabilities = random_probabilities(2_000, 1000).astype("float32")
    mean, _ = inception_score(probabilities)
    exact, _ = inception_score(probabilities.astype("float64"))
    assert mean == exact and isinstance(mean, float)


@pytest.mark.parametrize("shape", [(10,), (10, 1), (10, 2, 2)])
def test_refuses_other_shapes(shape):
    with pytest.raises(ValueError, match=r"\(samples, classes\).*shape \(10,"):
        inception_score(np.ones(shape))


@pytest.mark.parametrize(
    "row", [[2.0, 0.5], [-0.5, 1.5], [0.3, 0.3], [np.nan, 1.0]]
)
def test_refuses_what_is_no_distribution(row):
    probabilities = np.full((10, 2), 0.5)
    probabilities[4] = row
    with pytest.raises(ValueError, match="not negative.*add a softmax"):
        inception_score(probabilities)


def test_refuses_more_splits_than_samples():
    with pytest.raises(ValueError, match="splits=11, 10 samples"):
        inception_score(np.full((10, 2), 0.5), 11)
