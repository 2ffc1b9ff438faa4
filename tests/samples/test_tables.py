"""Tables as CSV and as pictures."""

import csv
import io

import numpy as np
import pytest

from keras_gan_zoo import samples
from tests.samples import examples


def test_a_csv_has_names_and_shortest_digits():
    rows = np.array([[1.0, 0.1], [2.5e-8, -3e20]], "float32")
    content = samples.Tables(["size, in m", "x"]).to_file(rows).decode()
    read = [*csv.reader(io.StringIO(content))]
    assert read[0] == ["size, in m", "x"]
    assert read[1] == ["1.0", "0.1"]
    np.testing.assert_array_equal(np.array(read[1:], "float32"), rows)


@pytest.mark.parametrize("columns", [[], ["a", "a"], ["a", ""], ["a", 1]])
def test_columns_have_names_that_differ(columns):
    with pytest.raises(ValueError, match="`columns`.*Received"):
        samples.Tables(columns)


def test_there_are_as_many_columns_as_names():
    with pytest.raises(ValueError, match=r"of 3 columns.*\(5, 4\)"):
        samples.Tables(["a", "b", "c"]).check(examples.people(5))


def test_rows_are_lines_beneath_the_names():
    kind = samples.Tables(examples.PEOPLE)
    picture = kind.picture(examples.people(5), 5)
    # Six lines, or five where one isn't shown.
    assert picture.shape == (6 * 16 + 8, 45 * 8 + 8, 1)
    shown = np.array([True, True, False, True, True])
    assert len(kind.picture(examples.people(5), 5, shown)) == 5 * 16 + 8
