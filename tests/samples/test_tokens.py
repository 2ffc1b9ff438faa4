"""Tokens as integers, as probabilities and as text."""

import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import samples
from keras_gan_zoo.drawings import lettering
from tests.samples import examples

WORDS = ["", "the", "cat", "sät"]


def test_probabilities_are_served_as_the_likeliest_token():
    kind = samples.Tokens(WORDS)
    probabilities = np.array(
        [[[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1]]], "float32"
    )
    kind.check(probabilities)
    served = kind.to_served(probabilities)
    assert served.dtype == tf.int32
    np.testing.assert_array_equal(served, [[3, 0]])


def test_text_is_the_same_in_graph_and_client():
    kind = samples.Tokens(WORDS, separator=" ")
    tokens = np.array([[1, 2, 3], [3, 0, 1]], "int32")
    expected = ["the cat sät", "sät  the"]
    assert kind.texts(tokens) == expected
    in_graph = kind.files((None, 3))["txt"](tf.constant(tokens)).numpy()
    assert [text.decode() for text in in_graph] == expected
    assert kind.to_file(tokens[1:]).decode() == expected[1]


@pytest.mark.parametrize(
    "samples_of_others",
    [
        np.array([[0, 4]], "int32"),
        np.array([[-1, 0]], "int32"),
        np.array([[0.0, 1.0]], "float32"),
    ],
)
def test_numbers_beyond_the_vocabulary_are_refused(samples_of_others):
    with pytest.raises(ValueError, match="from 0 to 3.*Received: dtype"):
        samples.Tokens(WORDS).check(samples_of_others)


def test_logits_are_no_probabilities():
    for wrong in (np.zeros((1, 2, 4)), [[[2.0, -1.0, 0.0, 0.0]]]):
        with pytest.raises(ValueError, match="sum to 1.*softmax"):
            samples.Tokens(WORDS).check(np.array(wrong, "float32"))


def test_halves_sum_to_one_as_well_as_they_can():
    logits = np.random.default_rng(0).normal(size=(2, 9, 300))
    values = tf.nn.softmax(tf.constant(logits, tf.float16))
    samples.Tokens(map(str, range(300))).check(values)


def test_a_vocabulary_is_of_strings():
    for wrong in ([], [1, 2], [b"a"]):
        with pytest.raises(ValueError, match="vocabulary"):
            samples.Tokens(wrong)


def test_letters_are_under_each_other():
    page = lettering.page(["a b", "c d"], 2, 4)
    assert page.shape == (2 * 16 + 8, 4 * 8 + 8, 1)
    columns = (page[1:-1, 1:-1] < 200).any(axis=(0, 2))
    letters = [columns[3 + 8 * i : 11 + 8 * i].any() for i in range(4)]
    assert letters == [True, False, True, False]


def test_lines_break_at_spaces():
    assert lettering.wrapped("one two three", 8) == ["one two", "three"]
    assert lettering.wrapped("abcdef\n\ngh   ", 4) == ["abcd", "ef", "", "gh"]
    assert lettering.wrapped("", 4) == [""]


def test_different_texts_are_different_pictures():
    kind = samples.Tokens(examples.LETTERS)
    first, second, *_, empty = kind.cells(examples.sentences())
    assert first.shape == second.shape == empty.shape
    assert (first != second).any()
    assert (empty[1:-1, 1:-1] == 255).all()
