"""What users pass in wrong, and the message for each."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import checks

IMAGES = np.linspace(-1.0, 1.0, 4 * 8 * 8, dtype="float32").reshape(4, 8, 8, 1)
LABELS = np.array([0, 1, 2, 0])


def network(*shapes):
    inputs = [keras.Input(shape) for shape in shapes]
    flat = [layers.Flatten()(x) for x in inputs]
    x = layers.Concatenate()(flat) if len(flat) > 1 else flat[0]
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], x)


def decoder(sample_shape, latent_dim=4):
    size = int(np.prod(sample_shape))
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(size),
            layers.Reshape(sample_shape),
        ]
    )


class Subclassed(keras.Model):
    """A network that doesn't know its input."""

    def call(self, inputs):
        return inputs


def test_require_built_refuses_what_is_no_model():
    with pytest.raises(
        ValueError, match="`generator` must be a `keras.Model`. .*generator=3"
    ):
        checks.require_built("generator", 3)


def test_require_built_refuses_an_unbuilt_model():
    unbuilt = keras.Sequential([layers.Dense(1)], name="fresh")
    with pytest.raises(
        ValueError, match="`critic` must be built .*`fresh`. Call it once"
    ):
        checks.require_built("critic", unbuilt)
    unbuilt.build((None, 2))
    assert checks.require_built("critic", unbuilt) is None


@pytest.mark.parametrize("others", [[], [()]], ids=["latents", "and labels"])
def test_require_latent_size_compares_with_the_generator(others):
    generator = network((4,), *others)
    assert checks.require_latent_size(generator, 4) is None
    with pytest.raises(
        ValueError,
        match=r"of shape \(batch, 3\). Received: .*\(None, 4\). "
        "Set `latent_dim`",
    ):
        checks.require_latent_size(generator, 3)


def test_require_order_knows_networks_in_each_others_place():
    generator, discriminator = decoder((8, 8, 1)), network((8, 8, 1))
    points = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    critic = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    autoencoder = keras.Sequential([keras.Input((8, 8, 1)), layers.Dense(1)])
    for right in [
        (generator, discriminator),
        (points, critic),
        (generator, autoencoder),
    ]:
        assert checks.require_order(*right) is None
    for swapped in [(autoencoder, generator), (critic, points)]:
        with pytest.raises(ValueError, match="Swap them: `generator` comes"):
            checks.require_order(*swapped)


def test_require_match_compares_shapes_that_are_known():
    assert checks.require_match(decoder((8, 8, 1)), network((8, 8, 1))) is None
    assert checks.require_match(Subclassed(), network((8, 8, 1))) is None
    free = keras.Sequential([keras.Input((None, None, 1)), layers.Dense(1)])
    assert checks.require_match(decoder((8, 8, 1)), free) is None
    with pytest.raises(
        ValueError,
        match=r"takes, \(None, 7, 7, 1\). Received: .*\(None, 8, 8, 1\)",
    ):
        checks.require_match(decoder((8, 8, 1)), network((7, 7, 1), ()))


def test_require_latents_refuses_samples():
    generator = decoder((8, 8, 1))
    assert checks.require_latents(np.zeros((3, 4)), generator) is None
    assert checks.require_latents((tf.zeros((3, 4)), 0), generator) is None
    with pytest.raises(
        ValueError, match=r"latents of shape \(None, 4\).*\(4, 8, 8, 1\). Pass"
    ):
        checks.require_latents(IMAGES, generator)


def ending_in(*endings):
    """Returns a network that ends in such layers, or functions of tensors."""
    outputs = inputs = keras.Input((4,))
    for ending in endings:
        outputs = ending(outputs)
    return keras.Model(inputs, outputs)


@pytest.mark.parametrize(
    "endings",
    [
        (layers.Dense(1, "sigmoid"),),
        (layers.Dense(1, "hard_sigmoid"),),
        (layers.Dense(1, "softmax"),),
        (layers.Dense(1), layers.Activation("sigmoid")),
        (layers.Dense(1), layers.Softmax()),
        (layers.Dense(1), keras.ops.sigmoid),
        (layers.Dense(1, "sigmoid"), layers.Reshape(())),
        (layers.Dense(1, "sigmoid"), layers.Activation("linear")),
        (keras.Sequential([layers.Dense(1, "sigmoid")]),),
    ],
)
def test_require_outputs_refuses_probabilities_for_scores(endings):
    with pytest.raises(ValueError, match=r"raw scores.*in `.*Leave it out"):
        checks.require_outputs(ending_in(*endings), ("scores",))
    assert checks.require_outputs(ending_in(*endings), ("odds",)) is None


