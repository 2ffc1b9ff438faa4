import csv
import weakref

import keras
import numpy as np
import pytest

from keras_gan_zoo import averages, images, metrics
from keras_gan_zoo.callbacks import (
    FrechetInceptionDistance,
    GeneratedFeatures,
    InceptionScore,
    KernelInceptionDistance,
)
from keras_gan_zoo.metrics.feature_set import FeatureSet
from tests import tiny

IS = "is12_tiny_v1"
FID = "fid12_tiny_v1_train"
KID = "kid12_tiny_v1_train_subsets_of_6"


def samples(**kwargs):
    kwargs = {"num_samples": 12, "batch_size": 4, **kwargs}
    network = kwargs.pop("network", None) or tiny.feature_network()
    return GeneratedFeatures(network, **kwargs)


def real(network=None, number=20):
    pixels = np.random.default_rng(0).integers(0, 256, (number, 4, 4, 1))
    network = network or tiny.feature_network()
    return FeatureSet(network, pixels.astype("uint8"), "train")


def score(seen=None, **kwargs):
    return InceptionScore(seen or samples(), splits=3, **kwargs)


def fid(seen=None, reference=None, **kwargs):
    return FrechetInceptionDistance(
        seen or samples(), reference or real(), allow_few_samples=True, **kwargs
    )


def kid(seen=None, reference=None, **kwargs):
    return KernelInceptionDistance(
        seen or samples(),
        reference or real(),
        subsets=4,
        subset_size=6,
        **kwargs,
    )


def fit(model, *callbacks, epochs=2, **kwargs):
    labels = hasattr(model, "num_classes")
    data = tiny.dataset(labels=labels)
    return model.fit(
        data, epochs=epochs, callbacks=callbacks, verbose=0, **kwargs
    ).history


def test_scores_are_of_the_bytes_of_seeds():
    gan, network = tiny.gan(average=averages.EMA(0.5)), tiny.feature_network()
    reference = real()
    seen = samples(network=network, num_samples=10, seed=7)
    history = fit(
        gan, score(seen), fid(seen, reference), kid(seen, reference), epochs=1
    )
    seeds = 7 * 2**32 + np.arange(10)
    # By the moving average, which a call of the model takes.
    pixels = images.to_uint8(gan(gan.prior_of_seeds(seeds)))
    features, probabilities = network(pixels)
    order = np.random.default_rng(7).permutation(10)
    mean, deviation = metrics.inception_score(probabilities[order], 3)
    assert mean > 1.0 and deviation > 0.0
    distance = metrics.frechet_distance(reference.features, features)
    kernel, _ = metrics.kernel_inception_distance(
        reference.features, features, 4, 6, seed=7
    )
    for name, value in {
        "is10_tiny_v1": mean,
        "is10_tiny_v1_std": deviation,
        "fid10_tiny_v1_train": distance,
        "kid10_tiny_v1_train_subsets_of_6": kernel,
        "is": mean,
        "is_std": deviation,
        "fid": distance,
        "kid": kernel,
    }.items():
        np.testing.assert_allclose(history[name], [value], rtol=1e-4)


def test_several_scores_share_one_pass_of_the_network():
    network, passes = tiny.feature_network(), []
    compute = network._compute
    network._compute = lambda batch: passes.append(len(batch)) or compute(batch)
    seen, reference = samples(network=network), real()
    fit(tiny.gan(), score(seen), fid(seen, reference), kid(seen, reference))
    # Two batches to begin; then twelve samples after each of two epochs.
    assert sum(passes) == 2 * 4 + 2 * 12


def test_samples_follow_the_model():
    history = fit(tiny.gan(), score(), epochs=3)
    assert len(set(history[IS])) == 3


def test_one_pass_lasts_until_the_model_moves():
    gan, seen = tiny.gan(), samples()
    seen.begin(gan)
    first = seen.now()
    assert seen.now() is first
    gan.fit(tiny.dataset(), verbose=0)
    assert seen.now() is not first


