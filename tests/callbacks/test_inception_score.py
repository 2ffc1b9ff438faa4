import csv
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan_zoo import images, metrics
from keras_gan_zoo.callbacks import InceptionScore
from tests import tiny


def classifier(classes=5):
    return keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(classes, "softmax", kernel_initializer="normal"),
        ]
    )


def score(**kwargs):
    """Returns a callback that scores a few samples."""
    kwargs = {"num_samples": 12, "batch_size": 4, "splits": 3, **kwargs}
    return InceptionScore(
        kwargs.pop("classifier", None) or classifier(), **kwargs
    )


def fit(model, *callbacks, epochs=2, **kwargs):
    labels = hasattr(model, "num_classes")
    data = tiny.dataset(labels=labels)
    return model.fit(
        data, epochs=epochs, callbacks=callbacks, verbose=0, **kwargs
    ).history


def measured(history):
    """Returns the numbers of the epochs with a score."""
    scores = history["inception_score"]
    return [n + 1 for n, value in enumerate(scores) if not math.isnan(value)]


def test_the_score_is_of_bytes_in_shuffled_order():
    gan, network = tiny.gan(), classifier()
    history = fit(
        gan, score(classifier=network, num_samples=10, seed=7), epochs=1
    )
    # Three batches of four, of which ten samples count.
    batches = [gan(gan.sample_prior(4, 7 * 3 + n)) for n in range(3)]
    samples = images.from_uint8(images.to_uint8(tf.concat(batches, axis=0)))
    probabilities = network(samples[:10], training=False).numpy()
    order = np.random.default_rng(7).permutation(10)
    mean, deviation = metrics.inception_score(probabilities[order], 3)
    assert mean > 1.0 and deviation > 0.0
    np.testing.assert_allclose(history["inception_score"], [mean], rtol=1e-6)
    np.testing.assert_allclose(
        history["inception_score_std"], [deviation], rtol=1e-4
    )


def test_the_classifier_sees_bytes_in_the_range_of_the_models():
    seen = []

    def watch(batch):
        seen.append(batch)
        return np.full((len(batch), 2), 0.5)

    history = fit(tiny.gan(), score(classifier=watch), epochs=1)
    assert history["inception_score"] == [1.0]
    for batch in seen:
        assert batch.shape == (4, 4, 4, 1) and batch.dtype == np.float32
        assert -1.0 <= batch.min() < 0.0 < batch.max() <= 1.0
        levels = (batch + 1.0) * 127.5
        np.testing.assert_allclose(levels, np.round(levels), atol=1e-4)


def test_batches_have_latents_of_their_own():
    seen = []

    def watch(batch):
        seen.extend(image.tobytes() for image in batch)
        return np.full((len(batch), 2), 0.5)

    callback = score(classifier=watch)
    callback.set_model(tiny.gan())
    callback.on_train_begin()
    for callback.seed in (0, 1):
        callback._score()
    assert len(seen) == 24 + 2 * 4  # Two scores, and two batches to begin.
    assert len(set(seen)) == 24


def test_a_conditional_model_is_scored():
    history = fit(tiny.conditional_gan(), score(), epochs=1)
    assert history["inception_score"][0] >= 1.0


def test_the_first_every_and_the_last_epoch_are_scored():
    history = fit(tiny.gan(), score(every=3), epochs=8)
    assert measured(history) == [1, 3, 6, 8]
    assert len(history["inception_score_std"]) == 8


def test_the_first_epoch_of_training_that_goes_on_is_scored():
    history = fit(tiny.gan(), score(every=50), epochs=8, initial_epoch=4)
    assert measured(history) == [1, 4]


def test_later_callbacks_see_the_score(tmp_path):
    table = tmp_path / "log.csv"
    best = keras.callbacks.ModelCheckpoint(
        tmp_path / "{epoch}.weights.h5",
        monitor="inception_score",
        mode="max",
        save_best_only=True,
        save_weights_only=True,
    )
    logger = keras.callbacks.CSVLogger(table)
    history = fit(tiny.gan(), score(every=2), logger, best, epochs=5)
    with table.open() as file:
        rows = list(csv.DictReader(file))
    logged = [float(row["inception_score"]) for row in rows]
    np.testing.assert_array_equal(logged, history["inception_score"])
    assert [math.isnan(value) for value in logged] == [False, False, True] + [
        False
    ] * 2
    assert not (tmp_path / "3.weights.h5").exists()
    assert best.best == np.nanmax(logged)


def test_the_name_is_the_name_in_the_logs():
    history = fit(tiny.gan(), score(name="digit_score"), epochs=1)
    assert {"digit_score", "digit_score_std"} < set(history)


def test_r38_the_cost_is_told_at_the_start(capsys):
    callback = score(num_samples=50_000, batch_size=100, every=5)
    callback.set_model(tiny.gan())
    callback.on_train_begin()
    message = capsys.readouterr().out
    assert message.startswith("inception_score: 50,000 samples every 5 epochs")
    assert "about" in message and "on this device" in message


@pytest.mark.parametrize("activation", [None, "sigmoid"])
def test_logits_are_told_before_training(activation):
    network = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            layers.Flatten(),
            layers.Dense(5, activation),
        ]
    )
    gan = tiny.gan()
    with pytest.raises(ValueError, match="add a softmax"):
        fit(gan, score(classifier=network))
    assert int(gan.step.numpy()) == 0


def test_samples_that_are_no_images_are_told_before_training():
    callback = score()
    callback.set_model(tiny.gan((2,)))
    with pytest.raises(ValueError, match=r"Images must be .* \(4, 2\)"):
        callback.on_train_begin()


def test_models_without_a_prior_are_refused():
    callback = score()
    callback.set_model(tiny.gan().discriminator)
    with pytest.raises(ValueError, match="sample_prior.*Received: a `Func"):
        callback.on_train_begin()


@pytest.mark.parametrize("name", ["batch_size", "splits", "every"])
def test_sizes_must_be_positive(name):
    with pytest.raises(ValueError, match=f"at least 1.*{name}=0"):
        score(**{name: 0})


def test_each_split_needs_a_sample():
    with pytest.raises(ValueError, match="num_samples=2, .* splits=3"):
        score(num_samples=2)


def test_r24_many_scores_take_one_trace_and_no_memory():
    traces = []
    gan, network = tiny.gan(), classifier()
    for model in (gan, network):
        call = model.call

        def counted(inputs, call=call, **kwargs):
            traces.append(inputs)
            return call(inputs, **kwargs)

        model.call = counted
    callback = score(classifier=network, num_samples=4)
    callback.set_model(gan)
    callback.set_params({"epochs": 1000})
    callback.on_train_begin()
    assert not tiny.grows(lambda: callback.on_epoch_end(0, {}))
    assert len(traces) == 2
