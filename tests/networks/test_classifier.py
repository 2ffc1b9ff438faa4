import keras
import numpy as np
import pytest

from keras_gan_zoo import networks


def test_outputs_are_probabilities():
    classifier = networks.small_classifier((28, 28, 1), 7, width=2)
    images = np.random.uniform(-1, 1, (3, 28, 28, 1)).astype("float32")
    probabilities = classifier(images).numpy()
    assert probabilities.shape == (3, 7) and probabilities.min() > 0.0
    np.testing.assert_allclose(probabilities.sum(1), 1.0, rtol=1e-5)


def test_it_learns():
    stripes = np.tile([-1.0, 1.0], (8, 4)).astype("float32")
    labels = np.arange(32) % 2
    images = np.stack([stripes, stripes.T])[labels, ..., None]
    images += np.random.normal(scale=0.5, size=images.shape)
    classifier = networks.small_classifier((8, 8, 1), 2, width=4)
    classifier.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    classifier.fit(images, labels, batch_size=32, epochs=40, verbose=0)
    _, accuracy = classifier.evaluate(images, labels, verbose=0)
    assert accuracy > 0.95


def test_small_images_are_refused():
    with pytest.raises(ValueError, match=r"at least 8 pixels.*\(28, 7, 1\)"):
        networks.small_classifier((28, 7, 1), 10)
