"""A model that bounds the likelihood of the data by an encoder's guesses."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks, likelihoods, noise, priors
from keras_gan_zoo.models.base.code_endpoints import code_endpoints_of
from keras_gan_zoo.models.base.latent_model import in_parts
from keras_gan_zoo.models.base.likelihood_model import LikelihoodModel


class VariationalModel(LikelihoodModel):
    """An encoder `q(z|x)` and a decoder `p(x|z)`, one player together.

    The prior of latents is N(0, 1), and `q(z|x)` is normal with independent
    latents. A subclass writes `autoencoder_loss` and `train_step`.

    Args:
        encoder: Model from samples to `[means, log_variances]` of `q(z|x)`,
            each of shape `(batch, latent_dim)`.
        decoder: Model from latents `(batch, latent_dim)` to what the likelihood
            takes.
        latent_dim: Integer, size of the latent space.
        likelihood: Object of `keras_gan_zoo.likelihoods`, `p(x|z)`; by default
            `Bernoulli()`.
        **kwargs: Further arguments of `LatentModel`, but for a `prior` other
            than `Normal()`.
    """

    def __init__(self, encoder, decoder, latent_dim, likelihood=None, **kwargs):
        checks.require_built("encoder", encoder)
        checks.require_built("decoder", decoder)
        checks.require_latent_size(decoder, latent_dim, "decoder")
        if likelihood is None:
            likelihood = likelihoods.Bernoulli()
        shape = checks.first_input_shape(encoder)
        super().__init__(likelihood, latent_dim, shape, **kwargs)
        if type(self.prior) is not priors.Normal:
            raise ValueError(
                "The latents of this model are from N(0, 1), which its loss "
                f"relies on. Received: prior={self.prior!r}. Leave it out."
            )
        self.encoder = encoder
        self.decoder = decoder
        self.reconstruction_tracker = keras.metrics.Mean("reconstruction")
        self.divergence_tracker = keras.metrics.Mean("divergence")

    @property
    def players(self):
        return {"autoencoder": [self.encoder, self.decoder]}

    def call(self, inputs, training=False):
        """Maps latents to the mean of `p(x|z)`."""
        checks.require_latents(inputs, self.decoder)
        return self.likelihood.mean(self.decoder(inputs, training=training))

    def posterior(self, observed, training):
        """Returns means and logarithms of variances of `q(z|x)`, float32.

        Args:
            observed: Tensor of shape `(batch, ...)`, what the likelihood
                observes of samples.
            training: See `keras.Model.call()`.
        """
        outputs = self.encoder(observed, training=training)
        return [tf.cast(output, tf.float32) for output in outputs]

    def draw(self, means, log_variances, seed):
        """Draws latents of `q(z|x)`, one for each sample."""
        deviates = noise.normal([tf.shape(means)[0], self.latent_dim], seed)
        return means + tf.exp(0.5 * log_variances) * deviates

    def log_weights(self, observed, number, seed):
        means, log_variances = self.posterior(observed, training=False)
        repeated = [
            tf.repeat(each, number, axis=0)
            for each in (observed, means, log_variances)
        ]
        latents = self.draw(*repeated[1:], seed)
        outputs = self.decoder(latents, training=False)
        explained = self.likelihood.log_prob(repeated[0], outputs)
        # log p(z) - log q(z|x), where 2 pi cancels out.
        deviates = (latents - repeated[1]) * tf.exp(-0.5 * repeated[2])
        surprise = 0.5 * (deviates**2 - latents**2 + repeated[2])
        weights = explained + tf.reduce_sum(surprise, axis=1)
        return tf.transpose(tf.reshape(weights, [-1, number]))

    def encode(self, samples):
        """Returns the mean of `q(z|x)`, of shape `(batch, latent_dim)`.

        Samples are taken as they are: grey images aren't binarized.
        """
        return in_parts(lambda rows: self.posterior(rows, False)[0], samples)

    def reconstruct(self, samples):
        """Returns samples of the means of `q(z|x)`: the mean of `p(x|z)`."""
        return in_parts(self, self.encode(samples))

    def endpoints(self):
        return [*super().endpoints(), *code_endpoints_of(self)]

    def unpack(self, data):
        samples, _ = checks.samples_and_labels(data)
        return checks.with_known_shape(samples, self.encoder)

    def check_networks(self):
        names = ("means", "log_variances")
        checks.require_encoder(
            self.encoder, self.sample_shape, self.latent_dim, names
        )
        checks.require_decoder(self.decoder, self.sample_shape)
        if self.likelihood.takes_logits:
            checks.require_logits("decoder", self.decoder)

    def check_inputs(self, inputs):
        checks.require_samples(inputs, self.encoder, "encoder")
        self.kind.check(inputs)

    def real_and_generated(self, inputs):
        """Returns samples and their reconstructions."""
        return inputs, self.reconstruct(inputs)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "encoder": serialize(self.encoder),
            "decoder": serialize(self.decoder),
        }
