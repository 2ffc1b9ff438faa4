"""What all recipes share: flags, the first line, and a record of the run.

A recipe imports it before anything else: it starts TensorFlow without the
lines that TensorFlow writes before any of its settings are read.
"""

from keras_gan_zoo.recipe import silence  # isort: split

from keras_gan_zoo.recipe.data import read_arrays, read_data
from keras_gan_zoo.recipe.finishing import finish
from keras_gan_zoo.recipe.flags import add_determinism, arguments
from keras_gan_zoo.recipe.seeding import set_seed
from keras_gan_zoo.recipe.settings import begin
from keras_gan_zoo.recipe.training import run
from keras_gan_zoo.recipe.translations import translation_scores

__all__ = [
    "add_determinism",
    "arguments",
    "begin",
    "finish",
    "read_arrays",
    "read_data",
    "run",
    "set_seed",
    "translation_scores",
]
