"""What docs/samples.md shows."""

import re

import keras
import numpy as np
import pytest

from keras_gan_zoo import samples
from tests import tiny

TEXT = (tiny.ROOT / "docs" / "samples.md").read_text(encoding="utf-8")


def test_the_table_has_each_kind():
    kinds = {
        name
        for name, value in vars(samples).items()
        if isinstance(value, type) and issubclass(value, samples.Kind)
    }
    assert {*re.findall(r"^\| `(\w+)\(", TEXT, re.MULTILINE)} == kinds


def test_the_kind_of_ones_own_works():
    block = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[-1]
    names = {"keras": keras, "samples": samples}
    exec(block, names)
    kind = names["Depths"]()
    depths = np.array([[[0.0, 10.0], [5.0, 2.0]]], "float32")
    kind.check(depths)
    picture = kind.picture(depths, 1)[..., 0]
    np.testing.assert_array_equal(picture, [[255, 0], [127, 204]])
    with pytest.raises(ValueError, match=r"in \[0, 10\].*to 20. Convert them"):
        kind.check(2 * depths)