def test_features_take_no_memory_while_the_model_trains():
    gan, seen = tiny.gan(), samples()
    callback = score(seen)
    callback.set_model(gan)
    callback.on_train_begin()
    features = weakref.ref(seen.now())
    callback.on_epoch_begin(0)
    assert features() is None


def test_another_seed_gives_other_samples():
    gan, seen = tiny.gan(), []
    for seed in (0, 1):
        some = samples(seed=seed)
        some.begin(gan)
        seen.extend(image.tobytes() for image in some.now().images[:])
    assert len(set(seen)) == 24


def test_a_conditional_model_is_scored():
    history = fit(tiny.conditional_gan(), score(), epochs=1)
    assert history[IS][0] >= 1.0


def test_the_first_every_and_the_last_epoch_are_scored():
    callback = score(every=3)
    history = fit(tiny.gan(), callback, epochs=8)
    assert callback.scored_epochs == [0, 2, 5, 7]
    for name in (IS, f"{IS}_std", "is", "is_std"):
        values = np.array(history[name])
        # What is between them repeats what was measured last.
        np.testing.assert_array_equal(values, values[[0, 0, 2, 2, 2, 5, 5, 7]])
        assert len(set(values)) == 4 and np.isfinite(values).all()


def test_the_first_epoch_of_training_that_goes_on_is_scored():
    callback = score(every=50)
    fit(tiny.gan(), callback, epochs=8, initial_epoch=4)
    assert callback.scored_epochs == [4, 7]


@pytest.mark.parametrize("name", ["fid", FID])
def test_later_callbacks_see_the_score(name, tmp_path):
    table = tmp_path / "log.csv"
    distance = fid(every=2)
    best = keras.callbacks.ModelCheckpoint(
        tmp_path / ("{epoch}_{%s:.2f}.weights.h5" % name),
        monitor=name,
        mode="min",
        save_best_only=True,
        save_weights_only=True,
    )
    logger = keras.callbacks.CSVLogger(table)
    history = fit(tiny.gan(), distance, logger, best, epochs=5)
    with table.open() as file:
        rows = list(csv.DictReader(file))
    for column in (FID, "fid"):
        logged = [float(row[column]) for row in rows]
        np.testing.assert_array_equal(logged, history[column])
    assert distance.scored_epochs == [0, 1, 3, 4]
    assert best.best == min(logged)
    # One file for each that was better, and none for what was repeated.
    expected = {
        f"{epoch + 1}_{logged[epoch]:.2f}.weights.h5"
        for epoch in range(5)
        if epoch == 0 or logged[epoch] < min(logged[:epoch])
    }
    assert {path.name for path in tmp_path.glob("*.h5")} == expected


def test_a_short_name_is_of_one_score():
    seen, gan = samples(), tiny.gan()
    others = [fid(seen), fid(seen, real(number=30))]
    with pytest.raises(ValueError, match="two of alias='fid'.*`alias`"):
        fit(gan, *others)
    with pytest.raises(ValueError, match="two of alias='generator_loss'"):
        fit(gan, score(seen, alias="generator_loss"))
    assert int(gan.step.numpy()) == 0
    others[1] = fid(seen, real(number=30), alias="fid_of_30")
    history = fit(gan, *others, epochs=1)
    assert history["fid"] != history["fid_of_30"]


@pytest.mark.parametrize("alias", ["", "fid 10", "fid[train]", "epoch"])
def test_a_short_name_fits_into_a_file_name(alias):
    with pytest.raises(ValueError, match="braces of a file name.*Received"):
        score(alias=alias)


def test_subsets_of_all_images_have_no_deviation():
    seen = samples()
    callback = KernelInceptionDistance(seen, real(number=12), subsets=5)
    history = fit(tiny.gan(), callback, epochs=1)
    assert callback.names == ["kid12_tiny_v1_train_subsets_of_12"]
    assert not [name for name in history if name.endswith("_std")]
    assert callback.last_scores[0].deviation is None


def test_subsets_that_can_not_be_drawn_are_refused_before_training():
    with pytest.raises(ValueError, match="subset_size=13, 20 real and 12"):
        KernelInceptionDistance(samples(), real(), subset_size=13)


