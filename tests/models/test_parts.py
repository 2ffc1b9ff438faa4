"""Losses and penalties that a GAN is given, against steps made by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import (
    augmentations,
    averages,
    losses,
    models,
    noise,
    penalties,
)
from tests.models import toys, zoo

LOSSES = [
    losses.NonSaturating(),
    losses.Saturating(),
    losses.LeastSquares(1.0, -1.0, 0.0),
    losses.Wasserstein(),
    losses.Hinge(),
    losses.EnergyMargin(2.0),
    losses.RelativisticAverage(),
    losses.RelativisticPairing(),
]


def images(number=toys.BATCH_SIZE, seed=0):
    rng = np.random.default_rng(seed)
    shape = (number, *toys.IMAGE_SHAPE)
    return rng.uniform(-1.0, 1.0, shape).astype("float32")


def gan(loss=None, parts=(), **kwargs):
    keras.utils.set_random_seed(0)
    return models.GAN(
        toys.generator(normalized=False),
        toys.discriminator(normalized=False),
        toys.LATENT_DIM,
        loss=loss,
        penalties=parts,
        **kwargs,
    )


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
def test_a_gan_moves_down_the_losses_it_was_given(loss):
    model = gan(loss)
    real = tf.constant(images())
    fakes = model.generator(model.sample_prior(4, 1), training=True)
    model.fakes_like = lambda samples, training: fakes
    scores = [model.discriminator(x, training=True) for x in (real, fakes)]
    np.testing.assert_allclose(
        model.discriminator_loss(real), loss.discriminator(*scores), rtol=1e-6
    )
    np.testing.assert_allclose(
        model.generator_loss(real), loss.generator(*scores[::-1]), rtol=1e-6
    )


def two_scores():
    samples = keras.Input(toys.IMAGE_SHAPE)
    x = toys.features(samples, False)
    return keras.Model(samples, [toys.score()(x), toys.score()(x)])


def test_losses_of_several_scores_are_added():
    keras.utils.set_random_seed(0)
    model = models.GAN(toys.generator(), two_scores(), toys.LATENT_DIM)
    toys.compile_model(model, run_eagerly=True)
    model.fit(images(), batch_size=4, verbose=0)
    trial = model.trial(tf.constant(images()), False)
    expected = sum(
        losses.NonSaturating().discriminator(real, fake)
        for real, fake in zip(trial.real_scores, trial.fake_scores)
    )
    np.testing.assert_allclose(model.loss_in(trial), expected, rtol=1e-6)


def linear(slope):
    """Returns a judge of two-dimensional points, and its squared slope."""
    slope = tf.constant(slope, tf.float32)
    return lambda x: tf.linalg.matvec(x, slope), float(tf.reduce_sum(slope**2))


POINTS = np.random.default_rng(1).normal(size=(4, 2)).astype("float32")


def trial_of(judge, training=True, real=POINTS, fake=-POINTS):
    real, fake = tf.constant(real), tf.constant(fake)
    return penalties.Trial(
        judge, judge, real, fake, judge(real), judge(fake), training
    )


def value_of(penalty, judge, **options):
    trial = trial_of(judge, **options)
    seed = tf.constant([1, 2], tf.int64)
    return penalty.value(trial, penalty.prepare(trial, seed), seed)


@pytest.mark.parametrize("penalty", [penalties.R1(), penalties.R2()])
def test_a_linear_critic_has_half_its_squared_slope(penalty):
    judge, square = linear([3.0, 4.0])
    value = value_of(penalty, judge)
    np.testing.assert_allclose(value, 0.5 * square, rtol=1e-6)


def test_r1_is_at_real_samples_and_r2_at_generated_ones():
    def judge(x):  # Its gradient is x.
        return 0.5 * tf.reduce_sum(x**2, axis=1)

    half = 0.5 * np.mean(np.sum(POINTS**2, axis=1))
    for penalty, factor in [(penalties.R1(), 1.0), (penalties.R2(), 9.0)]:
        value = value_of(penalty, judge, real=POINTS, fake=3.0 * POINTS)
        np.testing.assert_allclose(value, factor * half, rtol=1e-5)


@pytest.mark.parametrize(
    ("penalty", "points"),
    [(penalties.ApproximateR1, "real"), (penalties.ApproximateR2, "fake")],
)
def test_the_approximation_goes_to_the_exact_penalty(penalty, points):
    def judge(x):
        return tf.reduce_sum(tf.sin(x), axis=1)

    many = np.repeat(POINTS, 20_000, axis=0)
    found = value_of(penalty(scale=0.01), judge, real=many, fake=2 * many)
    where = {"real": POINTS, "fake": 2 * POINTS}[points]
    exact = 0.5 * np.mean(np.sum(np.cos(where) ** 2, axis=1))
    np.testing.assert_allclose(found, exact, rtol=0.02)


def test_the_approximation_of_a_linear_critic_has_no_bias_of_its_step():
    judge, square = linear([0.3, 0.4])
    many = np.repeat(POINTS, 20_000, axis=0)
    for scale in (0.01, 1.0):
        penalty = penalties.ApproximateR1(scale=scale)
        found = value_of(penalty, judge, real=many, fake=many)
        np.testing.assert_allclose(found, 0.5 * square, rtol=0.02)


@pytest.mark.parametrize("scale", [0.0, -0.1])
def test_a_step_of_no_size_is_refused(scale):
    with pytest.raises(ValueError, match="`scale` must be above 0"):
        penalties.ApproximateR1(scale=scale)


def lecam_trial(real, fake, training=True):
    real, fake = tf.constant([[real]]), tf.constant([[fake]])
    return penalties.Trial(None, None, None, None, real, fake, training)


def test_lecam_pulls_each_kind_to_the_average_of_the_other():
    penalty = penalties.LeCam(weight=0.3, decay=0.5)
    seed = tf.zeros((2,), tf.int64)

    def value(*scores):
        trial = lecam_trial(*scores)
        return float(penalty.value(trial, penalty.prepare(trial, seed), seed))

    # The averages are 1 and -1: (1 + 1)^2 + (1 + 1)^2.
    assert value(1.0, -1.0) == 8.0
    # They become 0.5 and 0: a real score of 0 is not above, a generated one
    # of 1 not below.
    assert value(0.0, 1.0) == 0.0
    np.testing.assert_array_equal(penalty.real_average, 0.5)
    np.testing.assert_array_equal(penalty.fake_average, 0.0)


def test_lecam_waits_and_does_not_move_in_evaluation():
    penalty = penalties.LeCam(decay=0.5, start=2)
    seed = tf.zeros((2,), tf.int64)
    values = []
    for score in (1.0, 2.0, 4.0):
        trial = lecam_trial(score, -score)
        penalty.prepare(trial, seed)
        values.append(float(penalty.value(trial, None, seed)))
    # Copies until then: the average of 2 and 4 is 3.
    assert values == [0.0, 0.0, 98.0]
    penalty.prepare(lecam_trial(9.0, 9.0, training=False), seed)
    np.testing.assert_array_equal(penalty.real_average, 3.0)


class Noted(penalties.Penalty):
    """A constant, whose value is counted."""

    label = "noted"
    needs_critic = False

    def value(self, trial, prepared, seed):
        return tf.constant(2.0)


def test_a_lazy_penalty_is_due_once_and_then_for_all():
    penalty = Noted(weight=10.0, every=4)
    tracker = keras.metrics.Mean()
    seed = tf.zeros((2,), tf.int64)
    judge, _ = linear([1.0, 1.0])
    found = [
        float(
            penalties.weighted(
                penalty, trial_of(judge), seed, tf.constant(step), tracker
            )
        )
        for step in range(8)
    ]
    assert found == [80.0, 0.0, 0.0, 0.0, 80.0, 0.0, 0.0, 0.0]
    assert float(tracker.result()) == 2.0
    evaluated = penalties.weighted(
        penalty, trial_of(judge, training=False), seed, tf.constant(1), tracker
    )
    assert float(evaluated) == 20.0


def test_parts_are_saved_with_the_game_and_go_on(tmp_path):
    parts = [
        penalties.R1(2.0, every=2),
        penalties.LeCam(0.1, decay=0.9),
        penalties.R1(0.5),
    ]
    model = gan(losses.RelativisticPairing(), parts, average=averages.EMA(0.9))
    toys.compile_model(model)
    data = tf.data.Dataset.from_tensor_slices(images(12)).batch(
        4, drop_remainder=True
    )
    history = model.fit(data, verbose=0).history
    assert {"r1", "lecam", "r1_1"} < set(history)
    model.save(tmp_path / "gan.keras")
    copy = keras.models.load_model(tmp_path / "gan.keras")
    assert copy.penalties[0].every == 2 and copy.penalties[1].weight == 0.1
    for one in (model, copy):
        one.fit(data, verbose=0)
    for left, right in zip(model.weights, copy.weights, strict=True):
        np.testing.assert_array_equal(left, right)
    assert float(copy.penalties[1].updates) == 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "hinge"}, "object of `keras_gan_zoo.losses`"),
        ({"loss": losses.Hinge}, "object of `keras_gan_zoo.losses`"),
        ({"parts": penalties.R1()}, "list of objects"),
        ({"parts": [0.5]}, "list of objects"),
        ({"augmentation": "ada"}, "must be an `Augmentation`"),
    ],
)
def test_what_is_no_part_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        gan(**options)


class Shift(augmentations.Augmentation):
    """Adds a number that is drawn; counts the moves that it is told of."""

    def __init__(self):
        super().__init__()
        self.moves = self.add_state("moves", dtype="int64")

    def augment(self, samples, seed):
        return samples + 10.0 + noise.uniform([1, 1, 1, 1], seed)

    def observe(self, real_scores):
        self.moves.assign_add(1)


@pytest.mark.parametrize("name", ["DCGAN", "WGANGP", "ACGAN", "BEGAN", "EBGAN"])
def test_all_that_the_discriminator_sees_is_augmented(name):
    entry = zoo.ZOO[name]
    model = toys.compile_model(
        entry.build(augmentation=Shift()), run_eagerly=True
    )
    seen = toys.record(model.discriminator)
    images, labels = toys.arrays(num_batches=1, steps=entry.steps)
    model.fit(images, labels, batch_size=len(images), verbose=0)
    assert model.augmentation.moves == entry.steps
    assert all(inputs.min() > 8.0 for inputs in seen)
    seen.clear()
    model.evaluate(images, labels, batch_size=len(images), verbose=0)
    assert seen and all(inputs.max() <= 1.0 for inputs in seen)


def test_a_penalty_asks_for_one_draw_of_the_augmentation():
    model = gan(parts=[Noted()], augmentation=Shift())
    trial = model.trial(tf.constant(images()), True)
    zeros = tf.zeros((4, *toys.IMAGE_SHAPE))
    seen = toys.record(model.discriminator)
    for judge in (trial.judge, trial.judge, trial.judge_fake):
        judge(zeros)
    model.judge(zeros, True)
    assert seen[0][0, 0, 0, 0] == seen[1][0, 0, 0, 0] == seen[2][0, 0, 0, 0]
    assert seen[3][0, 0, 0, 0] != seen[0][0, 0, 0, 0]


def test_a_critic_that_mixes_samples_is_refused_where_slopes_are_penalized():
    networks = toys.generator(), toys.discriminator(normalized=True)
    with pytest.raises(ValueError, match="must not use batch normalization"):
        models.GAN(*networks, toys.LATENT_DIM, penalties=[penalties.R1()])
    models.GAN(*networks, toys.LATENT_DIM, penalties=[penalties.LeCam()])
