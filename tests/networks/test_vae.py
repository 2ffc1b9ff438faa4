"""The networks of the VAE, against the paper."""

import numpy as np

from keras_gan_zoo import networks

SHAPE = (28, 28, 1)


def test_sizes_are_those_of_the_paper():
    encoder = networks.vae_encoder(SHAPE, 20)
    assert encoder.count_params() == 785 * 500 + 2 * 501 * 20
    assert [output.shape for output in encoder.outputs] == [(None, 20)] * 2
    decoder = networks.vae_decoder(20, SHAPE)
    assert decoder.count_params() == 21 * 500 + 501 * 784
    assert decoder.output_shape == (None, *SHAPE)


def test_the_decoder_returns_logits():
    decoder = networks.vae_decoder(2, (3,), units=(4,))
    kernels = decoder.get_weights()
    kernels[-1][:] = [-5.0, 0.0, 5.0]
    decoder.set_weights(kernels)
    found = decoder(np.zeros((1, 2)))
    np.testing.assert_allclose(found, [[-5.0, 0.0, 5.0]], atol=1e-6)


def test_first_weights_and_their_decay():
    options = {"stddev": 0.1, "weight_decay": 0.5}
    encoder = networks.vae_encoder(SHAPE, 2, (50,), **options)
    decoder = networks.vae_decoder(2, SHAPE, (50,), **options)
    for network in (encoder, decoder):
        largest = max(network.trainable_weights, key=lambda w: np.size(w))
        np.testing.assert_allclose(np.std(largest), 0.1, rtol=0.05)
        biases = [w for w in network.trainable_weights if w.name == "bias"]
        drawn = np.concatenate(biases)
        np.testing.assert_allclose(np.std(drawn), 0.1, rtol=0.5)
        assert np.all(drawn != 0.0)
        squares = [np.sum(np.square(w)) for w in network.trainable_weights]
        np.testing.assert_allclose(
            sum(network.losses), 0.5 * sum(squares), rtol=1e-5
        )
    assert not networks.vae_encoder(SHAPE, 2, (4,)).losses
