"""What the base classes promise beside the contract, and what they refuse."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import averages, models
from tests.models import toys, zoo


def build(name="VanillaGAN", **kwargs):
    model = zoo.ZOO[name].build(**kwargs)
    return toys.compile_model(model, run_eagerly=True)


def images(low=-1.0, high=1.0, number=8, shape=toys.IMAGE_SHAPE):
    values = np.resize(np.linspace(low, high, 7), (number, *shape))
    return values.astype("float32")


def dataset(array, batch_size=4, drop_remainder=True):
    return tf.data.Dataset.from_tensor_slices(array).batch(
        batch_size, drop_remainder=drop_remainder
    )


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (images(0, 255).astype("uint8"), r"dtype uint8, values from 0 to 255"),
        (images(0, 255), r"in \[-1, 1\]. Received: .* to 255.0"),
        (images(0, 1), r"these are all in \[0, 1\]"),
        (images(-3, 3), r"in \[-1, 1\]. Received: .* from -3.0"),
        (images() * np.nan, "must be finite"),
        (images(shape=(9, 8, 1)), r"shape \(None, 8, 8, 1\). Received"),
        (images(shape=(8, 8, 3)), r"shape \(None, 8, 8, 1\). Received"),
    ],
)
@pytest.mark.parametrize("wrap", [dataset, lambda array: array])
def test_the_first_batch_is_checked(array, message, wrap):
    model = build()
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        model.fit(wrap(array), verbose=0)
    for old, new in zip(before, model.get_weights()):
        np.testing.assert_array_equal(old, new)  # Nothing is lost.


def test_validation_and_evaluation_data_are_checked_too():
    model = build()
    wrong = dataset(images(0, 255))
    with pytest.raises(ValueError, match="255.0"):
        model.fit(dataset(images()), validation_data=wrong, verbose=0)
    with pytest.raises(ValueError, match="255.0"):
        model.evaluate(wrong, verbose=0)


def test_an_empty_dataset_is_refused():
    with pytest.raises(ValueError, match="dataset is empty"):
        build().fit(dataset(images(), batch_size=100), verbose=0)


def test_a_dictionary_without_images_is_refused():
    data = dataset({"picture": images()})
    with pytest.raises(ValueError, match=r"keys \['picture'\]"):
        build().fit(data, verbose=0)


def test_a_conditional_model_asks_for_labels():
    with pytest.raises(ValueError, match="Received: samples only"):
        build("CGAN").fit(dataset(images()), verbose=0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.full(8, 3), "from 0 to 2.*from 3 to 3"),
        (np.full(8, -1), "from 0 to 2.*from -1 to -1"),
        (np.zeros(8), "must be integers"),
        (np.zeros((8, 3), "int32"), r"shape \(4, 3\). Undo a one-hot"),
    ],
)
def test_labels_are_checked(labels, message):
    with pytest.raises(ValueError, match=message):
        build("CGAN").fit(dataset((images(), labels)), verbose=0)


def test_labels_to_generate_are_checked():
    model = build("CGAN")
    with pytest.raises(ValueError, match="from 0 to 2.*from 7 to 7"):
        model.generate(2, labels=[7, 7])
    with pytest.raises(ValueError, match="1 labels, batch_size=2"):
        model.generate(2, labels=[0])


def test_labels_decide_what_is_generated():
    model = build("CGAN")
    zeros = model.generate(2, seed=0, labels=[0, 0])
    np.testing.assert_array_equal(
        zeros, model.generate(2, seed=0, labels=np.zeros(2, "int64"))
    )
    assert not np.array_equal(zeros, model.generate(2, seed=0, labels=[1, 2]))


def test_a_batch_that_cannot_be_shared_out_is_refused():
    model = build("WGANGP")
    with pytest.raises(ValueError, match="batch_size=4, discriminator_steps=5"):
        model.fit(dataset(images()), verbose=0)
    with pytest.raises(ValueError, match="batch_size=4, discriminator_steps=5"):
        model.fit(images(), batch_size=4, verbose=0)
    with pytest.raises(ValueError, match="batch_size=4, discriminator_steps=5"):
        model.train_on_batch(images(number=4))


def test_parts_of_a_batch_are_fresh_rows():
    model = build("WGANGP")
    rows = tf.reshape(tf.range(20), (20, 1))
    parts = model.discriminator_batches(rows)
    assert len(parts) == 5
    assert sorted(np.concatenate(parts).ravel()) == list(range(20))


def test_a_partial_last_batch_is_warned_about_once():
    model = build()
    data = dataset(images(number=6), drop_remainder=False)
    with pytest.warns(UserWarning, match="last batch may be smaller"):
        model.fit(data, verbose=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(data, verbose=0)
    with pytest.warns(UserWarning, match="drop_remainder=True"):
        build().fit(images(number=6), batch_size=4, verbose=0)


@pytest.mark.parametrize(
    "optimizers",
    [
        {},
        {"generator_optimizer": "adam"},
        {"optimizer": "adam"},
        {
            "generator_optimizer": "adam",
            "discriminator_optimizer": "adam",
            "critic_optimizer": "adam",
        },
    ],
)
def test_missing_and_extra_optimizers_are_refused(optimizers):
    model = zoo.ZOO["VanillaGAN"].build()
    with pytest.raises(ValueError, match="Expected:.*discriminator_optimizer"):
        model.compile(**optimizers)


def test_an_optimizer_serves_one_player():
    adam = keras.optimizers.Adam()
    model = zoo.ZOO["VanillaGAN"].build()
    with pytest.raises(ValueError, match="one object for several players"):
        model.compile(generator_optimizer=adam, discriminator_optimizer=adam)


def test_optimizers_may_be_named():
    model = zoo.ZOO["VanillaGAN"].build()
    model.compile(generator_optimizer="sgd", discriminator_optimizer="adam")
    assert isinstance(model.generator_optimizer, keras.optimizers.SGD)
    assert isinstance(model.discriminator_optimizer, keras.optimizers.Adam)


def test_the_game_has_no_single_learning_rate():
    model = build()
    with pytest.raises(AttributeError, match="one learning rate for each"):
        model.optimizer.learning_rate
    with pytest.raises(AttributeError):
        model.optimizer.learning_rate = 0.1


@pytest.mark.parametrize("name", ["WGANGP", "DRAGAN"])
def test_a_penalty_refuses_batch_normalization(name):
    model = getattr(models, name)
    with pytest.raises(ValueError, match="must not use batch normalization"):
        model(toys.generator(), toys.discriminator(), toys.LATENT_DIM)


def test_an_unbuilt_network_is_refused():
    unbuilt = keras.Sequential([keras.layers.Dense(1)])
    for networks in [
        (unbuilt, toys.discriminator()),
        (toys.generator(), unbuilt),
    ]:
        with pytest.raises(ValueError, match="must be built"):
            models.VanillaGAN(*networks, toys.LATENT_DIM)
    with pytest.raises(ValueError, match="must be a `keras.Model`"):
        models.VanillaGAN(toys.generator, toys.discriminator(), 4)


def test_a_latent_size_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"\(batch, 5\). Received"):
        models.VanillaGAN(toys.generator(), toys.discriminator(), 5)
    with pytest.raises(ValueError, match=r"\(batch, 5\). Received"):
        models.CGAN(
            toys.generator(num_classes=3),
            toys.conditional_discriminator(),
            latent_dim=5,
            num_classes=3,
        )


def test_there_is_at_least_one_discriminator_step():
    with pytest.raises(ValueError, match="discriminator_steps=0"):
        build(discriminator_steps=0)


def test_the_summary_tells_the_average_from_the_generator(capsys):
    build(average=averages.EMA(0.5)).summary()
    assert "_moving_average" in capsys.readouterr().out


def test_regularization_counts_for_the_player_who_moves():
    generator = toys.generator()
    inputs = keras.Input(toys.IMAGE_SHAPE)
    dense = keras.layers.Dense(
        1, kernel_initializer="ones", kernel_regularizer="l2", use_bias=False
    )
    outputs = dense(keras.layers.Flatten()(inputs))
    model = models.WGAN(
        generator,
        keras.Model(inputs, outputs),
        toys.LATENT_DIM,
        discriminator_steps=1,
        clip_limit=10.0,
    )
    model.compile(
        generator_optimizer=keras.optimizers.SGD(0.0),
        discriminator_optimizer=keras.optimizers.SGD(1.0),
        run_eagerly=True,
    )
    before = dense.kernel.numpy()
    batch = tf.constant(images(number=4))
    fakes = model.generator(model.sample_prior(4, seed=0), training=True)
    model.fakes_like = lambda samples, training: fakes
    model.update("discriminator", batch)
    slope = tf.reduce_mean(fakes, 0) - tf.reduce_mean(batch, 0)
    expected = before - tf.reshape(slope, (-1, 1)) - 2 * 0.01 * before
    np.testing.assert_allclose(dense.kernel, expected, atol=1e-5)


def test_noise_is_a_function_of_seed_and_step():
    model = build()
    draws = []
    for step in (0, 0, 1):
        model.step.assign(step)
        model.loss_results()  # Ends a step, and with it the count of draws.
        model.step.assign(step)
        draws.append([model.next_seed().numpy() for _ in range(2)])
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])
    assert not np.array_equal(draws[0][0], draws[0][1])


def test_a_graph_must_be_given_a_seed():
    model = build()
    with pytest.raises(ValueError, match="seed=None inside a `tf.function`"):
        tf.function(lambda: model.generate(2))()


def test_weights_of_optimizers_are_never_skipped_in_silence(tmp_path):
    path = tmp_path / "gan.weights.h5"
    build().save_weights(path)
    other = zoo.ZOO["VanillaGAN"].build()
    other.compile(
        generator_optimizer=keras.optimizers.SGD(),
        discriminator_optimizer=keras.optimizers.SGD(),
    )
    with pytest.raises(ValueError, match="Skipping variable loading"):
        other.load_weights(path)


def test_a_game_without_a_step_says_so():
    class Idle(models.AdversarialModel):
        pass

    model = Idle()
    with pytest.raises(NotImplementedError, match="Idle must implement"):
        model.train_step(images())


def test_the_names_of_classes_are_kept_in_the_configuration():
    build = zoo.ZOO["CGAN"].build
    model = build(class_names=("cat", "dog", "owl"))
    copy = type(model).from_config(model.get_config())
    assert copy.class_names == ["cat", "dog", "owl"]
    assert build().class_names is None
    with pytest.raises(ValueError, match="one string for each class"):
        build(class_names=["cat", "dog"])
