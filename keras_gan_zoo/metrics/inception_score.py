"""Inception Score: Improved Techniques for Training GANs, section 4.

Salimans, Goodfellow, Zaremba, Cheung, Radford and Chen, 2016
https://arxiv.org/abs/1606.03498
"""

import numpy as np

from keras_gan_zoo.metrics.parameter_checks import require_integers


def inception_score(probabilities, splits=10):
    """Returns `exp(E[KL(p(y|x) || p(y))])`, its mean and deviation over splits.

    The score is 1 where all samples get the same prediction, and the number
    of classes where each sample is surely of one class and the classes are
    even. Scores can be compared only if they share the classifier, the number
    of samples and the number of splits: published ones are from the Inception
    network of 2015, with 50,000 samples and 10 splits. The samples must
    be in random order, since each split has a marginal `p(y)` of its own.

    Args:
        probabilities: Array of shape `(samples, classes)`, the classifier's
            predictions `p(y|x)`. Rows sum to 1.
        splits: Integer, number of parts of nearly equal size.

    Returns:
        Pair of floats: the mean of the parts' scores and their standard
        deviation (of the population, as in the paper's code).

    Raises:
        ValueError: If a row is no distribution, or there are fewer samples
            than parts.
    """
    probabilities = np.asarray(probabilities)
    require_probabilities(probabilities)
    require_integers(1, splits=splits)
    if splits > len(probabilities):
        raise ValueError(
            "`splits` must be at most the number of samples. Received: "
            f"splits={splits}, {len(probabilities)} samples. Score more "
            "samples or take fewer splits."
        )
    scores = [_score(part) for part in np.array_split(probabilities, splits)]
    return float(np.mean(scores)), float(np.std(scores))


def require_probabilities(probabilities):
    """Raises a `ValueError` unless the rows of an array are distributions.

    Args:
        probabilities: Array of shape `(samples, classes)`.
    """
    if (
        probabilities.ndim != 2
        or probabilities.shape[1] < 2
        or probabilities.dtype.kind not in "fiu"
    ):
        raise ValueError(
            "Predictions must be real numbers of shape (samples, classes), "
            "with at least two classes. Received: "
            f"{probabilities.dtype} of shape {probabilities.shape}."
        )
    sums = probabilities.sum(axis=1, dtype="float64")
    # Written so that NaN fails it.
    valid = (probabilities >= 0).all() and (abs(sums - 1) < 1e-3).all()
    if not valid:
        raise ValueError(
            "Predictions must be probabilities: not negative, each row of sum "
            f"1. Received: values from {probabilities.min():.4g} to "
            f"{probabilities.max():.4g}, sums from {sums.min():.4g} to "
            f"{sums.max():.4g}. If they are logits, add a softmax to the "
            "classifier."
        )


def _score(probabilities):
    # Only here, part by part: 50,000 predictions of 1008 classes are many.
    probabilities = probabilities.astype("float64")
    marginal = probabilities.mean(axis=0)
    # A class of probability 0 adds 0, the limit of p log p.
    ratio = np.divide(
        probabilities,
        marginal,
        out=np.ones_like(probabilities),
        where=probabilities > 0,
    )
    divergences = (probabilities * np.log(ratio)).sum(axis=1)
    return np.exp(divergences.mean())