def test_tensorboard_sees_the_score(tmp_path):
    pytest.importorskip("tensorboard")
    fit(tiny.gan(), score(), keras.callbacks.TensorBoard(tmp_path), epochs=1)
    files = tmp_path.rglob("events*")
    assert IS.encode() in b"".join(file.read_bytes() for file in files)


def test_the_last_score_has_its_protocol():
    callback = kid(samples(seed=3))
    fit(tiny.gan(), callback, epochs=1)
    (last,) = callback.last_scores
    assert str(last).startswith("kid12[tiny-v1|train|subsets-of-6] = ")
    assert last.protocol.seed == 3
    assert last.protocol.reference_size == 20
    assert last.protocol.parameters == {"subsets": 4, "subset_size": 6}


def test_r38_the_cost_is_told_once_at_the_start(capsys):
    gan, seen, reference = tiny.gan(), samples(num_samples=50_000), real()
    for callback in (fid(seen, reference, every=5), score(seen)):
        callback.set_model(gan)
        callback.on_train_begin()
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("fid50k_tiny_v1_train_of_20: 50,000 samples e")
    assert "about" in first and "each time on this device" in first
    assert first.endswith("In the logs: fid.")
    assert second.endswith("of the same samples. In the logs: is.")


def test_samples_that_are_no_images_are_told_before_training():
    callback = score()
    callback.set_model(tiny.gan((2,)))
    with pytest.raises(ValueError, match="a `VanillaGAN` of points"):
        callback.on_train_begin()


def test_images_that_the_network_does_not_take_are_told_before_training():
    gan, callback = tiny.gan((8, 8, 1)), score()
    with pytest.raises(ValueError, match="height 4, width 4"):
        gan.fit(tiny.dataset((8, 8, 1)), callbacks=[callback], verbose=0)
    # And not only the first time.
    with pytest.raises(ValueError, match="height 4, width 4"):
        gan.fit(tiny.dataset((8, 8, 1)), callbacks=[callback], verbose=0)
    assert int(gan.step.numpy()) == 0


def test_models_without_a_prior_are_refused():
    callback = score()
    callback.set_model(tiny.gan().discriminator)
    with pytest.raises(ValueError, match="prior_of_seeds.*Received: a `Func"):
        callback.on_train_begin()


def test_a_network_without_classes_gives_no_inception_score():
    seen = samples(network=tiny.feature_network(num_classes=None))
    with pytest.raises(ValueError, match="with classes. Received: tiny-v1"):
        InceptionScore(seen)


def test_r08_fid_of_few_samples_is_refused():
    with pytest.raises(ValueError, match="at least 10,000 .* Received: 12"):
        FrechetInceptionDistance(samples(), real())


@pytest.mark.parametrize("value", [0, 2.5])
@pytest.mark.parametrize("name", ["batch_size", "num_samples", "every"])
def test_sizes_must_be_positive(name, value):
    with pytest.raises(ValueError, match=f"at least 1.*{name}={value}"):
        score(every=value) if name == "every" else samples(**{name: value})


def test_each_split_needs_a_sample():
    with pytest.raises(ValueError, match="Received: 2 images, splits=3"):
        score(samples(num_samples=2))


def test_r24_many_scores_take_one_trace_and_no_memory():
    traces = []
    gan = tiny.gan()
    call = gan.call

    def counted(inputs, **kwargs):
        traces.append(inputs)
        return call(inputs, **kwargs)

    gan.call = counted
    seen, reference = samples(num_samples=6), real()
    callbacks = [fid(seen, reference), kid(seen, reference), score(seen)]
    for callback in callbacks:
        callback.set_model(gan)
        callback.set_params({"epochs": 1000})
        callback.on_train_begin()

    def epoch():
        for callback in callbacks:
            callback.on_epoch_begin(0)
        for callback in callbacks:
            callback.on_epoch_end(0, {})

    assert not tiny.grows(epoch, calls=100)
    assert len(traces) == 1
