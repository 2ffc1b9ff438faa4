"""What a step of each model costs, in counts that no clock is needed for.

    python -m tests.costs

writes them anew. A change of them is a change of speed, or of the algorithm.
"""

import collections
import json
import pathlib

import keras
import tensorflow as tf

from benchmarks.flops import graph_flops
from tests.models import toys, zoo

COSTS = pathlib.Path(__file__).with_name("costs.json")


class StepCounter:
    """Counts what a model's training step does, whenever it is traced.

    Args:
        model: Compiled model. Its `train_step` is watched from now on.
    """

    def __init__(self, model):
        self.graphs = []
        self.passes = collections.Counter()
        self._step = model.train_step
        self._networks = {
            name: value
            for name, value in vars(model).items()
            if isinstance(value, keras.Model)
        }
        model.train_step = self._watched_step

    def costs(self):
        """Returns the counts of one step, or of one of each stage.

        Returns:
            Dictionary of `flops`, operations of the graphs at the batch that
            they were traced with, and `passes`, how often they go forward
            through each network.
        """
        return {
            "flops": sum(map(graph_flops, self.graphs)),
            "passes": dict(sorted(self.passes.items())),
        }

    def _watched_step(self, data):
        self.graphs.append(tf.compat.v1.get_default_graph())
        for name, network in self._networks.items():
            network.call = self._counted(name, network.call)
        try:
            return self._step(data)
        finally:
            for network in self._networks.values():
                del network.call

    def _counted(self, name, call):
        def counted(*args, **kwargs):
            self.passes[name] += 1
            return call(*args, **kwargs)

        return counted


def of_a_step(name):
    """Returns the costs of one training step of a model of `zoo.ZOO`."""
    entry = zoo.ZOO[name]
    model = toys.compile_model(entry.build_averaged())
    counter = StepCounter(model)
    model.fit(entry.dataset(), verbose=0)
    return counter.costs()


if __name__ == "__main__":
    costs = {name: of_a_step(name) for name in zoo.ZOO}
    COSTS.write_text(json.dumps(costs, indent=2, sort_keys=True) + "\n")
