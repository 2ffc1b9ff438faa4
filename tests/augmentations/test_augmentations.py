"""What holds for every augmentation."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import noise
from keras_gan_zoo.augmentations import (
    AdaptiveAugmentation,
    Augmentation,
    DiffAugment,
    InstanceNoise,
)
from tests import graphs

MAKE = {
    "DiffAugment": DiffAugment,
    "AdaptiveAugmentation": lambda: AdaptiveAugmentation(
        initial_p=0.75, interval=1, ramp_images=64
    ),
    "InstanceNoise": lambda: InstanceNoise(0.5, 8),
}
EVERY = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
SEED = noise.as_seed(3)
# Their first half alone would raise the probability, all of them lower it.
SCORES = [1.0, 2.0, 1.0, 3.0, 0.5, -2.0, -1.0, 4.0]


def images(size=8, dtype="float32"):
    values = np.random.default_rng(1).uniform(-1, 1, (size, 8, 8, 3))
    return tf.constant(values, dtype)


@EVERY
def test_seeds_decide_the_changes(make):
    augmentation = make()
    found = augmentation.augment(images(), SEED)
    assert found.shape == images().shape
    np.testing.assert_array_equal(found, make().augment(images(), SEED))
    assert np.any(found != augmentation.augment(images(), noise.as_seed(4)))
    assert np.any(found != images())


@EVERY
def test_each_image_is_changed_in_its_own_way(make):
    same = tf.tile(images(1), (8, 1, 1, 1))
    found = make().augment(same, SEED).numpy().reshape(8, -1)
    assert len(np.unique(found, axis=0)) > 4
    # Nor do the others matter.
    found = make().augment(images(), SEED)
    others = tf.concat([images()[:4], tf.ones((4, 8, 8, 3))], axis=0)
    np.testing.assert_array_equal(found[:4], make().augment(others, SEED)[:4])


@EVERY
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_types_are_kept(make, dtype):
    found = make().augment(images(dtype=dtype), SEED)
    assert found.dtype == dtype
    expected = make().augment(images(), SEED)
    np.testing.assert_allclose(
        tf.cast(found, "float32"), expected, rtol=0, atol=0.02
    )


@EVERY
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_has_derivatives(make, dtype):
    x = images(dtype=dtype)
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = tf.reduce_sum(make().augment(x, SEED) ** 2)
    gradient = tape.gradient(score, x)
    assert gradient.dtype == dtype
    assert np.isfinite(gradient).all() and np.any(gradient != 0)


@EVERY
def test_the_batch_size_may_be_unknown(make):
    augmentation = make()
    call = tf.function(
        augmentation.augment,
        input_signature=[
            tf.TensorSpec((None, 8, 8, 3)),
            tf.TensorSpec((2,), tf.int64),
        ],
    )
    for size in (8, 3):
        np.testing.assert_allclose(
            call(images(size), SEED),
            augmentation.augment(images(size), SEED),
            rtol=0,
            atol=1e-6,
        )


def derivatives(augmentation, x):
    """Returns changed images, first gradients, those of their squares' sum."""
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            changed = augmentation.augment(x, SEED)
            score = tf.reduce_sum(tf.sin(changed))
        first = inner.gradient(score, x)
        norm = tf.reduce_sum(first**2)
    return changed, first, outer.gradient(norm, x)


@EVERY
@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_derivatives_may_be_conditional(make, jit_compile):
    """As those of a penalty that isn't due at each step."""
    augmentation = make()

    @tf.function(jit_compile=jit_compile)
    def call(due, x):
        return tf.cond(
            due,
            lambda: derivatives(augmentation, x),
            lambda: (x, x, x),
        )

    found = call(tf.constant(True), images())
    for one, other in zip(found, derivatives(augmentation, images())):
        assert np.abs(other).max() > 0.1
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-4)


