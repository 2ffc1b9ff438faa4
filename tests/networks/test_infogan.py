import keras
import numpy as np

from keras_gan_zoo import networks


def trainable_parameters(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def test_networks_of_the_authors_have_their_parameters():
    generator = networks.infogan_generator(74, (28, 28, 1))
    assert trainable_parameters(generator) == 6_652_481
    discriminator = networks.infogan_discriminator((28, 28, 1))
    assert trainable_parameters(discriminator.get_layer("scores")) == 1_025
    assert trainable_parameters(discriminator) == 6_558_144 + 1_025
    recognition = networks.infogan_recognition(1024, 10, 2, fixed_stddev=False)
    assert trainable_parameters(recognition) == 133_262


def test_scores_are_made_of_the_features():
    discriminator = networks.infogan_discriminator(
        (28, 28, 1), (2, 3), dense_units=4
    )
    images = np.random.uniform(-1, 1, (2, 28, 28, 1)).astype("float32")
    scores, features = discriminator(images)
    head = discriminator.get_layer("scores")
    np.testing.assert_allclose(scores, head(features), rtol=1e-5)
    # A leak of 0.01 and not of 0.2.
    leaky = discriminator.layers[-2]
    assert isinstance(leaky, keras.layers.LeakyReLU)
    np.testing.assert_allclose(leaky(np.array([-1.0])), [-0.01], rtol=1e-5)


def test_fixed_deviations_are_one():
    features = np.random.normal(size=(3, 6)).astype("float32")
    fixed = networks.infogan_recognition(6, 4, 2)
    _, means, log_stddevs = fixed(features)
    assert np.std(means) > 0.0
    np.testing.assert_array_equal(log_stddevs, np.zeros((3, 2)))
    learned = networks.infogan_recognition(6, 4, 2, fixed_stddev=False)
    _, _, log_stddevs = learned(features)
    assert log_stddevs.shape == (3, 2) and np.std(log_stddevs) > 0.0
    difference = trainable_parameters(learned) - trainable_parameters(fixed)
    assert difference == 128 * 2 + 2