@pytest.mark.parametrize(
    "endings",
    [
        (layers.Dense(1),),
        (layers.Dense(1, "tanh"),),
        (layers.Dense(8, "sigmoid"), layers.Dense(1)),
        (layers.Dense(1, "sigmoid"), layers.Rescaling(2.0, -1.0)),
        (layers.Lambda(lambda x: x),),
    ],
)
def test_require_outputs_accepts_scores(endings):
    assert checks.require_outputs(ending_in(*endings), ("scores",)) is None


def test_require_outputs_counts_them_and_compares_reconstructions():
    two = ending_in(lambda x: [layers.Dense(1)(x), layers.Dense(2)(x)])
    assert checks.require_outputs(two, ("scores", "features")) is None
    assert checks.require_outputs(Subclassed(), ("scores",)) is None
    with pytest.raises(ValueError, match="must return scores. .*2 outputs"):
        checks.require_outputs(two, ("scores",))
    same = ending_in(layers.Dense(4))
    assert checks.require_outputs(same, ("reconstructions",)) is None
    with pytest.raises(ValueError, match=r"of its input, \(None, 4\).*None, 3"):
        checks.require_outputs(ending_in(layers.Dense(3)), ("reconstructions",))


def test_require_class_logits_wants_one_for_each_class():
    def heads(ending):
        return ending_in(lambda x: [layers.Dense(1)(x), ending(x)])

    arguments = "critic", heads(layers.Dense(3)), 1
    assert checks.require_class_logits(*arguments, 3) is None
    with pytest.raises(ValueError, match=r"of 10 classes.*\(None, 3\)"):
        checks.require_class_logits(*arguments, 10)
    with pytest.raises(ValueError, match="raw logits.*`softmax`"):
        checks.require_class_logits(
            "critic", heads(layers.Dense(3, "softmax")), 1, 3
        )


