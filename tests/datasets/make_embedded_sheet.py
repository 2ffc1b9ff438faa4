"""Makes the sheet of the embedded data set from the whole of Fashion-MNIST.

    python tests/datasets/make_embedded_sheet.py [FOLDER_WITH_THE_PACKAGE]

Row k of the sheet has the first 100 training images of class k, in the official
order, from left to right.
"""

import sys

import numpy as np
from PIL import Image

from keras_gan_zoo.datasets.images import EMBEDDED_SHEET
from keras_gan_zoo.datasets.prepare import read_package

packages = sys.argv[1] if len(sys.argv) > 1 else None
images, labels = read_package("fashion_mnist", packages)["train"]
rows = [np.hstack(images[labels == k][:100, :, :, 0]) for k in range(10)]
Image.fromarray(np.vstack(rows)).save(EMBEDDED_SHEET, optimize=True)