@EVERY
def test_two_replicas_are_one_device(make, two_replicas):
    def step(augmentation, x, scores):
        first = derivatives(augmentation, x)
        augmentation.observe(scores)
        return [*first, *derivatives(augmentation, x)]

    alone = make()
    expected = step(alone, images(), tf.constant(SCORES))
    with two_replicas.scope():
        shared = make()
    parts = [
        two_replicas.experimental_distribute_values_from_function(
            lambda context: tf.split(whole, 2)[context.replica_id_in_sync_group]
        )
        for whole in (images(), tf.constant(SCORES))
    ]
    found = two_replicas.run(
        tf.function(lambda x, scores: step(shared, x, scores)), parts
    )
    for one, other in zip(found, expected, strict=True):
        rows = tf.concat(two_replicas.experimental_local_results(one), axis=0)
        np.testing.assert_allclose(rows, other, rtol=0, atol=1e-5)
    for one, other in zip(shared.weights, alone.weights, strict=True):
        for copy in two_replicas.experimental_local_results(one.value):
            np.testing.assert_allclose(copy, other.value, rtol=1e-6)


@EVERY
@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_what_is_observed_is_the_same_in_a_function(make, jit_compile):
    alone, compiled = make(), make()
    observe = tf.function(compiled.observe, jit_compile=jit_compile)
    for scores in (SCORES, [-score for score in SCORES]):
        alone.observe(tf.constant(scores))
        observe(tf.constant(scores))
        for one, other in zip(compiled.weights, alone.weights):
            np.testing.assert_allclose(one.value, other.value, rtol=1e-6)


@EVERY
def test_reads_and_writes_of_states_keep_their_order(make):
    augmentation = make()

    @tf.function
    def step(x):
        before = augmentation.augment(x, SEED)
        augmentation.observe(tf.reduce_mean(before, axis=(1, 2, 3)))
        return before, augmentation.augment(x, SEED)

    with graphs.optimized() as found:
        step(images())
    assert found
    assert not [pair for graph in found for pair in graphs.unordered(graph)]


@keras.saving.register_keras_serializable("tests_of_augmentations")
class Holder(keras.Model):
    """A model with a part."""

    def __init__(self, augmentation, **kwargs):
        super().__init__(**kwargs)
        self.augmentation = augmentation
        self.dense = keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)

    def get_config(self):
        part = keras.saving.serialize_keras_object(self.augmentation)
        return {**super().get_config(), "augmentation": part}

    @classmethod
    def from_config(cls, config):
        part = keras.saving.deserialize_keras_object(config.pop("augmentation"))
        return cls(part, **config)


@EVERY
def test_models_save_and_load_them(make, tmp_path):
    model = Holder(make())
    model(tf.ones((1, 2)))
    model.augmentation.observe(tf.constant(SCORES))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.augmentation) is type(model.augmentation)
    assert loaded.augmentation.get_config() == model.augmentation.get_config()
    for one, other in zip(loaded.weights, model.weights, strict=True):
        np.testing.assert_array_equal(one.value, other.value)
    np.testing.assert_array_equal(
        loaded.augmentation.augment(images(), SEED),
        model.augmentation.augment(images(), SEED),
    )


@pytest.mark.parametrize(
    "kind, config",
    [
        (DiffAugment, {"color": False, "translation": 0.25, "cutout": 0.75}),
        (
            AdaptiveAugmentation,
            {
                "target": 0.5,
                "interval": 2,
                "ramp_images": 100,
                "initial_p": 0.25,
                "flip": False,
                "translation": 0.5,
            },
        ),
        (InstanceNoise, {"stddev": 0.25, "decay_steps": 3}),
    ],
)
def test_configs_hold_all_arguments(kind, config):
    assert kind(**config).get_config() == config
    assert kind.from_config(config).get_config() == config


@EVERY
def test_states_are_not_trained(make):
    augmentation = make()
    assert not augmentation.trainable_weights
    assert isinstance(augmentation, Augmentation)


@EVERY
def test_autograph_understands_them(make):
    for method in (make().augment, make().observe):
        tf.autograph.to_graph(method)  # A step would log a warning.


def test_an_augmentation_of_ones_own():
    own = Augmentation()
    own.observe(tf.constant(SCORES))
    with pytest.raises(NotImplementedError, match=r"must implement `augment\("):
        own.augment(images(), SEED)