@pytest.mark.parametrize(
    "vectors",
    [layers.Embedding(3, 2), lambda labels: keras.ops.one_hot(labels, 3)],
    ids=["embedding", "one-hot"],
)
def test_require_num_classes_finds_what_a_network_knows(vectors):
    samples, labels = keras.Input((2,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([samples, vectors(labels)])
    judge = keras.Model([samples, labels], x)
    assert checks.require_num_classes("judge", judge, 3) is None
    with pytest.raises(ValueError, match="10 of them.*a judge of 3 classes"):
        checks.require_num_classes("judge", judge, 10)


def test_require_num_classes_does_not_take_tokens_for_classes():
    tokens = keras.Input((5,), dtype="int32")
    reader = keras.Model(tokens, layers.Embedding(100, 2)(tokens))
    assert checks.require_num_classes("reader", reader, 3) is None


@pytest.mark.parametrize("ending", ["sigmoid", "relu", "softplus"])
def test_require_reach_refuses_what_can_not_make_the_images(ending):
    generator = ending_in(layers.Dense(64, ending), layers.Reshape((8, 8, 1)))
    with pytest.raises(ValueError, match=f"ends in `{ending}`.*tanh"):
        checks.require_reach(generator, IMAGES)
    assert checks.require_reach(generator, np.abs(IMAGES)) is None
    assert checks.require_reach(generator, IMAGES.reshape(4, 64)) is None
    assert checks.require_reach(ending_in(layers.Dense(1)), IMAGES) is None


def test_require_latent_size_lets_pass_what_it_can_not_know():
    assert checks.require_latent_size(network((None,)), 3) is None
    subclassed = Subclassed()
    subclassed(tf.zeros((1, 4)))
    assert checks.require_latent_size(subclassed, 3) is None


def as_py_dataset(x, y=None):
    class Data(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            part = slice(2 * index, 2 * index + 2)
            return x[part] if y is None else (x[part], y[part])

    return Data()


def test_first_batch_of_every_form():
    dataset = tf.data.Dataset.from_tensor_slices(IMAGES).batch(2)
    for batch in [
        checks.first_batch(dataset),
        checks.first_batch(as_py_dataset(IMAGES)),
        checks.first_batch(IMAGES, batch_size=2),
        checks.first_batch(tf.constant(IMAGES), batch_size=2),
        checks.first_batch({"image": IMAGES}, batch_size=2)["image"],
    ]:
        np.testing.assert_array_equal(batch, IMAGES[:2])


def test_first_batch_with_labels():
    pairs = IMAGES, LABELS
    dataset = tf.data.Dataset.from_tensor_slices(pairs).batch(2)
    for images, labels in [
        checks.first_batch(dataset),
        checks.first_batch(as_py_dataset(*pairs)),
        checks.first_batch(IMAGES, LABELS, batch_size=2),
    ]:
        np.testing.assert_array_equal(images, IMAGES[:2])
        np.testing.assert_array_equal(labels, LABELS[:2])


def test_first_batch_of_arrays_is_as_large_as_that_of_keras():
    assert len(checks.first_batch(np.zeros((100, 2)))) == 32


def test_first_batch_of_a_loader_that_can_be_read_again():
    class Loader:
        def __iter__(self):
            return iter([IMAGES[:2], IMAGES[2:]])

    np.testing.assert_array_equal(checks.first_batch(Loader()), IMAGES[:2])


@pytest.mark.parametrize(
    "x, message", [(None, "Expected data"), (IMAGES[:0], "at least one sample")]
)
def test_first_batch_needs_data(x, message):
    with pytest.raises(ValueError, match=message):
        checks.first_batch(x)


def test_first_batch_does_not_use_up_a_generator():
    generator = iter([IMAGES])
    assert checks.first_batch(generator) is None
    assert next(generator) is IMAGES


def test_first_batch_refuses_an_empty_dataset():
    dataset = tf.data.Dataset.from_tensor_slices(IMAGES)
    with pytest.raises(ValueError, match="dataset is empty.*drop_remainder"):
        checks.first_batch(dataset.batch(5, drop_remainder=True))


@pytest.mark.parametrize(
    "x, batch_size, expected",
    [
        (IMAGES, 2, False),
        (IMAGES, 3, True),
        ({"image": IMAGES}, 3, True),
        (IMAGES, None, True),
        (np.zeros((64, 2)), None, False),
        (iter([IMAGES]), None, False),
    ],
)
def test_arrays_may_end_in_a_partial_batch(x, batch_size, expected):
    assert checks.may_end_in_partial_batch(x, batch_size) is expected


@pytest.mark.parametrize(
    "x, batch_size, expected",
    [
        (IMAGES, 2, {2}),
        (IMAGES, 3, {3, 1}),
        (IMAGES, 30, {4}),
        (as_py_dataset(IMAGES), None, {2}),
        (as_py_dataset(IMAGES[:3]), None, {2, 1}),
        (tf.data.Dataset.from_tensor_slices(IMAGES).batch(3), None, {3, None}),
        (tf.data.Dataset.from_tensors(IMAGES), None, {4}),
        (
            tf.data.Dataset.from_tensor_slices(IMAGES).repeat().batch(3),
            None,
            {3},
        ),
    ],
)
def test_batch_sizes_of_an_epoch(x, batch_size, expected):
    batch = checks.first_batch(x, batch_size=batch_size)
    assert checks.batch_sizes(x, batch_size, batch) == expected


def test_check_length_needs_steps_of_endless_data():
    class Endless(keras.utils.PyDataset):
        num_batches = None

        def __getitem__(self, index):
            return IMAGES

    dataset = tf.data.Dataset.from_tensors(IMAGES)
    for endless in (dataset.repeat(), Endless()):
        assert checks.check_length(endless, 5, "steps") is None
        with pytest.raises(ValueError, match="steps=None. Pass .*`steps=1000`"):
            checks.check_length(endless, None, "steps")
    for finite in (dataset, as_py_dataset(IMAGES), IMAGES, iter([IMAGES])):
        assert checks.check_length(finite, None, "steps") is None


@pytest.mark.parametrize("drop_remainder", [False, True])
def test_datasets_may_end_in_a_partial_batch(drop_remainder):
    dataset = tf.data.Dataset.from_tensor_slices((IMAGES, LABELS))
    dataset = dataset.batch(2, drop_remainder=drop_remainder)
    assert checks.may_end_in_partial_batch(dataset) is not drop_remainder


def test_datasets_of_unknown_shape_may_end_in_a_partial_batch():
    signature = tf.TensorSpec(None, tf.float32)
    dataset = tf.data.Dataset.from_generator(
        lambda: [IMAGES], output_signature=signature
    )
    assert checks.may_end_in_partial_batch(dataset) is True


@pytest.mark.parametrize(
    "data, labels",
    [
        (IMAGES, None),
        ((IMAGES,), None),
        ((IMAGES, LABELS), LABELS),
        ((IMAGES, LABELS, None), LABELS),
        ([IMAGES, LABELS], LABELS),
        ({"image": IMAGES}, None),
        ({"image": IMAGES, "label": LABELS}, LABELS),
        ({"image": IMAGES, "label": LABELS, "id": LABELS + 1}, LABELS),
        (({"image": IMAGES}, LABELS), LABELS),
    ],
)
def test_samples_and_labels_of_every_form(data, labels):
    found_samples, found_labels = checks.samples_and_labels(data)
    assert found_samples is IMAGES
    assert found_labels is labels


def test_samples_and_labels_make_labels_of_a_column():
    column = LABELS[:, np.newaxis]
    for data in ((IMAGES, column), {"image": IMAGES, "label": column}):
        _, labels = checks.samples_and_labels(data)
        np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize(
    "data, message",
    [
        ((IMAGES, LABELS, LABELS), "weighs all samples alike.*sample_from"),
        (({"image": IMAGES, "label": LABELS}, LABELS), "Labels must come once"),
    ],
)
def test_samples_and_labels_leave_nothing_out(data, message):
    with pytest.raises(ValueError, match=message):
        checks.samples_and_labels(data)


def test_with_known_shape_tells_a_graph_what_the_network_takes():
    @tf.function(input_signature=[tf.TensorSpec(None, tf.float32)])
    def shape(samples):
        known = checks.with_known_shape(samples, network((8, 8, 1)))
        assert known.shape.as_list() == [None, 8, 8, 1]
        return tf.shape(known)

    assert shape(IMAGES).numpy().tolist() == [4, 8, 8, 1]
    assert checks.with_known_shape(IMAGES, network((7, 7, 1))) is IMAGES


def test_samples_and_labels_needs_the_key_image():
    with pytest.raises(
        ValueError, match=r"the key 'image'.*keys \['label', 'photo'\]. Map"
    ):
        checks.samples_and_labels({"photo": IMAGES, "label": LABELS})


def test_check_images_accepts_what_is_in_the_range():
    for images in (IMAGES, tf.constant(IMAGES), IMAGES.astype("float16")):
        assert checks.check_images(images) is None


def test_check_images_accepts_dequantization_noise_slightly_beyond_one():
    noisy = IMAGES + np.random.uniform(0, 1 / 128, IMAGES.shape)
    noisy[-1] = 1.0 + 1 / 128
    assert noisy.max() > 1.0
    assert checks.check_images(noisy) is None
    with pytest.raises(ValueError, match=r"must be in \[-1, 1\]"):
        checks.check_images(noisy + 1 / 64)


def test_check_images_accepts_images_of_one_value_below_zero():
    black = np.full_like(IMAGES, -1.0)
    assert checks.check_images(black) is None
    assert checks.check_images(0.0 * IMAGES) is None


BYTES = np.arange(256, dtype="uint8").reshape(4, 8, 8, 1)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize(
    "images", [BYTES[2:], np.full_like(BYTES[:1], 255)], ids=["pale", "white"]
)
def test_check_images_accepts_pale_ones(images, dtype):
    scaled = (images.astype("float64") / 127.5 - 1.0).astype(dtype)
    assert scaled.min() > 0
    assert checks.check_images(scaled) is None


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("images", [BYTES, BYTES[2:], BYTES[1:2]])
def test_check_images_refuses_bytes_in_the_range_from_0_to_1(images, dtype):
    scaled = (images.astype("float64") / 255.0).astype(dtype)
    with pytest.raises(ValueError, match=r"all in \[0, 1\]"):
        checks.check_images(scaled)


def test_check_images_warns_where_it_can_not_know():
    resized = 0.3 + 0.7 * np.random.uniform(size=IMAGES.shape)
    one_of_few = np.random.uniform(0.001, 1.0, size=(1, 8, 8, 1))
    for images in (resized, one_of_few):
        with pytest.warns(UserWarning, match="where 0 is grey.* as pale"):
            checks.check_images(images)


def test_check_images_accepts_half_precision():
    images = tf.cast(IMAGES, "bfloat16")
    assert checks.check_images(images) is None
    with pytest.raises(ValueError, match=r"all in \[0, 1\]"):
        checks.check_images(images / 2 + 0.5)


def test_require_samples_knows_the_first_input_of_a_conditional_network():
    discriminator = network((8, 8, 1), ())
    assert checks.require_samples(IMAGES, discriminator) is None
    with pytest.raises(ValueError, match="samples of shape"):
        checks.require_samples(IMAGES[:, :4], discriminator)


def test_require_samples_leaves_free_sizes_free():
    convolution = keras.Sequential(
        [keras.Input((None, None, 1)), layers.Conv2D(1, 3)]
    )
    assert checks.require_samples(IMAGES[:, :5], convolution) is None
    with pytest.raises(ValueError, match="samples of shape"):
        checks.require_samples(np.tile(IMAGES, 3), convolution)


@pytest.mark.parametrize(
    "images", [IMAGES[:, :4], IMAGES[..., 0], np.tile(IMAGES, 3)]
)
def test_require_samples_refuses_another_shape(images):
    with pytest.raises(
        ValueError,
        match=r"samples of shape \(None, 8, 8, 1\). Received: .* Resize",
    ):
        checks.require_samples(images, network((8, 8, 1)))


@pytest.mark.parametrize(
    "images, message",
    [
        (np.uint8(127 * IMAGES + 128), "floats .*dtype uint8.* / 127.5 - 1"),
        (127.5 * IMAGES + 127.5, r"in \[-1, 1\]. .*to 255.0. .* / 127.5 - 1"),
        (IMAGES - 0.1, r"in \[-1, 1\]. .*from -1.1.* Scale"),
        ((IMAGES + 1) / 2, r"all in \[0, 1\]. .*to 1.0. .* \* 2.0 - 1.0"),
        (np.where(IMAGES > 0.9, np.nan, IMAGES), "finite.*nan.* Remove"),
        (np.where(IMAGES > 0.9, np.inf, IMAGES), "finite.*inf.* Remove"),
        (np.where(IMAGES > 0.9, -np.inf, IMAGES), "finite.*inf.* Remove"),
    ],
    ids=["bytes", "0 to 255", "low", "0 to 1", "nan", "inf", "-inf"],
)
def test_check_images_refuses_another_range(images, message):
    with pytest.raises(ValueError, match=message):
        checks.check_images(images)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_check_labels_returns_32_bits(dtype):
    column = LABELS.astype(dtype)[:, np.newaxis]
    for labels in (LABELS.astype(dtype), tf.cast(LABELS, dtype), column):
        checked = checks.check_labels(labels, 3)
        assert checked.dtype == np.int32
        np.testing.assert_array_equal(checked, LABELS)
    assert checks.check_labels(LABELS[:0].astype(dtype), 3).size == 0


@pytest.mark.parametrize(
    "labels, received, remedy",
    [
        (np.eye(3, dtype="int32"), r"int32, shape \(3, 3\)", "argmax"),
        (LABELS.astype("float32"), r"float32, shape \(4,\)", "astype"),
        (np.array(["cat", "dog"]), r"<U3, shape \(2,\)", "number the classes"),
    ],
    ids=["one-hot", "floats", "names"],
)
def test_check_labels_refuses_other_forms(labels, received, remedy):
    with pytest.raises(
        ValueError,
        match=rf"integers of shape \(batch,\). .*{received}. .*{remedy}",
    ):
        checks.check_labels(labels, 3)


def test_one_of_several_classes_is_no_column():
    with pytest.raises(ValueError, match=r"shape \(2, 2\)"):
        checks.check_labels(np.eye(2, dtype="int32"), 2)


@pytest.mark.parametrize("labels", [[0, 3], [-1, 2]], ids=["above", "below"])
def test_check_labels_refuses_other_classes(labels):
    low, high = labels
    with pytest.raises(
        ValueError,
        match=f"from 0 to 2, since num_classes=3. .*from {low} to {high}",
    ):
        checks.check_labels(np.array(labels), 3)


@pytest.mark.parametrize(
    "names", [["cat"], ["cat", "cat"], "ab", [0, 1], ["a", "b", "c"]]
)
def test_each_class_has_a_name_of_its_own(names):
    with pytest.raises(ValueError, match="Expected 2 names"):
        checks.check_class_names(names, 2)
