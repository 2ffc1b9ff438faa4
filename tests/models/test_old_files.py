"""Files that earlier versions have written can be loaded, and trained on.

`tests/data` has a folder for each version: models of `zoo.ZOO` after a step,
and the samples that they gave for seed 3.
"""

import pathlib

import keras
import numpy as np
import pytest

import keras_gan_zoo.models  # noqa: F401: it makes the classes known.
from tests.models import toys, zoo

FILES = sorted((pathlib.Path(__file__).parents[1] / "data").rglob("*.keras"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_model_of_an_earlier_version_goes_on(path):
    model = keras.models.load_model(path)
    expected = np.loadtxt(path.with_suffix(".txt"))
    samples = np.reshape(model.generate(2, seed=3), (2, -1))
    np.testing.assert_allclose(samples, expected, rtol=1e-4, atol=1e-6)
    steps = zoo.ZOO[path.stem].steps
    images, labels = toys.arrays(num_batches=1, steps=steps)
    model.fit(images, labels, batch_size=len(images), verbose=0)
    assert model.step == 2
    assert [int(o.iterations) for o in model.optimizer.optimizers] == [
        2 * steps,
        2,
    ]
