"""Translators between two domains: their data, their noise, what is served."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks, noise, samples
from keras_gan_zoo.models.base.adversarial_model import AdversarialModel
from keras_gan_zoo.models.base.translator_endpoints import endpoints_of
from keras_gan_zoo.models.base.translator_noise import noise_size, with_noise

_PART = 256  # Images that `translate()` makes at a time.


class Translator(AdversarialModel):
    """A game whose generators turn samples of one domain into another's.

    Its data are pairs `(first, second)` of a batch of each domain, or
    dictionaries of them by the domains' names. Whether what has one place in
    both belongs together is the model's own matter.

    A translator may have noise as a second input, from U[0, 1), such as
    `networks.unet_generator` takes for its dropout. It is drawn here in
    training, and of a seed for each image afterwards: all else that is done to
    an image must depend on that image alone.

    A subclass writes `translators` and `readers` in addition to what
    `AdversarialModel` asks for.

    Args:
        domains: Pair of strings, names of what is translated and of what
            becomes of it. Endpoints are named after them.
        average: Object of `keras_gan_zoo.averages`, or `None`. If there is one,
            averages of the translators are kept, and they are what
            `translate()`, metrics and exports use.
        **kwargs: Arguments of the next base class.
    """

    def __init__(self, domains=("source", "target"), average=None, **kwargs):
        super().__init__(**kwargs)
        self.domains = _checked_domains(domains)
        self.average = average

    def average_of(self, network):
        """Returns a network's average to be kept, or `None` if none shall be.

        To be assigned to an attribute, see `keep_average`.
        """
        if self.average is None:
            return None
        return self.keep_average(network, self.average)

    @property
    def translators(self):
        """Maps domains to the networks that translate to them.

        They are the averages, where these are kept.
        """
        raise NotImplementedError

    @property
    def readers(self):
        """Maps each domain to a network that takes its samples first."""
        raise NotImplementedError

    def call(self, inputs, training=False):
        """Translates samples of the first domain.

        Args:
            inputs: Samples, or samples and noise, as the network takes them.
        """
        network = self.translators[self.domains[1]]
        return network(inputs, training=training)

    def translate(self, images, to=None, seed=0):
        """Translates samples into those of another domain.

        Args:
            images: Array of shape `(number, ...)`. They are translated in
                parts, so memory for one part is enough.
            to: String, name of the domain of the results, by default the
                second. What is given is of the other.
            seed: Integer, of the noise, if the network takes any: that of
                image `i` is of the seed `seed + i`, whatever the others.

        Returns:
            Tensor of as many samples of the domain `to`.

        Raises:
            ValueError: If there is no translation to `to`.
        """
        to = self.domains[1] if to is None else to
        network = self.translator_to(to)
        images = tf.convert_to_tensor(images)
        seeds = tf.cast(seed, tf.int64) + tf.range(len(images), dtype=tf.int64)
        parts = []
        for first in range(0, len(images), _PART):
            rows = slice(first, first + _PART)
            inputs = with_noise(network, images[rows], seeds[rows])
            parts.append(network(inputs, training=False))
        return tf.concat(parts, axis=0)

    def translator_to(self, domain):
        """Returns the network that makes samples of a domain."""
        if domain not in self.translators:
            raise ValueError(
                "Expected the name of a domain to translate to, one of "
                f"{sorted(self.translators)}. Received: to={domain!r}."
            )
        return self.translators[domain]

    def draw_noise(self, network, images):
        """Draws the noise of a training step, other numbers at each call.

        Args:
            network: One of `translators`.
            images: Batch that it will translate.

        Returns:
            Tensor `(batch, size)` from U[0, 1), or `None` if the network takes
            no noise.
        """
        size = noise_size(network)
        if size is None:
            return None
        return noise.uniform([tf.shape(images)[0], size], self.next_seed())

    def endpoints(self):
        return endpoints_of(self)

    def kind_of(self, domain):
        """Returns the kind of samples of a domain: see `samples`."""
        return samples.kind_of(checks.first_input_shape(self.readers[domain]))

    def other(self, domain):
        """Returns the domain that isn't the given one."""
        first, second = self.domains
        return first if domain == second else second

    def unpack(self, data):
        """Returns `(first, second)`, a batch of each domain."""
        if isinstance(data, dict) and {*data} == {*self.domains}:
            data = [data[domain] for domain in self.domains]
        if not isinstance(data, (list, tuple)) or len(data) != 2:
            first, second = self.domains
            raise ValueError(
                f"Expected pairs of a batch of `{first}` and one of "
                f"`{second}`, or dictionaries of both. Received: "
                f"{_form_of(data)}. Zip two datasets, as "
                "`keras_gan_zoo.datasets.unpaired` does, or pass two arrays."
            )
        return tuple(
            checks.with_known_shape(rows, self.readers[domain])
            for domain, rows in zip(self.domains, data)
        )

    def check_inputs(self, inputs):
        for domain, rows in zip(self.domains, inputs):
            try:
                checks.require_samples(rows, self.readers[domain])
                self.kind_of(domain).check(rows)
                if domain in self.translators:
                    checks.require_reach(self.translators[domain], rows)
            except ValueError as error:  # It doesn't know of domains.
                raise ValueError(f"`{domain}`: {error}") from error

    def real_and_generated(self, inputs):
        """Returns samples of the second domain, and translations to it.

        A metric that compares them one by one needs data that are pairs.
        """
        first, second = inputs
        network = self.translators[self.domains[1]]
        drawn = self.draw_noise(network, first)
        return second, self(first if drawn is None else [first, drawn])

    def get_config(self):
        return {
            **super().get_config(),
            "domains": [*self.domains],
            "average": keras.saving.serialize_keras_object(self.average),
        }


def _checked_domains(domains):
    """Returns the names as a tuple."""
    names = tuple(domains) if isinstance(domains, (list, tuple)) else ()
    if len({*names}) != 2 or len(names) != 2 or not all(map(_is_name, names)):
        raise ValueError(
            "`domains` must be two different names of letters, digits and "
            f"underscores. Received: domains={domains!r}. Pass a pair such as "
            '`("horses", "zebras")`.'
        )
    return names


def _is_name(value):
    return isinstance(value, str) and value.isidentifier()


def _form_of(data):
    """Says in a few words what a dataset yields."""
    if isinstance(data, dict):
        return f"dictionaries of {sorted(data)}"
    if isinstance(data, (list, tuple)):
        return f"{len(data)} values"
    return "one value"
