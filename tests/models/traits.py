"""What a model has that a mechanic could break, seen from outside.

    python -m tests.models.traits

lists the traits of every entry, and names few that cover all pairs of them.
"""

import collections
import functools
import itertools

import keras
import pytest
import tensorflow as tf

from keras_gan_zoo import replicas
from tests.models import toys, zoo

WORDS_OF_REPLICAS = ("gather", "mean", "sum")


@functools.cache
def observed(name):
    """Returns the traits of an entry, a frozen set of strings.

    They are read from the model and from one eager step, which takes a third
    of a second. Only stages are declared.
    """
    entry = zoo.ZOO[name]
    keras.utils.set_random_seed(1)
    model = toys.compile_model(entry.build_averaged(), run_eagerly=True)
    (batch,) = entry.dataset(num_batches=1)
    found = {**of_networks(model), **of_step(model, batch)}
    found["stages"] = entry.stages > 1
    return frozenset(trait for trait, has_it in found.items() if has_it)


def of_networks(model):
    """Tells of each trait of a model's build whether it has it."""
    moved = list(model.players.values())
    networks = [network for of_one in moved for network in of_one]
    parts = [layer for net in networks for layer in net._flatten_layers()]
    outputs = [output for net in networks for output in net.outputs]
    return {
        "batch statistics": any(
            isinstance(layer, keras.layers.BatchNormalization)
            for layer in parts
        ),
        "random states": bool(model._random_states()),
        "one player": len(moved) == 1,
        "three players or more": len(moved) > 2,
        "several networks of a player": any(
            len(of_one) > 1 for of_one in moved
        ),
        "a network of two players": len({*map(id, networks)}) < len(networks),
        "several outputs": any(len(net.outputs) > 1 for net in networks),
        "several inputs": any(len(net.inputs) > 1 for net in networks),
        "volumes": any(len(output.shape) == 5 for output in outputs),
        "weights of its own": bool(_own_weights(model)),
    }


def _own_weights(model):
    """Returns the variables of neither networks nor the base classes."""
    counters = [model.noise_seed, model.step, model.evaluation_step]
    networks = [net for of_one in model.players.values() for net in of_one]
    networks += [n for n in vars(model).values() if isinstance(n, keras.Model)]
    of_networks = [variable for net in networks for variable in net.variables]
    known = {*map(id, counters + of_networks)}
    return [v for v in model.variables if id(v) not in known]


def of_step(model, batch):
    """Tells of each trait of a model's step whether it has it."""
    count = collections.Counter()
    moves, rests = collections.Counter(), set()
    enter, leave = tf.GradientTape.__enter__, tf.GradientTape.__exit__

    def entered(tape):
        count["open"] += 1
        count["depth"] = max(count["depth"], count["open"])
        return enter(tape)

    def left(tape, *args):
        count["open"] -= 1
        return leave(tape, *args)

    def counted(key, function):
        def counting(*args, **kwargs):
            count[key] += 1
            return function(*args, **kwargs)

        return counting

    update = model.update

    def updated(player, inputs, **kwargs):
        moves[player] += 1
        if kwargs.get("when") is not None:
            rests.add(player)
        return update(player, inputs, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tf.GradientTape, "__enter__", entered)
        patch.setattr(tf.GradientTape, "__exit__", left)
        patch.setattr(tf, "cond", counted("terms", tf.cond))
        for word in WORDS_OF_REPLICAS:
            heard = counted("words", getattr(replicas, word))
            patch.setattr(replicas, word, heard)
        model.update = updated
        model.train_step(batch)
        del model.update
    return {
        "second derivatives": count["depth"] > 1,
        "words between replicas": count["words"] > 0,
        "terms on condition": count["terms"] > 0,
        "several moves of a player": max(moves.values()) > 1,
        "a player that rests": bool(rests),
    }


def family(name):
    """Returns the folder that the model of an entry is in."""
    return type(zoo.ZOO[name].build()).__module__.split(".")[2]


def to_cover(name):
    """Returns what a choice of entries has to have because of this one.

    Returns:
        Set of its family, of its traits and of each pair of its traits.
    """
    traits = sorted(observed(name))
    pairs = {" with ".join(pair) for pair in itertools.combinations(traits, 2)}
    return {f"family {family(name)}", *traits, *pairs}


def small_cover(names):
    """Returns few entries that have all that these entries have."""
    has = {name: to_cover(name) for name in names}
    left, chosen = set().union(*has.values()), []
    while left:
        chosen.append(max(has, key=lambda name: len(has[name] & left)))
        left -= has[chosen[-1]]
    return chosen


if __name__ == "__main__":
    for one in zoo.ZOO:
        print(f"{one}: {', '.join(sorted(observed(one))) or '-'}")
    print(f"All pairs and families: {small_cover(zoo.ZOO)}")
