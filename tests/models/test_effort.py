"""The gate of what an entry's tests do counts right."""

import subprocess
import sys

import tensorflow as tf

from keras_gan_zoo.export import export_generator
from tests import tiny
from tests.models import effort


def test_operations_of_graphs_are_counted_and_eager_ones_are_not():
    traced = tf.function(lambda a: tf.cond(a > 0, lambda: a + 1, lambda: -a))
    with effort.watched() as count:
        tf.add(1, 1)
        graph = traced.get_concrete_function(tf.constant(1)).graph
    (condition,) = [o for o in graph.get_operations() if "If" in o.type]
    branches = [
        graph._get_function(condition.get_attr(name).name).graph
        for name in ("then_branch", "else_branch")
    ]
    sizes = [len(one.get_operations()) for one in (graph, *branches)]
    assert min(sizes) > 2
    assert count["graph operations"] == sum(sizes)


def test_steps_are_counted_when_they_are_traced():
    model = tiny.gan()
    with effort.watched() as count:
        model.fit(tiny.dataset(), epochs=2, verbose=0)
        model.evaluate(tiny.dataset(), verbose=0)
    assert count["traced steps"] == 1
    with effort.watched() as count:
        tiny.gan().fit(tiny.dataset(), verbose=0)
        model.compile(
            discriminator_optimizer="sgd",
            generator_optimizer="sgd",
            run_eagerly=True,
        )
        model.fit(tiny.dataset(), verbose=0)
    assert count["traced steps"] == 1


def test_processes_and_exports_are_counted(tmp_path):
    with effort.watched() as count:
        subprocess.run([sys.executable, "-c", ""], check=True)
        export_generator(tiny.gan(), tmp_path)
    assert (count["processes"], count["exports"]) == (1, 1)
