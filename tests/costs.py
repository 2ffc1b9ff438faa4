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


def of_a_step(name):
    """Returns the counts of one training step of a model of `zoo.ZOO`.

    Returns:
        Dictionary of `flops`, operations of the step's graph at a batch of 4,
        and `passes`, how often it goes forward through each network.
    """
    entry = zoo.ZOO[name]
    model = toys.compile_model(entry.build_averaged())
    passes = collections.Counter()
    for network_name in sorted(vars(model)):
        network = getattr(model, network_name)
        if isinstance(network, keras.Model):
            _count_calls(network, network_name, passes)
    (batch,) = entry.dataset(num_batches=1)
    step = tf.function(model.train_step).get_concrete_function(batch)
    return {
        "flops": graph_flops(step.graph),
        "passes": dict(sorted(passes.items())),
    }


def _count_calls(network, name, passes):
    call = network.call

    def counted(*args, **kwargs):
        passes[name] += 1
        return call(*args, **kwargs)

    network.call = counted


if __name__ == "__main__":
    costs = {name: of_a_step(name) for name in zoo.ZOO}
    COSTS.write_text(json.dumps(costs, indent=2, sort_keys=True) + "\n")
