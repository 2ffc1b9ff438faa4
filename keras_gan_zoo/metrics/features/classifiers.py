"""Small classifiers of MNIST, Fashion-MNIST and CIFAR-10, shipped with this.

They see what their data set is about, for any number of images and without a
download. Scores through them carry their names: they compare generators of one
data set with each other, and with no score of a paper through Inception.
`recipes/classifiers` trained them; the README has their accuracies.
"""

import hashlib
import pathlib

import keras

from keras_gan_zoo import networks
from keras_gan_zoo.metrics.features.feature_network import FeatureNetwork

VERSION = "v1"

# Of the shipped files: other weights make another score.
SHA256 = {
    "mnist_cnn": (
        "0d6121bb54dfe3d5f913bb7341fe79222b980a1690cb7952cc0a8c2540e8362c"
    ),
    "fashion_mnist_cnn": (
        "ef0c6d7825b46777f6285a13333d7c16b73b879420b5f9161d5984dd534a3ffe"
    ),
    "cifar10_cnn": (
        "e33888ccb566bf6ee35033662548e699c2e42d446a46f1fcafbd6191c4f0169b"
    ),
}

_FOLDER = pathlib.Path(__file__).with_name("weights")
_NUM_CLASSES = 10


def mnist_cnn():
    """Classifier of the digits of MNIST.

    Returns:
        `FeatureNetwork` from images `(batch, 28, 28, 1)`, uint8, white on
        black, to 64 features and the probabilities of 10 classes.

    Raises:
        FileNotFoundError: If its weights are missing from the installation.
        ValueError: If they are not those that were shipped.

    Source of the data: LeCun, Cortes and Burges, "The MNIST database of
    handwritten digits". Of the network: `networks.residual_classifier`.
    """
    return _load("mnist_cnn", (28, 28, 1), width=16)


def fashion_mnist_cnn():
    """Classifier of the clothes of Fashion-MNIST.

    Returns:
        `FeatureNetwork` from images `(batch, 28, 28, 1)`, uint8, bright on
        black, to 128 features and the probabilities of 10 classes.

    Raises:
        FileNotFoundError, ValueError: As of `mnist_cnn`.

    Source of the data: Xiao, Rasul and Vollgraf 2017,
    https://arxiv.org/abs/1708.07747. Of the network:
    `networks.residual_classifier`.
    """
    return _load("fashion_mnist_cnn", (28, 28, 1), width=32)


def cifar10_cnn():
    """Classifier of the photographs of CIFAR-10.

    Returns:
        `FeatureNetwork` from images `(batch, 32, 32, 3)`, uint8, to 128
        features and the probabilities of 10 classes. Grey images count as
        colour images of equal channels.

    Raises:
        FileNotFoundError, ValueError: As of `mnist_cnn`.

    Source of the data: Krizhevsky 2009, "Learning Multiple Layers of Features
    from Tiny Images". Of the network: `networks.residual_classifier`.
    """
    return _load("cifar10_cnn", (32, 32, 3), width=32)


# The classifier of each data set that has one.
CLASSIFIERS = {
    "cifar10": cifar10_cnn,
    "embedded": fashion_mnist_cnn,
    "fashion_mnist": fashion_mnist_cnn,
    "mnist": mnist_cnn,
}


def file_name(name):
    """Returns the name of the file of a classifier's weights."""
    return f"{name}-{VERSION}.weights.h5"


def _load(name, image_shape, width):
    path = _FOLDER / file_name(name)
    _require_file(path, SHA256[name])
    # In float32 whatever the global policy: a score must not depend on it.
    classifier = networks.residual_classifier(
        image_shape, _NUM_CLASSES, width, dtype="float32"
    )
    classifier.load_weights(path)
    features = classifier.get_layer("features").output
    network = keras.Model(classifier.input, [features, classifier.output])

    def compute(images):
        features, probabilities = network(images / 127.5 - 1.0, training=False)
        return features, probabilities

    return FeatureNetwork(
        name,
        VERSION,
        compute,
        SHA256[name],
        image_shape,
        num_classes=_NUM_CLASSES,
    )


def _require_file(path, expected):
    """Raises an error unless a shipped file is there as it was shipped."""
    mend = "Install keras_gan_zoo again."
    if not path.is_file():
        raise FileNotFoundError(
            f"The file {path.name} is shipped with keras_gan_zoo and was "
            f"expected in the folder {path.parent}. There is no such file. "
            f"{mend}"
        )
    received = hashlib.sha256(path.read_bytes()).hexdigest()
    if received != expected:
        raise ValueError(
            f"The file {path} must have the SHA-256 {expected}. Received: "
            f"{received}. It is damaged, or from another training. {mend}"
        )
