"""One game of each entry, played once: what all tests of the contract share."""

import functools

import keras
import numpy as np

from keras_gan_zoo import models
from tests import costs, graphs
from tests.models import toys, zoo


class Played:
    """An entry after a fit in a graph, and its twin after the same one, eager.

    The fit takes two batches for each stage. The graph is the one trace of a
    step that the tests of an entry may make; whatever has to move a model, or
    to trace it once more, does so with the eager twin.

    Args:
        name: String, a key of `zoo.ZOO`.
    """

    def __init__(self, name):
        self.entry = entry = zoo.ZOO[name]
        self.name = name
        self.model = self._new_model()
        self.before = {
            player: values_of(networks)
            for player, networks in self.model.players.items()
        }
        self.counter = costs.StepCounter(self.model)
        with graphs.optimized() as found:
            self.logs = self.model.fit(entry.dataset(), verbose=0).history
        self.unordered = [p for graph in found for p in graphs.unordered(graph)]
        # Arrays in their order are the same data.
        self.twin = self._new_model(run_eagerly=True)
        self.twin_logs = self.twin.fit(
            *entry.arrays(),
            batch_size=entry.batch_size,
            shuffle=False,
            verbose=0,
        ).history

    def batch(self, seed=0):
        """Returns a batch as the model unpacks it."""
        (batch,) = self.entry.dataset(num_batches=1, seed=seed)
        return self.twin.unpack(batch)

    def _new_model(self, **kwargs):
        keras.utils.set_random_seed(5)
        model = self.entry.build_averaged()
        if compares_samples(model):
            error = keras.metrics.MeanAbsoluteError(name="error")
            kwargs["metrics"] = [error]
        return toys.compile_model(model, **kwargs)


@functools.cache
def play(name):
    """Returns the one `Played` of an entry in this process."""
    return Played(name)


def compares_samples(model):
    """Tells whether metrics of `compile()` have something to compare."""
    abstract = models.AdversarialModel.real_and_generated
    return type(model).real_and_generated is not abstract


def values_of(networks):
    return [w.numpy().copy() for net in networks for w in net.weights]


def state_of(model):
    """Returns all that training goes on from, as arrays."""
    variables = list(model.variables)
    for optimizer in toys.optimizers_of(model):
        variables += optimizer.variables
    return [variable.numpy().copy() for variable in variables]


def equal(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))
