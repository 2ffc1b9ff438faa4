"""Scores of translators on pairs that were held out."""

import numpy as np
import tensorflow as tf


def translation_scores(model, pairs, training_pairs, protocol):
    """Returns the mean absolute error of each translation of a model.

    It stands beside what answers cost that have learned nothing: the image
    itself, the mean image of the training data, and the right answer to
    another image.

    Args:
        model: Trained `Translator`, whose two domains have one shape.
        pairs: Pair of arrays, held-out images of each domain in [-1, 1]; what
            has one place in both belongs together.
        training_pairs: `tf.data.Dataset` of one pass of the training data.
        protocol: String, what was measured.

    Returns:
        List of scores, as `run` takes them.
    """
    means = _mean_images(training_pairs)
    scores = []
    for domain in model.translators:
        place = model.domains.index(domain)
        images, targets = np.asarray(pairs[1 - place]), np.asarray(pairs[place])
        others = np.roll(targets, len(targets) // 2, axis=0)
        scores.append(
            {
                "name": f"mean_absolute_error_to_{domain}",
                "value": _error(targets, model.translate(images, domain)),
                "protocol": f"{protocol}; to {domain}, noise of seed 0",
                "trivial": {
                    "identity": _error(targets, images),
                    "mean image": _error(targets, means[place]),
                    "random pair": _error(targets, others),
                },
            }
        )
    return scores


def _error(targets, answers):
    return float(np.abs(targets - np.asarray(answers)).mean())


def _mean_images(pairs):
    """Returns the mean image of each of two domains."""
    sums, number = [0.0, 0.0], 0
    for batch in pairs:
        sums = [one + tf.reduce_sum(rows, 0) for one, rows in zip(sums, batch)]
        number += len(batch[0])
    return [np.asarray(one) / number for one in sums]
