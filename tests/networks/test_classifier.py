import keras
import numpy as np
import pytest

from keras_gan_zoo import networks


def test_outputs_are_probabilities():
    classifier = networks.residual_classifier((28, 28, 1), 7, width=2)
    images = np.random.uniform(-1, 1, (3, 28, 28, 1)).astype("float32")
    probabilities = classifier(images).numpy()
    assert probabilities.shape == (3, 7) and probabilities.min() > 0.0
    np.testing.assert_allclose(probabilities.sum(1), 1.0, rtol=1e-5)


@pytest.mark.parametrize("image_shape", [(8, 8, 1), (28, 28, 1), (32, 32, 3)])
def test_features_are_what_classes_are_told_by(image_shape):
    classifier = networks.residual_classifier(image_shape, 3, width=2)
    images = np.random.uniform(-1, 1, (4, *image_shape)).astype("float32")
    layer = classifier.get_layer("features")
    network = keras.Model(classifier.input, [layer.output, classifier.output])
    features, probabilities = network(images, training=False)
    assert features.shape == (4, 8) and np.min(features) >= 0.0
    kernel, bias = classifier.layers[-2].get_weights()
    expected = keras.ops.softmax(features @ kernel + bias)
    np.testing.assert_allclose(probabilities, expected, rtol=1e-5)


def test_it_is_small():
    """576,234 weights are 2.3 MB of float32."""
    classifier = networks.residual_classifier((32, 32, 3), 10)
    assert classifier.count_params() == 576_234


def test_its_policy_can_be_told():
    options = {"num_classes": 2, "width": 2}
    classifier = networks.residual_classifier(
        (8, 8, 1), dtype="mixed_bfloat16", **options
    )
    computed_in = {layer.compute_dtype for layer in classifier.layers[1:]}
    assert computed_in == {"bfloat16", "float32"}
    assert {w.dtype for w in classifier.weights} == {"float32"}
    assert classifier.output.dtype == "float32"


def test_it_learns():
    stripes = np.tile([-1.0, 1.0], (8, 4)).astype("float32")
    labels = np.arange(32) % 2
    images = np.stack([stripes, stripes.T])[labels, ..., None]
    images += np.random.normal(scale=0.5, size=images.shape)
    classifier = networks.residual_classifier((8, 8, 1), 2, width=4)
    classifier.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    classifier.fit(images, labels, batch_size=32, epochs=20, verbose=0)
    _, accuracy = classifier.evaluate(images, labels, verbose=0)
    assert accuracy > 0.95


def test_small_images_are_refused():
    with pytest.raises(ValueError, match=r"at least 8 pixels.*\(28, 7, 1\)"):
        networks.residual_classifier((28, 7, 1), 10)
