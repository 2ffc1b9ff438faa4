"""What a penalty is, and what it may look at."""

import dataclasses
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.parts import Part
from keras_gan_zoo.penalties import functions


@dataclasses.dataclass(frozen=True)
class Trial:
    """What happens in one move of the discriminator.

    Attributes:
        judge: Callable from samples to raw scores, with the conditions of
            `real`.
        judge_fake: The same, with the conditions of `fake`.
        real: Samples of the data, a tensor of shape `(batch, ...)`.
        fake: As many samples of the generator.
        real_scores: What the discriminator's loss saw of `real`.
        fake_scores: The same of `fake`.
        training: Boolean, whether the discriminator is about to move.
    """

    judge: Callable
    judge_fake: Callable
    real: Any
    fake: Any
    real_scores: Any
    fake_scores: Any
    training: bool


class Penalty(Part):
    """A term of the discriminator's loss beside the adversarial one.

    A subclass writes `value`, the unweighted term, and a `label`, its name in
    the logs.

    Args:
        weight: Float, what the value is multiplied by.
        every: Integer. If above 1, the term is computed once in so many
            training steps, multiplied by their number, and left out between:
            "lazy regularization", Karras et al. 2020. All discriminator
            updates of a step have it, or none.
    """

    label = None

    # Whether second derivatives of the discriminator are needed.
    needs_critic = True

    def __init__(self, weight=1.0, every=1):
        super().__init__()
        self.weight = weight
        self.every = check_integer("every", every, 1)

    def prepare(self, trial, seed):
        """Returns what `value` needs of all replicas; made at each update.

        What replicas tell each other, and what moves weights, can't stand in
        a branch, which `value` may be in.

        Args:
            trial: A `Trial`.
            seed: Seed of shape `(2,)`, see `keras_gan_zoo.noise`.
        """
        return None

    def value(self, trial, prepared, seed):
        """Returns the unweighted term, a float32 scalar.

        Args:
            trial: A `Trial`.
            prepared: What `prepare` has returned.
            seed: The same seed.
        """
        raise NotImplementedError

    def get_config(self):
        return {"weight": self.weight, "every": self.every}


def weighted(penalty, trial, seed, step, tracker):
    """Returns a penalty times its weight, if it is due.

    Args:
        penalty: A `Penalty`.
        trial: A `Trial`.
        seed: Seed of shape `(2,)`, see `keras_gan_zoo.noise`.
        step: Integer tensor, training steps done.
        tracker: `keras.metrics.Mean` of the value, where it is computed.

    Returns:
        Scalar, float32. In evaluation all penalties are due.
    """
    prepared = penalty.prepare(trial, seed)
    if penalty.every == 1 or not trial.training:
        value = penalty.value(trial, prepared, seed)
        tracker.update_state(value)
        return penalty.weight * value
    is_due = tf.equal(step % penalty.every, 0)
    value = tf.cond(
        is_due,
        lambda: penalty.value(trial, prepared, seed),
        lambda: tf.zeros(()),
    )
    tracker.update_state(value, sample_weight=tf.cast(is_due, tf.float32))
    return penalty.weight * penalty.every * value


def require_penalties(penalties, discriminator):
    """Returns penalties as a list, which a discriminator can be held by.

    Raises:
        ValueError: If they are something else, or the discriminator lacks
            what they need: see `check_critic`.
    """
    if not isinstance(penalties, (list, tuple)) or not all(
        isinstance(penalty, Penalty) for penalty in penalties
    ):
        raise ValueError(
            "`penalties` must be a list of objects of "
            "`keras_gan_zoo.penalties`, such as `[R1(10.0)]`. Received: "
            f"penalties={penalties!r}."
        )
    if any(penalty.needs_critic for penalty in penalties):
        functions.check_critic(discriminator)
    return list(penalties)


def labels_of(penalties):
    """Returns a name for each penalty in the logs, none twice."""
    names = []
    for penalty in penalties:
        number = sum(name.startswith(penalty.label) for name in names)
        names.append(f"{penalty.label}_{number}" if number else penalty.label)
    return names
