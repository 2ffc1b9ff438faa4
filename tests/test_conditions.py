"""What a condition draws, refuses, serves and shows."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import noise
from keras_gan_zoo.conditions import Label, Labels, Vector, require_condition

ROWS = [[1, 0, 0], [0, 1, 1]]
ALL = pytest.mark.parametrize(
    "condition",
    [
        Label(3),
        Label(2, ["cat", "dog"]),
        Labels(3),
        Labels(3, ["a", "b", "c"], frequency=[0.1, 0.5, 0.9]),
        Labels(3, rows=ROWS),
        Vector(1),
        Vector(2, low=0.0, high=90.0, name="angles"),
        Vector(3, rows=np.array(ROWS) / 2),
    ],
    # Not `repr`, by the place in memory, which workers do not share.
    ids=lambda condition: type(condition).__name__,
)


def drawn(condition, number=2000, seed=0):
    return condition.draw(number, noise.as_seed(seed)).numpy()


@ALL
def test_what_it_draws_is_of_its_kind_and_a_function_of_the_seed(condition):
    values = drawn(condition)
    checked = condition.check(values)
    assert checked.dtype == values.dtype and checked.shape == values.shape
    np.testing.assert_array_equal(checked, values)
    np.testing.assert_array_equal(values, drawn(condition))
    assert not np.array_equal(values, drawn(condition, seed=1))
    served = condition.serving_input()
    assert served.spec.is_compatible_with(tf.constant(values))
    assert np.all(served.is_right(tf.constant(values)))


@ALL
def test_it_is_serialized(condition):
    config = keras.saving.serialize_keras_object(condition)
    copy = keras.saving.deserialize_keras_object(config)
    assert type(copy) is type(condition)
    assert copy.get_config() == condition.get_config()
    np.testing.assert_array_equal(drawn(condition), drawn(copy))


@ALL
def test_the_rows_of_a_grid_are_of_its_kind(condition):
    values, names = condition.grid_rows(2)
    condition.check(values)
    assert len(values) <= 2
    assert names is None or len(names) == len(values)


def test_labels_hold_as_often_as_they_should():
    values = drawn(Labels(3, frequency=[0.0, 0.25, 1.0]), 20_000)
    np.testing.assert_allclose(values.mean(0), [0.0, 0.25, 1.0], atol=0.01)
    assert {*np.unique(values)} == {0.0, 1.0}


def test_rows_keep_together_what_goes_together():
    values = drawn(Labels(3, rows=ROWS))
    assert {tuple(row) for row in values} == {(1, 0, 0), (0, 1, 1)}
    np.testing.assert_allclose(values.mean(0), [0.5, 0.5, 0.5], atol=0.05)


def test_attributes_are_drawn_within_their_bounds():
    values = drawn(Vector(2, low=-3.0, high=5.0))
    assert values.shape == (2000, 2) and values.dtype == "float32"
    assert -3.0 <= values.min() < -2.9 and 4.9 < values.max() < 5.0
    np.testing.assert_allclose(values.mean(0), [1.0, 1.0], atol=0.2)


def test_the_rows_of_a_grid_by_hand():
    values, names = Label(3, ["a", "b", "c"]).grid_rows(2)
    assert list(values) == [0, 1] and names == ["a", "b"]
    values, names = Labels(3, ["a", "b", "c"]).grid_rows(2)
    np.testing.assert_array_equal(values, [[1, 0, 0], [0, 1, 0]])
    assert names == ["a", "b"]
    values, names = Vector(2).grid_rows(3)
    np.testing.assert_array_equal(values, [[-1, -1], [0, 0], [1, 1]])


@pytest.mark.parametrize(
    ("condition", "values", "message"),
    [
        (Label(3), [3], "from 0 to 2.*Received: labels from 3 to 3"),
        (Label(3), [0.5], "must be integers"),
        (Labels(2), [[0, 2]], "0 or 1. Received: values from 0.0 to 2.0"),
        (Labels(2), [[-1, 1]], r"make `\(labels \+ 1\) / 2`"),
        (Labels(2), [0, 1], r"shape \(batch, 2\). Received: shape \(2,\)"),
        (Labels(2), [[0, 1, 1]], r"Received: shape \(1, 3\)"),
        (Vector(1), [[1.5]], r"in \[-1.0, 1.0\]. Received: .* to 1.5"),
        (Vector(1), [[np.nan]], "Received: values from nan"),
        (Vector(2, 0.0, 9.0), [[0.0, -1.0]], r"in \[0.0, 9.0\]"),
    ],
)
def test_values_of_another_kind_are_refused(condition, values, message):
    with pytest.raises(ValueError, match=message):
        condition.check(np.array(values))
    served = condition.serving_input()
    values = tf.cast(values, served.spec.dtype)
    if served.spec.is_compatible_with(values) and "integers" not in message:
        assert not np.all(served.is_right(values))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Label(0), "num_classes=0"),
        (lambda: Label(2, ["a"]), "class_names"),
        (lambda: Labels(2, frequency=3), "frequency=3"),
        (lambda: Labels(2, rows=[[0, 5]]), "0 or 1"),
        (lambda: Vector(1, 2.0, 1.0), "low=2.0, high=1.0"),
        (lambda: Vector(2, rows=[[0.0]]), r"shape \(1, 1\)"),
    ],
)
def test_what_is_no_condition_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_condition_is_an_object():
    with pytest.raises(ValueError, match=r"`Label\(10\)`. Received.*=10"):
        require_condition(10)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (Label(2, ["a", "b"]), {"num_classes": 2, "class_names": ["a", "b"]}),
        (Labels(2, ["a", "b"]), {"label_names": ["a", "b"]}),
        (Labels(2), {"label_names": None}),
        (Vector(3, 0, 2), {"bounds": [0.0, 2.0]}),
        (Vector(1, np.float32(1), np.inf, rows=[[5]]), {"bounds": [1.0, None]}),
    ],
)
def test_what_an_export_is_told(condition, told):
    facts = condition.facts()
    assert facts == {"num_classes": None, "class_names": None, **told}
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
