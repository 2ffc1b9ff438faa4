"""VAE: Auto-Encoding Variational Bayes.

Kingma and Welling, 2014
https://arxiv.org/abs/1312.6114

When to use it: where a likelihood or an encoder is needed and blurred samples
can be borne: it trains without a game, and its loss says how far it has come.
"""

import keras
import tensorflow as tf

from keras_gan_zoo import losses
from keras_gan_zoo.models.base import VariationalModel


@keras.saving.register_keras_serializable("keras_gan_zoo")
class VAE(VariationalModel):
    """An encoder that guesses latents, and a decoder that explains samples.

    Together they raise a lower bound of the likelihood of the data. For each
    sample it has two terms, both in nats: how well the decoder explains it by
    latents that the encoder has drawn, and how far what the encoder says of the
    latents is from the prior. Sums are over the dimensions of a sample and its
    latents, and a mean is over the batch only: with any other mean the two
    terms would have another weight, and the bound would be none.

    The `loss` is the negative bound, `reconstruction` and `divergence` in the
    logs are its terms.

    Args:
        encoder: Model from samples to `[means, log_variances]` of `q(z|x)`,
            each of shape `(batch, latent_dim)`.
        decoder: Model from latents `(batch, latent_dim)` to what the likelihood
            takes: logits of shape `(batch, ...)` for `Bernoulli`.
        latent_dim: Integer, size of the latent space, `J` in the paper.
        likelihood: Object of `keras_gan_zoo.likelihoods`, `p(x|z)`; by default
            `Bernoulli()`.
        **kwargs: Further arguments of `VariationalModel`.

    Example:

    ```python
    vae = VAE(
        encoder=vae_encoder((28, 28, 1), 20),
        decoder=vae_decoder(20, (28, 28, 1)),
        latent_dim=20,
    )
    vae.compile(optimizer="adam")
    vae.fit(images, epochs=20)
    print(vae.log_likelihood(test_images, num_draws=500).nats.mean())
    ```
    """

    def train_step(self, data):
        """Moves encoder and decoder up the bound: equation 10 with L = 1."""
        self.update("autoencoder", self.unpack(data))
        return self.loss_results()

    def autoencoder_loss(self, samples, training=True):
        observed = self.likelihood.observe(samples, self.next_seed())
        means, log_variances = self.posterior(observed, training)
        latents = self.draw(means, log_variances, self.next_seed())
        outputs = self.decoder(latents, training=training)
        reconstruction = -self.likelihood.log_prob(observed, outputs)
        divergence = losses.normal_divergence(means, log_variances)
        self.reconstruction_tracker.update_state(reconstruction)
        self.divergence_tracker.update_state(divergence)
        return tf.reduce_mean(reconstruction + divergence)
