"""What must hold for every model of the zoo, on small networks.

Each entry is played once in a graph and once eagerly, and all its tests look at
these two. What the base classes do for all models alike, the representatives of
`mechanics.py` prove.
"""

import collections
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.endpoints import require_endpoints
from tests import costs
from tests.models import effort, zoo
from tests.models.played import (
    compares_samples,
    equal,
    play,
    state_of,
    values_of,
)

# Tests of one entry go to the same worker, or it would be played twice.
EVERY_MODEL = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xdist_group(name))
        for name in zoo.ZOO
    ],
)
EFFORTS = collections.defaultdict(collections.Counter)


@pytest.fixture(autouse=True)
def counted(name):
    with effort.watched() as count:
        yield
    EFFORTS[name].update(count)


def require_samples(model):
    if not hasattr(model, "generate"):
        pytest.skip("It makes no samples of latents.")


@EVERY_MODEL
def test_fit_reports_a_finite_loss_for_each_player(name):
    played = play(name)
    players = played.model.players
    assert set(map(played.model.loss_name, players)) <= set(played.logs)
    assert len(players) == 1 or "loss" not in played.logs
    assert all(np.isfinite(values).all() for values in played.logs.values())


@EVERY_MODEL
def test_training_traces_a_step_once(name):
    played = play(name)
    assert len(played.counter.graphs) == played.entry.stages
    assert played.model.step == played.entry.num_batches


@EVERY_MODEL
def test_training_moves_every_player(name):
    played = play(name)
    for player, networks in played.model.players.items():
        pairs = zip(played.before[player], values_of(networks), strict=True)
        moved = [np.abs(new - old).max() > 0 for old, new in pairs]
        # The bias of a Wasserstein critic's score is in no loss. Batch
        # statistics and the states of dropout have moved as well.
        assert sum(moved) >= len(moved) - 1, player


@EVERY_MODEL
def test_reads_and_writes_of_a_variable_have_an_order(name):
    assert play(name).unordered == []


@EVERY_MODEL
def test_graph_and_eager_steps_agree(name):
    played = play(name)
    assert played.logs.keys() == played.twin_logs.keys()
    for key, values in played.logs.items():
        np.testing.assert_allclose(
            values, played.twin_logs[key], rtol=2e-3, atol=2e-3, err_msg=key
        )


@EVERY_MODEL
def test_a_step_costs_what_is_written_down(name):
    stored = json.loads(costs.COSTS.read_text()).get(name)
    assert play(name).counter.costs() == stored, (
        "A step does more, or less, than before. If that is meant, run "
        "`python -m tests.costs` in the folder of the repository, and commit "
        f"what it writes to {costs.COSTS.name}."
    )


@EVERY_MODEL
def test_pairs_dictionaries_and_samples_are_taken_alike(name):
    played = play(name)
    if played.entry.data is not None:
        pytest.skip("Its data have forms of their own.")
    images, labels = zoo.ZOO["CGAN"].arrays(num_batches=1)
    forms = [(images, labels), {"image": images, "label": labels}]
    if not played.entry.conditional:
        forms.append(images)
    first, *others = [
        tf.nest.flatten(
            played.twin.unpack(tf.nest.map_structure(tf.constant, form))
        )
        for form in forms
    ]
    assert all(equal(first, other) for other in others)


@EVERY_MODEL
def test_a_move_moves_its_player_only(name):
    model, inputs = play(name).twin, play(name).batch()
    if hasattr(model, "discriminator_batches"):
        inputs = model.discriminator_batches(inputs)[0]
    for player in model.players:
        before = {p: values_of(nets) for p, nets in model.players.items()}
        others = [
            variable
            for other in model.players
            if other != player
            for variable in model.optimizer_of(other).variables
        ]
        optimizers_before = [v.numpy() for v in others]
        model.update(player, inputs)
        for other, networks in model.players.items():
            unmoved = equal(before[other], values_of(networks))
            assert unmoved == (other != player), (player, other)
        assert equal(optimizers_before, [v.numpy() for v in others])


@EVERY_MODEL
def test_evaluation_moves_nothing_and_reports_what_fit_does(name):
    played = play(name)
    model = played.twin
    before = state_of(model)
    first, second = [
        model.evaluate(played.entry.dataset(), verbose=0, return_dict=True)
        for _ in range(2)
    ]
    assert first == second  # The same latents each time.
    assert np.isfinite(list(first.values())).all()
    assert first.keys() - {"error"} == played.logs.keys()
    counter = [v is model.evaluation_step for v in model.variables].index(True)
    after = state_of(model)
    del before[counter], after[counter]
    assert equal(before, after)


@EVERY_MODEL
def test_metrics_see_real_and_generated_samples(name):
    played = play(name)
    if not compares_samples(played.model):
        pytest.skip("It has nothing to compare.")
    assert "error" not in played.logs
    report = played.twin.evaluate(
        played.entry.dataset(1), verbose=0, return_dict=True
    )
    assert 0.0 < report["error"] < 2.0


