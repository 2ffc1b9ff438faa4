"""Tokens."""

import math

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo.drawings import lettering
from keras_gan_zoo.endpoints import Input
from keras_gan_zoo.samples.kind import Kind

_WIDTH = 48  # Letters of a line in pictures.
_TOLERANCE = 0.01  # Of the sum of probabilities, in half precision.


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Tokens(Kind):
    """Tokens of a text: integers `(length,)`, or probabilities of each token.

    The latter are floats of shape `(length, len(vocabulary))` that sum to 1,
    such as one-hot vectors or what a softmax returns. Either is served as
    integers, int32 of shape `(batch, length)`, those of the largest
    probability; and as text, in UTF-8. Pictures show the text.

    Args:
        vocabulary: List of strings, the token of each number.
        separator: String between two tokens: nothing, for tokens that are
            letters or have their own spaces, or " " for words.
    """

    name = "tokens"
    suffix = "txt"
    picture_rows = 16
    picture_columns = 1

    def __init__(self, vocabulary, separator=""):
        vocabulary = list(vocabulary)
        if not vocabulary or not all(type(one) is str for one in vocabulary):
            raise ValueError(
                "`vocabulary` must be a list of strings, one at least. "
                f"Received: vocabulary={vocabulary!r:.60}. Numbers of tokens "
                "are their places in it."
            )
        if type(separator) is not str:
            raise ValueError(
                "`separator` must be a string. Received: "
                f"separator={separator!r}."
            )
        self.vocabulary = vocabulary
        self.separator = separator

    def check(self, samples):
        self.require(samples)
        values = keras.ops.convert_to_numpy(samples)
        if values.ndim == 3:
            self._check_probabilities(values.astype("float32"))
            return
        if values.dtype.kind not in "iu" or not (
            0 <= values.min() and values.max() < len(self.vocabulary)
        ):
            raise ValueError(
                f"Expected tokens from 0 to {len(self.vocabulary) - 1}, whole "
                "numbers that count the vocabulary. Received: dtype "
                f"{values.dtype}, values from {values.min()} to "
                f"{values.max()}. Number the tokens by their places in the "
                "vocabulary, or complete it."
            )

    def _check_probabilities(self, values):
        sums = values.sum(axis=-1)
        if values.min() < 0.0 or not np.allclose(sums, 1.0, atol=_TOLERANCE):
            raise ValueError(
                "Expected probabilities of tokens, which sum to 1 over the "
                f"last axis. Received: values from {values.min():g} to "
                f"{values.max():g}, sums from {sums.min():g} to "
                f"{sums.max():g}. Make them by `keras.ops.one_hot(tokens, "
                f"{len(self.vocabulary)})`, or end the network in a softmax."
            )

    def require(self, samples):
        shape = getattr(samples, "shape", None)
        rank = None if shape is None else len(shape)
        size = len(self.vocabulary)
        if rank != 2 and not (rank == 3 and shape[-1] == size):
            received = type(samples).__name__ if shape is None else tuple(shape)
            raise ValueError(
                "Expected tokens of shape (batch, length), or probabilities "
                f"(batch, length, {size}) of a vocabulary of {size}. Received: "
                f"{received}. Reshape them, or give another vocabulary."
            )

    def to_served(self, samples):
        self.require(samples)
        if len(samples.shape) == 3:
            return tf.argmax(samples, axis=-1, output_type=tf.int32)
        return tf.cast(samples, tf.int32)

    def input(self, shape, name=None):
        spec = tf.TensorSpec((None, shape[0]), tf.int32, name or self.name)
        size = len(self.vocabulary)
        return Input(
            spec,
            is_right=lambda values: (values >= 0) & (values < size),
            expected=f"from 0 to {size - 1}",
            take=self.from_served,
        )

    def files(self, shape):
        def to_text(tokens):
            words = tf.gather(tf.constant(self.vocabulary), tokens)
            return tf.strings.reduce_join(
                words, axis=-1, separator=self.separator
            )

        return {"txt": to_text}

    def texts(self, tokens):
        """Returns a list of the texts of tokens as they are served."""
        return [
            self.separator.join(self.vocabulary[number] for number in row)
            for row in np.asarray(tokens)
        ]

    def cells(self, samples):
        texts = self.texts(self.to_served(samples))
        pages = [lettering.wrapped(text, _WIDTH) for text in texts]
        # As a rule the height is that of any samples of this length, so that
        # pictures of a training have one size.
        longest = max(map(len, self.vocabulary)) + len(self.separator)
        letters = samples.shape[1] * longest
        height = max(*map(len, pages), math.ceil(letters / (0.8 * _WIDTH)))
        return np.stack([lettering.page(p, height, _WIDTH) for p in pages])

    def get_config(self):
        return {"vocabulary": self.vocabulary, "separator": self.separator}
