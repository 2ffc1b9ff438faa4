"""The emoji as a data set of TensorFlow Datasets (TFDS)."""

import numpy as np
import tensorflow_datasets as tfds

from keras_gan_zoo.datasets.emoji_packages import CATEGORIES, SIZES, VENDORS


# Not registered: TFDS finds what was prepared by its files, and its list of
# data sets stays its own.
class Emoji(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """Writes what `write_emoji` has written as a data set."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {
            f"{vendor}_{size}": tfds.features.Image(
                shape=(size, size, 4), encoding_format="png"
            )
            for size in SIZES
            for vendor in VENDORS
        }
        features["category"] = tfds.features.ClassLabel(names=CATEGORIES)
        features["code"] = tfds.features.Text()
        features["name"] = tfds.features.Text()
        return tfds.core.DatasetInfo(
            builder=self,
            description="Emoji drawn by Google and by Twitter, with alpha. The "
            "split keeps variants by skin tone, gender and zero-width joiner "
            "together.",
            features=tfds.features.FeaturesDict(features),
            homepage="https://github.com/iamcal/emoji-data",
            license="Drawings of Google (Noto emoji): Apache-2.0. Drawings of "
            "Twitter (Twemoji), by Twitter and other contributors: CC BY 4.0.",
        )

    def _split_generators(self, dl_manager):
        files = dl_manager.download_and_extract(
            {split: f"{split}.npz" for split in ("train", "test")}
        )
        return {
            split: self._generate_examples(file)
            for split, file in files.items()
        }

    def _generate_examples(self, file):
        with np.load(file) as columns:
            columns = {name: columns[name] for name in self.info.features}
        for row, code in enumerate(columns["code"]):
            yield code.decode(), {
                name: column[row] for name, column in columns.items()
            }