@EVERY_MODEL
def test_files_keep_everything_that_training_needs(name, tmp_path):
    played = play(name)
    model = played.twin
    model.save(tmp_path / "gan.keras")
    model.save_weights(tmp_path / "gan.weights.h5")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert type(loaded) is type(model)
    more = played.entry.dataset(1, seed=1)
    model.fit(more, verbose=0)
    loaded.fit(more, verbose=0)
    assert equal(state_of(model), state_of(loaded))
    # Weights alone carry as much, to a model that has nothing of it.
    for variable in [*loaded.variables, *loaded.optimizer.variables]:
        variable.assign(tf.zeros_like(variable))
    loaded.load_weights(tmp_path / "gan.weights.h5")
    loaded.fit(more, verbose=0)
    assert equal(state_of(model), state_of(loaded))


@EVERY_MODEL
def test_predict_generate_and_call_agree_and_use_the_average(name):
    model = play(name).twin
    require_samples(model)
    inputs = model.sample_prior(4, seed=3)
    samples = model(inputs, training=False)
    np.testing.assert_array_equal(samples, model.generate(4, seed=3))
    keras_inputs = keras.tree.map_structure(np.asarray, inputs)
    predicted = model.predict(keras_inputs, batch_size=4, verbose=0)
    np.testing.assert_allclose(predicted, samples, atol=1e-6)
    if getattr(model, "ema_generator", None) is None:
        return
    averaged = model.ema_generator(inputs, training=False)
    np.testing.assert_array_equal(samples, averaged)
    raw = model.generator(inputs, training=False)
    assert np.abs(samples - raw).max() > 0


@EVERY_MODEL
def test_samples_are_like_the_data(name):
    played = play(name)
    require_samples(played.model)
    samples = played.model.generate(4, seed=3).numpy()
    data = tf.nest.flatten(played.batch())[0].numpy()
    assert samples.shape[1:] == data.shape[1:]
    assert samples.dtype == data.dtype
    # Whatever a linear output makes, what is served is in the kind's range.
    kind = played.model.kind
    served = kind.to_served(samples)
    assert np.all(kind.input(data.shape[1:]).is_right(served))


@EVERY_MODEL
def test_seeds_decide_the_samples(name):
    model = play(name).model
    require_samples(model)
    samples = model.generate(4, seed=3).numpy()
    assert not np.array_equal(samples, model.generate(4, seed=4))
    assert not np.array_equal(model.generate(4), model.generate(4))


@EVERY_MODEL
def test_summary_counts_the_networks(name):
    model = play(name).model
    lines = []
    model.summary(print_fn=lines.append)
    for networks in model.players.values():
        for network in networks:
            assert f"{network.count_params():,}" in "\n".join(lines)


def served_values(spec):
    """Returns three values that an input of an endpoint takes."""
    shape = [3 if size is None else size for size in spec.shape]
    if spec.dtype.is_integer:
        return tf.cast(tf.reshape(tf.range(3), shape), spec.dtype)
    return tf.random.uniform(shape, dtype=spec.dtype)


@EVERY_MODEL
def test_an_endpoint_computes_in_a_graph_what_it_does_eagerly(name):
    model = play(name).model
    if not hasattr(model, "endpoints"):
        pytest.skip("It says of nothing that it can be served.")
    endpoint, *_ = model.endpoints()  # Files have all: the representatives'.
    values = [served_values(spec) for spec in endpoint.signature]
    served = tf.function(
        lambda *values: endpoint(*values),
        input_signature=endpoint.signature,
        autograph=False,
    )
    expected, found = endpoint(*values), served(*values)
    assert expected.keys() == found.keys()
    for key, rows in found.items():
        assert len(rows) == 3
        np.testing.assert_allclose(rows, expected[key], atol=1e-6)


@EVERY_MODEL
def test_endpoints_equal_call(name):
    model = play(name).model
    require_samples(model)
    endpoints = require_endpoints(model)
    prior = tf.nest.flatten(model.sample_prior(3, seed=0))
    served = endpoints["serving_default"](*prior)[model.kind.name]
    expected = model.kind.to_served(model.generate(3, seed=0))
    np.testing.assert_allclose(served, expected, atol=1e-6)
    seeds = tf.constant([4, 7], tf.int64)
    drawn = endpoints["prior"](seeds).values()
    sampled = endpoints["sample"](seeds, *list(drawn)[1:])[model.kind.name]
    expected = [
        model.kind.to_served(model.generate(1, seed=seed))[0] for seed in (4, 7)
    ]
    np.testing.assert_allclose(sampled, expected, atol=1e-6)


# Graph operations in all tests of an entry, and what for.
ALLOWED = 2500
ALLOWED_TO_THREE_NETWORKS = 4500
ALLOWED_TO = {
    "BiGAN_with_parts": 5000,  # Three networks and a second derivative.
    "GAN_of_parts": 5500,  # Four penalties and an augmentation at once.
    "ProGAN": 9000,  # Two sizes and a fade, each with second derivatives.
    "WGAN": 6000,  # Traced with five critic steps each, for their costs.
    "WGANGP": 6000,
}


@EVERY_MODEL
def test_these_tests_do_no_more_than_they_may(name):
    """Seconds are noise, so the work of an entry's tests is counted."""
    played, done = play(name), EFFORTS[name]
    assert not done["processes"] and not done["exports"]
    assert done["traced steps"] <= played.entry.stages
    networks = [n for nets in played.model.players.values() for n in nets]
    usual = ALLOWED if len(networks) == 2 else ALLOWED_TO_THREE_NETWORKS
    allowed = ALLOWED_TO.get(name, usual * played.entry.stages)
    assert done["graph operations"] <= allowed
