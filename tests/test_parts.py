import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo.parts import Part, require_part


@keras.saving.register_keras_serializable("tests_of_parts")
class Counter(Part):
    """Counts from some number on."""

    def __init__(self, first=0):
        super().__init__()
        self.first = first
        self.number = self.add_state("number", first, dtype="int64")

    def count(self):
        self.number.assign(self.number.value + 1)

    def get_config(self):
        return {"first": self.first}


@keras.saving.register_keras_serializable("tests_of_parts")
class Model(keras.Model):
    def __init__(self, part, **kwargs):
        super().__init__(**kwargs)
        self.part = part
        self.dense = keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)

    def get_config(self):
        part = keras.saving.serialize_keras_object(self.part)
        return {**super().get_config(), "part": part}

    @classmethod
    def from_config(cls, config):
        part = keras.saving.deserialize_keras_object(config.pop("part"))
        return cls(part, **config)


def test_states_are_weights_of_the_model():
    model = Model(Counter(3))
    assert [weight.name for weight in model.weights] == ["number"]
    assert not model.trainable_weights
    assert model.weights[0].value == 3
    assert model.weights[0].dtype == "int64"
    assert Part().add_state("x", 0.25).value == 0.25


@pytest.mark.parametrize("file", ["model.keras", "model.weights.h5"])
def test_states_are_in_the_model_s_files(file, tmp_path):
    model = Model(Counter(3))
    model(tf.ones((1, 2)))
    model.part.count()
    if file == "model.keras":
        model.save(tmp_path / file)
        loaded = keras.models.load_model(tmp_path / file)
    else:
        model.save_weights(tmp_path / file)
        loaded = Model(Counter(7))
        loaded(tf.ones((1, 2)))
        loaded.load_weights(tmp_path / file)
    assert loaded.part.number.value == 4
    assert model.part.number.value == 4


def test_configs_hold_arguments_only():
    assert Part().get_config() == {}
    copy = Counter.from_config(Counter(3).get_config())
    assert copy.number.value == 3


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_states_are_in_float32_under_any_policy(policy):
    keras.config.set_dtype_policy(policy)
    try:
        part = Part()
        state = part.add_state("x", 0.1)
    finally:
        keras.config.set_dtype_policy("float32")
    assert state.dtype == part.compute_dtype == "float32"
    np.testing.assert_array_equal(state.value, np.float32(0.1))


def test_layers_in_mixed_precision_read_states_in_float32():
    state = Part().add_state("x", 0.1)

    seen = []

    class Reader(keras.layers.Layer):
        def call(self, inputs):
            seen.append(state.value)
            return inputs

    Reader(dtype="mixed_float16")(tf.ones(1))
    assert seen[-1].dtype == "float32"
    np.testing.assert_array_equal(seen[-1], np.float32(0.1))


@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
def test_states_move_alike_on_all_replicas(graph, two_replicas):
    with two_replicas.scope():
        part = Counter(3)
    run = tf.function(two_replicas.run) if graph else two_replicas.run
    for _ in range(2):
        run(part.count)
    copies = two_replicas.experimental_local_results(part.number.value)
    assert [int(copy) for copy in copies] == [5, 5]


def test_the_first_replica_decides(two_replicas):
    with two_replicas.scope():
        part = Counter()

    @tf.function
    def differ():
        context = tf.distribute.get_replica_context()
        part.number.assign(5 + context.replica_id_in_sync_group)

    two_replicas.run(differ)
    copies = two_replicas.experimental_local_results(part.number.value)
    assert [int(copy) for copy in copies] == [5, 5]


def test_parts_are_not_called():
    with pytest.raises(ValueError, match="isn't called.*Counter. Hand it to"):
        Counter()(tf.ones((1, 2)))
    with pytest.raises(ValueError, match="isn't called as a layer"):
        keras.Sequential([keras.Input((2,)), Counter()])


@pytest.mark.parametrize("value", [Counter, "counter", None, Part()])
def test_what_is_no_part_of_the_kind_is_refused(value):
    require_part("counter", Counter(), Counter)
    with pytest.raises(ValueError, match="`counter` must be a `Counter`.*Make"):
        require_part("counter", value, Counter)


def test_kinds_have_their_article():
    with pytest.raises(ValueError, match="must be an `Other`"):
        require_part("other", 1, type("Other", (Part,), {}))
