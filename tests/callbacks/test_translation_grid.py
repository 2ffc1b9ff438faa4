import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan_zoo import images
from keras_gan_zoo.callbacks import TranslationGrid
from tests import tiny
from tests.models import toys
from tests.models.test_pix2pix import ENTRIES


def fit(model, callback, epochs=2):
    data = tf.data.Dataset.from_tensors(ENTRIES["Pix2Pix"].arrays(1))
    toys.compile_model(model, run_eagerly=True)
    model.fit(data, epochs=epochs, callbacks=[callback], verbose=0)


def test_a_strip_is_an_image_its_translation_and_what_is_right(tmp_path):
    model = ENTRIES["Pix2Pix"].build()
    pairs = ENTRIES["Pix2Pix"].arrays(1, seed=3)
    fit(model, TranslationGrid(tmp_path / "new", pairs, columns=2, seed=7))
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == [
        "epoch_0000.png",
        "epoch_0001.png",
        "epoch_0002.png",
        "training.gif",
    ]
    picture = np.asarray(Image.open(tmp_path / "new" / "epoch_0002.png"))
    # Two strips of three images of 8 pixels, with 2 and 16 between them.
    assert picture.shape == (8 + 16 + 8, 28 + 16 + 28, 3)
    first, second = pairs
    columns = [first, model.translate(first, seed=7), second]
    for number, rows in enumerate(columns):
        top, left = 24, 44 + 10 * number  # Of the last pair.
        found = picture[top : top + 8, left : left + 8, 0]
        np.testing.assert_array_equal(found, images.to_uint8(rows[3])[..., 0])


def test_models_that_do_not_translate_are_refused(tmp_path):
    grid = TranslationGrid(tmp_path, ENTRIES["Pix2Pix"].arrays(1))
    with pytest.raises(ValueError, match="`translate\\(\\)`.*`VanillaGAN`"):
        tiny.gan().fit(tiny.dataset(), callbacks=[grid], verbose=0)


def test_pairs_must_be_as_many_of_each():
    first, second = ENTRIES["Pix2Pix"].arrays(1)
    with pytest.raises(ValueError, match=r"arrays of \[4, 3\] images"):
        TranslationGrid("pictures", (first, second[:3]))
