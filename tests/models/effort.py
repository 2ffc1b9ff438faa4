"""Counts what a test does that takes time on any machine."""

import collections
import contextlib
import subprocess

import pytest
import tensorflow as tf
from tensorflow.python.framework.func_graph import FuncGraph
from tensorflow.python.saved_model import save as saving

from keras_gan_zoo.models.base.players_model import PlayersModel


@contextlib.contextmanager
def watched():
    """Yields a counter of what is done inside, which is filled at the end.

    It counts `traced steps` of training, `graph operations` of all functions
    that are traced, `processes` that are started, and `exports` to files.
    """
    count, graphs = collections.Counter(), []

    def before(owner, name, act):
        function = getattr(owner, name)

        def acting(first, *args, **kwargs):
            act(first)
            return function(first, *args, **kwargs)

        patch.setattr(owner, name, acting)

    def count_one(what):
        return lambda _: count.update([what])

    def count_a_step(model):  # Each step ends in a report of losses.
        count["traced steps"] += tf.inside_function()

    with pytest.MonkeyPatch.context() as patch:
        before(FuncGraph, "__init__", graphs.append)
        before(PlayersModel, "loss_results", count_a_step)
        before(subprocess.Popen, "__init__", count_one("processes"))
        before(saving, "save_and_return_nodes", count_one("exports"))
        yield count
    operations = sum(len(graph.get_operations()) for graph in graphs)
    count["graph operations"] = operations
