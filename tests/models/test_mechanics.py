"""The representatives of each mechanic have all that could break it."""

import keras
import pytest
import tensorflow as tf

from keras_gan_zoo import models
from tests.models import mechanics, toys, traits, zoo

ALL = frozenset().union(*map(traits.to_cover, zoo.ZOO))


def gaps(chosen):
    return sorted(ALL.difference(*map(traits.to_cover, chosen)))


@pytest.mark.parametrize("mechanic", mechanics.REPRESENTATIVES)
def test_representatives_cover_families_and_pairs_of_traits(mechanic):
    lacking = gaps(mechanics.REPRESENTATIVES[mechanic])
    assert not lacking, (
        f"Nobody represents {lacking} in tests of {mechanic}. Add an entry "
        "that has it to `COVER` in tests/models/mechanics.py; `python -m "
        "tests.models.traits` names few that have all."
    )


def test_gaps_are_named():
    without = [name for name in mechanics.COVER if name != "WGANGP"]
    pair = "second derivatives with several moves of a player"
    assert gaps(without) == [pair]
    assert "family conditional" in gaps(["DCGAN", "EBGAN"])
    assert gaps(zoo.ZOO) == []
    assert gaps(traits.small_cover(zoo.ZOO)) == []


def test_traits_of_entries():
    assert traits.observed("WGANGP") == {
        "batch statistics",
        "second derivatives",
        "several moves of a player",
    }
    assert traits.observed("BEGAN") == {
        "weights of its own",
        "words between replicas",
    }
    assert traits.observed("InfoGAN") == {
        "batch statistics",
        "random states",
        "several networks of a player",
        "several outputs",
    }


class OfOnePlayer(models.AdversarialModel):
    """Networks that share a player, and a player that rests."""

    def __init__(self, networks):
        super().__init__()
        self.networks = networks

    @property
    def players(self):
        return {"all": self.networks, "same": self.networks[:1]}

    def update(self, player, inputs, when=None):
        pass

    def train_step(self, data):
        self.update("all", data, when=tf.equal(self.step, 3))


def test_traits_that_no_entry_need_have():
    volumes = keras.Input((4, 4, 4, 1))
    network = keras.Model(volumes, keras.layers.Conv3D(1, 3)(volumes))
    model = OfOnePlayer([network, toys.affine([[1.0]])])
    found = {**traits.of_networks(model), **traits.of_step(model, None)}
    assert {trait for trait, has_it in found.items() if has_it} == {
        "a network of two players",
        "a player that rests",
        "several networks of a player",
        "volumes",
    }
